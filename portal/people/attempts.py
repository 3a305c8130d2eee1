"""Attempts: counters in the database that slow guessing down across processes."""

import peewee

from portal import store


class Attempt(store.Model):
    """How often `key` (an account, an address, both) was tried since `since_at`."""

    key = peewee.CharField(max_length=120, unique=True)
    count = peewee.IntegerField(default=0)
    since_at = store.MomentField()
