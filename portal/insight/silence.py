"""Silence: accounts from which nothing has come for longer than their rhythm, as the worker works it out."""

from datetime import timedelta
from statistics import median
from typing import NamedTuple

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.sales.figures import NO_PURCHASE
from portal.sales.habits import HabitSheet
from portal.sales.orders import Order

REMEMBERED = timedelta(days=730)
FEWEST_DAYS = 3  # of orders, before a rhythm is one
LEAST_GRACE_DAYS = 3
GIVEN_UP_DAYS = 365  # silent for longer: nobody waits for it any more
BATCH = 500


class AccountRhythm(store.Model):
    """How often an account orders, and from which day on its silence is longer than that.

    `changes` is that of its HabitSheet when it was worked out: another one there, and it is worked out anew.
    """

    account = peewee.ForeignKeyField(Account, unique=True)
    changes = peewee.IntegerField()
    last_on = peewee.DateField(null=True)
    every_days = peewee.IntegerField(null=True)
    silent_from = peewee.DateField(null=True, index=True)


class Rhythm(NamedTuple):
    """`silent_from` is half an interval, three days at least, after the day on which the next order was usual."""

    last_on: object
    every_days: int
    silent_from: object


def rhythm_of(days):
    """The Rhythm of the days on which an account ordered, None for fewer than three.

    The interval is the median: 1, 10 and 20 May is every 9.5 → 10 days, so from 4 June on (5 days after 30 May) it
    is silent.
    """
    days = sorted(set(days))
    if len(days) < FEWEST_DAYS:
        return None
    gaps = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
    every = max(1, int(median(gaps) + 0.5))
    return Rhythm(days[-1], every, days[-1] + timedelta(days=every + max(LEAST_GRACE_DAYS, every // 2)))


def silent(today=None):
    """Subquery of the ids of the accounts that are silent now."""
    today = today or values.shop_day()
    here = (AccountRhythm.silent_from <= today) & (AccountRhythm.silent_from > today - timedelta(days=GIVEN_UP_DAYS))
    return AccountRhythm.select(AccountRhythm.account).where(here)


def keep(now=None):
    """Work out anew the accounts whose orders changed since; returns how many. Days that go by change nothing."""
    total = 0
    while changed := _changed():
        found = _days_of([account for account, _ in changed], now)
        rows = [
            {"account": account, "changes": changes}
            | (rhythm_of(found.get(account, ())) or Rhythm(None, None, None))._asdict()
            for account, changes in changed
        ]
        with store.housekeeping("rhythms"):
            AccountRhythm.insert_many(rows).on_conflict(
                conflict_target=[AccountRhythm.account],
                preserve=[getattr(AccountRhythm, name) for name in ("changes", *Rhythm._fields)],
            ).execute()
        total += len(changed)
    return total


def _changed():
    """[(account, changes)] of the next accounts whose rhythm is not that of their orders."""
    rows = HabitSheet.select(HabitSheet.account, HabitSheet.changes)
    rows = rows.join(AccountRhythm, peewee.JOIN.LEFT_OUTER, on=(AccountRhythm.account == HabitSheet.account))
    other = AccountRhythm.id.is_null() | (AccountRhythm.changes != HabitSheet.changes)
    return list(rows.where(other).order_by(HabitSheet.account).limit(BATCH).tuples())


def _days_of(accounts, now):
    since = (now or values.now()) - REMEMBERED
    rows = Order.select(Order.account, Order.placed_at).where(
        store.among(Order.account, accounts) & (Order.placed_at >= since) & Order.state.not_in(NO_PURCHASE)
    )
    found = {}
    for account, placed_at in rows.tuples():
        found.setdefault(account, []).append(values.shop_day(placed_at))
    return found
