"""The rows of an import as comparing found them: new, changed, doubtful or refused, and what a person decided."""

from datetime import date, datetime
from decimal import Decimal
from itertools import islice

import peewee

from portal import audit, store
from portal.errors import Invalid, NotFound
from portal.exchange import importing_guesses as guesses
from portal.exchange.importing_files import BROKEN, TableFile
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_maps import Map
from portal.exchange.importing_rows import Named, standing
from portal.exchange.runs import ImportRun
from portal.fields import MANAGERS, Field, Table
from portal.rows import as_indexed

OUTCOMES = ("created", "changed", "doubtful", "refused")
CHOICES = ("", "take", "leave", "update")  # "": as its kind; update: the record that it is likely to be
STATES = ("open", "waits", "written", "same", "undone", "kept")  # waits: for a later row; kept: not taken back
AT_ONCE = 1000
DROPPED_AT_ONCE = 20_000
LONGEST_NAME = 200
# Columns that follow from others and say nothing by themselves.
DERIVED = {"folded", "code_key", "account_name", "birthday"}
USUAL = {"created": "take", "changed": "take", "doubtful": "leave"}

FIELDS = Table(
    "import_row",
    Field("line", "number", MANAGERS, sort=True),
    Field("outcome", "choice", MANAGERS, filter=True, choices=OUTCOMES),
    Field("name", read=MANAGERS, filter=True),
    Field("fields", read=MANAGERS),
    Field("reasons", read=MANAGERS),
    Field("choice", "choice", MANAGERS, filter=True, choices=CHOICES),
    Field("state", "choice", MANAGERS, filter=True, choices=STATES),
)


class ImportRow(store.Model):
    """One row of a file; those that change nothing have none.

    `fields` are {column: [old, new]}, `reasons` [[column, value, message id, parameters]], `likely` the records that
    it may be, [[record, score]]. `record` is what it changes, and once it is written what it became; `seen` the
    version that a person compared it with, and then the one that was written.
    """

    run = peewee.ForeignKeyField(ImportRun, index=False)
    line = peewee.IntegerField()
    outcome = peewee.CharField(max_length=10)
    name = peewee.CharField(max_length=200, default="")
    record = peewee.IntegerField(null=True)
    fields = store.JSONText(default=dict)
    reasons = store.JSONText(default=list)
    likely = store.JSONText(default=list)
    choice = peewee.CharField(max_length=10, default="")
    seen = peewee.IntegerField(null=True)
    made = peewee.BooleanField(default=False)  # the record is one that this row made
    state = peewee.CharField(max_length=10, default="open")

    class Meta:
        indexes = ((("run", "line"), True), (("run", "outcome", "line"), False), (("run", "state", "line"), False))

    @classmethod
    def by_number(cls, text):
        """Rows are called by their line."""
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise NotFound()
        return cls.line == int(text)

    @property
    def number(self):
        return str(self.line)

    @classmethod
    def of(cls, run):
        """Query of the rows of a run."""
        return cls.select().where(cls.run == run)

    @classmethod
    def between(cls, run, first, last, state="open"):
        """{line: row} of some lines in a state."""
        rows = cls.of(run).where(cls.line.between(first, last) & (cls.state == state))
        return {row.line: row for row in rows}

    def takes(self, run):
        """What happens with it: "take", "update" or "leave"."""
        if self.outcome == "refused":
            return "leave"
        word = self.choice or (USUAL | run.takes).get(self.outcome, "leave")
        return "leave" if word == "update" and not (self.record or self.likely) else word

    def kept(self):
        """All of it, to be written anew."""
        return {name: value for name, value in self.__data__.items() if name not in ("id", "run")}

    def is_to_be(self):
        """The record that it is taken for: the chosen one, else the likeliest."""
        return self.record if self.choice == "update" else next((record for record, _ in self.likely), None)


DECIDED = ImportRow.choice != ""
# Few of a million rows are decided singly, and each look at the import counts them.
ImportRow.add_index(ImportRow.index(ImportRow.run, where=DECIDED, name="import_row_decided"))
DECIDABLE = ("compared", "stopped", "done")


def choose(run, *, by, choices, now=None):
    """Decide single rows: {line: "", "take", "leave", or "update RECORD VERSION" of one that it is likely to be}.

    All of them or none. Raises Invalid on "choice": import-moved-on when a row is written already or the run is at
    work, import-row-refused, choice-unknown.
    """
    rows = {row.line: row for row in ImportRow.of(run).where(store.among(ImportRow.line, list(choices)))}
    with audit.change(by, "import.chosen", run, now=now) as change:
        for line, choice in sorted(choices.items()):
            if line not in rows:
                raise Invalid(choice="choice-unknown")
            _decide(rows[line], run, choice, change)
        if not ImportRun.select().where((ImportRun.id == run.id) & ImportRun.state.in_(DECIDABLE)).exists():
            raise Invalid(choice="import-moved-on")


def _decide(row, run, choice, change):
    word, _, which = choice.partition(" ")
    record, _, seen = which.partition(" ")
    if row.outcome == "refused":
        raise Invalid(choice="import-row-refused")
    if word not in CHOICES or (word == "update" and record not in [str(key) for key, _ in row.likely]):
        raise Invalid(choice="choice-unknown")
    now = {"choice": word, "record": row.record, "seen": None}
    if word == "update":
        now |= {"record": int(record), "seen": int(seen) if seen.isdecimal() else None}
    elif row.likely:
        now["record"] = None
    if all(getattr(row, name) == value for name, value in now.items()):
        return
    mine = (ImportRow.run == run) & (ImportRow.line == row.line) & (ImportRow.state == "open")
    change.guard(ImportRow.update(now).where(mine), Invalid(choice="import-moved-on"))
    change.record("row", None, f"{row.line}: {choice}")


def kept_takes(takes):
    """What of a person's choices for whole kinds is kept: {outcome: choice}, and the fields that are "left"."""
    kept = {name: value for name, value in takes.items() if name in USUAL and value in CHOICES[1:]}
    return kept | ({"left": sorted(takes["left"])} if takes.get("left") else {})


def kept_value(value):
    """A value of a column as JSON keeps it."""
    if isinstance(value, Named):
        return value.name
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.id if isinstance(value, store.Model) else value


def shown_fields(row):
    """{column: [old, new]} of a Row that was decided."""
    if row.record is not None:
        pairs = {
            name: [kept_value(standing(row.record, name)), kept_value(value)]
            for name, value in row.differences.items()
        }
    else:
        pairs = {name: [None, kept_value(value)] for name, value in row.columns.items() if value not in (None, "")}
    return pairs


def reason(problem):
    """Why a row is refused or doubted, or which value of it is left empty, as it is kept: the cell and the words."""
    return [
        problem.column,
        problem.value[:LONGEST_NAME],
        problem.problem,
        problem.params | {"emptied": problem.emptied},
    ]


def name_of(row):
    """What a Row is called by people: its name, else what it says first."""
    told = {fld.name: text for fld, text in zip(row.case.fields if row.case else (), row.texts, strict=True)}
    name = told.get("name") or told.get("line1") or getattr(row.record, "name", "")
    return str(name or next(filter(None, row.texts), "") or next(filter(None, row.cells), ""))[:LONGEST_NAME]


def put(run, rows):
    """Write rows of comparing, in the transaction that is open."""
    store.insert_rows(ImportRow, [_filled(run, row) for row in rows])


def drop_some(run):
    """Forget some rows of a run; how many that were. A million of them must not hold up other writers."""
    some = ImportRow.select(ImportRow.id).where(ImportRow.run == run).limit(DROPPED_AT_ONCE)
    with store.housekeeping("progress"):
        return ImportRow.delete().where(ImportRow.id.in_(some)).execute()


def replace(run, rows):
    """Write rows anew in place of those of the same lines, in the transaction that is open."""
    lines = [row["line"] for row in rows]
    ImportRow.delete().where((ImportRow.run == run) & store.among(ImportRow.line, lines)).execute()
    put(run, rows)


def _filled(run, row):
    blank = {"record": None, "fields": {}, "reasons": [], "likely": [], "choice": "", "seen": None}
    return {"run": run.id, "state": "open", "name": "", "made": False} | blank | row


def decided(run):
    """{(outcome, choice, state): count} of the rows that somebody decided singly or that are through already."""
    keys = (ImportRow.outcome, ImportRow.choice, ImportRow.state)
    singly = (ImportRow.run == run) & as_indexed(DECIDED)
    rows = ImportRow.select(*keys, peewee.fn.COUNT(ImportRow.id)).where(singly).group_by(*keys)
    return {tuple(key): count for *key, count in rows.tuples()}


def has_open(run):
    """Whether a row could still be written."""
    return ImportRow.of(run).where((ImportRow.state == "open") & (ImportRow.outcome != "refused")).exists()


def columns_of(run):
    """The columns that the rows of a run may change."""
    named = {*run.map.get("columns", {}), *run.map.get("constants", {})}
    kind = KINDS.get(run.kind)
    return [name for f in kind.fields if f.name in named for name in f.targets if name not in DERIVED] if kind else []


def together(kind, columns):
    """Some columns with those that follow from the same fields."""
    return {name for f in kind.fields if set(f.targets) & set(columns) for name in f.targets}


def refused(run):
    """(cells, None) of the header, then (cells, reasons) of each refused row as the file has it."""
    shape, _ = guesses.shape(run.path, Map(run.map, run.kind).declared)
    with TableFile(run.path, shape) as table:
        yield table.header, None
        while records := list(islice(table.records, AT_ONCE)):
            rows = ImportRow.of(run).where(
                (ImportRow.outcome == "refused") & ImportRow.line.between(records[0].line, records[-1].line)
            )
            reasons = {row.line: row.reasons for row in rows}
            for record in records:
                if record.line in reasons:
                    yield [cell.replace(BROKEN, "?") for cell in record.cells], reasons[record.line]
