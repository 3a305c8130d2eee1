"""Fields that a shop adds to its nouns by itself, and their values: one row each in a typed side table.

Every noun has them at its door: its field table holds them beside its own, `audit.change` writes them, a row reads
them like attributes. While a shop has none, none of it asks the database anything.
"""

from typing import NamedTuple

import peewee

from portal import fields, store, values
from portal.custom_kinds import LONGEST, MEASURED, SORTED, Added, Option
from portal.errors import Invalid, NotFound
from portal.fields import STAFF

NOUNS = (
    "account", "contact", "address", "product", "order", "case", "lead", "warranty", "return", "claim", "task",
    "interaction",
)  # fmt: skip
ONLY = 1  # the id of the one stamp


class CustomField(store.Versioned):
    """What an admin decided about one field. Its key is for ever; its words, and who reads it, are not."""

    noun = peewee.CharField(max_length=20)
    key = peewee.CharField(max_length=40)
    kind = peewee.CharField(max_length=10)
    labels = store.JSONText()  # {language: word}
    helps = store.JSONText(default=dict)
    section = peewee.CharField(max_length=60, default="")
    rank = peewee.IntegerField(default=0)
    options = store.JSONText(default=list)  # [{"key": …, "labels": {language: word}}]
    is_required = peewee.BooleanField(default=False)
    default = peewee.TextField(default="")  # as it is typed
    least = peewee.CharField(max_length=30, default="")
    most = peewee.CharField(max_length=30, default="")
    places = peewee.IntegerField(default=0)
    target = peewee.CharField(max_length=20, default="")  # of a link: the noun it leads to
    readers = store.JSONText(default=lambda: sorted(STAFF))
    writers = store.JSONText(default=lambda: sorted(STAFF))
    shown_if = peewee.CharField(max_length=40, default="")
    shown_for = store.JSONText(default=list)
    is_searched = peewee.BooleanField(default=False)
    work = store.JSONText(default=dict)  # what is still to be done to its values, see whole/custom_values.py
    retired_at = store.MomentField(null=True)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("noun", "key"), True),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the fields, for admins: everybody else meets them on the records."""
        if not (actor.is_system or actor.role == "admin"):
            raise NotFound()
        return cls.select()

    @property
    def name(self):
        return fields_of(self.noun, ever=True)[self.key].label("en")

    @property
    def _longest(self):
        longest = LONGEST.get(self.kind, 60)
        return min(int(self.most or longest), longest) if self.kind in MEASURED else longest

    def as_field(self):
        """The Field of the noun's table."""
        readers, kind = frozenset(self.readers), self.kind
        return Added(
            name=self.key, kind=kind, read=readers, write=readers & frozenset(self.writers), sort=kind in SORTED,
            filter=kind != "file", listed=kind not in ("words", "file"), longest=self._longest,
            choices=tuple(option["key"] for option in self.options if not option.get("becomes")), id=self.id,
            is_required=self.is_required,
            version=self.version, labels=tuple(self.labels.items()), helps=tuple(self.helps.items()),
            options=tuple(Option(option["key"], tuple(option["labels"].items())) for option in self.options),
            least=self.least, most=self.most, places=self.places, target=self.target, default=self.default,
            shown_if=self.shown_if, shown_for=tuple(self.shown_for), section=self.section,
            is_searched=self.is_searched, is_retired=self.retired_at is not None,
        )  # fmt: skip


class CustomValue(store.Model):
    """A value, or one of several, of a record: see `custom_kinds.Kept`."""

    field = peewee.ForeignKeyField(CustomField, index=False)
    record = peewee.IntegerField()
    position = peewee.IntegerField(default=0)
    text = peewee.TextField(null=True)
    folded = peewee.CharField(max_length=200, null=True)
    number = peewee.BigIntegerField(null=True)

    class Meta:
        indexes = (
            (("record", "field", "position"), True),
            (("field", "folded", "record"), False),
            (("field", "number", "record"), False),
        )


class CustomStamp(store.Model):
    """Counts the changes of fields: every request reads it along with its session, so no process knows old ones."""

    number = peewee.IntegerField(default=0)


# What fields there are


class _Known(NamedTuple):
    """The fields as this process read them last, of which database and at which stamp."""

    database: object
    stamp: int
    now: dict  # noun -> {key: Added}
    ever: dict


_known = _Known(None, 0, {}, {})


def fields_of(noun, ever=False):
    """{key: Added} of a noun in their order; `ever` with those that retired."""
    known = _known if _known.database is store.db.obj else _read()
    return (known.ever if ever else known.now).get(noun, {})


fields.take_added(fields_of)


def stamp():
    """The number of the present fields, as a column for a query that is asked anyway."""
    return CustomStamp.select(CustomStamp.number).where(CustomStamp.id == ONLY)


def meet(number):
    """Read the fields anew when the stamp that was just read says that they changed, in whichever process."""
    if _known.database is store.db.obj and _known.stamp != (number or 0):
        _read()


def refresh():
    """The same for whoever has no session, such as the worker, by a statement of its own."""
    meet(stamp().scalar())


def changed():
    """Note inside a change of fields that they are others now."""
    counted = CustomStamp.update(number=CustomStamp.number + 1).where(CustomStamp.id == ONLY)
    if not counted.execute():
        CustomStamp.insert(id=ONLY, number=1).on_conflict_ignore().execute()
    _read()


def _read():
    global _known
    if store.db.obj is None:
        return _Known(None, 0, {}, {})
    _known = store.uncounted(_asked)
    return _known


def _asked():
    with store.connection():
        number = stamp().scalar() or 0
        now, ever = {}, {}
        for row in CustomField.select().order_by(CustomField.rank, CustomField.id):
            field = row.as_field()
            ever.setdefault(row.noun, {})[field.name] = field
            if not field.is_retired:
                now.setdefault(row.noun, {})[field.name] = field
    return _Known(store.db.obj, number, now, ever)


# What stands in them


def _value_of(row, name):
    """`row.name` of a field that the shop added; called for names that the class itself does not have."""
    if not name.startswith("_"):
        field = fields_of(row._meta.table_name, ever=True).get(name)
        if field is not None:
            kept = row.__dict__.get("_added", {})
            if name not in kept:
                load([row])
                kept = row._added
            return kept[name]
    raise AttributeError(f"{type(row).__name__} has no {name}")


store.Model.__getattr__ = _value_of


def load(rows, names=None):
    """Read the values of some rows of one noun at once, all or of the fields `names`; nothing where it has none."""
    if not rows:
        return
    known = fields_of(rows[0]._meta.table_name, ever=True)
    wanted = [field for field in known.values() if names is None or field.name in names]
    if not wanted:
        return
    found = values_of([row.id for row in rows if row.id], wanted)
    for row in rows:
        mine = found.get(row.id, {})
        row.__dict__.setdefault("_added", {}).update({f.name: mine.get(f.name, f.nothing) for f in wanted})


def values_of(records, wanted):
    """{record: {key: value}} of some fields (Added) of one noun; one statement."""
    rows = CustomValue.select(CustomValue.field, CustomValue.record, CustomValue.text, CustomValue.number)
    where = store.among(CustomValue.record, records) & CustomValue.field.in_([field.id for field in wanted])
    order = (CustomValue.record, CustomValue.field, CustomValue.position)
    raw = {}
    for field, record, text, number in rows.where(where).order_by(*order).tuples():
        raw.setdefault(record, {}).setdefault(field, []).append((text, number))
    known = {field.id: field for field in wanted}
    return {
        record: {known[number].name: known[number].read_back(kept) for number, kept in mine.items()}
        for record, mine in raw.items()
    }


def held(field, record):
    """Query of the values of a field (its id) that a record of the query around it holds, for EXISTS.

    SQLite is shown no column that an index over fields begins with: for each record it would walk the whole field.
    """
    return CustomValue.select(CustomValue.record).where(by_record(field) & (CustomValue.record == record))


def by_record(field):
    """Condition on the values of a field (its id) that are looked up by their records, in the order of these."""
    return (peewee.fn.COALESCE(CustomValue.field, 0) if store.is_sqlite() else CustomValue.field) == field


def split(model, given):
    """(the columns among `given`, the values of fields that the shop added)."""
    known = fields_of(model._meta.table_name, ever=True)
    if not known:
        return given, {}
    own = {name: value for name, value in given.items() if name not in known}
    return own, {name: value for name, value in given.items() if name in known}


def started(model, given):
    """`given` with what a new record has where nothing was said."""
    known = fields_of(model._meta.table_name).values()
    return {f.name: f.clean(f.default) for f in known if f.default and not f.shown_if} | given


def moved(row, given):
    """{key: (old, new)} of what is really another value now."""
    if not given:
        return {}
    load([row])
    return {name: (row._added[name], new) for name, new in given.items() if row._added[name] != new}


def write(row, given, by):
    """Put clean values in place of those of a row, inside the change that says so.

    The fields are held meanwhile, so that none of their words is taken away at the same moment. Raises Invalid by
    field: what `clean` raises of a field that changed since, custom-field-gone, custom-record-unknown.
    """
    known = _held(row, given)
    _check_links(known.values(), given, by)
    ids = [field.id for field in known.values()]
    CustomValue.delete().where((CustomValue.record == row.id) & CustomValue.field.in_(ids)).execute()
    new = [
        {"field": known[name].id, "record": row.id, "position": position, **kept._asdict()}
        for name, value in given.items()
        for position, kept in enumerate(known[name].kept(value))
    ]
    if new:
        CustomValue.insert_many(new).execute()
    row.__dict__.setdefault("_added", {}).update(given)


def write_new(model, given):
    """The clean values of many new records of a noun, {id: {key: value}}, inside the change that makes them."""
    known = fields_of(model._meta.table_name, ever=True)
    rows = [
        {"field": known[name].id, "record": record, "position": position} | kept._asdict()
        for record, values_of_it in given.items()
        for name, value in values_of_it.items()
        for position, kept in enumerate(known[name].kept(value))
    ]
    store.insert_rows(CustomValue, rows)


def _held(row, given):
    """{key: Added} of the fields of `given`, locked as they are.

    Whoever cleaned the values may have known other fields than these, so what could be gone by now is asked again.
    """
    noun = row._meta.table_name
    known = fields_of(noun, ever=True)
    ids = [known[name].id for name in given]
    rows = CustomField.select(CustomField.id, CustomField.version).where(CustomField.id.in_(ids))
    rows = rows if store.is_sqlite() else rows.for_update("FOR SHARE")
    versions = dict(rows.tuples())
    if any(versions.get(known[name].id) != known[name].version for name in given):
        known = _read().ever.get(noun, {})
    gone = [name for name in given if name not in known or known[name].is_retired]
    if gone:
        raise Invalid(**dict.fromkeys(gone, "custom-field-gone"))
    for name, value in given.items():
        if known[name].kind in ("choice", "choices") and value:
            known[name].clean(value)
    return {name: known[name] for name in given}


def _check_links(known, given, by):
    """Each record that a link leads to is one that this person may know of."""
    for field in known:
        if field.kind == "record" and given[field.name] is not None:
            model = store.kinds().get(field.target)
            seen = model.select() if model and by.is_system else model and model.visible_to(by)
            if model is None or not seen.where(model.id == given[field.name]).exists():
                raise Invalid(**{field.name: "custom-record-unknown"})


def drop(row):
    """Forget the values of a row that goes away; returns them."""
    known = fields_of(row._meta.table_name, ever=True)
    if not known:
        return {}
    load([row])
    ids = [field.id for field in known.values()]
    CustomValue.delete().where((CustomValue.record == row.id) & CustomValue.field.in_(ids)).execute()
    return {name: value for name, value in row._added.items() if value not in (None, "", [])}
