"""Warranties of the demo shop: terms in words, things with serial numbers, registered ones, claims in every state."""

import io
from dataclasses import replace
from datetime import timedelta

from PIL import Image, ImageDraw

from portal import files, values
from portal.activity.attachments import Sent
from portal.customers.addresses import Address
from portal.people import links
from portal.sales import placing, shipments
from portal.sales.catalogue import Category
from portal.sales.quotes import Wanted
from portal.service import claim_deciding, claiming, handing_over, numbering, registering, warranty_terms
from portal.service.warranties import Warranty
from portal.values import Actor

BAKERY, BUILDER, FAMILY, SECOND_FAMILY = 0, 16, 11, 10  # of ACCOUNTS
APPLIANCES = "Building supplies"
EVERYTHING = {
    "words_en": "Whatever breaks by itself is repaired or replaced at no charge. Bring it to a branch or send it to us.",
    "words_fil": "Anumang masira nang kusa ay inaayos o pinapalitan nang walang bayad. Dalhin sa branch o ipadala.",
    "words_th": "สิ่งที่เสียเองซ่อมหรือเปลี่ยนให้ฟรี นำมาที่สาขาหรือส่งมาให้เรา",
}
OF_APPLIANCES = {
    "words_en": "Motor, burners, valves, display and load cell. Not covered: glass, cords that were cut, and what fell.",
    "words_fil": "Motor, burner, balbula, display at load cell. Hindi saklaw: salamin, naputol na kable, at nahulog.",
    "words_th": "มอเตอร์ หัวเตา วาล์ว จอ และโหลดเซลล์ ไม่รวมแก้ว สายที่ถูกตัด และของที่ตก",
}
SERIALS = {"TIM-100": ("TM2-44817",), "BLN-HD1": ("BH 20881", "BH 20882")}
BRING = "Please bring it to Cubao, Monday to Saturday. We lend you another one meanwhile."


def describe(by, now):
    """What the warranty means, for everything and for appliances; these may come from other shops too."""
    warranty_terms.write(by=by, now=now, **EVERYTHING)
    shelf = Category.get(Category.name == APPLIANCES)
    warranty_terms.write(by=by, category=shelf, takes_elsewhere=True, now=now, **OF_APPLIANCES)


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    ago = lambda **time: now - timedelta(**time)  # noqa: E731
    account, buyer, seller = people[BAKERY]
    yield ago(days=172), lambda at: _sell(account, buyer, seller, at)
    yield ago(days=101), lambda at: _repair(_piece("BH 20882"), buyer, seller, at)
    yield ago(days=60), lambda at: _register(account, buyer, "BH 9107", values.shop_day(at) - timedelta(days=655), at)
    yield ago(days=59), lambda at: registering.confirm(_piece("BH 9107"), by=seller, now=at)
    yield ago(days=5), lambda at: _hand_over(people[FAMILY], people[SECOND_FAMILY], at)
    yield ago(days=4), lambda at: _claim(_piece("TM2-44817"), buyer, "Shows 300 g with nothing on it.", at)
    yield ago(days=3), lambda at: _answer(_piece("TM2-44817"), seller, at)
    yield ago(days=2), lambda at: _claim(_piece("BH 20881"), buyer, "Humihinto pagkaraan ng isang minuto.", at, True)
    yield (
        ago(hours=20),
        lambda at: _register(account, buyer, "BH 30455", values.shop_day(at) - timedelta(days=12), at),
    )
    yield ago(days=6), lambda at: _refuse(people[BUILDER], at)
    yield ago(hours=9), _from_a_stranger


def _sell(account, buyer, seller, at):
    """A scale and two blenders, each with the number on it, delivered two days later."""
    wanted = [Wanted("TIM-100", 1), Wanted("BLN-HD1", 2)]
    address = Address.default(account, "shipping").id
    shown = placing.prepare(buyer, account, wanted, now=at, address=address)[0]
    order = placing.place(
        by=buyer, account=account, lines=wanted, shown_total_minor=shown.total_minor,
        shown_currency=shown.currency, address=address, now=at,
    )  # fmt: skip
    shipment = shipments.ship(order, by=seller, now=at + timedelta(hours=20))
    serials = {part.id: "\n".join(SERIALS[part.line.code]) for part, _ in numbering.parts(shipment)}
    numbering.number(shipment, by=seller, serials=serials, now=at + timedelta(hours=21))
    shipment.deliver(by=seller, received_by="Ruel Bautista", now=at + timedelta(days=2))


def _piece(serial):
    rows = Warranty.visible_to(values.system("demo"))
    return rows.where(Warranty.serial == serial).get()


def _claim(thing, buyer, words, at, with_photo=False):
    photo = [Sent("Blender.jpg", files.receive(_picture()))] if with_photo else []
    since = values.shop_day(at) - timedelta(days=2)
    return claiming.claim(thing, by=buyer, words=words, since_on=since, reach="0917 555 0188", files=photo, now=at)


def _repair(thing, buyer, seller, at):
    made = _claim(thing, buyer, "Ayaw umikot ng talim.", at)
    claim_deciding.accept(made, by=seller, reply=BRING, now=at + timedelta(hours=5))
    claim_deciding.receive(made, by=seller, now=at + timedelta(days=1))
    claim_deciding.repair(made, by=seller, reply="We put in a new coupling and cleaned the motor.",
                           now=at + timedelta(days=4))  # fmt: skip
    costs = {"labour_minor": 450_00, "parts_minor": 320_00, "freight_minor": 0}
    claim_deciding.cost(made, by=seller, now=at + timedelta(days=4), **costs)
    claim_deciding.close(made, by=seller, now=at + timedelta(days=5))


def _answer(thing, seller, at):
    (made,) = [claim for claim in thing.claim_set if claim.state == "asked"]
    made.account = thing.account
    claim_deciding.accept(made, by=seller, reply=BRING, now=at)


def _register(account, buyer, serial, bought_on, at):
    receipt = [Sent("Resibo.jpg", files.receive(_picture()))]
    registering.register(
        account, by=buyer, product="BLN-HD1", serial=serial, bought_on=bought_on, is_elsewhere=True, files=receipt,
        now=at,
    )  # fmt: skip


def _newest(account):
    rows = Warranty.visible_to(values.system("demo")).where((Warranty.account == account) & (Warranty.quantity == 1))
    return rows.where(Warranty.state == "covered").order_by(Warranty.id.desc()).first()


def _hand_over(giver, receiver, at):
    """A family gives its stove to another."""
    thing = _newest(giver[0])
    if thing is not None:
        handing_over.offer(thing, by=giver[1], email=receiver[0].email, now=at)
        link = links.open_for(handing_over.PURPOSE, thing.ref, at)
        handing_over.accept(by=receiver[1], link=link, thing=thing, now=at)


def _refuse(whose, at):
    account, buyer, seller = whose
    thing = _newest(account)
    if thing is not None:
        made = _claim(thing, buyer, "The plate is bent.", at)
        claim_deciding.refuse(made, by=seller, reply="It fell from a height, which the warranty does not cover.",
                               now=at + timedelta(hours=6))  # fmt: skip


def _from_a_stranger(at):
    """Somebody scanned the code on a stove he had second-hand."""
    stranger = replace(Actor(values.ANONYMOUS.ref, "Lito Navarro", language="fil"), is_quiet=True)
    about = {"serial": "KB-77120", "product": "Gas stove, two burners", "email": "lito@navarro.example"}
    claiming.claim_unproved(
        by=stranger,
        warranty=None,
        words="Hindi sumisindi ang kaliwang kalan.",
        reach="0918 555 0149",
        now=at,
        **about,
    )


def _picture():
    """A thing on a table, as a phone would show it."""
    picture = Image.new("RGB", (1000, 750), (198, 190, 172))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, 1000, 750), fill=(150, 118, 84))
    draw.rounded_rectangle((360, 180, 640, 600), 36, fill=(70, 78, 84), outline=(40, 44, 48), width=8)
    draw.ellipse((450, 470, 550, 570), fill=(206, 60, 44))
    draw.rectangle((400, 220, 600, 400), fill=(214, 224, 228))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
