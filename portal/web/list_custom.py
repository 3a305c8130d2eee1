"""Fields that a shop added, in lists: columns, filters and orders over their side table."""

from decimal import Decimal, InvalidOperation

import peewee

from portal import custom, memory, store
from portal.activity import attachments
from portal.custom import CustomValue
from portal.custom_kinds import NUMBERS
from portal.errors import NotFound
from portal.folding import fold
from portal.values import Money
from portal.web import list_filters, reading, sessions, speech
from portal.web.list_cells import Column
from portal.web.list_filters import ANY, NONE

FEW = 1000  # matches that SQLite gathers and sorts sooner than it meets them in the order of the list


def columns(table):
    """The columns of a noun that the shop added."""
    return [column(field) for field in custom.fields_of(table.noun).values() if field.listed]


def column(field):
    """A column: what feeds write, and how its cell looks."""
    css = {"decimal": "num", "money": "num", "date": "dim"}.get(field.kind, "")
    return Column(field.name, value=lambda row: _plain(field, row), show=lambda row, _: _cell(field, row), css=css)


def _plain(field, row):
    """A value as files hold it: amounts in their currency, several words with commas, links by number."""
    value = getattr(row, field.name)
    if value in (None, "", []):
        return None if field.kind in (*NUMBERS, "date") else ""
    if field.kind == "money":
        return Money(value, _currency(row))
    if field.kind == "record":
        found = _linked(row, field, value)
        return found.number if found else ""
    return ",".join(value) if field.kind == "choices" else value


def _cell(field, row):
    value = getattr(row, field.name)
    if field.kind == "record" and value:
        found = _linked(row, field, value)
        return (getattr(found, "name", None) or found.number) if found else ""
    if field.kind == "money" and value is not None:
        return speech.wording().amount(Money(value, _currency(row)))
    return reading.reads(speech.wording(), value, row._meta.table_name, field.name)


def _currency(row):
    account = attachments.account_of(row)
    return getattr(row, "currency", None) or (account.currency if account else speech.settings().shop_currency)


def _linked(row, field, value):
    """The record that a row leads to, None for whoever may not see it; `load` has read those of the whole page."""
    return row.__dict__.get("_linked", {}).get((field.target, value))


def load(rows, names):
    """Read what stands in the columns of a page: one statement, and one for each noun that links lead to."""
    known = custom.fields_of(rows[0]._meta.table_name) if rows else {}
    wanted = [name for name in names if name in known]
    if not wanted:
        return
    custom.load(rows, wanted)
    linked = {}
    for target in {known[name].target for name in wanted if known[name].kind == "record"}:
        names_of = [name for name in wanted if known[name].target == target]
        ids = {getattr(row, name) for row in rows for name in names_of} - {None}
        linked |= {(target, record.id): record for record in _seen(target, ids)}
    for row in rows if linked else ():
        row.__dict__["_linked"] = linked


def _seen(target, ids):
    model = store.kinds().get(target)
    try:
        return list(model.visible_to(sessions.actor()).where(store.among(model.id, ids))) if model and ids else []
    except NotFound:
        return []


# Orders


class Sort:
    """An order by an added field: first the rows with a value, by its index, then those without, by their ids."""

    nullable = True

    def __init__(self, field):
        self.field = field
        self.kept = CustomValue.number if field.kind in NUMBERS else CustomValue.folded
        self.column = Column(field.name)

    def page(self, query, sort, after, before, most):
        """At most `most` rows, as `list_pages.page` gives them."""
        place, down = after or before, sort.startswith("-") != bool(before)
        steps = [self._filled, self._empty] if not before else [self._empty, self._filled]
        if place and (place[0] is None) != bool(before):
            steps = steps[1:]  # it stands among the rows without a value, or backwards among those with one
        found = []
        for step in steps:
            if len(found) < most:
                found += step(query, place if step == self._step_of(place) else None, down, most - len(found))
        return found

    def _step_of(self, place):
        return place and (self._empty if place[0] is None else self._filled)

    def _filled(self, query, place, down, most):
        key, value = query.model.id, CustomValue.alias("sorted")
        kept = getattr(value, self.kept.name)
        here = (value.record == key) & (value.field == self.field.id) & (value.position == 0)
        if place:
            further = (kept < place[0]) if down else (kept > place[0])
            step = (value.record < place[1]) if down else (value.record > place[1])
            within = (kept <= place[0]) if down else (kept >= place[0])
            here &= within & (further | ((kept == place[0]) & step))
        rows = query.select_extend(kept).switch(query.model).join(value, on=here, attr="sorted_by")
        order = (kept.desc(), value.record.desc()) if down else (kept, value.record)
        return list(rows.order_by(*order).limit(most))

    def _empty(self, query, place, down, most):
        key = query.model.id
        rows = query.where(~_has(key, self.field))
        if place:
            rows = rows.where((key < place[1]) if down else (key > place[1]))
        return list(rows.order_by(key.desc() if down else key.asc()).limit(most))

    def mark(self, row):
        """The value by which a row stands where it does."""
        found = row.__dict__.get("sorted_by")
        return found and getattr(found, self.kept.name)

    def is_sound(self, value):
        """Whether a mark in an address can be one of this order."""
        return value is None or isinstance(value, int if self.field.kind in NUMBERS else str)


def sorts(table):
    """{name: Sort} of the fields that a list can be ordered by."""
    return {f.name: Sort(f) for f in custom.fields_of(table.noun).values() if f.sort}


# Filters


def _values(field):
    """The records that have something in a field."""
    return CustomValue.select(CustomValue.record).where(CustomValue.field == field.id)


def _has(key, field):
    """Whether one record has anything in a field."""
    return peewee.fn.EXISTS(custom.held(field.id, key))


class _OnSide:
    """A filter that asks the side table for what it otherwise asks a column."""

    may_group = False

    def narrow(self, query, asked, actor):
        key, exact = query.model.id, asked.get(self.name)
        if exact in (NONE, ANY):
            return query.where(_has(key, self.field) if exact == ANY else ~_has(key, self.field))
        found = super().narrow(_values(self.field), asked, actor)
        if not store.is_sqlite() or self._are_few(found, asked):
            return query.where(key.in_(found))
        return query.where(peewee.fn.EXISTS(super().narrow(custom.held(self.field.id, key), asked, actor)))

    def _are_few(self, found, asked):
        """Whether SQLite gathers what fits sooner than it meets it in the order of the list."""
        one_more = found.select(peewee.SQL("1")).offset(FEW).limit(1)
        are_few = lambda: store.db.execute(one_more).fetchone() is None  # noqa: E731
        wanted = tuple(asked.get(name) for name in self.keys)
        return memory.remembered(("few", self.field.id, wanted), 60, lambda: store.uncounted(are_few))


class Text(_OnSide, list_filters.Filter):
    """Text that contains it, however it is spelled."""

    def where(self, text, actor):
        return self.column.contains(text if self.field.kind == "words" else fold(text))


class Choice(_OnSide, list_filters.Choice):
    """One of the words, or several."""

    def word(self, value):
        return self.field.option(value, speech.language())


class Yes(_OnSide, list_filters.Yes):
    """Yes or no."""


class Span(_OnSide, list_filters.Span):
    """A number, an amount or a day; one value, or from and to."""

    def read(self, text, asked):
        if self.field.kind != "decimal":
            return super().read(text, asked)
        try:
            return int(Decimal(text.replace(",", "")).scaleb(self.field.places))
        except (InvalidOperation, ValueError, OverflowError):
            raise self.refuse("number-malformed")


class Link(_OnSide, list_filters.Link):
    """Another record by its number."""

    @property
    def target(self):
        return store.kinds()[self.field.target]


KINDS = {
    "decimal": Span, "money": Span, "date": Span, "yes": Yes, "choice": Choice, "choices": Choice, "record": Link,
}  # fmt: skip


def filters(table):
    """{name: Filter} of the fields that the shop added."""
    found = {}
    for field in custom.fields_of(table.noun).values():
        kept = CustomValue.number if field.kind in NUMBERS else CustomValue.folded
        kept = CustomValue.text if field.kind == "words" else kept
        if field.filter:
            found[field.name] = KINDS.get(field.kind, Text)(table.noun, field, kept)
    return found
