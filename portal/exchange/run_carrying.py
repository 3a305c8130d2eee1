"""Carrying out what a person decided: batch by batch, each with the place it reached, so that a cut loses nothing."""

import time
from itertools import islice

from portal import audit
from portal.errors import Invalid
from portal.exchange import run_files, run_rows
from portal.exchange.importing import BATCH_ROWS, Import
from portal.exchange.importing_maps import Map
from portal.exchange.importing_writing import Batch
from portal.exchange.run_comparing import told
from portal.exchange.run_doubts import Doubts
from portal.exchange.run_rows import DECIDABLE, ImportRow
from portal.exchange.runs import Overtaken

BEAT_SECONDS = 2
SAME = ("same", "touched")


def carry_out(run, *, by, version=None, now=None, **takes):
    """Let the worker write what is taken, as `run_rows.kept_takes` reads the choices; single rows keep theirs.

    Raises Invalid on "state": import-moved-on when it is under way or over, import-file-gone; Stale.
    """
    if not run_files.is_open(run):
        raise Invalid(state="import-file-gone")
    with audit.change(by, "import.started", run, now=now) as change:
        about = {"takes": run_rows.kept_takes(takes), "place": 0, "share": 0, "trouble": None}
        run.turn(change, DECIDABLE, "carrying", version=version, **about)
    return run


class Carrying(Import):
    """The pass that writes. Each row is decided anew: what is no longer as the person saw it is left as a doubt."""

    def __init__(self, run):
        super().__init__(run.path, Map(run.map, run.kind), lambda problem: None, by=run.actor)
        self.run, self.noted, self.found = run, {}, []
        self.doubts = Doubts(self.map.kind, self.by)
        self.waiting = "open"  # then "waits": rows that point to others further down in the file

    def go(self):
        """Write what is taken and not written yet, then tie what waited for it."""
        self.look()
        self.pass_over(None, last=False)
        if ImportRow.of(self.run).where(ImportRow.state == "waits").exists():
            self.waiting = "waits"
            self.run.step(0)
            self.pass_over(None, last=True)

    def next_records(self, table):
        """The next records that are taken, found by reading over all others."""
        beat = time.monotonic()
        while records := list(islice(table.records, BATCH_ROWS)):
            if records[-1].line <= self.run.place:
                continue
            rows = ImportRow.between(self.run, records[0].line, records[-1].line, self.waiting)
            self.noted = {line: row for line, row in rows.items() if row.takes(self.run) != "leave"}
            wanted = [record for record in records if record.line in self.noted and record.line > self.run.place]
            if wanted:
                return wanted
            if time.monotonic() - beat > BEAT_SECONDS:
                self.run.step(records[-1].line, share=round(table.share_read * 100))
                beat = time.monotonic()
        return []

    def decide(self, decisions, records, found):
        noted = (self.noted[record.line] for record in records)
        decisions.chosen = {row.line: row.is_to_be() for row in noted if row.takes(self.run) == "update"}
        rows, later = super().decide(decisions, records, found)
        self.doubts.refuse(rows, found, decisions)
        self.found = found
        for row in rows:
            self._weigh(row, self.noted[row.line])
        return rows, later

    def _weigh(self, row, noted):
        """Whether it is still what the person saw; then what is left as it is here goes out of it."""
        if self.waiting == "waits" or row.outcome in (*SAME, "refused"):
            return
        if row.chosen:
            as_seen = row.outcome == "changed" and noted.seen in (None, row.record.version)
        else:
            as_seen = run_rows.shown_fields(row) == noted.fields and (row.record is None) == (noted.record is None)
        if not as_seen:
            row.outcome = "stale"
        elif row.outcome == "changed":
            left = run_rows.together(self.map.kind, self.run.takes.get("left", ()))
            row.differences = {name: value for name, value in row.differences.items() if name not in left}
            row.outcome = "changed" if row.differences else "touched"

    def write(self, records, rows, counts, now):
        """The rows, what became of each, and the place, in one transaction."""
        fields = {
            row.line: run_rows.shown_fields(row) for row in rows if row.outcome in ("created", "changed", "stale")
        }
        batch = Batch(self.by, self.run, self.map, rows, now)
        written = len(batch.created) + len(batch.changed) if self.waiting == "open" else 0
        with self.run.unless_refused(), audit.change(self.by, "import.rows", self.run.ref, now=now) as change:
            about = {"share": round(self.table.share_read * 100), "written": self.run.written + written}
            self.run.step(records[-1].line, **about)
            ids = batch.put(change) if batch.rows else {}
            for row in batch.changed:  # a team by name has its number now
                for name in fields[row.line].keys() & row.differences.keys():
                    fields[row.line][name][1] = run_rows.kept_value(row.differences[name])
            run_rows.replace(self.run, [self._became(row, fields.get(row.line, {}), ids) for row in rows])

    def _became(self, row, fields, ids):
        """What ImportRow says of a row from now on."""
        noted = self.noted[row.line]
        kept = {name: noted.__data__[name] for name in ("line", "outcome", "name", "reasons", "likely", "choice")}
        record = ids.get(row.line) or (row.record.id if row.record is not None else None)
        if row.outcome == "refused":
            reasons = [run_rows.reason(problem) for problem in self.found if problem.line == row.line]
            return kept | {"outcome": "refused", "reasons": reasons, "choice": ""}
        if row.outcome == "stale":
            again = {"outcome": "doubtful", "choice": "", "record": record, "fields": fields}
            return kept | again | {"reasons": [["", "", "import-changed-since", {}]]}
        became = {"record": record, "seen": getattr(row.record, "version", 1), "made": row.outcome == "created"}
        if self.waiting == "waits":
            lost = [run_rows.reason(problem) for problem in self.found if problem.line == row.line]
            done = {"state": "written", "fields": noted.fields | fields, "made": noted.made}
            return kept | became | done | {"reasons": noted.reasons + lost}
        state = "same" if row.outcome in SAME and not row.waits else "waits" if row.waits else "written"
        return kept | became | {"state": state, "fields": fields}


def carry(run, teller):
    """Do the writing of a claimed run; whoever brought it is told when it is through."""
    try:
        Carrying(run).go()
    except Overtaken:
        return
    except Invalid as refusal:
        run.end("stopped", trouble=next(iter(refusal.problems.values())))
        return
    with audit.change(teller, "import.done", run) as change:
        run.end("done", share=100, finished_at=change.now)
        change.record("written", None, run.written)
        change.tell([run.by.recipient], "import_done", **told(run))
