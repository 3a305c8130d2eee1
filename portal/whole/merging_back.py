"""Merges taken back: every row that still stands where the merge put it goes back, the rest is counted."""

import contextlib
from collections import Counter
from dataclasses import replace

from portal import audit, custom, store
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.people import policy
from portal.sales import habits
from portal.search import SearchEntry
from portal.values import Ref
from portal.whole import merging, merging_rows, undo
from portal.whole.merging_rows import Merge, MergedRow
from portal.whole.undo import Line, Record

MODELS = {"account": Account, "contact": Contact}
EVENTS = ("account.merged", "contact.merged")
PARTED = ("account.parted", "contact.parted")


def preview(entries, actor):
    """What would become of both records, as `undo.Offer` asks for."""
    return [_record(found, actor) for found in _merges(entries)]


def _merges(entries):
    rows = Merge.select().where(Merge.entry.in_([entry.id for entry in entries])).order_by(Merge.id.desc())
    return list(rows)


def _record(merge, actor):
    survivor, other, why = _open(merge, actor)
    ref = Ref(merge.kind, merge.survivor)
    if why:
        return Record(ref, survivor.name if survivor else "", [], why=why)
    lines = [Line(name, new, old) for name, (old, new) in merge.fields.items() if _stands(survivor, name, new)]
    lines = [line for line in lines if line.field not in ("absorbed", "folded")]
    count = MergedRow.select().where((MergedRow.merge == merge) & (MergedRow.column != "")).count()
    return Record(ref, survivor.name, lines, will=("merge-will-part", {"name": other.name, "count": count}))


def _open(merge, actor):
    """(survivor, other, why not) of a merge that somebody wants to take back."""
    model = MODELS[merge.kind]
    survivor = model.visible_to(actor).where(model.id == merge.survivor).first()
    other = model.get_or_none(model.id == merge.merged)
    if survivor is None:
        standing = model.get_or_none(model.id == merge.survivor)
        merged = standing is not None and standing.merged_into is not None
        return None, other, ("merge-later-first", {}) if merged else ("undo-gone", {})
    if other is None or other.merged_into != survivor.id or merge.back_at:
        return survivor, other, ("undo-as-before", {})
    if not policy.may(actor, f"{merge.kind}s.merge", survivor):
        return survivor, other, ("undo-not-yours", {})
    return survivor, other, None


def take_back(entries, by, over=()):
    """Counter of "back" and "kept" rows, as `undo.Offer` asks for."""
    tally = Counter()
    for merge in _merges(entries):
        survivor, other, why = _open(merge, by)
        if why:
            tally["kept"] += 1
        else:
            tally += _part(merge, survivor, other, by)
    return tally


def _part(merge, survivor, other, by):
    """Both records stand for themselves again, each with its own."""
    tables, tally = store.kinds(), Counter(back=1)
    about = survivor if merge.kind == "account" else survivor.account
    with audit.change(by, f"{merge.kind}.parted", other, about=about) as change:
        change.record("parted", None, f"{survivor.name} ({survivor.number})")
        _drop_made(merge, tables, tally)
        for name, column, was in _moved(merge):
            back, kept = _put_back(merge, tables[name], column, was)
            tally["back"] += back
            tally["kept"] += kept
        _fields_back(merge, survivor, other, change, tally)
        model = MODELS[merge.kind]
        model.update(merged_into=None, version=model.version + 1).where(model.id == other.id).execute()
        Merge.update(back_at=change.now).where(Merge.id == merge.id).execute()
        _indexed(model, survivor, other)
    return tally


def _moved(merge):
    """[(table, column, value before)] of all that was moved or set, what was set last first."""
    rows = MergedRow.select(MergedRow.table, MergedRow.column, MergedRow.was)
    rows = rows.where((MergedRow.merge == merge) & (MergedRow.column != "")).distinct()
    return list(rows.tuples())


def _put_back(merge, table, column, was):
    """(rows back, rows kept) of one column: what somebody moved or changed since stays."""
    field, value = table._meta.fields[column], was
    mine = (MergedRow.merge == merge) & (MergedRow.table == table._meta.table_name) & (MergedRow.column == column)
    mine &= MergedRow.was.is_null() if was is None else MergedRow.was == was
    ids = MergedRow.select(MergedRow.row).where(mine)
    total = ids.count()
    where = table.id.in_(ids)
    if was in (merge.merged, f"{merge.kind}:{merge.merged}"):
        where &= field == (merge.survivor if was == merge.merged else f"{merge.kind}:{merge.survivor}")
    back = table.update({field: field.python_value(value)}).where(where).execute()
    return back, total - back


def _drop_made(merge, tables, tally):
    """What the merge made goes, unless it was used since."""
    for row in MergedRow.select().where((MergedRow.merge == merge) & (MergedRow.column == "")):
        table = tables[row.table]
        tally["back"] += table.delete().where(table.id == row.row).execute()


def _fields_back(merge, survivor, other, change, tally):
    """Fields of the survivor that still hold what the merge put there."""
    fits = {name: old for name, (old, new) in merge.fields.items() if _stands(survivor, name, new)}
    fits.pop("absorbed", None)
    columns = type(survivor)._meta.fields
    own = {name: fits.pop(name) for name in list(fits) if name not in columns}
    taken = {name: columns[name].python_value(old) for name, old in fits.items()}
    gone = {ref.id for ref in other.refs}
    left = " ".join(number for number in survivor.absorbed.split() if int(number) not in gone)
    change.update(survivor, **taken, absorbed=left)
    back = len(taken) + _own_back(survivor, own, change)
    tally["back"] += back
    tally["kept"] += len(merge.fields.keys() - {"absorbed"}) - back


def _own_back(survivor, own, change):
    """Fields that the shop added, each as far as it still takes what it held before; returns how many."""
    known, back = custom.fields_of(survivor.ref.kind), 0
    for name, old in own.items():
        if name in known:
            with contextlib.suppress(Invalid):
                value = replace(known[name], is_required=False, least="", most="").clean(old)
                for field, (new, was) in merging_rows.fill_in(survivor, {name: value}).items():
                    change.record(field, new, was)
                back += 1
    return back


def _stands(survivor, name, new):
    return merging.said(getattr(survivor, name, None)) == new


def _indexed(model, survivor, other):
    for number in (survivor.id, other.id):
        record = model.get_by_id(number)
        merging.follow(record)
        record.index()
        if model is Account:
            SearchEntry.update(team=record.team_id).where(SearchEntry.account == number).execute()
    if model is Account:
        habits.overtaken([survivor.id, other.id])


def _look_at_parted(entries, actor):
    """Whoever regrets that two were parted merges them again, and chooses again."""
    return [Record(Ref.parse(entry.subject), "", [], why=("merge-again", {})) for entry in entries]


def _leave_parted(entries, by, over=()):
    return Counter(kept=len(entries))


for _event in EVENTS:
    undo.offer(_event, preview=preview, take_back=take_back, kind="merge")
for _event in PARTED:
    undo.offer(_event, preview=_look_at_parted, take_back=_leave_parted, kind="undo")
