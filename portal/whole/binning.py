"""Deleting: a record goes into the bin with everything that hangs on it, or stays because something must be kept.

Nothing asks whether a row is deleted: it is not in its table any more. What becomes of what hangs on it is said by
`hang` and `mark`; a table that nobody spoke of stands in the way.
"""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

import peewee

from portal import audit, bin, deeds, search, store, values
from portal.audit import Entry, EntryValue
from portal.bin import Binned
from portal.customers.memberships import Membership
from portal.deeds import DAYS, Deed
from portal.errors import Denied, Invalid
from portal.people import policy, sessions
from portal.values import Ref
from portal.whole import bulk, undo_each
from portal.whole.undo_each import Told

SAID = ("contact", "address", "membership", "attachment", "task", "interaction", "price_list")  # of what goes along
ALONG, LOOSENED, IN_THE_WAY = "along", "loosened", "in the way"
policy.allow("bin.use", policy.STAFF)
_nouns = {}  # {kind: Noun}
_links = {}  # {(table, column): ALONG …}: foreign keys
_marks = []  # Mark: columns that name a record of any noun


class Noun(NamedTuple):
    """A noun that can be deleted: who `may`, and `tell(change, row)` whoever is concerned."""

    model: object
    may: str
    tell: object


class Mark(NamedTuple):
    """A column that names a record of any noun, by `condition(kind, ids)`; LOOSENED ones read `blank` meanwhile."""

    model: object
    condition: object
    rule: str
    column: str = ""
    blank: object = ""


def deletable(model, *, may, tell=lambda change, row: None):
    """Let records of a noun be deleted, and come back from the journal."""
    kind = model._meta.table_name
    _nouns[kind] = Noun(model, may, tell)
    bin.keep_numbers(model)
    undo_each.offer(f"{kind}.deleted", _back, _told("bin-comes-back"), kind="delete")
    undo_each.offer(f"{kind}.restored", _leave, _told("bin-goes-again"))


def hang(rule, *columns):
    """Declare what becomes of the rows behind foreign keys: `hang(ALONG, Watcher.account, …)`."""
    for column in columns:
        _links[column.model._meta.table_name, column.name] = rule


def mark(model, condition, rule, column="", blank=""):
    """Declare a column that names a record of any noun; see Mark."""
    _marks.append(Mark(model, condition, rule, column, blank))


def rule_of(column):
    """What becomes of the rows behind a foreign key, None when nobody said."""
    return _links.get((column.model._meta.table_name, column.name))


class Closure:
    """Everything that hangs on one record: what goes along, what is only loosened, what stands in the way.

    One question per table and link, however many rows there are.
    """

    def __init__(self, record):
        self.taken, self.loose, self.obstacles = [record], [], Counter()
        self._met, fresh = {_key(record)}, [record]
        while fresh:
            before = len(self.taken)
            for model in {type(row) for row in fresh}:
                self._look_behind(model, [row for row in fresh if type(row) is model])
            fresh = self.taken[before:]
        order = {model: place for place, model in enumerate(store.tables())}
        self.taken.sort(key=lambda row: order[type(row)])  # parents before what hangs on them

    def _look_behind(self, model, rows):
        for column, other in model._meta.backrefs.items():
            keys = [row.__data__[column.rel_field.name] for row in rows]
            found = other.select().where(store.among(column, keys))
            self._sort(rule_of(column) or IN_THE_WAY, found, column.name, None)
        if "id" in model._meta.fields:
            for one in _marks:
                found = one.model.select().where(one.condition(model._meta.table_name, [row.id for row in rows]))
                self._sort(one.rule, found, one.column, one.blank)

    def _sort(self, rule, found, column, blank):
        if rule == IN_THE_WAY:
            if count := found.count():
                self.obstacles[found.model._meta.table_name] += count
            return
        for row in found:
            if rule == LOOSENED:
                self.loose.append((row, column, blank))
            elif _key(row) not in self._met:
                self._met.add(_key(row))
                self.taken.append(row)

    def counts(self, record):
        """{kind: how many} go along with the record."""
        return Counter(row._meta.table_name for row in self.taken if row is not record)


def _key(row):
    return row._meta.table_name, str(row._pk)


def delete(record, *, by, version=None, now=None):
    """Put a record into the bin for thirty days, with what hangs on it; whoever signed in by it no longer does.

    Raises Denied, and Invalid(record=bin-in-the-way, bin-gone, bin-changed): something that must be kept hangs on it,
    or somebody was faster.
    """
    noun = _nouns[record.ref.kind]
    if not policy.may(by, noun.may, record):
        raise Denied(noun.may)
    with audit.change(by, f"{record.ref.kind}.deleted", record, about=_about(record), now=now) as change:
        _hold(record, version)
        closure = Closure(record)
        if closure.obstacles:
            raise Invalid(record=("bin-in-the-way", {"name": bulk.name_of(record)}))
        noun.tell(change, record)
        change.record("name", bulk.name_of(record), None)
        _end_sign_in(change, closure.taken)
        _say_of_each(change, record, closure.taken)
        taken = _take_out(closure)
        change.once_written(lambda entry: _keep(record, taken, change.now))
    return record


def _keep(record, taken, now):
    """Into the bin; the journal calls the record by its name, which no table holds any more."""
    number = deeds.in_hand()
    if number is not None:  # else it is only tried out
        bin.put_in(number, record.ref, taken, now)
        Deed.update(note=bulk.name_of(record)[:200]).where((Deed.id == number) & (Deed.note == "")).execute()


def _about(record):
    if record.ref.kind == "account":
        return record.ref
    account = getattr(record, "account_id", None)
    return Ref("account", account) if account else None


def _hold(record, version):
    """Of two who delete or edit it at once the second is told; nothing hangs itself on it from here on."""
    rows = type(record).select().where(type(record).id == record.id)
    current = (rows if store.is_sqlite() else rows.for_update()).first()
    if current is None:
        raise Invalid(record="bin-gone")
    if bulk.version_of(current) != (bulk.version_of(record) if version is None else version):
        raise Invalid(record="bin-changed")


def _end_sign_in(change, taken):
    for place in taken:
        if isinstance(place, Membership) and place.ended_at is None:
            place.login.raise_epoch(change)
            sessions.end_all(place.login, now=change.now)


def _take_out(closure):
    """Delete the rows; what the bin keeps of them, in the order in which they come back."""
    taken = [(row._meta.table_name, dict(row.__data__)) for row in closure.taken]
    for row, column, blank in closure.loose:
        kept = {"id": row.id, "column": column, "value": row.__data__[column]}
        taken.append((f"~{row._meta.table_name}", kept))
        type(row).update({column: blank}).where(type(row).id == row.id).execute()
    for row in reversed(closure.taken):
        row.delete_instance()
        if hasattr(row, "search_entries"):
            search.drop(row.ref)
    return taken


def _say_of_each(change, record, taken):
    """What went along has a story of its own, which ends here."""
    for row in taken:
        if row is not record and hasattr(row, "visible_to"):
            with audit.change(change.by, "along.deleted", row, about=change.about, now=change.now) as one:
                one.happened()


# Coming back


def restore(root, deed, *, by, now=None):
    """Put a record (a Ref) and all that went along where they stood; returns it.

    Raises Invalid(record=bin-emptied, bin-number-taken, bin-without-parent, undo-not-yours).
    """
    kept = bin.rows_of(root, deed)
    if not kept:
        raise Invalid(record="bin-emptied")
    noun = _nouns[root.kind]
    with audit.change(by, f"{root.kind}.restored", root, now=now) as change:
        for row in kept:
            _put(row, root)
        bin.forget(root, deed)
        record = noun.model.visible_to(by).where(noun.model.id == root.id).first()
        if record is None or not policy.may(by, noun.may, record):
            raise Invalid(record="undo-not-yours")
        change.about = _about(record)
        change.record("name", None, bulk.name_of(record))
        noun.tell(change, record)
        _find_again(kept)
    return record


def _put(row, root):
    """Insert one row as it stood, or tie a loosened link again; what somebody took the place of stays away."""
    model = store.kinds()[row.kind.removeprefix("~")]
    try:
        with store.db.atomic():
            if row.kind.startswith("~"):
                _tie(model, **row.data)
            else:
                known = {name: value for name, value in row.data.items() if name in model._meta.fields}
                model.insert(**known).execute()
    except peewee.IntegrityError:
        if (row.kind, row.data.get("id")) == root:
            raise Invalid(record="bin-without-parent")


def _tie(model, id, column, value):
    blank = getattr(model, column)
    free = blank.is_null() | (blank == "") if isinstance(blank, peewee.CharField) else blank.is_null()
    model.update({column: value}).where((model.id == id) & free).execute()


def _find_again(kept):
    """Put what is found by a search back into it."""
    for kind in {row.kind for row in kept}:
        model = store.kinds().get(kind)
        if model is not None and hasattr(model, "index") and hasattr(model, "search_entries"):
            for row in model.select().where(store.among(model.id, [r.data["id"] for r in kept if r.kind == kind])):
                row.index()


def _told(will):
    """What happens to it, under the name that its event kept."""
    return lambda entry, values: Told(next((old or new for _, old, new in values), entry.subject), will=(will, {}))


def _back(entry, by):
    return restore(Ref.parse(entry.subject), entry.deed, by=by)


def _leave(entry, by):
    ref = Ref.parse(entry.subject)
    return delete(undo_each.visible(_nouns[ref.kind].model, ref, by), by=by)


def empty(now=None):
    """Drop for good what lies in the bin for too long, with the values that the audit keeps of it."""
    with audit.change(values.system("bin"), "bin.emptied", now=now) as change:
        is_old = Binned.at < change.now - timedelta(days=DAYS)
        old = Binned.select(Binned.root).where(is_old).distinct().limit(100)
        roots = [root for (root,) in old.tuples()]
        entries = Entry.select(Entry.id).where(Entry.subject.in_(roots))
        EntryValue.delete().where(EntryValue.entry.in_(entries)).execute()
        Binned.delete().where(Binned.root.in_(roots) & is_old).execute()
    return roots
