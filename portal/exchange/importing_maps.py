"""Map files: which column of a foreign table fills which field, how values are written there, what is left out."""

import re
import tomllib
from dataclasses import dataclass
from hashlib import blake2b

from portal.errors import Invalid
from portal.exchange import importing_map_checks as checks
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_values import tidy

ANYTHING = "*"  # in `when`: any text but blank; in values: every text that is not named
WHOLE_ROW = "*"  # as the key: rows have no number over there, and each is called by all it says
_PART = re.compile(r"\{([^{}]*)\}")


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


def read_toml(text):
    """The settings of a map file. Raises Invalid on "map"."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise Invalid(map=("import-map-broken", {"why": str(trouble)}))


class Map:
    """A map for one kind, from a file's text or its settings, checked; `bind` ties it to the columns of a table."""

    def __init__(self, given, kind_name):
        self.raw = read_toml(given) if isinstance(given, str) else given
        self.kind = KINDS[kind_name]
        checks.settings(self.raw)
        if self.raw.get("kind", kind_name) != kind_name:
            raise Invalid(map=("import-map-other-kind", {"kind": self.raw["kind"]}))
        self.source = self.raw["source"]
        self.keys = [self.raw["key"]] if isinstance(self.raw["key"], str) else list(self.raw["key"])
        self.links = self.raw.get("links", {})
        self.skip_without = frozenset(self.raw.get("skip_without", ()))
        self.declared = {name: self.raw[name] for name in checks.FILE if name in self.raw}
        self.formats = {name: self.raw[name] for name in checks.FORMATS if name in self.raw}
        self.blocks = [self._laid_over(block) for block in self.raw.get("case") or [{}]]
        for block in self.blocks:
            checks.fields(self.kind, block, self.links, self.skip_without)

    def _laid_over(self, block):
        """A case over what all rows have in common; a field is filled by the one or the other, never by both."""
        laid = {name: self.raw.get(name, {}) | block.get(name, {}) for name in checks.ROWS}
        for name, other in (("columns", "constants"), ("constants", "columns")):
            laid[name] = {field: spec for field, spec in laid[name].items() if field not in block.get(other, {})}
        return laid

    def wanted_columns(self):
        """Every column the map names, in its order."""
        found = []
        for block in self.blocks:
            found += list(block["when"])
            for spec in [*(key for key in self.keys if key != WHOLE_ROW), *block["columns"].values()]:
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
        cases = [self._case(block, places) for block in self.blocks]
        return cases, [_key(spec, places) for spec in self.keys]

    def _case(self, block, places):
        conditions = tuple(
            (places[column], frozenset(map(_text, words if isinstance(words, list) else [words])))
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


def _text(value):
    """A word of the map as it stands in a table: yes and no are 1 and 0."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _shown(spec):
    parts = [spec] if isinstance(spec, str) else spec
    return " ".join(dict.fromkeys(name for part in parts for name in (_PART.findall(part) or [part])))


def _constant(value):
    text = _text(value)
    return lambda cells: text


def _translated(getter, words):
    words = {word: _text(value) for word, value in words.items()}
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
    if spec == WHOLE_ROW:
        return lambda cells: blake2b("\x1f".join(cells).encode("utf-8", "replace"), digest_size=16).hexdigest()
    if "{" not in spec:
        return _getter(spec, places)
    positions = [places[name] for name in _PART.findall(spec)]
    join = _getter(spec, places)
    return lambda cells: join(cells) if all(cells[position].strip() for position in positions) else ""
