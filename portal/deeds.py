"""Deeds: what one person did in one go, kept for thirty days so that it can be taken back.

One save is a deed of one event, a change of many rows a deed of as many. The events of a deed carry its number in the
audit (`Entry.deed`), so that a deed is whole however many transactions it took.
"""

import contextlib
import threading
from datetime import timedelta
from functools import reduce
from operator import or_

import peewee

from portal import store, values

DAYS = 30  # so long a deed can be taken back
AT_ONCE = 1000  # old ones that are dropped in one go
STATES = ("done", "waits", "works", "back")  # waits and works: the worker carries it out
_kinds = {}  # {event: kind} of the events that can be taken back
_heads = {}  # {event: kind} of changes that stand for all that happened within them
_open = threading.local()
_seen = []  # function(actor) -> where-expression over Deed: which deeds besides the own somebody sees; None: no more


class Deed(store.Model):
    """What one person did in one go. `subject` is "" when it was done to many, `note` says what to in a word.

    `undoes` is the deed that this one took back. While the worker carries one out, `reached` and `tally` say how far
    it has come, and `work` what it needs to know.
    """

    at = store.MomentField(index=True)
    event = peewee.CharField(max_length=60)
    kind = peewee.CharField(max_length=10)  # edit, many, delete, merge, import, undo
    actor = peewee.CharField(max_length=40)
    actor_name = peewee.CharField(max_length=200)
    subject = peewee.CharField(max_length=40, default="")
    account = peewee.IntegerField(null=True)  # what it concerned, when that was one account
    employee = peewee.IntegerField(null=True)  # who did it, when that was one of us
    count = peewee.IntegerField(default=1)
    note = peewee.CharField(max_length=200, default="")
    state = peewee.CharField(max_length=8, default="done")
    undoes = peewee.ForeignKeyField("self", null=True)
    back_at = store.MomentField(null=True)
    back_by = peewee.CharField(max_length=200, default="")
    reached = peewee.BigIntegerField(null=True)
    tally = store.JSONText(default=dict)
    work = store.JSONText(null=True)

    class Meta:
        indexes = ((("actor", "id"), False), (("subject", "id"), False), (("account", "id"), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the deeds this person may look at: the own, and what `show_to` opens."""
        own = cls.actor == str(actor.ref)
        others = [seen for condition in _seen if (seen := condition(actor)) is not None]
        return cls.select().where(reduce(or_, others, own))

    @property
    def until(self):
        """The moment from which it cannot be taken back any more."""
        return self.at + timedelta(days=DAYS)

    @property
    def is_whole(self):
        """Whether it is done and can be taken back."""
        return self.state == "done"

    @classmethod
    def under_way(cls):
        """Query of what the worker has to carry out, in the order it was asked for."""
        return cls.select().where(cls.state.in_(("waits", "works"))).order_by(cls.id)


Deed.add_index(Deed.index(Deed.id, where=Deed.state.in_(("waits", "works")), name="deed_under_way"))


def keep(event, kind="edit"):
    """Declare that an event can be taken back, and what kind of deed it makes."""
    _kinds[event] = kind


def head(event, kind):
    """Declare a change that stands for everything that can be taken back of what happens within it."""
    _heads[event] = kind


def show_to(condition):
    """Declare which deeds of others somebody sees: `condition(actor)` is a where-expression over Deed."""
    _seen.append(condition)


def begin(by, event, *, kind, now=None, **fields):
    """A deed of several transactions, inside the change that begins it; `audit.change(…, deed=its id)` adds to it."""
    start = {"at": now or values.now(), "actor": str(by.ref), "actor_name": by.name, "employee": by.employee}
    return Deed.create(event=event, kind=kind, **start | fields)


class Gathering:
    """The deed that one outermost change makes: none, of one event, or of all that happened within it."""

    def __init__(self, whole, number=None):
        self.whole, self.number = whole, number
        self.is_given, self.count, self.account = number is not None, 0, None

    def join(self, change):
        """The number of the deed that this event belongs to, None when it cannot be taken back."""
        if change.event not in _kinds:
            return None
        if self.is_given:
            self.count += 1
            return self.number
        if _kinds[change.event] != "delete" and not _is_somebody(change.by):
            return None
        self.count += 1
        if self.number is None:
            self._begin(change)
        elif _account(change) != self.account:
            self.account = None
        return self.number

    def _begin(self, change):
        whole = self.whole if self.whole.event in _heads or self.whole.event in _kinds else change
        kind = _heads.get(whole.event) or _kinds[whole.event]
        self.account = _account(change)
        said = {"subject": str(change.subject or ""), "account": self.account}
        self.number = begin(change.by, whole.event, kind=kind, now=change.now, **said).id

    def mark(self):
        """How far it has come, for `back_to` when what follows is refused."""
        return self.number, self.count, self.account

    def back_to(self, mark):
        self.number, self.count, self.account = mark

    def close(self):
        """Once all of it is written: say of many that they are many."""
        if self.is_given and self.count:
            Deed.update(count=Deed.count + self.count).where(Deed.id == self.number).execute()
        elif self.count > 1:
            subject = str(self.whole.subject or "")
            said = {"count": self.count, "account": self.account, "subject": subject}
            Deed.update(said).where(Deed.id == self.number).execute()


def _is_somebody(by):
    """Imports and demo data by the thousand are no deeds; what they delete must be found again all the same."""
    return not (by.is_system or by.is_quiet or by.is_anonymous) and by.name


def _account(change):
    return change.about.id if change.about and change.about.kind == "account" else None


@contextlib.contextmanager
def gathered(whole, number=None):
    """The deed of an outermost change, or of one that names its own, to which everything within it adds."""
    around = getattr(_open, "deed", None)
    _open.deed, _open.last = Gathering(whole, number), None
    try:
        yield
        _open.deed.close()
        _open.last = _open.deed.number
    finally:
        _open.deed = around


def join(change):
    """The number of the deed that an event belongs to, None when it cannot be taken back or is only tried out."""
    gathering = getattr(_open, "deed", None)
    return gathering and gathering.join(change)


def in_hand():
    """Number of the deed that the change of this thread makes so far, None while nothing can be taken back."""
    gathering = getattr(_open, "deed", None)
    return gathering and gathering.number


def last():
    """Number of the deed that the last change of this thread made, for the next page to lead there; told once."""
    number = getattr(_open, "last", None)
    _open.last = None
    return number


@contextlib.contextmanager
def attempt():
    """A part of a change that may be refused: nothing of it stays then, and the change goes on."""
    gathering = getattr(_open, "deed", None)
    mark = gathering and gathering.mark()
    try:
        with store.db.atomic():
            yield
    except BaseException:
        if gathering:
            gathering.back_to(mark)
        raise


def drop_old(now=None):
    """Forget deeds that cannot be taken back any more, inside a change; returns how many. The audit keeps them.

    The newest stays whatever its age, so that no number is given twice.
    """
    newest = Deed.select(peewee.fn.MAX(Deed.id)).scalar() or 0
    old = (Deed.at < (now or values.now()) - timedelta(days=DAYS)) & (Deed.id < newest)
    gone = [row.id for row in Deed.select(Deed.id).where(old).order_by(Deed.id).limit(AT_ONCE)]
    Deed.update(undoes=None).where(store.among(Deed.undoes, gone)).execute()
    Deed.delete().where(store.among(Deed.id, gone)).execute()
    return len(gone)
