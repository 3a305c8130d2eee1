"""Demand: what customers asked for and did not get, grouped by its words and counted, to develop products from."""

from datetime import date, timedelta
from typing import NamedTuple

import peewee

from portal import values
from portal.customers.accounts import Account
from portal.people import policy
from portal.sales.missed import MissedSearch, key_of
from portal.sales.wishes import Wish

policy.allow("demand.see", policy.STAFF)

MOST_GROUPS = 200
MOST_ROWS = 200
PERIODS = (30, 90, 365)  # days


class Group(NamedTuple):
    """One thing that is wanted: how often it was asked for, by how many accounts, how many pieces, last when.

    `open` of the asks are wishes that wait for an answer.
    """

    key: str
    words: str
    asks: int
    accounts: int
    quantity: int
    open: int
    last_on: object

    @property
    def id(self):
        return self.key


def groups(actor, days=90, words="", only_open=False, now=None):
    """The Groups of the last so many days within this person's accounts, the most asked for first; one query."""
    asked = _asked(actor, values.shop_day(now) - timedelta(days=days)).alias("asked")
    total, fn = peewee.fn.SUM, peewee.fn
    asks, opened = total(asked.c.asks), total(asked.c.is_open)
    rows = peewee.Select(
        [asked],
        [asked.c.key, fn.MAX(asked.c.words), asks, fn.COUNT(asked.c.account_id.distinct()), total(asked.c.quantity),
         opened, fn.MAX(asked.c.day)],
    )  # fmt: skip
    rows = rows.group_by(asked.c.key).order_by(asks.desc(), asked.c.key).limit(MOST_GROUPS)
    for word in key_of(words).split():
        rows = rows.where(asked.c.key.contains(word))
    if only_open:
        rows = rows.having(opened > 0)
    found = rows.bind(MissedSearch._meta.database).tuples()
    return [Group(*row[:2], *map(int, row[2:6]), _day(row[6])) for row in found]


def group(actor, key, days=90, now=None):
    """The Group of one key, None when nobody asked for it in that time."""
    return next((found for found in groups(actor, days, key, now=now) if found.key == key), None)


def rows(actor, key, days=90, now=None):
    """(wishes, missed searches) behind a Group, newest first; two queries."""
    since = values.shop_day(now) - timedelta(days=days)
    wishes = Wish.visible_to(actor).where((Wish.key == key) & (Wish.asked_at >= values.shop_midnight(since)))
    missed = MissedSearch.select(MissedSearch, Account).join(Account).where(Account.scope(actor))
    missed = missed.where((MissedSearch.key == key) & (MissedSearch.on >= since))
    return (
        list(wishes.order_by(Wish.id.desc()).limit(MOST_ROWS)),
        list(missed.order_by(MissedSearch.on.desc(), MissedSearch.id.desc()).limit(MOST_ROWS)),
    )


def _asked(actor, since):
    """Wishes and missed searches as rows of one kind."""
    is_open = peewee.Case(None, [(Wish.state == "open", 1)], 0)
    day = peewee.fn.DATE(Wish.asked_at)
    wishes = Wish.select(
        Wish.key.alias("key"), Wish.words.alias("words"), Wish.account.alias("account_id"),
        peewee.Value(1).alias("asks"), peewee.fn.COALESCE(Wish.quantity, 0).alias("quantity"),
        is_open.alias("is_open"), day.alias("day"),
    )  # fmt: skip
    missed = MissedSearch.select(
        MissedSearch.key, MissedSearch.words, MissedSearch.account, MissedSearch.asks, MissedSearch.quantity,
        peewee.Value(0), MissedSearch.on,
    )  # fmt: skip
    wishes = wishes.join(Account).where(Account.scope(actor) & (Wish.asked_at >= values.shop_midnight(since)))
    return wishes.union_all(missed.join(Account).where(Account.scope(actor) & (MissedSearch.on >= since)))


def _day(value):
    return value if not isinstance(value, str) else date.fromisoformat(value)
