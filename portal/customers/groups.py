"""Groups of accounts that buy at the same prices: resellers, schools, members."""

import peewee

from portal import audit, store
from portal.errors import NotFound
from portal.fields import MANAGERS, STAFF, Field, Table
from portal.people import policy

FIELDS = Table(
    "account_group",
    Field("name", read=STAFF, write=MANAGERS, sort=True, is_required=True, longest=120),
    Field("number", read=STAFF),
)

policy.allow("groups.see", policy.STAFF)
policy.allow("groups.edit", policy.MANAGERS)


class AccountGroup(store.Versioned):
    """A group; an account is in one or none."""

    name = peewee.CharField(max_length=120, unique=True)

    @classmethod
    def visible_to(cls, actor):
        """Query of the groups: all of them for staff, none for others."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        return cls.select()

    @classmethod
    def add(cls, *, by, name, now=None):
        """A new group, empty at first. Raises Invalid(name="field-needed" or "name-taken")."""
        FIELDS.check(by, ["name"])
        name = FIELDS.clean({"name": name})["name"]
        with store.taken(name="name-taken"), audit.change(by, "account_group.added", now=now) as change:
            return change.create(cls, name=name)

    def rename(self, *, by, name, version=None, now=None):
        """Give the group another name. Raises Invalid(name), Stale."""
        FIELDS.check(by, ["name"])
        name = FIELDS.clean({"name": name})["name"]
        with store.taken(name="name-taken"), audit.change(by, "account_group.renamed", self, now=now) as change:
            change.update(self, version=version, name=name)
        return self

    def remove(self, *, by, now=None):
        """Take a group away that holds no account and has no price list. Raises Invalid(name="group-in-use")."""
        with store.taken(name="group-in-use"), audit.change(by, "account_group.removed", self, now=now) as change:
            change.delete(self)
