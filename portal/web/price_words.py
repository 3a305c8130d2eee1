"""Why a price is what it is, in words: "list ₱120 − 10% agreed until 31 Dec", the same wherever a price stands."""

from datetime import date

from flask_babel import gettext

from portal.values import Money, minor_digits
from portal.web import sessions, speech
from portal.web.wording import MINUS


def of_price(price):
    """Why a pricing.Price is what it is; "" for the list price, which needs no words."""
    if not price.is_own:
        return ""
    steps = [(price.reason, price.params | {"each_minor": minor}) for _, minor in price.parts[1:]]
    return _said(price.list_minor, price.currency, steps)


def of_quote_line(line):
    """Why a line of a quote costs what it does; "" when it is the list price alone."""
    return _said(line.price.list_minor, line.price.currency, [(part.reason, part.params) for part in line.parts])


def of_order_lines(lines, adjustments):
    """{line id: words} of an order's lines and their adjustments (`adjustments.of`); "" for imported lines."""
    return {
        line.id: _said(line.list_minor, line.order.currency, [(row.reason, row.params) for row in rows])
        for line in lines
        for rows in (adjustments.get(line.id, ()),)
    }


def breaks(price):
    """[(from quantity, Money)] of a price that goes by how many are taken; [] when it does not."""
    return [(quantity, Money(minor, price.currency)) for quantity, minor in price.breaks]


def next_break(price, quantity):
    """ "₱100 from 50 on": the next price that more pieces would bring, "" when there is none."""
    for least, minor in price.breaks:
        if least > quantity and minor < price.minor:
            pieces = speech.wording().number(least)
            return gettext("%(money)s from %(pieces)s on", money=_short(minor, price.currency), pieces=pieces)
    return ""


def _said(list_minor, currency, steps):
    if list_minor is None or not steps:
        return ""
    listed = gettext("list %(money)s", money=_short(list_minor, currency))
    return " ".join([listed, *(_step(reason, params, currency) for reason, params in steps)])


def _step(reason, params, currency):
    """One step from the list price: what it takes off or puts on, and why."""
    words, points, each = speech.wording(), params.get("percent_bp"), params.get("each_minor")
    if points:
        amount = f"{MINUS} {words.percent(points / 10_000, 2)}"
    elif each:
        amount = f"{MINUS if each < 0 else '+'} {_short(abs(each), currency)}"
    else:
        amount = ""
    return " ".join(part for part in (amount, _why(reason, params), *_limits(params)) if part)


def _why(reason, params):
    """Staff read which list it is; customers, that it is theirs."""
    if reason in ("price-group", "price-account", "price-everybody") and sessions.face() == "staff":
        return gettext("“%(name)s”", name=params.get("name", ""))
    return speech.message(reason)


def _limits(params):
    words, found = speech.wording(), []
    if params.get("from_quantity", 1) > 1:
        found.append(gettext("from %(pieces)s on", pieces=words.number(params["from_quantity"])))
    if params.get("until"):
        found.append(gettext("until %(day)s", day=words.day(date.fromisoformat(params["until"]))))
    return found


def _short(minor, currency):
    """An amount as plain text, without cents that are only zeros."""
    money, words = Money(minor, currency), speech.wording()
    return words.money_text(money) if minor % 10 ** minor_digits(currency) else words.amount_text(money)
