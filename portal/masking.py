"""Masking: fields that a role keeps from somebody read as blank, wherever a page, a panel or a file reads them."""

import contextlib
import threading

import peewee

_local = threading.local()
BLANKS = {True: None, False: ""}


class Guarded(peewee.FieldAccessor):
    """Reads a field of a row, blank while it is hidden; whatever writes and asks sees it as it is."""

    def __init__(self, model, field, name, key_of):
        super().__init__(model, field, name)
        self.key_of, self.blank = key_of, BLANKS[field.null]

    def __get__(self, instance, instance_type=None):  # name given by Python
        if instance is None:
            return self.field
        hidden = getattr(_local, "hidden", ())
        if hidden and self.key_of(instance) in hidden:
            return self.blank
        return instance.__data__.get(self.name)


def can_hide(model, name):
    """Whether a field may read as blank without breaking what is built on it: it may be blank by itself."""
    field = model._meta.fields.get(name)
    return field is not None and not isinstance(field, peewee.ForeignKeyField) and (field.null or field.default == "")


def guard(model, noun, names):
    """Let these fields of a model be hidden under `noun.name`; those that cannot be blank are left as they are."""
    for name in names:
        if can_hide(model, name):
            guard_by(model, name, lambda row, key=f"{noun}.{name}": key)


def guard_by(model, name, key_of):
    """Let a field be hidden under `key_of(row)`: for a row that holds now one thing, now another."""
    setattr(model, name, Guarded(model, model._meta.fields[name], name, key_of))


@contextlib.contextmanager
def hiding(keys):
    """Within it the fields of these keys ("contact.born_on") read as blank in this thread."""
    before, _local.hidden = getattr(_local, "hidden", ()), keys
    try:
        yield
    finally:
        _local.hidden = before
