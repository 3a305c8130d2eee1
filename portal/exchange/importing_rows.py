"""Deciding what becomes of a batch of rows: new, changed, same, left out or refused; nothing is written here."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

from portal import custom, erased
from portal.errors import Invalid
from portal.exchange.importing_files import flawed_cell
from portal.exchange.importing_links import known_keys, linked, named_by
from portal.store import among

LONGEST_KEY = 120


class Problem(NamedTuple):
    """What is wrong with a row: where, which words (message id, parameters), and whether the row went in anyhow."""

    line: int
    column: str
    value: str
    problem: str
    params: dict
    emptied: bool = False


class Named(NamedTuple):
    """A record that is known by its name only, and made when the row is written."""

    model: type
    name: str


@dataclass
class Row:
    """One row on its way in. `differences` are the columns of `record` that it changes."""

    line: int
    cells: list
    case: object = None
    texts: list = field(default_factory=list)
    keys: list = field(default_factory=list)
    line_hash: str = ""
    marks: str = ""
    known: dict = field(default_factory=dict)  # key -> Known
    columns: dict = field(default_factory=dict)
    outcome: str = ""  # created, changed, doubtful, same, skipped, refused; touched: nothing changed but its hash
    record: object = None
    chosen: int | None = None  # the record that a person says it is
    differences: dict = field(default_factory=dict)
    waits: bool = False  # for a record further down in the same file
    likely: list = field(default_factory=list)  # [[record, score]] that it may be already, though no number says so

    @property
    def key(self):
        return self.keys[0]


class Decisions:
    """Decides batch by batch. `seen` knows the keys of this file, `problems` takes every Problem."""

    def __init__(self, table_map, formats, header, seen, problems):
        self.map, self.kind, self.formats = table_map, table_map.kind, formats
        self.header, self.seen, self.problems = header, seen, problems
        self.cases, self.key_getters = table_map.bind(header)
        settings = [table_map.source, repr(formats), *(f.name for case in self.cases for f in case.fields)]
        self.salt = "\x1e".join(settings)
        self.links = {field.name for field in self.kind.fields if field.link} & set(self.kind.model._meta.fields)
        self.links -= {"ship_to"}
        self.last_chance = False  # second pass: what is not found now never will be
        self.dry = False
        self.chosen = {}  # {line: record} of rows that a person says are a certain record

    def of(self, records):
        """(rows with their outcome, rows to be decided again after these were written)."""
        rows = [self._row(record) for record in records]
        open_rows = [row for row in rows if not row.outcome]
        self._look_up_keys(open_rows)
        self._refuse_erased(open_rows)
        open_rows = [row for row in open_rows if not row.outcome and not self._is_same(row)]
        found = self._links(open_rows)
        for row in open_rows:
            self._read(row, found)
        open_rows = [row for row in open_rows if not row.outcome]
        open_rows = self._without_shared_keys(open_rows)
        self._refuse_clashes(open_rows)
        self._compare(open_rows)
        return [row for row in rows if row.outcome], [row for row in rows if not row.outcome]

    def refuse(self, row, column, value, problem, params=None):
        """Leave a row out and say why."""
        row.outcome = "refused"
        self.problems(Problem(row.line, column, value, problem, params or {}))

    # One row by itself

    def _row(self, record):
        row = Row(record.line, record.cells)
        if record.problem:
            place = flawed_cell(record.cells)
            column = self.header[place] if 0 <= place < len(self.header) else ""
            params = {"found": len(record.cells), "expected": len(self.header)}
            self.refuse(row, column, "", record.problem, params)
            return row
        row.case = next((case for case in self.cases if case.fits(record.cells)), None)
        if row.case is None:
            row.outcome = "skipped"
            return row
        row.texts = [getter(record.cells) for getter in row.case.getters]
        row.keys = [getter(record.cells) for getter in self.key_getters]
        if not row.key or max(map(len, row.keys)) > LONGEST_KEY:
            self.refuse(row, self.map.keys[0], row.key[:LONGEST_KEY], "import-key-unusable")
            return row
        row.keys = list(dict.fromkeys(filter(None, row.keys)))
        first = self.seen.line_of(row.key, row.line)
        if first != row.line:
            self.refuse(row, self.map.keys[0], row.key, "import-key-twice", {"line": first})
            return row
        row.line_hash = blake2b("\x1f".join([self.salt, *row.texts]).encode(), digest_size=16).hexdigest()
        return row

    def _refuse_erased(self, rows):
        """Who was erased here does not come back with the next file of the system that knows him."""
        new = [row for row in rows if not row.known]
        gone = erased.among(self.map.source, self.kind.noun, {key for row in new for key in row.keys})
        for row in new if gone else ():
            for key in row.keys:
                if key in gone and not row.outcome:
                    self.refuse(row, self.map.keys[0], key, "import-erased")

    def _is_same(self, row):
        known = row.known.get(row.key)
        if known and known.line_hash == row.line_hash:
            row.outcome = "same"
        return bool(row.outcome)

    def _read(self, row, found):
        cells, marks, wrong = {}, [], []
        for fld, text in zip(row.case.fields, row.texts, strict=True):
            if not text:
                if fld.required:
                    wrong.append((fld, text, "import-blank", {}))
                continue
            try:
                cells[fld.name] = self._value(row, fld, text, found)
            except Invalid as refusal:
                problem, params = next(iter(refusal.problems.values()))
                if fld.soft:
                    column = row.case.columns[fld.name]
                    self.problems(Problem(row.line, column, text, problem, params, emptied=True))
                else:
                    wrong.append((fld, text, problem, params))
                    continue
            if not (row.waits and fld.link is self.kind.model):
                marks.append(f"{fld.name}={crc32(text.encode()):x}")
        row.marks = " ".join(marks)
        if wrong:
            self._refuse_or_skip(row, wrong)
            return
        self._complete(row, {name: value for name, value in cells.items() if value is not None})

    def _refuse_or_skip(self, row, wrong):
        if any(fld.name in self.map.skip_without and problem == "import-not-found" for fld, _, problem, _ in wrong):
            row.outcome = "skipped"
            return
        for fld, text, problem, params in wrong:
            self.refuse(row, row.case.columns[fld.name], text, problem, params)

    def _value(self, row, fld, text, found):
        if fld.link is None:
            value = fld.read(text, self.formats)
            return Named(fld.named, value) if fld.named else value
        record = found[fld.name].get(text)
        if record is not None or fld.quiet:
            return record
        if fld.link is self.kind.model and not self.last_chance:
            row.waits = True
            return None
        if self.dry and fld.link is self.kind.model and text in self.seen:
            return None
        raise Invalid(cell=("import-not-found", {"value": text, "source": self._source_of(fld.name)}))

    def _complete(self, row, cells):
        try:
            columns = self.kind.complete(cells, self.formats)
            row.columns = {name: value.id if name in self.links else value for name, value in columns.items()}
        except Invalid as refusal:
            given = dict(zip((fld.name for fld in row.case.fields), row.texts, strict=True))
            for name, (problem, params) in refusal.problems.items():
                column = row.case.columns.get(name, name)
                self.refuse(row, column, given.get(name, ""), problem, params)

    # The batch together

    def _look_up_keys(self, rows):
        wanted = {key for row in rows for key in row.keys}
        known = known_keys(self.map.source, self.kind.noun, wanted)
        for row in rows:
            row.known = {key: known[key] for key in row.keys if key in known}
            if not row.known and row.line in self.chosen:
                row.chosen = self.chosen[row.line]

    def _source_of(self, name):
        return self.map.links.get(name, {}).get("source", self.map.source)

    def _links(self, rows):
        """{field: {text: record}} of everything these rows point to."""
        wanted = {}
        for row in rows:
            for fld, text in zip(row.case.fields, row.texts, strict=True):
                if fld.link and text:
                    wanted.setdefault(fld, set()).add(text)
        found = {}
        for fld, texts in wanted.items():
            by = self.map.links.get(fld.name, {}).get("by")
            found[fld.name] = (
                named_by(fld.link, by, texts) if by else linked(self._source_of(fld.name), fld.link, texts)
            )
        return found

    def _without_shared_keys(self, rows):
        """Of the rows of one batch that are the same record under several keys only the first goes on."""
        claimed, kept = set(), []
        for row in rows:
            names = {*row.keys, *(known.record for known in row.known.values())}
            if claimed.isdisjoint(names):
                kept.append(row)
                claimed |= names
        return kept

    def _refuse_clashes(self, rows):
        for column in self.kind.unique:
            name = next(fld.name for fld in self.kind.fields if column in fld.targets)
            texts = {row.columns[column] for row in rows if column in row.columns}
            model_column = getattr(self.kind.model, column)
            query = self.kind.model.select(model_column, self.kind.model.id).where(among(model_column, texts))
            taken = dict(query.tuples()) if texts else {}
            for row in rows:
                own = next((known.record for known in row.known.values()), row.chosen)
                if taken.setdefault(row.columns[column], own or -row.line) not in (own, -row.line):
                    self.refuse(row, row.case.columns[name], row.columns[name], "import-taken")

    def _compare(self, rows):
        ids = {known.record for row in rows for known in row.known.values()} | {
            row.chosen for row in rows if row.chosen
        }
        model = self.kind.model
        records = {record.id: record for record in model.select().where(among(model.id, ids))} if ids else {}
        custom.load(list(records.values()))
        for row in rows:
            if row.outcome:
                continue
            if not (row.known or row.chosen):
                row.outcome = "created"
                continue
            first = row.known.get(row.key) or next(iter(row.known.values()), None)
            row.record = records.get(first.record if first else row.chosen)
            if row.record is None:  # taken out of Suki on purpose: it does not come back by itself
                self.refuse(row, self.map.keys[0], row.key, "import-record-gone")
                continue
            row.differences = self._differences(row, row.known.get(row.key))
            row.outcome = "changed" if row.differences else "touched"

    def _differences(self, row, known):
        """What the row changes: only columns of fields that differ from the row that was imported before."""
        if self.kind.unmarked:
            columns = list(row.columns)
        else:
            before = set(known.marks.split()) if known else set()
            moved = {mark.partition("=")[0] for mark in before.symmetric_difference(row.marks.split())}
            columns = [column for name in sorted(moved) for column in self.kind[name].targets]
        wanted = {column: row.columns.get(column, blank_of(self.kind.model, column)) for column in columns}
        return {column: value for column, value in wanted.items() if not _stands(row.record, column, value)}


def blank_of(model, column):
    """What a column holds when nobody says anything."""
    if column not in model._meta.fields:
        return custom.fields_of(model._meta.table_name)[column].nothing
    default = model._meta.fields[column].default
    return default() if callable(default) else default


def standing(record, column):
    """What stands in a column of a record, or in a field that the shop added."""
    return record.__data__.get(column) if column in record._meta.fields else getattr(record, column)


def _stands(record, column, value):
    """Whether the record has this already."""
    if isinstance(value, Named):
        current = getattr(record, column)
        return current is not None and current.name == value.name
    return standing(record, column) == value
