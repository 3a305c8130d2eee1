"""Where the pieces of an order line are, in words: on the shelf, on their way, waited for until a day, cancelled."""

from flask_babel import gettext

from portal.sales.orders import NOT_PLACED, TO_SHIP
from portal.web import speech


def of_lines(order, lines):
    """{line id: sentence}; "" for lines that are simply all there or all gone."""
    return {line.id: of_line(order, line) for line in lines}


def of_line(order, line):
    """3 shipped · 2 on our shelf · 4 come on Tue 24 Nov · 1 cancelled; "" when there is nothing to say."""
    if order.state in (*NOT_PLACED, "cancelled"):
        return ""
    parts = []
    if order.state in TO_SHIP:
        if line.shipped:
            parts.append(gettext("%(count)s shipped", count=_number(line.shipped)))
        if line.reserved and (line.shipped or line.waiting or line.cancelled):
            parts.append(gettext("%(count)s ready here", count=_number(line.reserved)))
        if line.waiting:
            parts.append(promised(line.waiting, line.promised_on))
    if line.cancelled:
        parts.append(gettext("%(count)s cancelled", count=_number(line.cancelled)))
    return " · ".join(parts)


def promised(pieces, day):
    """What waits for goods, and until when."""
    if day is None:
        return gettext("%(count)s to come, we will tell you the day", count=_number(pieces))
    return gettext("%(count)s to come on %(day)s", count=_number(pieces), day=speech.wording().day(day))


def _number(pieces):
    return speech.wording().number(pieces)
