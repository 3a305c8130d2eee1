"""Pages of lists: where the next one begins is a value and an id in the address; nothing is counted or skipped."""

import base64
import binascii
import json
from datetime import date, datetime
from typing import NamedTuple

import peewee

from portal.errors import Invalid


class Sort(NamedTuple):
    """What a list can be ordered by; `nullable` rows without a value come last both ways."""

    column: object
    nullable: bool = False
    # Of an order that stands in no column of the noun: its own page(), mark(row) and is_sound(mark's value).
    page: object = None
    mark: object = None
    is_sound: object = None


def page(query, by, sort, after, before, most):
    """At most `most` rows of `query` in the order `sort` ("-total"), from a place on; backwards before one."""
    if by.page:
        return by.page(query, sort, after and _typed(after, by), before and _typed(before, by), most)
    key = query.model.id
    down = sort.startswith("-") != bool(before)
    if after or before:
        query = query.where(_beyond(by, key, _typed(after or before, by), down, nulls_last=not before))
    nulls = {"nulls": "FIRST" if before else "LAST"} if by.nullable else {}
    order = by.column.desc(**nulls) if down else by.column.asc(**nulls)
    if by.column is key:
        return query.order_by(order).limit(most)
    return query.order_by(order, key.desc() if down else key.asc()).limit(most)


def place_of(row, by):
    """[value, id]: where a row stands in an order."""
    value = by.mark(row) if by.mark else row.__data__.get(by.column.name)
    return [value.isoformat() if isinstance(value, (date, datetime)) else value, row.id]


def mark_of(row, by):
    """The place of a row as it stands in an address."""
    text = json.dumps(place_of(row, by), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_mark(text):
    """The place in an address; nonsense is a plain refusal."""
    if not text:
        return None
    try:
        value, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        sound = isinstance(number, int) and abs(number) < 2**62 and isinstance(value, (str, int, type(None)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        sound = False
    if not sound or (isinstance(value, int) and abs(value) >= 2**62) or (isinstance(value, str) and "\0" in value):
        raise Invalid(after="page-mark-broken")
    return [value, number]


def _typed(place, by):
    """A place whose value fits the column: one made for another order is refused."""
    value, number = place
    if by.is_sound:
        sound = by.is_sound(value)
    elif value is None:
        sound = by.nullable
    elif isinstance(by.column, (peewee.DateTimeField, peewee.DateField)):
        value = _moment(value, by.column)
        sound = value is not None
    elif isinstance(by.column, (peewee.IntegerField, peewee.AutoField)):
        sound = isinstance(value, int)
    else:
        sound = isinstance(value, str)
    if not sound:
        raise Invalid(after="page-mark-broken")
    return [value, number]


def _moment(text, column):
    try:
        return (datetime if isinstance(column, peewee.DateTimeField) else date).fromisoformat(text)
    except (ValueError, TypeError):
        return None


def _beyond(by, key, place, down, nulls_last):
    value, number = place
    column = by.column
    step = (key < number) if down else (key > number)
    if column is key:
        return step
    if value is None:
        inside = column.is_null() & step
        return inside if nulls_last else inside | column.is_null(False)
    further = (column < value) if down else (column > value)
    where = further | ((column == value) & step)
    if by.nullable and nulls_last:
        return where | column.is_null()
    # Said again where an index can begin: PostgreSQL reads an OR from the beginning of the list.
    return ((column <= value) if down else (column >= value)) & where
