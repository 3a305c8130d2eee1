"""The demo shop is asked to change details: requests in every state, and two customers who are about to move."""

import io
from datetime import timedelta
from functools import partial

from PIL import Image, ImageDraw

from portal import files, values
from portal.activity.attachments import Sent
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.people import employees
from portal.people.employees import Employee
from portal.service import request_asking, request_deciding, requests

# account, hours ago, what is asked, why, with a paper, days ahead, how it goes on hours later
REQUESTS = (
    (0, 300, {"legal_name": "Dolor Bautista Bakery OPC", "tax_number": "412-887-309-000"}, "Naging OPC na kami.", True, 0,
     ("approve", 5, "")),
    (0, 50, {"terms_days": "45"}, "We bake for two schools now; they pay after 40 days.", False, 20,
     ("approve", 22, "With pleasure. Thank you for six good years.")),
    (0, 2, {"billing_email": "libro@panaderya-dolor.example"}, "Si Ana na ang humahawak ng libro.", False, 0, None),
    (2, 27, {"tax_number": "208-114-650-000"}, "", False, 0, None),
    (3, 70, {"terms_days": "90"}, "Term breaks are long.", False, 0,
     ("decline", 20, "45 days are the most we can do. Shall we talk?")),
    (4, 30, {"legal_name": "Aurora Pineda Foods"}, "New registration.", True, 0, None),
    (7, 26, {"legal_name": "Tres Marias Catering Services", "billing_email": "marites@tresmarias.example"}, "", True, 0,
     ("ask_proof", 3, "The photo is blurred. Please send the first page once more.")),
    (12, 8, {"billing_email": "accounts@paniqui-bakers.example"}, "", False, 0, ("withdraw", 1, "")),
)  # fmt: skip
RENAMED = (4, 6, "Carinderia Aurora Food Services")  # whose request went stale: we changed it ourselves meanwhile
# account, which of its addresses by default first, hours ago, days ahead, where to
MOVES = (
    (0, 1, 20, 24, ("77 Kamuning Road", "Kamuning", "Quezon City", "Metro Manila", "1103")),
    (3, 0, 1, 12, ("18 San Roque Avenue", "San Roque", "Marikina", "Metro Manila", "1801")),
)


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    found = []
    for number, hours, typed, reason, has_paper, days, then in REQUESTS:
        found += _story(*people[number][:2], now - timedelta(hours=hours), typed, reason, has_paper, days, then)
    number, hours, name = RENAMED
    found.append((now - timedelta(hours=hours), partial(_rename, *people[number][::2], name)))
    for number, place, hours, days, where in MOVES:
        ahead = values.shop_day(now) + timedelta(days=days)
        found.append((now - timedelta(hours=hours), partial(_move, *people[number][:2], place, ahead, where)))
    return found


def _story(account, buyer, began, typed, reason, has_paper, days, then):
    """The steps of one request: asked for, and what became of it."""
    made = []

    def ask(moment):
        paper = [Sent("Certificate of registration.png", files.receive(_paper(account.name)))] if has_paper else []
        ahead = values.shop_day(moment) + timedelta(days=days) if days else None
        about = {"reason": reason, "valid_from": ahead, "files": paper, "now": moment}
        made.append(request_asking.alter(Account.get_by_id(account.id), by=buyer, **about, **typed).request)

    def answer(moment):
        verb, _, reply = then
        if verb == "withdraw":
            request_asking.withdraw(made[0], by=buyer, now=moment)
        else:
            saw = {"saw": requests.seen(made[0].record(), made[0].items)} if verb == "approve" else {}
            getattr(request_deciding, verb)(made[0], by=_manager(buyer), reply=reply, now=moment, **saw)

    return [(began, ask), *([(began + timedelta(hours=then[1]), answer)] if then else [])]


def _manager(buyer):
    """The manager, who is told as little as everybody else in the history."""
    actor = employees.actor_for(Employee.get(Employee.role == "manager").login)
    return type(actor)(**vars(actor) | {"is_quiet": buyer.is_quiet})


def _rename(account, seller, name, moment):
    Account.get_by_id(account.id).amend(by=seller, legal_name=name, now=moment)


def _move(account, buyer, place, ahead, where, moment):
    names = ("line1", "district", "city", "region", "postal_code")
    old = list(Address.active(account))[place]
    old.account = account
    new = dict(zip(names, where, strict=True)) | {"country": "PH", "recipient": old.recipient}
    AddressMove.plan(old, by=buyer, from_on=ahead, new_address=new, now=moment)


def _paper(name):
    """A certificate, as a phone would show it."""
    picture = Image.new("RGB", (900, 1200), (112, 98, 84))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 80, 810, 1120), fill=(248, 246, 238), outline=(196, 188, 170), width=6)
    draw.text((160, 190), "Certificate of registration", fill=(40, 52, 60), font_size=46)
    draw.text((160, 290), name, fill=(20, 32, 40), font_size=38)
    for line in range(9):
        draw.line((160, 420 + line * 56, 740 - line * 37 % 160, 420 + line * 56), fill=(170, 166, 156), width=8)
    draw.ellipse((560, 930, 740, 1080), outline=(150, 40, 36), width=10)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
