"""Names that other systems gave our records: old ids kept on import, so that the same file again changes nothing."""

import peewee

from portal import store


class ExternalId(store.Model):
    """`value` is what system `source` calls the record `kind` `record`; `line_hash` is the row it came from.

    `marks` holds a checksum per field of that row: a later row changes only the fields that moved over there, and
    what people edited here stays.
    """

    source = peewee.CharField(max_length=40)
    kind = peewee.CharField(max_length=30)
    value = peewee.CharField(max_length=120)
    record = peewee.IntegerField()
    line_hash = peewee.CharField(max_length=64, default="")
    marks = peewee.TextField(default="")

    class Meta:
        indexes = ((("source", "kind", "value"), True), (("kind", "record"), False))


def record_of(source, kind, value):
    """Id of the record that `source` calls `value`, or None."""
    row = ExternalId.get_or_none(
        (ExternalId.source == source) & (ExternalId.kind == kind) & (ExternalId.value == str(value))
    )
    return row.record if row else None


def known(kind, record):
    """[(source, value)] of one record."""
    rows = ExternalId.select().where((ExternalId.kind == kind) & (ExternalId.record == record))
    return [(row.source, row.value) for row in rows.order_by(ExternalId.source, ExternalId.value)]


def values_of(kind, records):
    """{record: [value]} of many records, in one query."""
    found = {}
    rows = ExternalId.select(ExternalId.record, ExternalId.value)
    for record, value in rows.where((ExternalId.kind == kind) & store.among(ExternalId.record, records)).tuples():
        found.setdefault(record, []).append(value)
    return found


def beside(rows):
    """{id: {"external_ids": [{"source": …, "value": …}]}} of records of one noun, for the .json of their list."""
    found = {row.id: {"external_ids": []} for row in rows}
    query = ExternalId.select(ExternalId.record, ExternalId.source, ExternalId.value).where(
        (ExternalId.kind == rows[0].ref.kind) & store.among(ExternalId.record, found)
    )
    for record, source, value in query.order_by(ExternalId.source, ExternalId.value).tuples():
        found[record]["external_ids"].append({"source": source, "value": value})
    return found
