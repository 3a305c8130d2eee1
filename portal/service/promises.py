"""Promises: by when a case is answered and solved, in the hours of the service desk or round the clock."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

import peewee

from portal import audit, store, values
from portal.errors import Invalid, NotFound
from portal.fields import MANAGERS, STAFF, Field, Table
from portal.people import policy
from portal.sales.branches import DAYS, OpeningHours, read_hours

KINDS = ("order", "product", "invoice", "account", "other")  # what a case may be about
PRIORITIES = ("low", "normal", "high", "urgent")
ANY_KIND = ""
# (first answer, solution) in hours, until somebody says otherwise; 0 promises nothing.
START = {"low": (16, 80), "normal": (8, 40), "high": (4, 16), "urgent": (1, 8)}
LONGEST_HOURS = 1000
LONGEST_DAYS = 365
WEEK = timedelta(days=7)

policy.allow("promises.see", policy.MANAGERS)
policy.allow("promises.arrange", policy.MANAGERS)

FIELDS = Table(
    "promise",
    Field("case_kind", "choice", STAFF, MANAGERS, choices=(ANY_KIND, *KINDS)),
    Field("priority", "choice", STAFF, MANAGERS, choices=PRIORITIES, is_required=True),
    Field("answer_hours", "number", STAFF, MANAGERS, is_required=True),
    Field("solve_hours", "number", STAFF, MANAGERS, is_required=True),
)
DESK_FIELDS = Table(
    "service_desk",
    Field("is_in_hours", "yes", STAFF, MANAGERS),
    Field("hours", "words", STAFF, MANAGERS, listed=False, longest=600),
    Field("close_days", "number", STAFF, MANAGERS, is_required=True),
    Field("reopen_days", "number", STAFF, MANAGERS, is_required=True),
)


class ServiceDesk(OpeningHours, store.Versioned):
    """The one row that says when cases are worked on, and when solved ones close for good."""

    is_in_hours = peewee.BooleanField(default=True)  # promises count opening hours; else every hour
    hours = store.JSONText(default=lambda: {day: ["08:00", "17:00"] for day in DAYS[:5]})
    close_days = peewee.IntegerField(default=5)  # from solved to closed
    reopen_days = peewee.IntegerField(default=30)  # from closed until it is closed for good

    @classmethod
    def visible_to(cls, actor):
        """The one row, for whoever arranges it."""
        if actor.is_system or actor.role in policy.MANAGERS:
            return cls.select()
        raise NotFound()

    @classmethod
    def current(cls):
        """The desk as it stands; the start of one where nobody arranged it."""
        return cls.select().order_by(cls.id).first() or cls(version=0)

    @property
    def week_hours(self):
        """{day: (opening, closing)} in which promises count; None round the clock."""
        return self.hours if self.is_in_hours and self.hours else None

    @classmethod
    def arrange(cls, *, by, version=None, now=None, **typed):
        """Say when cases are worked on. What was promised already stays.

        Raises Invalid by field: hours-malformed, number-not-between; Stale.
        """
        DESK_FIELDS.check(by, typed)
        fields = DESK_FIELDS.clean(typed)
        if "hours" in fields:
            fields["hours"] = read_hours(fields["hours"])
        _check_days(fields)
        with audit.change(by, "service_desk.arranged", now=now) as change:
            desk = cls.select().order_by(cls.id).first()
            if desk is None:
                with store.taken(is_in_hours="changed-meanwhile"):
                    desk = change.create(cls, id=1)
            change.subject = desk.ref
            change.update(desk, version=version or None, **fields)
        return desk


def _check_days(fields):
    limits = {"close_days": (1, LONGEST_DAYS), "reopen_days": (0, LONGEST_DAYS)}
    problems = {
        name: ("number-not-between", {"least": least, "most": most})
        for name, (least, most) in limits.items()
        if name in fields and not least <= fields[name] <= most
    }
    if problems:
        raise Invalid(**problems)


class Promise(store.Model):
    """What is promised for cases of one priority, of one kind or ("") of all that have no promise of their own."""

    case_kind = peewee.CharField(max_length=12, default=ANY_KIND)
    priority = peewee.CharField(max_length=10)
    answer_hours = peewee.IntegerField()
    solve_hours = peewee.IntegerField()

    class Meta:
        indexes = ((("case_kind", "priority"), True),)

    @classmethod
    def visible_to(cls, actor):
        """The promises, for whoever arranges them."""
        if actor.is_system or actor.role in policy.MANAGERS:
            return cls.select()
        raise NotFound()

    def remove(self, *, by, now=None):
        """Take it away: what holds for every kind, or the start of it, counts again."""
        with audit.change(by, "promise.removed", self, now=now) as change:
            change.delete(self)
        return self


class Hours(NamedTuple):
    """A promise in hours: until the first answer, until the solution; 0 promises nothing."""

    answer: int
    solve: int


def set_promise(*, by, case_kind=ANY_KIND, priority, answer_hours, solve_hours, now=None):
    """Promise this for new cases of a kind ("" for all) and priority, in place of what was promised before.

    Raises Invalid by field: choice-unknown, number-not-between, promise-order (solved before it is answered).
    """
    typed = {"case_kind": case_kind, "priority": priority, "answer_hours": answer_hours, "solve_hours": solve_hours}
    FIELDS.check(by, typed)
    fields = FIELDS.clean(typed)
    problems = {
        name: ("number-not-between", {"least": 0, "most": LONGEST_HOURS})
        for name in ("answer_hours", "solve_hours")
        if fields[name] > LONGEST_HOURS
    }
    if not problems and 0 < fields["solve_hours"] < fields["answer_hours"]:
        problems["solve_hours"] = "promise-order"
    if problems:
        raise Invalid(**problems)
    hours = {name: fields.pop(name) for name in ("answer_hours", "solve_hours")}
    with audit.change(by, "promise.set", now=now) as change:
        here = (Promise.case_kind == fields["case_kind"]) & (Promise.priority == fields["priority"])
        found = Promise.get_or_none(here)
        if found is None:
            with store.taken(priority="changed-meanwhile"):
                return change.create(Promise, **fields, **hours)
        change.subject = found.ref
        change.update(found, **hours)
    return found


def all_promises():
    """[(kind, priority, Hours, Promise or None)]: what holds for every kind first, then the exceptions."""
    rows = {(row.case_kind, row.priority): row for row in Promise.select()}
    found = []
    for kind in (ANY_KIND, *KINDS):
        for priority in PRIORITIES:
            row = rows.get((kind, priority))
            if row or kind == ANY_KIND:
                hours = Hours(row.answer_hours, row.solve_hours) if row else Hours(*START[priority])
                found.append((kind, priority, hours, row))
    return found


def hours_for(kind, priority):
    """The Hours promised for a case: its kind's own, else those of every kind, else the start."""
    here = Promise.case_kind.in_([kind, ANY_KIND]) & (Promise.priority == priority)
    rows = {row.case_kind: row for row in Promise.select().where(here)}
    row = rows.get(kind) or rows.get(ANY_KIND)
    return Hours(row.answer_hours, row.solve_hours) if row else Hours(*START[priority])


# Counting in opening hours


def later(start, minutes, week=None):
    """The moment (UTC) that is `minutes` of opening hours after `start`; `week` None counts every minute.

    With 08:00–17:00 from Monday to Friday, two hours after Friday 16:00 is Monday 09:00.
    """
    left = timedelta(minutes=minutes)
    if not week:
        return start + left
    weeks, left = divmod(left, _length_of(week))
    if not left:  # exactly so many weeks: not the opening of the next, but the closing of the last
        weeks, left = weeks - 1, _length_of(week)
    start += weeks * WEEK
    day = values.shop_day(start)
    while True:
        opens, closes = _window(day, week)
        begins = max(start, opens)
        if begins < closes and left <= closes - begins:
            return begins + left
        left -= max(closes - begins, timedelta())
        day += timedelta(days=1)


def between(start, end, week=None):
    """Whole minutes of opening hours from `start` to `end`; 0 when it is not later."""
    if end <= start:
        return 0
    if not week:
        return int((end - start).total_seconds() // 60)
    total, day = timedelta(), values.shop_day(start)
    while day <= values.shop_day(end):
        opens, closes = _window(day, week)
        total += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)


def _window(day, week):
    """(opening, closing) of a day of the shop as moments; the same moment twice when it is closed."""
    opening, closing = week.get(DAYS[day.weekday()], ("00:00", "00:00"))
    return _moment(day, opening), _moment(day, closing)


def _moment(day, clock):
    local = datetime.combine(day, time.fromisoformat(clock), values.SHOP_ZONE)
    return local.astimezone(UTC).replace(tzinfo=None)


def _length_of(week):
    """How long it is open in a week."""
    times = [[time.fromisoformat(clock) for clock in pair] for pair in week.values()]
    return sum((timedelta(minutes=60 * (b.hour - a.hour) + b.minute - a.minute) for a, b in times), timedelta())
