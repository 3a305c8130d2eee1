"""What records are found by of the fields that a shop added: each under a right of its own and of its readers."""

from portal import custom
from portal.fields import TABLES

RIGHT = "own:"  # every right of such a field begins so
LETTERS = {"rep": "r", "manager": "m", "admin": "a", "viewer": "v", "buyer": "b", "customer_admin": "c"}


def searched(kind, ever=False):
    """[Added] of a noun that its records are found by."""
    return [field for field in custom.fields_of(kind, ever).values() if field.is_searched]


def right_of(field):
    """The right under which its texts stand: with other readers it is another one, so nobody finds by an old text."""
    return f"{RIGHT}{field.id}:{''.join(sorted(LETTERS[role] for role in field.read if role in LETTERS))}"


def rights(kinds, actor):
    """The rights by which this person finds records of these kinds: one for each field that he reads."""
    found = []
    for kind in kinds:
        fields = searched(kind)
        readable = set(TABLES[kind].readable(actor)) if fields and kind in TABLES else ()
        found += [right_of(field) for field in fields if field.name in readable]
    return found


def texts(kind, records):
    """[(record, right, [text])] of some records of a kind; one statement, none where no field is searched."""
    fields = {field.name: field for field in searched(kind)}
    found = custom.values_of(records, fields.values()) if fields else {}
    return [
        (record, right_of(fields[name]), _words(fields[name], value))
        for record, values in found.items()
        for name, value in values.items()
    ]


def _words(field, value):
    """A text as it is; a choice by its words in every language."""
    if field.kind not in ("choice", "choices"):
        return [value]
    chosen = [value] if field.kind == "choice" else value
    return [word for option in field.options if option.key in chosen for _, word in option.labels]
