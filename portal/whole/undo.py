"""Undo: what was done in the last thirty days and can be taken back, what that would change, and the taking back.

A noun says of one of its events how it is taken back: by `offer`, for edits of fields by `undo_fields.offer`. Money,
goods and papers never say so: an order is cancelled, an invoice credited, a count corrected, each by its own verb.
"""

from collections import Counter
from typing import NamedTuple

import peewee

from portal import audit, deeds, fields, values
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.deeds import Deed
from portal.errors import Denied, Invalid
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.values import Ref
from portal.whole import portions

PORTION = 100  # events that are taken back in one go
AT_ONCE = 400  # of more than these the worker takes back portion by portion
MOST_SHOWN = 100  # events whose fields a page shows
TRIED_OUT = 5  # of these, so many are tried by the rules of their noun as well: each costs as much as doing it

policy.allow("journal.see", policy.STAFF)
policy.allow("journal.take_back", policy.STAFF)
deeds.head("deed.taken_back", "undo")
deeds.head("list.changed", "many")

FIELDS = fields.Table(
    "deed",
    fields.Field("number", "number", sort=True),
    fields.Field("at", "moment", filter=True),
    fields.Field("kind", "choice", filter=True, choices=("edit", "many", "delete", "merge", "import", "undo")),
    fields.Field("event"),
    fields.Field("actor_name"),
    fields.Field("subject"),
    fields.Field("account", "link"),
    fields.Field("count", "number"),
    fields.Field("note"),
    fields.Field("state", "choice", filter=True, choices=deeds.STATES),
    fields.Field("back_at", "moment"),
    fields.Field("back_by"),
)
_offers = {}  # {event: Offer}


class Offer(NamedTuple):
    """How events of one kind are taken back.

    `preview(entries, actor)` returns Records, `take_back(entries, by, over)` a Counter of "back" and "kept". Both are
    given events of one deed, newest first, PORTION at most; `over` are the marks of newer values that give way all
    the same, or EVERY.
    """

    preview: object
    take_back: object


class Line(NamedTuple):
    """One field: how it stands now and would stand again, or why not: (message, parameters).

    With a `mark` somebody changed it since: it stays unless its mark is chosen.
    """

    field: str
    now: object
    back: object
    why: tuple | None = None
    mark: str = ""


class Record(NamedTuple):
    """What would become of one record; `why` nothing at all, `will` in a message where it is no matter of fields."""

    ref: Ref
    name: str
    lines: list
    why: tuple | None = None
    will: tuple | None = None

    @property
    def fits(self):
        """Whether anything of it would be as before without anybody choosing."""
        return self.why is None and (self.will is not None or any(not line.why for line in self.lines))


class Preview(NamedTuple):
    """The records that would change back, of the newest events; `more` events are not looked at yet."""

    records: list
    more: int


EVERY = "every"  # stands for all marks


def offer(event, *, preview, take_back, kind="edit"):
    """Let an event be taken back; see Offer. What happens within it belongs to the same deed."""
    deeds.keep(event, kind)
    _offers[event] = Offer(preview, take_back)


def _seen_by(actor):
    """Deeds of others: all for admins; for managers what concerns their accounts, and what their people did."""
    if actor.role == "admin" or actor.is_system:
        return Deed.id > 0
    if actor.role != "manager":
        return None
    theirs = peewee.fn.EXISTS(Account.visible_to(actor).where(Account.id == Deed.account).offset(0))
    below = Deed.employee.in_(employees.and_below(actor.employee)) | theirs
    if actor.sees_own:
        return below
    return below | Deed.employee.in_(Employee.select(Employee.id).where(Employee.team.in_(list(actor.teams))))


deeds.show_to(_seen_by)


# Looking


def preview(deed, actor):
    """What taking it back would change, of its newest events. Nothing is written."""
    entries = _entries(deed, most=MOST_SHOWN)
    records = [one for offer, group in _by_offer(entries) for one in offer.preview(group, actor)]
    return Preview(records, max(deed.count - len(entries), 0))


def _entries(deed, below=None, most=PORTION):
    """The newest events of a deed, below the number of one."""
    rows = Entry.select().where(Entry.deed == deed.id)
    return list((rows.where(Entry.id < below) if below else rows).order_by(Entry.id.desc()).limit(most))


def _by_offer(entries):
    """[(Offer, its events)], so that a record whose fields two events changed is looked at once."""
    found = {}
    for entry in entries:
        if entry.event in _offers:
            found.setdefault(_offers[entry.event], []).append(entry)
    return list(found.items())


def why_not(deed, now=None):
    """The message that says why a deed as such cannot be taken back (now), None when it can."""
    if deed.state in ("waits", "works"):
        return "undo-under-way"
    if deed.state == "back":
        return "undo-done-already"
    if not deed.count:
        return "undo-nothing-fits"
    return "undo-too-late" if deed.until <= (now or values.now()) else None


# Taking back


def take_back(deed, *, by, over=(), now=None):
    """Put everything back that still fits, in one change that can be taken back itself; returns the deed it makes.

    What somebody changed since stays, but for the marks in `over` (EVERY: all of it). A large deed is taken back by
    the worker (`portions.py`). Raises Invalid(deed=undo-under-way, undo-done-already, undo-too-late,
    undo-nothing-fits).
    """
    if problem := why_not(deed, now):
        raise Invalid(deed=problem)
    about = Ref("account", deed.account) if deed.account else None
    with audit.change(by, "deed.taken_back", deed, about=about, now=now) as change:
        _claim(change, deed)
        if deed.count > AT_ONCE:
            said = {"undoes": deed, "note": deed.note, "account": deed.account}
            return portions.ask(by, change.event, kind="undo", work={"over": list(over)}, now=now, **said)
        tally, below = Counter(), None
        while entries := _entries(deed, below):
            tally += _taken(entries, by, over)
            below = entries[-1].id
        if not tally["back"]:
            raise Invalid(deed="undo-nothing-fits")
        for name, count in sorted(tally.items()):
            change.record(name, None, count)
        made = deeds.in_hand()
        Deed.update(undoes=deed, tally=tally, note=deed.note).where(Deed.id == made).execute()
    return Deed.get_by_id(made)


def forget_old(now=None):
    """Drop what is too old to be taken back."""
    with audit.change(values.system("journal"), "deeds.dropped", now=now):
        while deeds.drop_old(now):
            pass


def _claim(change, deed):
    """Of two people who take it back at once the second is told."""
    back = {"state": "back", "back_at": change.now, "back_by": change.by.name}
    here = (Deed.id == deed.id) & (Deed.state == "done")
    change.guard(Deed.update(back).where(here), Invalid(deed="undo-done-already"))


def _carry_on(made, by):
    """The next piece of a large one, for the worker. Raises Denied when whoever asked may not do it any more."""
    is_open = Deed.visible_to(by).where(Deed.id == made.undoes_id).exists()
    if not is_open or not policy.may(by, "journal.take_back", made.undoes):
        raise Denied("journal.take_back")
    entries = _entries(made.undoes, made.reached)
    tally = _taken(entries, by, made.work["over"]) if entries else Counter()
    is_last = len(entries) < PORTION
    if is_last and not tally["back"]:
        _leave(made)
    return portions.Portion(None if is_last else entries[-1].id, tally)


def _leave(made):
    """Of which nothing was taken back, that can be tried again, also by somebody else."""
    if not made.tally.get("back"):
        Deed.update(state="done", back_at=None, back_by="").where(Deed.id == made.undoes_id).execute()


portions.carry("deed.taken_back", _carry_on, _leave)


def _taken(entries, by, over):
    tally = Counter()
    for offered, group in _by_offer(entries):
        tally += offered.take_back(group, by, over)
    return tally
