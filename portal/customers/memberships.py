"""Memberships: which login works in which account, with which role, as which contact."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.people.logins import Login


class Membership(store.Versioned):
    """A login's place in an account: viewer, buyer or customer_admin. Ended ones are kept."""

    login = peewee.ForeignKeyField(Login)
    account = peewee.ForeignKeyField(Account)
    contact = peewee.ForeignKeyField(Contact, null=True)
    role = peewee.CharField(max_length=20, default="buyer")
    created_at = store.MomentField(default=values.now)
    ended_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("login", "account"), True),)
