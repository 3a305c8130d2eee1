"""The view log: who of us looked at which record of a customer, kept once a day for each."""

import weakref
from datetime import timedelta

import peewee

from portal import store, values
from portal.fields import EVERYONE, Field, Table
from portal.people import policy
from portal.values import Ref

policy.allow("views.see_own", policy.CUSTOMERS)

FIELDS = Table(
    "view",
    Field("seen_on", "date", EVERYONE),
    Field("viewer_name", read=EVERYONE),
    Field("what", read=EVERYONE),
)
KEPT = timedelta(days=730)
_noted = weakref.WeakKeyDictionary()  # database -> what this process wrote down already, so that a page asks nothing
MOST_NOTED = 20_000


class ViewLog(store.Model):
    """One of us looked at one record on one day. No business: it is written by looking."""

    id = peewee.BigAutoField()
    seen_on = peewee.DateField()
    viewer = peewee.CharField(max_length=40)
    viewer_name = peewee.CharField(max_length=200)
    subject = peewee.CharField(max_length=40)
    about = peewee.CharField(max_length=40, index=True)  # the account
    first_at = store.MomentField()

    class Meta:
        indexes = ((("viewer", "subject", "seen_on"), True), (("seen_on",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the looks at the account a customer works in and at himself."""
        mine = [str(Ref("account", actor.account)), str(Ref("contact", actor.contact or 0))]
        return cls.select().where((cls.about == mine[0]) & cls.subject.in_(mine))

    @property
    def what(self):
        """What was looked at: "account" or "contact"."""
        return Ref.parse(self.subject).kind


def note(actor, record, account, now=None):
    """Write down that an employee looks at a record of an account; costs a statement once a day and process."""
    if actor.employee is None:
        return
    now = now or values.now()
    looked = (str(actor.ref), str(record.ref), values.shop_day(now))
    known = _noted.setdefault(store.db.obj, set())
    if looked in known:
        return
    if len(known) >= MOST_NOTED:
        known.clear()
    known.add(looked)
    store.uncounted(lambda: _write(actor, looked, account, now))


def forget_old(now=None):
    """Drop the looks of years ago."""
    with store.housekeeping("views"):
        ViewLog.delete().where(ViewLog.seen_on < values.shop_day(now) - KEPT).execute()


def _write(actor, looked, account, now):
    viewer, subject, day = looked
    row = ViewLog.insert(
        viewer=viewer, viewer_name=actor.name, subject=subject, seen_on=day, about=str(account.ref), first_at=now
    )
    with store.housekeeping("views"):
        row.on_conflict_ignore().execute()
