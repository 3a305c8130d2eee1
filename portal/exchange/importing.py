"""Importing: one file through one map into the store, batch by batch, so that it can be cut off and run again."""

import sqlite3
from collections import Counter
from contextlib import suppress
from itertools import islice
from pathlib import Path

import peewee

from portal import values
from portal.errors import Invalid, Stale
from portal.exchange import importing_guesses as guesses
from portal.exchange.importing_files import UNREADABLE, Record, TableFile
from portal.exchange.importing_rows import Decisions, Problem
from portal.exchange.importing_values import Formats, basis_points, day, exact, moment
from portal.exchange.importing_writing import Batch
from portal.exchange.runs import COUNTS, ImportRun

BATCH_ROWS = 1000
TRIES = 3
NUMBERS = (exact, basis_points)
DATES = (day, moment)


class Seen:
    """The keys of one file and the lines they stand on, on disk: a file has as many rows as it likes."""

    def __init__(self):
        self.kept = sqlite3.connect("", isolation_level=None)
        self.kept.execute("PRAGMA journal_mode = OFF")
        self.kept.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self.kept.execute("BEGIN")

    def line_of(self, key, line):
        """The line on which this key stood first; this one when it is new."""
        added = self.kept.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line))
        if added.rowcount:
            return line
        return self.kept.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()[0]

    def __contains__(self, key):
        return self.kept.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is not None


class Import:
    """One file, one map: `look` guesses what the map leaves open, `run` brings the rows in.

    `problems(Problem)` is called for every cell that is refused, `progress(share, counts)` after every batch. `shop`
    names the currency, country and zone that count where the map names none, `by` who brings it in.
    """

    def __init__(self, path, table_map, problems, progress=None, dry=False, shop=None, by=None):
        self.path, self.map, self.dry = Path(path), table_map, dry
        self.shop = shop or {}
        self.problems, self.progress = problems, progress or (lambda share, counts: None)
        self.by = by or values.system("import")
        self.counts = Counter(dict.fromkeys(COUNTS, 0))
        self.seen = Seen()
        self.run = None

    def look(self):
        """Settle how the file is read; returns [(setting, value, "map", "guessed" or "usual")]. Raises Invalid."""
        self.shape, guessed = guesses.shape(self.path, self.map.declared, self.map.wanted_columns())
        header, rows = guesses.sample(self.path, self.shape)
        cases, _ = self.map.bind(header)
        settings = dict(self.map.formats)
        for names, readers, guess in (
            (("decimal",), NUMBERS, lambda texts: (guesses.decimal_mark(texts),)),
            (("date", "calendar"), DATES, guesses.date_format),
        ):
            texts = _texts(cases, rows, readers)
            if names[0] not in settings and texts:
                found = dict(zip(names, guess(texts), strict=True))
                settings = found | settings
                guessed += [name for name in names if name not in self.map.formats]
        self.formats = Formats(**self.shop | settings)
        shown = self.shape._asdict() | {name: getattr(self.formats, name) for name in settings}
        whence = dict.fromkeys(guessed, "guessed") | dict.fromkeys(self.map.raw, "map")
        return [(name, value, whence.get(name, "usual")) for name, value in shown.items() if value]

    def bring_in(self, now=None):
        """Read the whole file and write what is new in it; returns the counts by outcome.

        Raises Invalid on "file" when it breaks off; what was read until then is in, and the run is "stopped".
        """
        self.begin(now)
        try:
            self.pass_over(now, last=False)
            if self.counts.pop("waits", 0):
                self.pass_over(now, last=True)
        except BaseException:
            with suppress(peewee.DatabaseError):  # the database itself may be what went away
                self.finish("stopped", "", now)
            raise
        self.finish("done", self.sha256, now)
        return dict(self.counts)

    def begin(self, now):
        """Open the run that tells of this pass."""
        if not self.dry:
            self.run = ImportRun.start(self.map.kind.name, self.map.source, self.path.name, now)

    def finish(self, state, sha256, now):
        """Close it."""
        if self.run is not None:
            self.run.finish(state, self._columns(), sha256, now)

    def _columns(self):
        return {name: self.counts[name] for name in COUNTS}

    def pass_over(self, now, last):
        """Read the file once; the `last` pass ties what the first one had to leave open."""
        found = []
        with TableFile(self.path, self.shape) as table:
            self.table = table
            header = [cell.strip().lstrip("\ufeff") for cell in table.header]
            decisions = Decisions(self.map, self.formats, header, self.seen, found.append)
            decisions.last_chance, decisions.dry = last, self.dry
            while records := self.next_records(table):
                self._take(decisions, records, found, now, last)
                self.progress(table.share_read, self.counts)
            self.sha256 = table.sha256

    def next_records(self, table):
        """The next batch."""
        try:
            return list(islice(table.records, BATCH_ROWS))
        except UNREADABLE as trouble:
            raise Invalid(file=("import-file-breaks-off", {"why": str(trouble)}))

    def _take(self, decisions, records, found, now, last):
        """Decide and write one batch; what somebody else changed meanwhile is decided anew."""
        for left in reversed(range(TRIES)):
            found.clear()
            rows, later = self.decide(decisions, records, found)
            counts = self._counted(rows, found, last)
            try:
                self.write(records, rows, counts, now or values.now())
                break
            except (Stale, Invalid, peewee.IntegrityError, peewee.DataError) as trouble:
                if not left and len(records) == 1:
                    counts = self._refused_by_database(records[0], trouble, found)
                elif not left:
                    for record in records:
                        self._take(decisions, [record], found, now, last)
                    return
        self.counts = counts
        for problem in sorted(found, key=lambda problem: problem.line):
            self.problems(problem)
        found.clear()
        if later and self.dry:
            self.counts.update(read=len(later), same=len(later))
        elif later:
            self._take(decisions, [Record(row.line, row.cells) for row in later], found, now, last)

    def decide(self, decisions, records, found):
        """(rows with their outcome, rows to be decided once these are in); `found` takes what is wrong with them."""
        return decisions.of(records)

    def write(self, records, rows, counts, now):
        """Write what was decided of these records."""
        batch = None if self.dry else Batch(self.by, self.run, self.map, rows, now)
        if batch and batch.rows:
            batch.write({name: counts[name] for name in COUNTS})

    def _counted(self, rows, found, last):
        counts = Counter(self.counts)
        if last:  # the second pass only ties what the first one left open; the rest was said then
            found[:] = [problem for problem in found if problem.emptied and problem.problem == "import-not-found"]
            counts["emptied"] += len(found)
            return counts
        for row in rows:
            counts["read"] += 1
            counts["same" if row.outcome == "touched" else row.outcome] += 1
            counts["waits"] += row.waits
        counts["emptied"] += sum(problem.emptied for problem in found)
        return counts

    def _refused_by_database(self, record, trouble, found):
        why = str(trouble).partition("\n")[0]
        found[:] = [Problem(record.line, "", "", "import-refused-by-database", {"why": why})]
        return self.counts + Counter(read=1, refused=1)


def _texts(cases, rows, readers):
    """The cells of a sample that are amounts (or dates), as they are written."""
    texts = []
    for cells in rows:
        case = next((case for case in cases if case.fits(cells)), None)
        if case:
            pairs = zip(case.fields, case.getters, strict=True)
            texts += [getter(cells) for fld, getter in pairs if fld.read in readers]
    return [text for text in texts if text]
