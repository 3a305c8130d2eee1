"""Numbers: the three with which each begins the day, by what he is here for; each opens to exactly its rows.

A rep reads of his own accounts, a manager of his team, an admin of the whole shop and whether its mail goes out.
"""

from datetime import timedelta
from functools import reduce
from typing import NamedTuple

import peewee

from portal import memory, rows, store, values
from portal.activity import outgoing
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.insight import kept_figures, silence
from portal.people import policy
from portal.sales import waiting
from portal.sales.figures import NO_PURCHASE
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.values import Money

OF_ROLE = {
    "rep": ("month", "overdue", "silent"),
    "manager": ("month", "overdue", "late_tasks"),
    "admin": ("month", "overdue", "failed"),
}
RIGHTS = {
    "month": "orders.see",
    "overdue": "invoices.see",
    "silent": "accounts.see",
    "late_tasks": "tasks.see",
    "failed": "mail.see",
}
BEFORE = "before"  # what stands beside the orders of this month: those up to the same day of the last one
MOST = 1000  # counted of what no worker keeps


class Number(NamedTuple):
    """One of the three: how many rows it opens to, their worth by currency, and what it was a month ago."""

    name: str
    count: int
    worth: list
    before: list
    counted_at: object = None  # when the worker counted it in a very large shop, else None


def mine(actor):
    """The employee whose accounts alone a rep's numbers are about; None for the others."""
    return actor.employee if actor.role == "rep" else None


def of(actor, now=None):
    """The three Numbers of a person, in one statement; while asking is slow they are remembered for a moment."""
    if now is None:
        key = ("numbers", actor.ref, actor.role, actor.teams, actor.limits)
        return memory.while_slow(key, lambda: _of(actor, None))
    return _of(actor, now)


def _of(actor, now):
    names, owner = [name for name in OF_ROLE[actor.role] if policy.may(actor, RIGHTS[name])], mine(actor)
    summed = {name: of for name, of in of_accounts(actor, now).items() if name in (*names, BEFORE)}
    if owner is not None:
        summed = {name: (query.where(Account.owner == owner), *of) for name, (query, *of) in summed.items()}
    counted = {name: COUNTED[name](actor, values.shop_day(now)) for name in names if name in COUNTED}
    kept = {name: figure for name, figure in kept_figures.of(actor, owner).items() if name in summed}
    parts = [kept_figures.summed(name, *summed[name]) for name in summed if name not in kept]
    parts += [_count(name, query) for name, query in counted.items()]
    found = {name: list(figure.rows) for name, figure in kept.items()}
    for name, currency, number, amount in store.db.execute(reduce(peewee.Select.union_all, parts)) if parts else ():
        found.setdefault(name, []).append((number, Money(int(amount), currency) if currency else None))
    return [_number(name, found, kept) for name in names]


def _number(name, found, kept):
    count = sum(number for number, _ in found.get(name, ()))
    before = _worth(found.get(BEFORE, ())) if name == "month" else []
    return Number(name, count, _worth(found.get(name, ())), before, kept[name].at if name in kept else None)


def _worth(parts):
    return [money for _, money in sorted(parts, key=lambda part: -part[0]) if money]


def of_accounts(actor, now=None):
    """{name: (query, worth, currency)} of the figures that grow with the shop; each query joins the accounts."""
    orders, today = Order.visible_to(actor), values.shop_day(now)
    bought = orders.where(Order.state.not_in(NO_PURCHASE))
    first, then_first, then_end = _months(today)
    worth = Order.total_minor - Order.cancelled_minor
    return {
        "month": (bought.where(Order.placed_at >= first), worth, Order.currency),
        BEFORE: (bought.where((Order.placed_at >= then_first) & (Order.placed_at < then_end)), worth, Order.currency),
        "silent": (
            Account.visible_to(actor).where(Account.is_active & Account.id.in_(silence.silent(today))),
            None,
            None,
        ),
        "overdue": (Invoice.visible_to(actor).where(Invoice.overdue(today)), Invoice.open_minor, Invoice.currency),
        "orders": (orders.where(rows.as_indexed(Order.state == "placed")), None, None),
        "ready": (orders.where(waiting.ready()), None, None),
        "behind": (orders.where(waiting.overdue(today)), None, None),
    }


def first_of_month(now=None):
    """The day from which the orders of this month count."""
    return values.shop_day(now).replace(day=1)


def _months(today):
    """(this month began, the last one began, as far into the last one as we are into this), as moments."""
    first = today.replace(day=1)
    then = (first - timedelta(days=1)).replace(day=1)
    end = min(then + timedelta(days=today.day), first)
    return tuple(map(values.shop_midnight, (first, then, end)))


# The numbers that no worker keeps: {name: function(actor, today) -> query}.
COUNTED = {
    "late_tasks": lambda actor, today: Task.visible_to(actor).where(Task.overdue(today)),
    "failed": lambda actor, today: outgoing.failed(actor),
}


def _count(name, query):
    inner = query.select(peewee.Value(1)).order_by().limit(MOST).alias(name)
    return inner.select_from(peewee.Value(name), peewee.Value(""), peewee.fn.COUNT(peewee.SQL("1")), peewee.Value(0))


def keep(now=None):
    """What the worker counts by the clock, so that Today costs the same in a very large shop."""
    kept_figures.keep(of_accounts(values.system("worker"), now), now)
