"""Repeating: on which day something that comes again falls next; days in, a day out."""

import calendar
from datetime import timedelta

RHYTHMS = ("", "daily", "weekly", "monthly", "yearly")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_EVERY = 99


def following(day, rhythm, every=1, weekdays=(), anchor=None):
    """The day after `day` on which it falls again.

    `weekdays` are those of a weekly one (none: that of `day`). `anchor` is the day of the month it began with:
    what falls on the 31st goes on from 28 February to 31 March, following(date(2027, 2, 28), "monthly", 1, (), 31).
    """
    if rhythm == "daily":
        return day + timedelta(days=every)
    if rhythm == "weekly":
        return _weekly(day, every, weekdays or (WEEKDAYS[day.weekday()],))
    months = every * (12 if rhythm == "yearly" else 1)
    return _months_on(day, months, anchor or day.day)


def following_from(day, today, rhythm, every=1, weekdays=(), anchor=None):
    """The first day after `day` that has not gone by: after a week away a daily task comes once, not seven times."""
    day = following(day, rhythm, every, weekdays, anchor)
    while day < today:
        day = following(day, rhythm, every, weekdays, anchor)
    return day


def _weekly(day, every, weekdays):
    wanted = sorted(WEEKDAYS.index(name) for name in weekdays)
    later = [number for number in wanted if number > day.weekday()]
    if later:
        return day + timedelta(days=later[0] - day.weekday())
    monday = day - timedelta(days=day.weekday())
    return monday + timedelta(weeks=every, days=wanted[0])


def _months_on(day, months, anchor):
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return day.replace(year=year, month=month + 1, day=min(anchor, calendar.monthrange(year, month + 1)[1]))
