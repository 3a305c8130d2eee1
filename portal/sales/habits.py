"""Habits: what an account buys again and again, how many last time, and when it is due."""

import json
from datetime import date, timedelta
from functools import lru_cache
from statistics import median
from typing import NamedTuple

import peewee

from portal import rows, store, values
from portal.customers.accounts import Account
from portal.sales.orders import NOT_PLACED, Order, OrderLine

REMEMBERED = timedelta(days=730)
MOST_LINES = 3000
MOST_TICKS = 8
LAPSED_DAYS = 14  # and twice its interval late: nobody waits for it


class Habit(NamedTuple):
    """How an account buys one product; without at least two orders there is no rhythm."""

    product: int
    last_quantity: int
    last_on: date
    days: tuple  # of the last orders, oldest first
    every_days: int | None
    due_on: date | None

    def is_lapsed(self, today):
        """Whether nobody waits for it any more: twice its interval late and two weeks."""
        return self.due_on is None or (today - self.due_on).days > 2 * self.every_days + LAPSED_DAYS

    def next_on(self, day):
        """The first day from `day` on at which its rhythm asks for it again; None without a living one."""
        if self.is_lapsed(day):
            return None
        missed = max(0, (day - self.due_on).days)
        return self.due_on + timedelta(days=-(-missed // self.every_days) * self.every_days)


class Habits(dict):
    """{product id: Habit}, what is due first in front; `text` says the same in one word."""

    text = "[]"


class HabitSheet(store.Model):
    """The habits of an account as they were worked out on a day: of ten thousand orders it takes as long as a page.

    `changes` counts what became of its orders since, so that nobody keeps what an order has overtaken meanwhile.
    """

    account = peewee.ForeignKeyField(Account, unique=True)
    changes = peewee.IntegerField(default=0)
    made_on = peewee.DateField(null=True)  # None: to be worked out again
    habits = peewee.TextField(default="[]")


def habits(account, now=None):
    """{product id: Habit} of the last two years, what is due first in front.

    The interval is the median of the days between orders: ordered on 1, 10 and 20 May, it is every 9.5 → 10 days
    (halves up), due on 30 May. One query while nothing was ordered since, else that of at most 3,000 lines as well.
    """
    today = values.shop_day(now)
    sheet = next(iter(_sheet_of(account.id)), None)
    if sheet is None or sheet.made_on != today:
        return _keep(account, sheet, _worked_out(account, now), today)
    return _named(_read(sheet.habits), sheet.habits)


_sheet_of = rows.Asked(lambda account: HabitSheet.select().where(HabitSheet.account == account))


def overtaken(accounts):
    """The orders of these accounts (rows or ids) have changed: what they buy is worked out anew."""
    rows = [{"account": account, "changes": 1} for account in sorted(getattr(one, "id", one) for one in accounts)]
    again = {HabitSheet.changes: HabitSheet.changes + 1, HabitSheet.made_on: None}
    if rows:
        HabitSheet.insert_many(rows).on_conflict(conflict_target=[HabitSheet.account], update=again).execute()


def overtaken_by(orders):
    """As `overtaken`, of the accounts of some orders (their ids)."""
    rows = Order.select(Order.account).where(store.among(Order.id, orders)).distinct()
    overtaken([account for (account,) in rows.tuples()])


def _keep(account, sheet, found, today):
    """Keep what was worked out, unless an order came in while that was done."""
    text = json.dumps([[*habit[:2], *map(_number, habit[2:])] for habit in found.values()])
    new = {"made_on": today, "habits": text}
    with store.housekeeping("habits"):
        if sheet is None:
            HabitSheet.insert(account=account, **new).on_conflict_ignore().execute()
        else:
            as_read = (HabitSheet.account == account) & (HabitSheet.changes == sheet.changes)
            HabitSheet.update(new).where(as_read).execute()
    return _named(found, text)


def _named(found, text):
    found = Habits(found)
    found.text = text
    return found


def _number(value):
    """Days as numbers, which are read faster than dates."""
    if isinstance(value, tuple):
        return [day.toordinal() for day in value]
    return value.toordinal() if isinstance(value, date) else value


@lru_cache(32)
def _read(text):
    """The habits of a sheet; kept, for whoever orders looks several times."""
    found = {}
    for product, quantity, last, days, every, due in json.loads(text):
        last, days = date.fromordinal(last), tuple(map(date.fromordinal, days))
        found[product] = Habit(product, quantity, last, days, every, date.fromordinal(due) if due else None)
    return found


def _worked_out(account, now):
    since = (now or values.now()) - REMEMBERED
    rows = (
        OrderLine.select(OrderLine.product, OrderLine.quantity - OrderLine.cancelled, Order.placed_at)
        .join(Order)
        .where(OrderLine.cancelled < OrderLine.quantity)
        .where((Order.account == account) & (Order.placed_at >= since))
        .where(Order.state.not_in((*NOT_PLACED, "cancelled")))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(MOST_LINES)
        .tuples()
    )
    bought = {}
    for product, quantity, placed_at in rows:
        by_day = bought.setdefault(product, {})
        day = values.shop_day(placed_at)
        by_day[day] = by_day.get(day, 0) + quantity
    found = [_habit(product, by_day) for product, by_day in bought.items()]
    found.sort(key=lambda habit: _soonest(habit, values.shop_day(now)))
    return {habit.product: habit for habit in found}


def _habit(product, by_day):
    days = sorted(by_day)
    gaps = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
    every = max(1, int(median(gaps) + 0.5)) if gaps else None
    due = days[-1] + timedelta(days=every) if every else None
    return Habit(product, by_day[days[-1]], days[-1], tuple(days[-MOST_TICKS:]), every, due)


def _soonest(habit, today):
    """Living rhythms first, by their next day; then what has lapsed or was bought once, newest first."""
    lapsed = habit.is_lapsed(today)
    return (lapsed, date.max - (habit.last_on - date.min) if lapsed else habit.due_on, habit.product)
