"""Pasts: what the fields of records were before some events, as the audit keeps both sides."""

import json
from typing import NamedTuple

from portal import audit, store
from portal.values import Ref


class Past(NamedTuple):
    """What one field was before the first of some events, and what the last one made of it, as the audit says."""

    before: str | None
    since: str | None

    @property
    def value(self):
        """What it was before, as a value."""
        return None if self.before is None else json.loads(self.before)


def of(entries):
    """{Ref: {field: Past}} of what some events changed; entries that are kept out of order are put in order first."""
    found, kept = {}, audit.values_of(entries)
    for entry in sorted(entries, key=lambda entry: entry.id):
        ref = Ref.parse(entry.subject)
        for field, old, new in kept.get(entry.id, ()) if ref else ():
            fields = found.setdefault(ref, {})
            fields[field] = Past(fields[field].before if field in fields else old, new)
    return found


def text_of(row, name):
    """A field as the audit keeps it, also one that the shop added."""
    column = row._meta.fields.get(name)
    value = getattr(row, name) if column is None else row.__data__.get(name)
    return None if value is None else store.canonical(value)
