"""The sums of an order in words: its parts, what is inside them, why delivery costs what it does."""

from typing import NamedTuple

from flask_babel import gettext

from portal.customers import postal
from portal.values import Money
from portal.web import speech


class Sums(NamedTuple):
    """What stands below the lines of an order: parts as (label, Money), the total, and sentences about them."""

    parts: list
    total: Money
    notes: list


def of_quote(quote):
    """The Sums of a quote."""
    on_top = [(f"{name} {_rate(bp)}", money) for name, bp, is_included, money in quote.taxes if not is_included]
    inside = [(name, bp, money) for name, bp, is_included, money in quote.taxes if is_included and money.minor]
    notes = [
        gettext("Holds %(money)s of %(tax)s %(rate)s.", money=_text(money), tax=name, rate=_rate(bp))
        for name, bp, money in inside
    ]
    return Sums(_parts(quote, on_top), quote.total, [*notes, freight_text(quote)])


def of_order(order):
    """The Sums of an order, from what was written down when it was placed, less what was cancelled of it since."""
    sums = of_document(order)
    if not order.cancelled_minor or order.state == "cancelled":
        return sums
    cancelled = (gettext("Cancelled pieces"), -order.money("cancelled"))
    return sums._replace(parts=[*sums.parts, cancelled], total=order.owed)


def of_document(document):
    """The Sums of an order, an invoice or a credit note, from what was written in it."""
    on_top = [(gettext("Tax"), document.money("tax"))] if document.tax_minor else []
    rounding = [(gettext("Rounding"), document.money("rounding"))] if document.rounding_minor else []
    inside = document.tax_included_minor
    notes = [gettext("Holds %(money)s of tax.", money=_text(document.money("tax_included")))] if inside else []
    return Sums(_parts(document, on_top) + rounding, document.total, notes)


def _parts(paper, on_top):
    discount = [(gettext("Discount, taken off already"), paper.money("discount"))] if paper.discount_minor else []
    goods, delivery = (gettext("Goods"), paper.money("subtotal")), (gettext("Delivery"), paper.money("freight"))
    return [goods, *discount, *on_top, delivery]


def freight_text(quote):
    """Why the delivery fee is what it is, its amounts as people write them."""
    amounts = {name.removesuffix("_minor"): minor for name, minor in quote.freight.params.items()}
    said = {name: _text(Money(minor, quote.currency)) for name, minor in amounts.items()}
    return speech.message(quote.freight.reason, **said)


def place(snapshot):
    """The lines of a copied address, its recipient first."""
    if not snapshot:
        return []
    home = speech.settings().shop_country
    return [snapshot.get("recipient") or "", *postal.lines(snapshot, home, speech.language())]


def _rate(basis_points):
    return speech.wording().percent(basis_points / 10_000)


def _text(money):
    return speech.wording().money_text(money)
