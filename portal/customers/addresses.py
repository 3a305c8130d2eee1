"""Addresses of an account: Philippine, Thai and general forms, purposes and defaults."""

import peewee

from portal import store, values
from portal.customers.accounts import Account


class Address(store.Versioned):
    """A place to deliver or bill to. Documents copy it: editing it never edits history."""

    account = peewee.ForeignKeyField(Account)
    label = peewee.CharField(max_length=60, default="")
    recipient = peewee.CharField(max_length=200, default="")
    line1 = peewee.CharField(max_length=200)
    line2 = peewee.CharField(max_length=200, default="")
    district = peewee.CharField(max_length=120, default="")  # barangay in the Philippines, tambon/khwaeng in Thailand
    city = peewee.CharField(max_length=120, default="")  # city or municipality; amphoe/khet in Thailand
    region = peewee.CharField(max_length=120, default="")  # province or state; changwat in Thailand
    postal_code = peewee.CharField(max_length=20, default="")
    country = peewee.CharField(max_length=2, default="PH")
    phone = peewee.CharField(max_length=60, default="")
    for_shipping = peewee.BooleanField(default=True)
    for_billing = peewee.BooleanField(default=True)
    is_default_shipping = peewee.BooleanField(default=False)
    is_default_billing = peewee.BooleanField(default=False)
    archived_at = store.MomentField(null=True)
    created_at = store.MomentField(default=values.now)
