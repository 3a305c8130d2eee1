"""What hangs on an account or contact, found in the tables themselves, moved to another one and remembered."""

import peewee

from portal import custom, store, values
from portal.activity.attachments import Attachment
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.custom import CustomField, CustomValue
from portal.customers.tags import Tagged
from portal.externals import ExternalId
from portal.people.links import Link
from portal.search import SearchEntry
from portal.service.conversations import Conversation
from portal.service.requests import ChangeRequest

# What stays with the record that goes: made anew for the one that stays, or of no use beside its own.
LEFT = {"habit_sheet", "first_steps", "missed_search", "account_rhythm", "contact_spending"}
BY_REF = (
    (Attachment, "subject"),
    (Task, "about"),
    (Interaction, "about"),
    (Conversation, "about"),
    (Link, "subject"),
    (ChangeRequest, "subject"),
)
SYSTEM = values.system("merge")  # a link that the other had may lead where whoever merges does not look
BY_KIND = ((ExternalId, "record"), (Tagged, "record"))


class Merge(store.Model):
    """Two records that were put together: `merged` stands no longer, `survivor` has what it had."""

    kind = peewee.CharField(max_length=10)
    survivor = peewee.IntegerField(index=True)
    merged = peewee.IntegerField(index=True)
    entry = peewee.BigIntegerField(null=True, index=True)  # the event that tells of it
    fields = store.JSONText(default=dict)  # of the survivor: {name: [before, after]}
    at = store.MomentField()
    back_at = store.MomentField(null=True)


class MergedRow(store.Model):
    """A row that a merge moved, made or changed, so that it can go back: `was` is the value before, as JSON."""

    id = peewee.BigAutoField()
    merge = peewee.ForeignKeyField(Merge)
    table = peewee.CharField(max_length=40)
    column = peewee.CharField(max_length=40)  # "" for a row that the merge made
    row = peewee.BigIntegerField()
    was = store.JSONText(null=True)


def pointers(model):
    """[(table, field)] of every foreign key to a model, those of LEFT but for."""
    found = []
    for table in store.tables():
        for field in table._meta.sorted_fields:
            if isinstance(field, peewee.ForeignKeyField) and field.rel_model is model:
                found.append((table, field))
    return [(table, field) for table, field in found if table._meta.table_name not in LEFT]


def move_all(merge, model, other, survivor):
    """Everything that points at `other` points at `survivor` from now on; returns {table: rows}."""
    counts = {}
    for table, field in pointers(model):
        stay = _in_the_way(table, field, other.id, survivor.id)
        where = (field == other.id) & (table.id.not_in(stay) if stay else peewee.SQL("1 = 1"))
        if table is model:
            where &= table.id != survivor.id  # nobody is above himself
        count = _move(merge, table, field, where, survivor.id, other.id)
        if count:
            counts[table._meta.table_name] = counts.get(table._meta.table_name, 0) + count
    kind = other.ref.kind
    for table, name in BY_REF:
        field = getattr(table, name)
        _move(merge, table, field, field == str(other.ref), str(survivor.ref), str(other.ref))
    for table, name in BY_KIND:
        field = getattr(table, name)
        where = (table.kind == kind) & (field == other.id)
        if table is Tagged:
            mine = Tagged.select(Tagged.tag).where((Tagged.kind == kind) & (Tagged.record == survivor.id))
            where &= Tagged.tag.not_in(mine)
        _move(merge, table, field, where, survivor.id, other.id)
    _move(merge, CustomValue, CustomValue.number, _leads_to(kind, other.id), survivor.id, other.id)
    if kind == "account":
        _move(merge, SearchEntry, SearchEntry.account, SearchEntry.account == other.id, survivor.id, other.id)
        SearchEntry.update(team=survivor.team_id).where(SearchEntry.account == survivor.id).execute()
    return counts


def _leads_to(kind, record):
    """Condition on the values of fields that the shop added, of whatever noun, which link to a record."""
    fields = CustomField.select(CustomField.id).where((CustomField.kind == "record") & (CustomField.target == kind))
    return CustomValue.field.in_(fields) & (CustomValue.number == record)


def _move(merge, table, field, where, to, was):
    """One statement remembers the rows, one moves them, however many they are."""
    name, column = table._meta.table_name, field.name
    chosen = table.select(
        merge.id, peewee.Value(name), peewee.Value(column), table.id, peewee.Value(store.canonical(was))
    )
    fields = [MergedRow.merge, MergedRow.table, MergedRow.column, MergedRow.row, MergedRow.was]
    MergedRow.insert_from(chosen.where(where), fields).execute()
    return table.update({field: to}).where(where).execute()


def _in_the_way(table, field, other, survivor):
    """Ids of the rows of `other` beside which the survivor has one that must be the only one of its sort."""
    found = set()
    for beside, condition in _uniques(table, field):
        columns = [getattr(table, name) for name in beside]
        rows = lambda owner: table.select(table.id, *columns).where((field == owner) & condition).tuples()  # noqa: B023, E731
        mine = {tuple(row[1:]) for row in rows(survivor)}
        found |= {row[0] for row in rows(other) if tuple(row[1:]) in mine} if mine else set()
    return found


def _uniques(table, field):
    """[(names of the other columns, condition)] of each unique index in which a field stands."""
    always = peewee.SQL("1 = 1")
    if field.unique:
        yield (), always
    for index in table._meta.indexes:
        if isinstance(index, tuple):
            names, is_unique = index
            if is_unique and field.name in names:
                yield tuple(name for name in names if name != field.name), always
        elif index._unique:
            fields = [part for part in index._expressions if isinstance(part, peewee.Field)]
            if field in fields:
                yield tuple(f.name for f in fields if f is not field), index._where or always


def fill_in(record, given):
    """Put values of fields that the shop added on a record; returns {name: (old, new)} of what is another now."""
    moved = custom.moved(record, given)
    if moved:
        custom.write(record, {name: new for name, (_, new) in moved.items()}, SYSTEM)
    return moved


def change(merge, row, **columns):
    """Set columns of one row, remembered."""
    model = type(row)
    for name, value in columns.items():
        was = row.__data__[name]
        if was != value:
            MergedRow.create(merge=merge, table=model._meta.table_name, column=name, row=row.id, was=_plain(was))
            model.update({name: value}).where(model.id == row.id).execute()
            setattr(row, name, value)


def made(merge, row):
    """Remember a row that the merge itself made."""
    MergedRow.create(merge=merge, table=row._meta.table_name, column="", row=row.id)
    return row


def _plain(value):
    return value if value is None or isinstance(value, (str, int, bool, float)) else str(value)
