"""The agenda: what stands on the days of one of us or of a team, whichever noun it is of."""

from datetime import date, datetime
from typing import NamedTuple

from portal.errors import Invalid, NotFound
from portal.people import policy
from portal.people.employees import Employee

ME, TEAM = "me", "team"
MOST = 500  # of each noun in one look
_offers = {}

policy.allow("calendar.see", policy.STAFF)


class Slot(NamedTuple):
    """Something on a day: `at` is None where it takes the whole of it, `kind` how its state is drawn."""

    kind: str  # of its Ref
    id: int
    on: date
    at: datetime | None
    ends_at: datetime | None
    title: str
    state: str
    who: str  # whose it is among us
    about: str  # the account it concerns
    place: str = ""
    text: str = ""
    version: int = 1
    made_at: datetime | None = None
    is_off: bool = False
    what: tuple = ()  # the word that stands in place of a title that is missing

    @property
    def order(self):
        """By day, whole days first, then by the hour."""
        return (self.on, self.at is not None, self.at or datetime.min, self.kind, self.id)


def offer(name, slots, *, may):
    """Let a noun stand in calendars: `slots(actor, people, first, last)` gives the Slots of those employees (ids) on
    those days, as far as `actor` sees them, in one query."""
    _offers[name] = (slots, may)


def between(actor, people, first, last):
    """All Slots of some of us from a day to a day, in their order."""
    found = []
    for slots, may in _offers.values():
        if policy.may(actor, may):
            found += slots(actor, people, first, last)
    return sorted(found, key=lambda slot: slot.order)


def people_of(whose, actor):
    """Ids of the employees that "me", "team" or a number stands for. Raises Invalid(whose=filter-choice-unknown)."""
    if whose == ME:
        return [actor.employee or 0]
    if whose == TEAM:
        mine = Employee.alias()
        team = mine.select(mine.team).where(mine.id == (actor.employee or 0))
        together = Employee.team.in_(team) | (Employee.id == (actor.employee or 0))
        rows = Employee.select(Employee.id).where(Employee.is_active)
        rows = rows if actor.role == "admin" else rows.where(together)
        return [number for (number,) in rows.limit(MOST).tuples()]
    try:
        found = Employee.visible_to(actor).where(Employee.by_number(whose)).first()
    except NotFound:
        found = None
    if found is None:
        raise Invalid(whose=("filter-choice-unknown", {"value": whose}))
    return [found.id]


def colleagues():
    """(id, name) of those whose days may be looked at, by name."""
    return list(
        Employee.select(Employee.id, Employee.name)
        .where(Employee.is_active)
        .order_by(Employee.name)
        .limit(MOST)
        .tuples()
    )
