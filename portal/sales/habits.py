"""Habits: what an account buys again and again, how many last time, and when it is due."""

from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from portal import values
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


def habits(account, now=None):
    """{product id: Habit} of the last two years, what is due first in front.

    The interval is the median of the days between orders: ordered on 1, 10 and 20 May, it is every 9.5 → 10 days
    (halves up), due on 30 May. One query, of at most 3,000 lines.
    """
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
    return {habit.product: habit for habit in sorted(found, key=lambda habit: _soonest(habit, values.shop_day(now)))}


def _habit(product, by_day):
    days = sorted(by_day)
    gaps = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]
    every = max(1, int(median(gaps) + 0.5)) if gaps else None
    due = days[-1] + timedelta(days=every) if every else None
    return Habit(product, by_day[days[-1]], days[-1], tuple(days[-MOST_TICKS:]), every, due)


def _soonest(habit, today):
    """Living rhythms first, by their next day; then what has lapsed or was bought once, newest first."""
    late = (today - habit.due_on).days if habit.due_on else None
    lapsed = late is None or late > 2 * habit.every_days + LAPSED_DAYS
    return (lapsed, date.max - (habit.last_on - date.min) if lapsed else habit.due_on, habit.product)
