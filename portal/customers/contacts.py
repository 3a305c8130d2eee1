"""Contacts: the people of an account, how to reach them and what they like."""

import peewee

from portal import store, values
from portal.customers.accounts import Account

ROLES = ("owner", "buyer", "purchasing_manager", "purchasing_agent", "bookkeeper", "receiver", "family", "other")
GENDERS = ("", "female", "male", "other")


class Contact(store.Versioned):
    """A person of an account. `email` and `phone` are the main ones; more stand in ContactPoint."""

    account = peewee.ForeignKeyField(Account)
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=200, index=True)
    role = peewee.CharField(max_length=30, default="other")
    title = peewee.CharField(max_length=40, default="")
    job_title = peewee.CharField(max_length=120, default="")
    email = peewee.CharField(max_length=320, default="")
    phone = peewee.CharField(max_length=60, default="")
    gender = peewee.CharField(max_length=10, default="")
    born_on = peewee.DateField(null=True)
    language = peewee.CharField(max_length=8, default="")
    preferences = peewee.TextField(default="")  # topics, products, best time, in words
    best_time = peewee.CharField(max_length=60, default="")
    channel = peewee.CharField(max_length=20, default="")  # how they like to be reached: phone, mail, message
    spending_minor = peewee.BigIntegerField(null=True)  # declared spending power a year, in the account's currency
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)


class ContactPoint(store.Model):
    """Another e-mail address or phone number of a contact."""

    contact = peewee.ForeignKeyField(Contact)
    kind = peewee.CharField(max_length=10)  # email, phone
    value = peewee.CharField(max_length=320)
    label = peewee.CharField(max_length=40, default="")
