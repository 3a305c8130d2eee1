"""The statement of account on either face: its days from the address, its page, and the same rows as files."""

from datetime import timedelta

from flask import g, request

from portal import values
from portal.errors import Invalid
from portal.sales import statements
from portal.sales.payments import Payment
from portal.values import Money, Ref
from portal.web import feeds, list_filters, places, speech
from portal.web.lists import Column

EARLIEST = timedelta(days=20 * 366)


def answer(account, actor, page, **shown):
    """The page, or the feed that the address asked for; days that cannot be read are said, and three months shown."""
    first, last, fault = _days()
    if g.get("feed"):
        if fault:
            return {"error": 422, "texts": [fault]}, 422
        found = statements.statement(account, first, last)
        return feeds.stream(g.feed, "statement", COLUMNS, [(_rows(found), {})])
    found = statements.statement(account, first, last)
    days = {"from": first.isoformat(), "to": last.isoformat()}
    return page.render(
        422 if fault else 200, account=account, statements=found, first=first, last=last, fault=fault, days=days,
        ages=[name for _, name in statements.AGES], rows_of=_drawn, **shown,
    )  # fmt: skip


def _days():
    """(first day, last day, None or what is wrong with them)."""
    try:
        return *asked_days(), None
    except Invalid as refused:
        ((message, params),) = refused.problems.values()
        today = values.shop_day()
        return statements.back_to(today), today, speech.message(message, **params)


def asked_days():
    """(first day, last day) that the address asks for, else three months up to today. Raises Invalid."""
    today = values.shop_day()
    last = list_filters.day(request.args["to"], "to") if request.args.get("to") else today
    first = list_filters.day(request.args["from"], "from") if request.args.get("from") else None
    first = first or statements.back_to(last)
    if not today - EARLIEST <= first <= last:
        raise Invalid(to="dates-reversed")
    if last > today:
        raise Invalid(to="date-not-past")
    return first, last


def _drawn(statement):
    """[(row, number, address on this face, Money, Money after it)] of one currency."""
    return [
        (row, _number(row), _address(row), statement.money(row.minor), statement.money(row.balance_minor))
        for row in statement.rows
    ]


def _number(row):
    return row.number or (Payment.NUMBER.format(row.id) if row.kind.startswith("payment") else "")


def _address(row):
    kind = "invoice" if row.kind in ("invoice", "credit_note") else "payment"
    return places.address_of(Ref(kind, row.id)) if row.kind != "refund" else None


class _FeedRow:
    """One row of a statement as files hold it."""

    def __init__(self, currency, day, kind, number, reference, due_on, minor, balance_minor):
        self.id = 0
        self.day, self.kind, self.number, self.reference, self.due_on = day, kind, number, reference, due_on
        self.currency, self.balance = currency, Money(balance_minor, currency)
        self.amount = None if minor is None else Money(minor, currency)


COLUMNS = [*map(Column, ("currency", "day", "kind", "number", "reference", "due_on", "amount", "balance"))]


def _rows(found):
    """Opening, rows and closing of each currency, one after the other."""
    rows = []
    for one in found:
        rows.append(_FeedRow(one.currency, one.first, "opening", "", "", None, None, one.opening_minor))
        for row in one.rows:
            number = _number(row)
            of_row = (row.day, row.kind, number, row.reference, row.due_on if row.kind == "invoice" else None)
            rows.append(_FeedRow(one.currency, *of_row, row.minor, row.balance_minor))
        rows.append(_FeedRow(one.currency, one.last, "closing", "", "", None, None, one.closing_minor))
    return rows
