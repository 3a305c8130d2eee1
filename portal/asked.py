"""Statements over lists of values, made into SQL once and not at each request."""

import json

import peewee

from portal import rows, store


class AskedAmong:
    """A rows.Asked over lists: `make(among, given, …)` reads those of its values by `among(column, given)`.

    `lists` says which of the values are lists. It is made once for each kind of database.
    """

    def __init__(self, make, lists):
        self.lists = lists
        self.asked = {kind: rows.Asked(lambda *given: make(_among, *given)) for kind in (True, False)}

    def __call__(self, *values):
        return self.asked[store.is_sqlite()](*self._given(values))

    def as_stored(self, *values):
        """As `rows.Asked.as_stored`."""
        return self.asked[store.is_sqlite()].as_stored(*self._given(values))

    def _given(self, values):
        on_sqlite = store.is_sqlite()
        return [_as_one(value, on_sqlite) if n in self.lists else value for n, value in enumerate(values)]


def _as_one(values, on_sqlite):
    """Many values as one parameter."""
    return json.dumps(list(values)) if on_sqlite else list(values)


def _among(column, given):
    """`column IN values`, which come as one parameter."""
    if store.is_sqlite():
        return column.in_(peewee.Select([peewee.fn.json_each(given)], [peewee.SQL("value")]))
    return column == peewee.fn.ANY(given)
