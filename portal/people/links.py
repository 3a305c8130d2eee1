"""Links sent by mail: a row without the token; the token is derived when it is sent (DESIGN §3.6)."""

import peewee

from portal import store
from portal.people.logins import Login


class Link(store.Model):
    """A one-time link: purpose, whom it is for, until when. Sign-in links die with the login's epoch."""

    purpose = peewee.CharField(max_length=20)
    login = peewee.ForeignKeyField(Login, null=True)
    subject = peewee.CharField(max_length=40, default="")
    email = peewee.CharField(max_length=320, default="")
    epoch = peewee.IntegerField(default=0)
    params = store.JSONText(default=dict)
    created_at = store.MomentField()
    expires_at = store.MomentField()
    used_at = store.MomentField(null=True)
