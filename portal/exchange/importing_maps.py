"""Map files: which column of a foreign table fills which field, how values are written there, what is left out."""

import re
import tomllib
from dataclasses import dataclass, fields

from portal.errors import Invalid
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_values import ROUNDINGS, Formats, tidy

FILE_KEYS = {"encoding": str, "delimiter": str, "quote": str, "header": list}
FORMAT_KEYS = {field.name for field in fields(Formats)}
ROW_KEYS = {"when": dict, "columns": dict, "constants": dict, "values": dict}
OTHER_KEYS = {"source": str, "kind": str, "key": (str, list), "links": dict, "skip_without": list, "case": list}
CHOICES = {
    "rounding": tuple(ROUNDINGS),
    "calendar": ("gregorian", "buddhist"),
    "decimal": (".", ","),
    "discount": ("fraction", "percent"),
}
ANYTHING = "*"  # in `when`: any text but blank; in values: every text that is not named
_PART = re.compile(r"\{([^{}]*)\}")


def _refuse(problem, **params):
    raise Invalid(map=(problem, params))


@dataclass(frozen=True)
class Case:
    """What is done with the rows that fulfil `conditions`: which fields are filled, from which cells."""

    conditions: tuple  # (position, words)
    fields: tuple
    getters: tuple  # function(cells) -> text, one per field
    columns: dict  # field name -> the columns it comes from, for reports

    def fits(self, cells):
        """Whether a row is one of these."""
        for position, words in self.conditions:
            text = cells[position].strip()
            if text not in words and not (ANYTHING in words and text):
                return False
        return True


class Map:
    """A map file for one kind, checked; `bind` ties it to the columns of a table."""

    def __init__(self, text, kind_name):
        try:
            self.raw = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as trouble:
            _refuse("import-map-broken", why=str(trouble))
        self.kind = KINDS[kind_name]
        self._check_keys()
        self.source = self.raw["source"]
        self.keys = [self.raw["key"]] if isinstance(self.raw["key"], str) else list(self.raw["key"])
        self.links = self.raw.get("links", {})
        self.skip_without = frozenset(self.raw.get("skip_without", ()))
        self.declared = {name: self.raw[name] for name in FILE_KEYS if name in self.raw}
        self.formats = {name: self.raw[name] for name in FORMAT_KEYS if name in self.raw}
        self.blocks = self.raw.get("case") or [{}]
        for block in self.blocks:
            self._check_rows(self._laid_over(block))

    def _check_keys(self):
        known = {**FILE_KEYS, **dict.fromkeys(FORMAT_KEYS, str), **ROW_KEYS, **OTHER_KEYS}
        for name, value in self.raw.items():
            if name not in known:
                _refuse("import-map-unknown", name=name)
            if not isinstance(value, known[name]):
                _refuse("import-map-wrong-type", name=name)
        for name in ("source", "key"):
            if not self.raw.get(name):
                _refuse("import-map-lacks", name=name)
        if len(self.raw["source"]) > 40:
            _refuse("import-map-wrong-type", name="source")
        if self.raw.get("kind", self.kind.name) != self.kind.name:
            _refuse("import-map-other-kind", kind=self.raw["kind"])
        for name, words in CHOICES.items():
            if name in self.raw and self.raw[name] not in words:
                _refuse("import-map-not-a-choice", name=name, choices=", ".join(words))

    def _check_rows(self, block):
        known = {field.name for field in self.kind.fields}
        named = {*block["columns"], *block["constants"]}
        for name in sorted({*named, *block["values"], *self.links, *self.skip_without} - known):
            _refuse("import-map-unknown-field", name=name, kind=self.kind.name, fields=", ".join(sorted(known)))
        for field in self.kind.fields:
            if field.required and field.name not in named:
                _refuse("import-map-lacks-field", name=field.name, kind=self.kind.name)

    def _laid_over(self, block):
        if not isinstance(block, dict) or set(block) - set(ROW_KEYS):
            _refuse("import-map-unknown", name="case." + ", ".join(sorted(set(block) - set(ROW_KEYS))))
        laid = {name: self.raw.get(name, {}) | block.get(name, {}) for name in ROW_KEYS}
        if not all(isinstance(words, dict) for words in laid["values"].values()):
            _refuse("import-map-wrong-type", name="values")
        return laid

    def wanted_columns(self):
        """Every column the map names, in its order."""
        found = []
        for block in map(self._laid_over, self.blocks):
            found += list(block["when"])
            for spec in [*self.keys, *block["columns"].values()]:
                for part in [spec] if isinstance(spec, str) else spec:
                    found += _PART.findall(part) if "{" in part else [part]
        return list(dict.fromkeys(found))

    def bind(self, header):
        """(cases, key functions) for a table with this header. Raises Invalid on "columns" for what it lacks."""
        wanted = self.wanted_columns()
        lacking = [name for name in wanted if name not in header]
        if lacking:
            params = {"names": ", ".join(lacking), "found": ", ".join(header)}
            raise Invalid(columns=("import-columns-missing", params))
        twice = [name for name in wanted if header.count(name) > 1]
        if twice:
            raise Invalid(columns=("import-columns-twice", {"names": ", ".join(twice)}))
        places = {name: position for position, name in enumerate(header)}
        cases = [self._case(self._laid_over(block), places) for block in self.blocks]
        return cases, [_key(spec, places) for spec in self.keys]

    def _case(self, block, places):
        conditions = tuple(
            (places[column], frozenset([words] if isinstance(words, str) else map(str, words)))
            for column, words in block["when"].items()
        )
        filled, getters, columns = [], [], {}
        for field in self.kind.fields:
            if field.name in block["columns"]:
                spec = block["columns"][field.name]
                getter = _getter(spec, places)
                columns[field.name] = _shown(spec)
            elif field.name in block["constants"]:
                getter = _constant(block["constants"][field.name])
                columns[field.name] = field.name
            else:
                continue
            words = block["values"].get(field.name)
            filled.append(field)
            getters.append(_translated(getter, words) if words else getter)
        return Case(conditions, tuple(filled), tuple(getters), columns)


def _shown(spec):
    parts = [spec] if isinstance(spec, str) else spec
    return " ".join(dict.fromkeys(name for part in parts for name in (_PART.findall(part) or [part])))


def _constant(value):
    text = {True: "1", False: "0"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return lambda cells: text


def _translated(getter, words):
    words = {str(word): str(value) for word, value in words.items()}
    rest = words.get(ANYTHING)

    def translate(cells):
        text = getter(cells)
        if text in words:
            return words[text]
        return rest if rest is not None and text else text

    return translate


def _getter(spec, places):
    """The text of a column, of a template over several, or of the first in a list that is not blank."""
    if not isinstance(spec, str):
        getters = [_getter(part, places) for part in spec]
        return lambda cells: next(filter(None, (getter(cells) for getter in getters)), "")
    if "{" not in spec:
        place = places[spec]
        return lambda cells: cells[place].strip()
    pieces = _PART.split(spec)  # literal, column, literal, …
    positions = [places[name] for name in pieces[1::2]]
    literals = pieces[0::2]

    def join(cells):
        parts = [literals[0]]
        for position, literal in zip(positions, literals[1:], strict=True):
            parts += (cells[position].strip(), literal)
        return tidy("".join(parts))

    return join


def _key(spec, places):
    """The external id of a row; "" when a column of it is blank."""
    if "{" not in spec:
        return _getter(spec, places)
    positions = [places[name] for name in _PART.findall(spec)]
    join = _getter(spec, places)
    return lambda cells: join(cells) if all(cells[position].strip() for position in positions) else ""
