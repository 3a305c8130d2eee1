"""Teams: the groups of employees by which staff see accounts."""

import contextlib

import peewee

from portal import audit, store
from portal.errors import Invalid, NotFound
from portal.fields import NOBODY, STAFF, Field, Table
from portal.people import policy

ADMIN = frozenset(policy.ADMINS)

TEAM_FIELDS = Table(
    "team",
    Field("name", read=STAFF, write=ADMIN, sort=True, is_required=True, longest=120),
    Field("number", read=STAFF, write=NOBODY),
)

policy.allow("teams.see", policy.STAFF)
policy.allow("teams.manage", policy.ADMINS)


class Team(store.Versioned):
    """A sales team; reps and managers see the accounts of their teams and those of none."""

    name = peewee.CharField(max_length=120, unique=True)

    @classmethod
    def visible_to(cls, actor):
        """Query of the teams: all of them for staff, none for others."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        return cls.select()

    @classmethod
    def add(cls, *, by, name, now=None):
        """A new team. Raises Invalid(name="field-needed" or "team-known")."""
        name = TEAM_FIELDS.clean({"name": name})["name"]
        with _unique(), audit.change(by, "team.added", now=now) as change:
            return change.create(cls, name=name)

    def rename(self, *, by, name, version=None, now=None):
        """Give the team another name. Raises Invalid(name), Stale."""
        name = TEAM_FIELDS.clean({"name": name})["name"]
        with _unique(), audit.change(by, "team.renamed", self, now=now) as change:
            change.update(self, version=version, name=name)
        return self


@contextlib.contextmanager
def _unique():
    """Turns the database's refusal of a second team of the same name into ours."""
    try:
        yield
    except peewee.IntegrityError:
        raise Invalid(name="team-known")
