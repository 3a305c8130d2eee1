"""Sessions: who is signed in where, as rows that hold only the hash of the token."""

import peewee

from portal import store
from portal.people.logins import Login


class Session(store.Model):
    """One signed-in browser. The token is 256 random bits; the row keeps its sha256 and the login's epoch."""

    token_hash = peewee.CharField(max_length=64, unique=True)
    login = peewee.ForeignKeyField(Login)
    epoch = peewee.IntegerField()
    account = peewee.IntegerField(null=True)  # the account a customer works in now
    agent = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField()
    seen_at = store.MomentField()
    ended_at = store.MomentField(null=True)
