"""What accounts bought: last order, last twelve months, open orders, and their rhythm of the last sixty days."""

from datetime import timedelta
from typing import NamedTuple

from peewee import SQL, Case, Select, fn

from portal import values
from portal.sales.orders import NOT_PLACED, OPEN, Order
from portal.values import Money

YEAR_DAYS = 365
RHYTHM_DAYS = 60
NEWEST = (Order.placed_at.desc(nulls="FIRST"), Order.id.desc())  # drafts, which have no date, before all others
NO_PURCHASE = (*NOT_PLACED, "cancelled")


class Bought(NamedTuple):
    """What one account bought; `year` holds one amount per currency, because currencies are not added."""

    orders: int
    open: int
    last_at: object
    year: tuple


NOTHING = Bought(0, 0, None, ())


def bought(accounts, now=None):
    """{account id: Bought} of the accounts that ever ordered, in one query."""
    since = (now or values.now()) - timedelta(days=YEAR_DAYS)
    year = fn.SUM(Case(None, [(Order.placed_at >= since, Order.total_minor - Order.cancelled_minor)], 0))
    waiting = fn.SUM(Case(None, [(Order.state.in_(OPEN), 1)], 0))
    rows = Order.select(Order.account, Order.currency, fn.COUNT(Order.id), waiting, fn.MAX(Order.placed_at), year)
    rows = rows.where(Order.account.in_(accounts) & Order.state.not_in(NO_PURCHASE))
    found = {}
    for account, currency, orders, pending, last_at, minor in rows.group_by(Order.account, Order.currency).tuples():
        sofar = found.get(account, NOTHING)
        found[account] = Bought(
            sofar.orders + orders,
            sofar.open + int(pending),
            max(filter(None, (sofar.last_at, _moment(last_at))), default=None),
            (*sofar.year, Money(int(minor), currency)) if minor else sofar.year,
        )
    return found


def recent(account, limit=5, now=None):
    """(newest orders, Bought) of one account, in one query; `year` holds what was bought in its own currency."""
    since = (now or values.now()) - timedelta(days=YEAR_DAYS)
    ours = (Order.placed_at >= since) & (Order.currency == account.currency)
    sums = {
        "sum_orders": fn.COUNT(SQL("1")),
        "sum_open": fn.SUM(Case(None, [(Order.state.in_(OPEN), 1)], 0)),
        "last": fn.MAX(Order.placed_at),
        "sum_year": fn.SUM(Case(None, [(ours, Order.total_minor - Order.cancelled_minor)], 0)),
    }
    # Summed for themselves: over each of ten thousand rows, to show five of them, they took 30 ms.
    summed = Order.select(*(figure.alias(name) for name, figure in sums.items()))
    summed = summed.where((Order.account == account) & Order.state.not_in(NO_PURCHASE)).alias("summed")
    rows = Order.select(Order, *(getattr(summed.c, name).alias(name) for name in sums)).from_(Order, summed)
    rows = list(rows.where(_is_newest(account, limit)).order_by(*NEWEST).limit(limit))
    if not rows:
        return [], NOTHING
    first = rows[0]
    year = (Money(int(first.sum_year), account.currency),) if first.sum_year else ()
    return rows, Bought(int(first.sum_orders), int(first.sum_open or 0), _moment(first.last), year)


def _is_newest(account, limit):
    """Where-expression of so many drafts and so many placed: both are met by their index, nothing is sorted."""
    parts = [
        Order.select(Order.id).where((Order.account == account) & part).order_by(*order).limit(limit).alias(name)
        for name, part, order in (
            ("drafts", Order.placed_at.is_null(), [Order.id.desc()]),
            ("placed", Order.placed_at.is_null(False), [Order.placed_at.desc(), Order.id.desc()]),
        )
    ]
    # As one list: of an OR of two PostgreSQL reads every order there is.
    drafts, placed = (Select([part], [part.c.id]) for part in parts)
    return Order.id.in_(drafts.union_all(placed))


def _moment(value):
    return Order.placed_at.python_value(value)


def rhythms(accounts, now=None):
    """{account id: [days ago of each order]} of the last sixty days, in one query."""
    now = now or values.now()
    rows = Order.select(Order.account, Order.placed_at).where(
        Order.account.in_(accounts)
        & Order.state.not_in(NO_PURCHASE)
        & (Order.placed_at >= now - timedelta(days=RHYTHM_DAYS))
    )
    found = {}
    for account, placed_at in rows.order_by(Order.placed_at).tuples():
        found.setdefault(account, []).append((now - placed_at).days)
    return found
