"""Accounts: the households and companies that buy, who looks after them and who watches them."""

import peewee

from portal import store, values
from portal.errors import NotFound
from portal.people.employees import Employee
from portal.people.teams import Team

KINDS = ("household", "company")


class Account(store.Versioned):
    """A household or company with its own prices, orders and people."""

    kind = peewee.CharField(max_length=12, default="company")
    name = peewee.CharField(max_length=200)
    folded = peewee.CharField(max_length=200, index=True)  # search.fold(name): how lists sort and find it
    tax_number = peewee.CharField(max_length=40, default="")
    phone = peewee.CharField(max_length=60, default="")
    email = peewee.CharField(max_length=320, default="")
    website = peewee.CharField(max_length=200, default="")
    language = peewee.CharField(max_length=8, default="en")
    country = peewee.CharField(max_length=2, default="PH")
    currency = peewee.CharField(max_length=3, default="PHP")
    owner = peewee.ForeignKeyField(Employee, null=True)
    team = peewee.ForeignKeyField(Team, null=True)  # None: the pool that all staff see
    since_on = peewee.DateField(null=True)
    note = peewee.TextField(default="")  # internal
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)

    @classmethod
    def visible_to(cls, actor):
        """Query of the accounts this person may see: staff by team and pool, admins all, customers their own."""
        if actor.role == "admin" or actor.is_system:
            return cls.select()
        if actor.is_staff:
            return cls.select().where(cls.team.in_(list(actor.teams)) | cls.team.is_null())
        if actor.is_customer and actor.account is not None:
            return cls.select().where(cls.id == actor.account)
        raise NotFound()


class Watcher(store.Model):
    """An employee who is told of what happens to an account besides its owner."""

    account = peewee.ForeignKeyField(Account)
    employee = peewee.ForeignKeyField(Employee)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "employee"), True),)
