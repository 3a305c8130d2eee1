"""The demo shop takes goods back: returns in every state, one of them with a photo."""

import io
from datetime import timedelta
from functools import partial

from PIL import Image, ImageDraw

from portal import files
from portal.activity.attachments import Sent
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.service import return_asking, return_deciding

# account, hours ago, reason, words, wish, how far it has come
RETURNS = (
    (3, 47, "wrong", "Sinandomeng came, we ordered Dinorado.", "replacement", "replace"),
    (9, 44, "too_many", "", "credit", "credit"),
    (10, 40, "not_needed", "The wedding was called off.", "credit", "decline"),
    (6, 26, "spoiled", "One sack smells of mould.", "credit", "receive"),
    (1, 20, "too_many", "", "credit", "approve"),
    (0, 3, "damaged", "Napunit ang isang sako sa biyahe; may litrato.", "replacement", "ask"),
)
CANCELLING = 13  # whose confirmed order of today loses a piece, once we approve it
ANSWER = "Please bring it to Cubao or hand it to the driver on Thursday."
REFUSAL = "These were made to your measure, so we cannot sell them again. We hope you understand."


def steps(people, now):
    """[(moment, what happens then)] to the shop of `people`, [(account, who orders, who serves)]."""
    found = []
    for number, hours, reason, words, wish, fate in RETURNS:
        found += _story(*people[number], now - timedelta(hours=hours), fate, reason=reason, words=words, wish=wish)
    return [*found, (now - timedelta(hours=2), partial(_ask_to_cancel, *people[CANCELLING][:2]))]


def _story(account, buyer, seller, began, fate, **about):
    """The steps of one return; when the account has nothing delivered by then, nothing happens."""
    made = []

    def ask(moment):
        order = _newest(account, "delivered")
        if order is not None:
            photo = [Sent("Napunit na sako.jpg", files.receive(_photo()))] if fate == "ask" else []
            goods = {order.lines[0].id: 1}
            made.append(return_asking.ask(order, by=buyer, goods=goods, files=photo, now=moment, **about))

    def take(verb, moment):
        if made:
            STEPS[verb](made[0], seller, moment)

    verbs = enumerate(WAYS[fate], 1)
    return [(began, ask), *((began + timedelta(hours=n), partial(take, verb)) for n, verb in verbs)]


WAYS = {
    "ask": (),
    "decline": ("decline",),
    "approve": ("approve",),
    "receive": ("approve", "receive"),
    "replace": ("approve", "receive", "replace"),
    "credit": ("approve", "receive", "credit"),
}
STEPS = {
    "approve": lambda made, by, moment: return_deciding.approve(made, by=by, reply=ANSWER, now=moment),
    "decline": lambda made, by, moment: return_deciding.decline(made, by=by, reply=REFUSAL, now=moment),
    "receive": lambda made, by, moment: return_deciding.receive(made, by=by, restock=_all(made), now=moment),
    "replace": lambda made, by, moment: return_deciding.replace(made, by=by, now=moment),
    "credit": lambda made, by, moment: _is_invoiced(made) and return_deciding.credit(made, by=by, now=moment),
}


def _all(made):
    return {row.line_id: row.approved for row in made.lines}


def _is_invoiced(made):
    return Invoice.select().where(Invoice.order == made.order).exists()


def _ask_to_cancel(account, buyer, moment):
    order = _newest(account, "confirmed")
    if order is not None:
        return_asking.ask(order, by=buyer, unsent={order.lines[0].id: 1}, reason="too_many", now=moment)


def _newest(account, state):
    """The newest order of an account in a state, with its account at hand."""
    mine = Order.select().where((Order.account == account) & (Order.state == state))
    order = mine.order_by(Order.id.desc()).first()
    if order is not None:
        order.account = account
    return order


def _photo():
    """A torn sack, as a phone would show it."""
    picture = Image.new("RGB", (1200, 900), (186, 178, 160))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((330, 120, 870, 820), 60, fill=(236, 224, 196), outline=(150, 130, 96), width=10)
    draw.line((330, 210, 870, 210), fill=(150, 130, 96), width=8)
    draw.polygon(
        ((560, 430), (700, 470), (640, 560), (760, 640), (600, 700), (630, 590), (540, 540)), fill=(92, 72, 48)
    )
    for grain in range(60):
        x, y = 560 + grain * 37 % 220, 690 + grain * 53 % 140
        draw.ellipse((x, y, x + 9, y + 5), fill=(250, 246, 232))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=80)
    return target.getvalue()
