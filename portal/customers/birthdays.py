"""Birthdays: whose day of the year comes within some days, the 29th of February kept on the 28th of other years."""

import calendar
from datetime import timedelta

from portal.customers.contacts import Contact


def within(today, days):
    """Condition on contacts: their birthday is one of so many days from `today` on."""
    last = today + timedelta(days=min(days, 366) - 1)
    first, end = today.month * 100 + today.day, last.month * 100 + last.day
    if end == 228 and not calendar.isleap(last.year):
        end = 229
    if days > 365:
        return Contact.birthday > 0
    if first <= end:
        return Contact.birthday.between(first, end)
    return (Contact.birthday >= first) | Contact.birthday.between(1, end)
