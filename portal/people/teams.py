"""Teams: the groups of employees by which staff see accounts."""

import contextlib

import peewee

from portal import audit, memory, store
from portal.errors import Invalid, NotFound
from portal.fields import NOBODY, STAFF, Field, Table
from portal.people import policy

FEW = 1000  # rows of a team that are looked up and sorted sooner than met
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


def held_by(model, teams):
    """Condition of the rows of a model that are of some teams or of none, so that a list costs the same however many
    they are.

    Few are looked up; many are met soon by walking a list in its own order. SQLite would look up a hundred thousand
    and sort them for each page, so it is shown no column that has an index. PostgreSQL counts for itself.
    """
    theirs = model.team.in_(list(teams)) | model.team.is_null()
    if not store.is_sqlite():
        return theirs
    one_more = model.select(peewee.SQL("1")).where(theirs).offset(FEW).limit(1)
    are_few = lambda: store.db.execute(one_more).fetchone() is None  # noqa: E731
    if memory.remembered(("few", model, teams), 60, lambda: store.uncounted(are_few)):
        return theirs
    return peewee.fn.COALESCE(model.team, 0).in_([0, *teams])


@contextlib.contextmanager
def _unique():
    """Turns the database's refusal of a second team of the same name into ours."""
    try:
        yield
    except peewee.IntegrityError:
        raise Invalid(name="team-known")
