"""Branches: where an order can be picked up, and when they are open."""

import peewee

from portal import store


class Branch(store.Versioned):
    """A shop of ours. `hours` is {"mon": ["08:00", "17:00"], …}; a day that is missing is closed."""

    name = peewee.CharField(max_length=120, unique=True)
    line1 = peewee.CharField(max_length=200, default="")
    city = peewee.CharField(max_length=120, default="")
    country = peewee.CharField(max_length=2, default="PH")
    phone = peewee.CharField(max_length=60, default="")
    hours = store.JSONText(default=dict)
    is_active = peewee.BooleanField(default=True)
