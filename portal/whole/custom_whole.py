"""Invariants of own fields: no value without its record, and none that its field does not know."""

import peewee

from portal import custom, store
from portal.custom import CustomField, CustomValue


def faults():
    """Values whose record is gone, and words that are no choice of their field."""
    known = store.kinds()
    for field in CustomField.select():
        yield from _astray(field, known.get(field.noun))
        if field.kind in ("choice", "choices"):
            yield from _unknown(field)


def _astray(field, model):
    """Values of records that are not there, unless they are in the bin."""
    rows = CustomValue.select(CustomValue.record).where(CustomValue.field == field.id)
    if model is not None:
        there = model.select(peewee.SQL("1")).where(model.id == CustomValue.record)
        rows = rows.where(~peewee.fn.EXISTS(there))
    for (record,) in rows.distinct().tuples().iterator():
        yield f"own field {field.noun}.{field.key} holds a value of {field.noun} {record}, which is not there"


def _unknown(field):
    keys = [option.key for option in custom.fields_of(field.noun, ever=True)[field.key].options]
    rows = CustomValue.select(CustomValue.record, CustomValue.text).where(CustomValue.field == field.id)
    for record, text in rows.where(CustomValue.text.not_in(keys)).tuples().iterator():
        yield f"own field {field.noun}.{field.key} of {field.noun} {record} holds {text}, which is no choice of it"
