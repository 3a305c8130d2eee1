"""Calendar feeds: the secret address by which a calendar program reads the days of one of us without signing in."""

import re
from datetime import timedelta

import peewee

from portal import audit, store, values
from portal.activity import agenda
from portal.errors import NotFound
from portal.people import employees, policy, proofs
from portal.people.employees import Employee
from portal.people.logins import Login

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
TOKEN = re.compile(r"([1-9][0-9]{0,17})\.([A-Za-z0-9_-]{43})", re.ASCII)
PURPOSE = "calendar feed"

policy.allow("calendar.feed", policy.STAFF)
policy.allow("calendar.read", policy.EVERYONE)  # by whoever holds the address


class CalendarFeed(store.Model):
    """The feed of one employee; each `epoch` has an address of its own, and only that of the present one is good."""

    employee = peewee.ForeignKeyField(Employee, unique=True)
    epoch = peewee.IntegerField(default=1)
    made_at = store.MomentField()
    revoked_at = store.MomentField(null=True)

    @property
    def token(self):
        """Id and 256 bits that only we can derive; it is kept nowhere."""
        return f"{self.id}.{proofs.proof(PURPOSE, self._said)}"

    @property
    def path(self):
        return f"/calendar/{self.token}.ics"

    @property
    def _said(self):
        return f"{self.id} {self.employee_id} {self.epoch}"


def of(actor):
    """This employee's feed while it has an address, else None."""
    here = (CalendarFeed.employee == (actor.employee or 0)) & CalendarFeed.revoked_at.is_null()
    return CalendarFeed.get_or_none(here)


def make(*, by, now=None):
    """An address for one's own days; one of before leads nowhere from now on."""
    with audit.change(by, "calendar_feed.made", now=now) as change:
        made = CalendarFeed.insert(employee=by.employee, made_at=change.now)
        newer = {CalendarFeed.epoch: CalendarFeed.epoch + 1, CalendarFeed.made_at: change.now}
        newer |= {CalendarFeed.revoked_at: None}
        made.on_conflict(conflict_target=[CalendarFeed.employee], update=newer).execute()
        feed = of(by)
        change.subject = change.result = feed.ref
        change.happened()
    return feed


def revoke(*, by, now=None):
    """The address leads nowhere any more."""
    feed = of(by)
    if feed is None:
        return
    with audit.change(by, "calendar_feed.revoked", feed, now=now) as change:
        CalendarFeed.update(revoked_at=change.now).where(CalendarFeed.id == feed.id).execute()
        change.happened()


def find(token):
    """(feed, Actor) behind a token of ours: whose days, and as whom they are read now. Else NotFound.

    It is good while it was not replaced or revoked, and its employee works here, may sign in and have one.
    """
    parts = TOKEN.fullmatch(token or "")
    rows = CalendarFeed.select(CalendarFeed, Employee, Login).join(Employee).join(Login)
    feed = parts and rows.where(CalendarFeed.id == int(parts[1])).first()
    if not feed or not proofs.holds(parts[2], PURPOSE, feed._said) or feed.revoked_at is not None:
        raise NotFound()
    person = feed.employee
    actor = employees.actor_for(person.login) if person.is_active and person.login.is_active else None
    if actor is None or not policy.may(actor, "calendar.feed"):
        raise NotFound()
    return feed, actor


def slots(feed, actor, today=None):
    """What the feed shows: its employee's days, two months back and a year ahead, as far as he sees them now."""
    today = today or values.shop_day()
    return agenda.between(actor, [feed.employee_id], today - BACK, today + AHEAD)
