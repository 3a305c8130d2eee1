"""What may stand in a map file: the sort of value of every setting."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.errors import Invalid
from portal.exchange import importing_values as read
from portal.exchange.importing_links import NUMBER

SOME_DAY = datetime(2014, 6, 30, 13, 5)


def _is_text(value):
    return isinstance(value, str) and value != ""


def _is_word(value):
    """A text of the table or of ours; TOML's own numbers and yes/no are understood."""
    return isinstance(value, (str, int, float))


def _is_texts(value):
    return _is_text(value) or (isinstance(value, list) and value != [] and all(map(_is_text, value)))


def _is_words(value):
    return _is_word(value) or (isinstance(value, list) and value != [] and all(map(_is_word, value)))


def _is_names(value):
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_table_of(check):
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


def _is_link(value):
    return isinstance(value, dict) and value.keys() <= {"source", "by"} and all(map(_is_text, value.values()))


def _is_readable(reader):
    def check(value):
        try:
            return _is_text(value) and bool(reader(value, None))
        except Invalid:
            return False

    return check


def _is_zone(value):
    try:
        return _is_text(value) and bool(ZoneInfo(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_date_form(value):
    return value == "iso" or (_is_text(value) and _is_written_back(value))


def _is_written_back(form):
    try:
        return datetime.strptime(SOME_DAY.strftime(form), form).date() == SOME_DAY.date()
    except ValueError:
        return False


def _is_one_of(*words):
    return lambda value: value in words


_is_when = _is_table_of(_is_words)
_is_columns = _is_table_of(_is_texts)
_is_values = _is_table_of(_is_table_of(_is_word))
_is_constants = _is_table_of(_is_word)
ROWS = {"when": _is_when, "columns": _is_columns, "constants": _is_constants, "values": _is_values}
FILE = {
    "encoding": _is_text,
    "delimiter": lambda value: _is_text(value) and len(value) == 1 and value not in '"\r\n\0',
    "quote": lambda value: isinstance(value, str) and len(value) < 2 and value not in ("\r", "\n", "\0"),
    "header": lambda value: _is_names(value) and value != [],
}
FORMATS = {
    "currency": _is_readable(read.currency),
    "country": _is_readable(read.country),
    "decimal": _is_one_of(".", ","),
    "date": _is_date_form,
    "calendar": _is_one_of("gregorian", "buddhist"),
    "zone": _is_zone,
    "rounding": _is_one_of(*read.ROUNDINGS),
    "discount": _is_one_of("fraction", "percent"),
}
OTHERS = {
    "source": lambda value: _is_text(value) and len(value) <= 40 and value.isprintable(),
    "kind": _is_text,
    "key": _is_texts,
    "links": _is_table_of(_is_link),
    "skip_without": _is_names,
    "case": lambda value: isinstance(value, list) and all(isinstance(block, dict) for block in value),
}
SETTINGS = ROWS | FILE | FORMATS | OTHERS


def _refuse(problem, **params):
    raise Invalid(map=(problem, params))


def settings(raw):
    """Refuse a setting that nobody knows, or whose value is of the wrong sort; Invalid on "map"."""
    _sorts(raw, SETTINGS, "")
    for block in raw.get("case", ()):
        _sorts(block, ROWS, "case.")
    for name in ("source", "key"):
        if name not in raw:
            _refuse("import-map-lacks", name=name)


def _sorts(raw, known, where):
    for name, value in raw.items():
        if name not in known:
            _refuse("import-map-unknown", name=where + name)
        if not known[name](value):
            _refuse("import-map-wrong-value", name=where + name, value=str(value)[:80])


def fields(kind, block, links, skip_without):
    """Refuse fields that the kind does not have, a required one that is missing, a link by what is no column."""
    known = {field.name: field for field in kind.fields}
    named = {*block["columns"], *block["constants"]}
    for name in sorted({*named, *block["values"], *links, *skip_without} - known.keys()):
        _refuse("import-map-unknown-field", name=name, kind=kind.name, fields=", ".join(sorted(known)))
    for name, field in known.items():
        if field.required and name not in named:
            _refuse("import-map-lacks-field", name=name, kind=kind.name)
    for name, how in links.items():
        model = known[name].link
        if model is None or how.get("by", NUMBER) not in (NUMBER, *model._meta.fields):
            _refuse("import-map-wrong-value", name=f"links.{name}", value=str(how))
