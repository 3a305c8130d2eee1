"""Branches: where an order can be picked up, and when they are open."""

import re

import peewee

from portal import audit, store, values
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ADMINS = frozenset(policy.ADMINS)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

policy.allow("branches.see", policy.STAFF)
policy.allow("branches.edit", policy.ADMINS)

FIELDS = Table(
    "branch",
    Field("name", "text", EVERYONE, ADMINS, longest=120, is_required=True),
    Field("line1", "text", EVERYONE, ADMINS),
    Field("city", "text", EVERYONE, ADMINS, longest=120),
    Field("country", "country", EVERYONE, ADMINS, is_required=True),
    Field("phone", "phone", EVERYONE, ADMINS, longest=60),
    Field("hours", "words", EVERYONE, ADMINS, listed=False),
    Field("is_active", "yes", STAFF, ADMINS),
)


class OpeningHours:
    """What a row with `hours`, {"mon": ["08:00", "17:00"], …}, says of its week; a day that is missing is closed."""

    @property
    def week(self):
        """[(day, opening, closing)] of the whole week; None, None on closed days."""
        return [(day, *self.hours.get(day, (None, None))) for day in DAYS]

    @property
    def runs(self):
        """[(first day, last day, opening, closing)] of days in a row with the same hours."""
        runs = []
        for place, (day, *times) in enumerate(self.week):
            if times[0] and runs and runs[-1][1:] == [times, place - 1]:
                runs[-1] = [*runs[-1][:1], times, place]
            elif times[0]:
                runs.append([day, times, place])
        return [(first, DAYS[last], *times) for first, times, last in runs]

    @property
    def hours_text(self):
        """The hours as `read_hours` takes them: a line for each run of days with the same hours."""
        lines = ((first if first == last else f"{first}-{last}", *times) for first, last, *times in self.runs)
        return "\n".join(f"{days} {opening}-{closing}" for days, opening, closing in lines)


class Branch(OpeningHours, store.Versioned):
    """A shop of ours, and when somebody is there."""

    name = peewee.CharField(max_length=120, unique=True)
    line1 = peewee.CharField(max_length=200, default="")
    city = peewee.CharField(max_length=120, default="")
    country = peewee.CharField(max_length=2, default="PH")
    phone = peewee.CharField(max_length=60, default="")
    hours = store.JSONText(default=dict)
    is_active = peewee.BooleanField(default=True)

    @classmethod
    def visible_to(cls, actor):
        """Staff see every branch, others those that are open for business."""
        return cls.select() if actor.is_staff or actor.is_system else cls.in_use()

    @classmethod
    def in_use(cls, country=None):
        """The branches that are open for business, of one country or of all."""
        rows = cls.select().where(cls.is_active).order_by(cls.name)
        return rows.where(cls.country == country) if country else rows

    def edit(self, *, by, version, now=None, **given):
        """Change a branch; orders already placed keep its name. Raises Stale, Invalid as `add`."""
        FIELDS.check(by, given)
        with audit.change(by, "branch.changed", self, now=now) as change, store.taken(name="name-taken"):
            change.update(self, version=version, **_clean(given))
        return self


def add(*, by, now=None, **given):
    """A new branch. Raises Invalid by field: field-needed, name-taken, hours-malformed."""
    FIELDS.check(by, given)
    with audit.change(by, "branch.added", now=now) as change, store.taken(name="name-taken"):
        return change.create(Branch, **_clean({"name": "", "country": ""} | given))


def read_hours(text):
    """Opening hours from lines like "mon-fri 08:00-17:00"; blank days are closed.

    read_hours("sat 08:00-12:00") == {"sat": ["08:00", "12:00"]}. Raises Invalid: hours-malformed.
    """
    hours = {}
    for line in values.paragraphs(text).lower().splitlines():
        days, _, times = line.strip().partition(" ")
        first, _, last = days.partition("-")
        opening, _, closing = times.replace(" ", "").replace("–", "-").partition("-")
        right = first in DAYS and (last or first) in DAYS and _CLOCK.fullmatch(opening) and _CLOCK.fullmatch(closing)
        if not right or opening >= closing:
            raise Invalid(hours=("hours-malformed", {"line": line[:60]}))
        for day in DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]:
            hours[day] = [opening, closing]
    return hours


def _clean(given):
    given = dict(given)
    hours = given.pop("hours", None)
    clean = FIELDS.clean(given)
    if hours is not None:
        clean["hours"] = hours if isinstance(hours, dict) else read_hours(hours)
    return clean
