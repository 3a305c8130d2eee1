"""Fields that the shop added to a noun, as an import reads them."""

import re

from portal import custom
from portal.errors import Invalid
from portal.exchange import importing_values as read
from portal.folding import fold

_PARTS = re.compile(r"[;,|]")
NOT_IN_TABLES = ("file",)


def added_to(noun):
    """The present fields of a noun that a cell can fill, by name."""
    return [field for field in custom.fields_of(noun).values() if field.kind not in NOT_IN_TABLES]


def reader(field):
    """The reader of one: a cell as the map says it is written, then by the field's own rule."""

    def read_cell(text, formats):
        try:
            return field.clean(_typed(field, text, formats), formats.country, formats.currency)
        except Invalid as refusal:
            raise Invalid(cell=next(iter(refusal.problems.values())))

    if field.kind in ("choice", "choices"):
        read_cell.words = field.choices
    elif field.kind == "yes":
        read_cell.words = read.yes.words
    return read_cell


def _typed(field, text, formats):
    """What the field's form would have sent."""
    if field.kind in ("number", "decimal", "money"):
        return str(read.exact(text, formats))
    if field.kind == "date":
        return read.day(text, formats)
    if field.kind == "yes":
        return "yes" if read.yes(text, formats) else "no"
    if field.kind == "choice":
        return _key(field, text)
    if field.kind == "choices":
        return [_key(field, part) for part in _PARTS.split(text) if part.strip()]
    if field.kind == "record":
        return text.strip().rpartition("-")[2]
    return text


def _key(field, text):
    """The key of an option by its key or by its word in any language."""
    wanted = fold(text)
    for option in field.options:
        if wanted in (fold(option.key), *(fold(word) for _, word in option.labels)):
            return option.key
    words = ", ".join(option.key for option in field.options)
    raise read.wrong("import-not-a-choice", value=text, choices=words)
