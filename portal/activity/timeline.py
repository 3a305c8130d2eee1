"""The timeline of an account: what happened to it, newest first, as far as the reader may know."""

import json
from datetime import datetime
from typing import NamedTuple

from peewee import JOIN

from portal.audit import Entry, EntryValue
from portal.fields import TABLES
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.values import CUSTOMER_ROLES

MOST = 20
NAMED = {"owner": Employee, "team": Team}  # fields that hold an id: their names are looked up
# What came to be is told by its event, its name and these fields; a list of all its first values would bury it.
BEGINNINGS = {
    "account.opened": (),
    "contact.added": (),
    "address.added": (),
    "order.placed": ("total_minor", "po_number"),
    "order.drafted": ("total_minor",),
    "attachment.added": ("name",),
}


class Happening(NamedTuple):
    """One event: `changes` is [(noun, field, old, new)], names in place of ids."""

    id: int
    at: datetime
    event: str
    subject: str  # Ref as text: "contact:12"
    by: str
    is_theirs: bool
    changes: list


class Timeline(NamedTuple):
    """A page of it; `older` is where the next page begins, None at the end."""

    happenings: list
    older: int | None


def of_account(account, actor, before=None, most=MOST):
    """What happened to an account, its people and addresses: one query, and one per kind of name."""
    wanted = Entry.select(Entry.id).where(Entry.about == str(account.ref))
    if before:
        wanted = wanted.where(Entry.id < before)
    wanted = wanted.order_by(Entry.id.desc()).limit(most + 1)
    rows = Entry.select(Entry, EntryValue).join(EntryValue, JOIN.LEFT_OUTER, attr="value")
    entries, found = {}, {}
    for row in rows.where(Entry.id.in_(wanted)).order_by(Entry.id.desc(), EntryValue.position):
        entries[row.id] = row
        if getattr(row, "value", None) and row.value.field in BEGINNINGS.get(row.event, (row.value.field,)):
            found.setdefault(row.id, []).append(row.value)
    shown = list(entries.values())[:most]
    changes = {e.id: _readable(e, found.get(e.id, ()), actor) for e in shown}
    _name_ids(changes.values())
    happenings = [
        Happening(e.id, e.at, e.event, e.subject, e.actor_name, e.actor_role in CUSTOMER_ROLES, changes[e.id])
        for e in shown
    ]
    return Timeline(happenings, shown[-1].id if len(entries) > most else None)


def _readable(entry, found, actor):
    noun = entry.event.partition(".")[0]
    readable = set(TABLES[noun].readable(actor)) if noun in TABLES else set()
    plain = [(v.field, v.old and json.loads(v.old), v.new and json.loads(v.new)) for v in found]
    return [[noun, field, old, new] for field, old, new in plain if field in readable and field != "account"]


def _name_ids(all_changes):
    flat = [change for changes in all_changes for change in changes if change[1] in NAMED]
    for field, model in NAMED.items():
        ids = {value for _, name, old, new in flat if name == field for value in (old, new) if isinstance(value, int)}
        names = dict(model.select(model.id, model.name).where(model.id.in_(ids)).tuples()) if ids else {}
        for change in flat:
            if change[1] == field:
                change[2:] = [names.get(value, value) for value in change[2:]]
