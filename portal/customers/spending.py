"""Spending: what a person's orders of the last twelve months say of his spending power, as the worker counted it."""

from typing import NamedTuple

import peewee

from portal import store
from portal.customers.contacts import Contact
from portal.values import Money


class ContactSpending(store.Model):
    """What one person ordered himself, and his share of what his accounts bought, in the main account's currency.

    Whoever bought nothing in twelve months has no row.
    """

    contact = peewee.ForeignKeyField(Contact, unique=True)
    currency = peewee.CharField(max_length=3)
    own_minor = peewee.BigIntegerField()  # what he ordered himself, in whichever account
    own_orders = peewee.IntegerField()
    share_minor = peewee.BigIntegerField()  # of what his accounts bought, each divided by its people
    accounts = peewee.IntegerField()  # of his accounts so many bought something
    counted_at = store.MomentField()


class Spending(NamedTuple):
    """The computed spending power beside what it is made of; the larger of the two parts is the figure."""

    total: Money
    own: Money
    own_orders: int
    share: Money
    accounts: int
    counted_at: object


def read(row):
    """The Spending in a row of the table, None without one."""
    if row is None or row.counted_at is None:
        return None
    own, share = (Money(minor, row.currency) for minor in (row.own_minor, row.share_minor))
    return Spending(max(own, share), own, row.own_orders, share, row.accounts, row.counted_at)


def of(contact):
    """The computed spending power of a person, None who bought nothing lately."""
    return read(ContactSpending.get_or_none(ContactSpending.contact == contact))
