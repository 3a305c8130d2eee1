"""The timeline of an account or a contact: what changed and what we said to each other, newest first.

Two streams, audit entries and interactions, each read by an index in the order of its moments, are merged page by
page. An interaction stands where it began, whenever it was written down; what the audit says of it stands with it.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

import peewee
from peewee import JOIN

from portal import values
from portal.activity import interactions, trail
from portal.activity.interactions import Interaction, InteractionPerson
from portal.audit import Entry, EntryValue
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.fields import TABLES
from portal.people.employees import Employee
from portal.values import CUSTOMER_ROLES, Ref

MOST = 20
EVENTS, TALKS = "changes", "interactions"  # the two streams, as an address asks for one alone
KINDS = (TALKS, *interactions.KINDS, EVENTS)
PEOPLE = {"contact": Contact, "employee": Employee}
# What came to be is told by its event, its name and these fields; a list of all its first values would bury it.
BEGINNINGS = {
    "account.opened": (),
    "contact.added": (),
    "address.added": (),
    "order.placed": ("total_minor", "po_number"),
    "order.drafted": ("total_minor",),
    "order.sent_for_approval": ("total_minor",),
    "attachment.added": ("name",),
    "task.added": ("title", "due_on"),
    "task.repeated": ("title", "due_on"),
    "task.done": ("title",),
    "task.dropped": ("title",),
    "task.reopened": ("title",),
}
# Interactions tell of themselves. Said in SQL, because an index with a condition serves a query that repeats it.
_ELSE = peewee.SQL("substr(subject, 1, 12) <> 'interaction:'")

Entry.add_index(Entry.index(Entry.about, Entry.at, where=_ELSE, name="entry_timeline"))


class Happening(NamedTuple):
    """One event, or one interaction: `changes` is [(noun, field, old, new)], names in place of ids."""

    stream: str
    id: int
    at: datetime
    event: str
    subject: str  # Ref as text: "contact:12"
    by: str
    is_theirs: bool
    changes: list
    talk: Interaction | None = None

    @property
    def place(self):
        """Where it stands among all: by moment, then by stream and number."""
        return (self.at, self.stream, self.id)

    @property
    def mark(self):
        """The same as an address holds it."""
        return f"{self.at.isoformat()}~{self.stream}~{self.id}"


class Timeline(NamedTuple):
    """A page of it; `older` is the mark where the next page begins, None at the end."""

    happenings: list
    older: str | None


class Asked(NamedTuple):
    """What of it is asked for: one of KINDS, a person (Ref), days of the shop, and the mark of the page before."""

    kind: str = ""
    person: Ref | None = None
    first: object = None
    last: object = None
    before: tuple | None = None

    @classmethod
    def read(cls, kind="", person="", first=None, last=None, before=""):
        """From the texts of an address. Raises Invalid by name: filter-choice-unknown, page-mark-broken."""
        if kind and kind not in KINDS:
            raise Invalid(kind=("filter-choice-unknown", {"value": kind}))
        who = Ref.parse(person) if person.isascii() and len(person) < 24 else None
        if person and (who is None or who.kind not in PEOPLE):
            raise Invalid(person=("filter-choice-unknown", {"value": person}))
        return cls(kind, who, first, last, _read_mark(before))

    @property
    def is_narrowed(self):
        """Whether anything but a page of all is asked for."""
        return bool(self.kind or self.person or self.first or self.last)

    @property
    def talks_of(self):
        """Which kinds of interactions are asked for; None for no interaction at all."""
        if self.kind == EVENTS:
            return None
        return (self.kind,) if self.kind in interactions.KINDS else interactions.KINDS


def of_account(account, actor, asked=None, most=MOST):
    """What happened to an account, its people and addresses, and what we talked about; four queries at most."""
    asked = asked or Asked()
    events = _is_one_of(Entry.about, account.refs) & _ELSE
    talks = Interaction.visible_to(actor).where(Interaction.account == account)
    if asked.person:
        events &= _entries_of(asked.person)
        with_them = InteractionPerson.select(peewee.SQL("1")).where(
            (InteractionPerson.interaction == Interaction.id) & _is(asked.person)
        )
        talks = talks.where(peewee.fn.EXISTS(with_them))
    return _merged(events, talks, Interaction, Interaction.id, actor, asked, most)


def of_contact(contact, actor, asked=None, most=MOST):
    """The same of one person: changes of what we know of him, and what he took part in, in whichever account."""
    asked = asked or Asked()
    events = _is_one_of(Entry.subject, contact.refs)
    talks = Interaction.visible_to(actor).join(
        InteractionPerson, on=(InteractionPerson.interaction == Interaction.id)
    )
    talks = talks.where(InteractionPerson.contact == contact.id)
    if asked.person:
        events &= _entries_of(asked.person)
        other = InteractionPerson.alias()
        with_them = other.select(peewee.SQL("1")).where(
            (other.interaction == Interaction.id) & _is(asked.person, other)
        )
        talks = talks.where(peewee.fn.EXISTS(with_them))
    return _merged(events, talks, InteractionPerson, InteractionPerson.interaction, actor, asked, most)


def _is_one_of(column, refs):
    """Whether a column names a record, or one that was merged into it; plainly for most, whose index is walked."""
    return column == str(refs[0]) if len(refs) == 1 else column.in_([str(ref) for ref in refs])


def _merged(events, talks, ordered, key, actor, asked, most):
    """One page out of both streams; `ordered` holds the moments of the talks, `key` their numbers."""
    found = []
    if asked.kind in ("", EVENTS):
        page = (events & _within(Entry, asked)) if asked.first or asked.last else events
        found += _events(page & _before(Entry.at, Entry.id, EVENTS, asked.before), actor, most)
    if asked.talks_of:
        where = _before(ordered.at, key, TALKS, asked.before)
        if asked.kind in interactions.KINDS:
            where &= Interaction.kind == asked.kind
        if asked.first or asked.last:
            where &= _within(ordered, asked)
        rows = interactions.named(talks.where(where)).order_by(ordered.at.desc(), key.desc()).limit(most + 1)
        found += [_talked(talk) for talk in rows]
    found.sort(key=lambda one: one.place, reverse=True)
    shown = found[:most]
    return Timeline(shown, shown[-1].mark if len(found) > most else None)


def _before(at, number, stream, before):
    """Where-expression of what stands below a mark in one stream."""
    if before is None:
        return number.is_null(False)  # always: a number to compare with would turn SQLite to the index over numbers
    moment, other, least = before
    if stream == other:
        return (at <= moment) & ((at < moment) | (number < least))
    return at <= moment if stream < other else at < moment


def _within(model, asked):
    """Where-expression of the days that are asked for."""
    where = model.at.is_null(False)
    if asked.first:
        where &= model.at >= values.shop_midnight(asked.first)
    if asked.last:
        where &= model.at < values.shop_midnight(asked.last + timedelta(days=1))
    return where


def _is(person, model=InteractionPerson):
    return (model.contact if person.kind == "contact" else model.employee) == person.id


def _entries_of(person):
    """Where-expression over entries: what this person did, and of a contact what was done to what we know of him."""
    if person.kind == "employee":
        login = Employee.select(Employee.login).where(Employee.id == person.id)
        return Entry.actor.in_(_logins(login, Employee.login))
    places = Membership.select(Membership.login).where(Membership.contact == person.id)
    return (Entry.subject == str(person)) | Entry.actor.in_(_logins(places, Membership.login))


def _logins(query, column):
    return query.select(peewee.Value("login:").concat(column.cast("text")))


def _read_mark(text):
    """(moment, stream, number) of a mark, None without one. Raises Invalid(before=page-mark-broken)."""
    if not text:
        return None
    parts = text.split("~")
    try:
        moment, stream, number = datetime.fromisoformat(parts[0]), parts[1], int(parts[2])
    except (ValueError, IndexError):
        raise Invalid(before="page-mark-broken")
    if len(parts) != 3 or moment.tzinfo or stream not in (EVENTS, TALKS) or not 0 <= number < 2**62:
        raise Invalid(before="page-mark-broken")
    return moment, stream, number


def _talked(talk):
    owner = talk.owner.name if talk.owner_id else ""
    event, is_theirs = f"interaction.{talk.kind}", talk.direction == "in"
    return Happening(TALKS, talk.id, talk.at, event, str(talk.ref), owner, is_theirs, [], talk)


# Entries


def _events(where, actor, most):
    """Happenings of the newest entries: one query, and one per kind of name."""
    wanted = Entry.select(Entry.id).where(where).order_by(Entry.at.desc(), Entry.id.desc()).limit(most + 1)
    rows = Entry.select(Entry, EntryValue).join(EntryValue, JOIN.LEFT_OUTER, attr="value")
    entries, found = {}, {}
    for row in rows.where(Entry.id.in_(wanted)).order_by(Entry.id.desc(), EntryValue.position):
        entries[row.id] = row
        if getattr(row, "value", None) and row.value.field in BEGINNINGS.get(row.event, (row.value.field,)):
            found.setdefault(row.id, []).append(row.value)
    changes = {e.id: _readable(e, found.get(e.id, ()), actor) for e in entries.values()}
    _name_ids(changes.values())
    return [
        Happening(EVENTS, e.id, e.at, e.event, e.subject, e.actor_name, e.actor_role in CUSTOMER_ROLES, changes[e.id])
        for e in entries.values()
    ]


def _readable(entry, found, actor):
    noun = entry.event.partition(".")[0]
    readable = set(TABLES[noun].readable(actor, ever=True)) if noun in TABLES else set()
    plain = [(v.field, v.old and json.loads(v.old), v.new and json.loads(v.new)) for v in found]
    return [[noun, field, old, new] for field, old, new in plain if field in readable and field != "account"]


def _name_ids(all_changes):
    """Put the names of records where their ids stand: one query for each kind of them."""
    flat = [change for changes in all_changes for change in changes]
    links = [trail.links(*change) for change in flat]
    names = trail.names_of({ref for pair in links for ref in pair} - {None})
    for change, pair in zip(flat, links, strict=True):
        change[2:] = [names.get(ref, value) for ref, value in zip(pair, change[2:], strict=True)]
