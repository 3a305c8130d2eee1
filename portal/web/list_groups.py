"""Groups of a list: how many rows stand under each value of one field, counted up to a bound and never beyond."""

from typing import NamedTuple

import peewee

from portal.web import list_addresses
from portal.web.list_filters import NONE, Link, Yes

MOST_COUNTED = 10_000
MOST_GROUPS = 30


class Group(NamedTuple):
    """One value: its word, how many rows, the address that shows them, and whether that is this one."""

    word: str
    count: int
    url: str
    is_current: bool


class Counted(NamedTuple):
    """The strip over a list: groups, the field's label, all rows, and whether there are more than were counted."""

    label: str
    groups: list
    total: int
    is_cut: bool
    all_url: str


def counted(filter, query, asked):
    """Count `query` by the values of one filter. Costs the walk of 10,001 rows at most, and for links their names."""
    value, few = filter.column, MOST_COUNTED + 1
    inner = query.select(value.alias("value")).order_by().limit(few).alias("counted")
    rows = peewee.Select([inner], [inner.c.value, peewee.fn.COUNT(peewee.SQL("*"))]).group_by(inner.c.value)
    found = sorted(rows.bind(query.model._meta.database).tuples(), key=lambda pair: (-pair[1], str(pair[0])))
    total = sum(count for _, count in found)
    found = found[:MOST_GROUPS]
    names = filter.names([key for key, _ in found if key is not None]) if isinstance(filter, Link) else {}
    groups = [_group(filter, key, count, names, asked) for key, count in found]
    all_url = list_addresses.url(_without(filter, asked))
    return Counted(filter.label, groups, min(total, MOST_COUNTED), total > MOST_COUNTED, all_url)


def _group(filter, value, count, names, asked):
    if isinstance(filter, Link):
        word, text = names.get(value, (None, NONE))
        word = word or filter.words({filter.name: NONE}, None)
    elif isinstance(filter, Yes):
        word, text = filter.word(bool(value)), "yes" if value else "no"
    else:
        word, text = filter.word(value), value or NONE
    url = list_addresses.url(_without(filter, asked), **{filter.name: text})
    return Group(word, min(count, MOST_COUNTED), url, asked.get(filter.name) == text)


def _without(filter, asked):
    dropped = {*filter.keys, *list_addresses.PLACES}
    return {name: text for name, text in asked.items() if name not in dropped}
