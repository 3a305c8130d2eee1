"""Fields back: how edits are taken back, of any noun that has a field table, through its own verb and its rules."""

import json
from collections import Counter
from typing import NamedTuple

import peewee

from portal import custom, deeds, fields, store
from portal.activity import trail
from portal.audit import Entry, EntryValue
from portal.errors import Invalid, Refusal
from portal.people import policy
from portal.values import Ref
from portal.whole import bulk, past, undo
from portal.whole.undo import EVERY, Line, Record


def edit(row, by, changes):
    """What sets fields back unless a noun says otherwise: its own edit."""
    row.edit(by=by, version=row.version, **changes)


class Fields(NamedTuple):
    """Events that changed fields of a model: who `may` change them back, and `put(row, by, {field: value})` does."""

    model: object
    may: str
    put: object = edit

    @property
    def noun(self):
        return self.model._meta.table_name

    # Looking

    def preview(self, entries, actor):
        """Records, as `undo.Offer` asks for."""
        pasts = past.of(entries)
        rows = self._rows(pasts, actor)
        since = _changed_since(entries, pasts)
        records = [
            self._record(ref, changed, rows.get(ref.id), actor, since, is_tried=place < undo.TRIED_OUT)
            for place, (ref, changed) in enumerate(pasts.items())
        ]
        return self._named(records)

    def _rows(self, pasts, actor):
        ids = [ref.id for ref in pasts]
        rows = list(self.model.visible_to(actor).where(store.among(self.model.id, ids)))
        custom.load(rows)
        return {row.id: row for row in rows}

    def _record(self, ref, changed, row, actor, since, is_tried):
        if row is None:
            return Record(ref, "", [], why=("undo-gone", {}))
        name = bulk.name_of(row)
        if not policy.may(actor, self.may, row):
            return Record(ref, name, [], why=("undo-not-yours", {}))
        lines = [self._line(row, field, one, since) for field, one in self._open(row, changed, actor)]
        wanted = {line.field: line.back for line in lines if not line.why}
        refused = self._refused(row, wanted, actor) if wanted and is_tried else {}
        lines = [line._replace(why=refused.pop(line.field, line.why)) for line in lines]
        rest = next(iter(refused.values()), None)
        return Record(ref, name, lines, why=rest or (None if lines else ("undo-as-before", {})))

    def _open(self, row, changed, actor):
        """[(field, Past)] of what this person may read and what is not as before already."""
        readable = set(fields.TABLES[self.noun].readable(actor))
        return [
            (field, one) for field, one in changed.items()
            if field in readable and _is_column(row, field, one) and past.text_of(row, field) != one.before
        ]  # fmt: skip

    def _line(self, row, field, one, since):
        now = past.text_of(row, field)
        value = None if now is None else json.loads(now)
        if now == one.since:
            return Line(field, value, one.value)
        why = ("undo-changed-since", {"name": since.get((str(row.ref), field), "")})
        return Line(field, value, one.value, why, mark_of(row, field))

    def _refused(self, row, wanted, actor):
        """{field: (message, parameters)} of what the noun's rules would say no to."""
        return dict(bulk.try_out(row, lambda one, by: self.put(one, by, dict(wanted)), actor)[1])

    def _named(self, records):
        """The same with the names of what a field links to, in place of numbers."""
        kinds = {
            name: column.rel_model._meta.table_name for name, column in self.model._meta.fields.items()
            if isinstance(column, peewee.ForeignKeyField)
        }  # fmt: skip
        linked = [line for record in records for line in record.lines if line.field in kinds]
        refs = {Ref(kinds[line.field], value) for line in linked for value in (line.now, line.back) if value}
        names = trail.names_of(refs) if refs else {}

        def named(line):
            if line.field not in kinds:
                return line
            now, back = (names.get(Ref(kinds[line.field], value), value) for value in (line.now, line.back))
            return line._replace(now=now, back=back)

        return [record._replace(lines=[named(line) for line in record.lines]) for record in records]

    # Taking back

    def take_back(self, entries, by, over):
        """A Counter of values that are "back" and those that are "kept", as `undo.Offer` asks for."""
        tally, pasts = Counter(), past.of(entries)
        rows = self._rows(pasts, by)
        for ref, changed in sorted(pasts.items()):
            row = rows.get(ref.id)
            if row is None or not policy.may(by, self.may, row):
                tally["kept"] += len(changed)
                continue
            lines = self._open(row, changed, by)
            wanted = {
                field: one.value for field, one in lines
                if past.text_of(row, field) == one.since or EVERY in over or mark_of(row, field) in over
            }  # fmt: skip
            back = self._put(row, wanted, by)
            tally += Counter(back=back, kept=len(lines) - back)
        return tally

    def _put(self, row, wanted, by):
        """Set what the noun takes; how many fields that were."""
        while wanted:
            kept, linked = dict(row.__data__), dict(row.__rel__)
            try:
                with deeds.attempt():
                    self.put(row, by, dict(wanted))
                return len(wanted)
            except Invalid as refusal:
                row.__data__, row.__rel__ = kept, linked
                left = {name: value for name, value in wanted.items() if name not in refusal.problems}
                wanted = left if len(left) < len(wanted) else {}
            except Refusal:
                return 0
        return 0


def _is_column(row, field, one):
    """Whether both sides are values of a column, and not of something that only goes by its name."""
    column = row._meta.fields.get(field)
    if column is None:
        return field in custom.fields_of(row._meta.table_name, ever=True)
    return one.before != one.since and (column.null or None not in one)


def mark_of(row, field):
    """What a form names a newer value by: whoever chooses it has seen it as it stands in this version."""
    return f"{row.ref}.{field}.{row.version}"


def _changed_since(entries, pasts):
    """{(record, field): who changed it last since}, in one query."""
    subjects, newest = [str(ref) for ref in pasts], max(entry.id for entry in entries)
    rows = EntryValue.select(Entry.subject, EntryValue.field, Entry.actor_name).join(Entry)
    rows = rows.where(Entry.subject.in_(subjects) & (Entry.id > newest)).order_by(Entry.id)
    return {(subject, field): name for subject, field, name in rows.tuples()}


def offer(event, model, *, may, put=edit):
    """Let an event that edits fields of a noun be taken back."""
    offers = Fields(model, may, put)
    undo.offer(event, preview=offers.preview, take_back=offers.take_back)
