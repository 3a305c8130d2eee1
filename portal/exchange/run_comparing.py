"""Comparing a brought file with what is here: each row that would do something is noted, no record is written."""

from portal import audit, store
from portal.errors import Invalid
from portal.exchange import run_doubts, run_rows
from portal.exchange.importing import Import
from portal.exchange.importing_maps import Map
from portal.exchange.runs import COUNTS, Overtaken

MOST_ROWS = 5_000_000


class Comparing(Import):
    """One dry pass over the file of a run; what it finds stands in ImportRow, batch by batch."""

    def __init__(self, run):
        super().__init__(run.path, Map(run.map, run.kind), lambda problem: None, dry=True, by=run.actor)
        self.run, self.doubts = run, run_doubts.Doubts(self.map.kind, self.by)
        self.found = []

    def decide(self, decisions, records, found):
        rows, later = super().decide(decisions, records, found)
        self.found = found
        self.doubts.look_into(rows, found, decisions)
        return rows, later

    def write(self, records, rows, counts, now):
        """Note the rows that would do something, and how far it is, in one transaction."""
        reasons = {}
        for problem in self.found:
            reasons.setdefault(problem.line, []).append(run_rows.reason(problem))
        noted = [noted_row(row, reasons.get(row.line, [])) for row in rows if row.outcome in run_rows.OUTCOMES]
        with self.run.unless_refused(), store.housekeeping("progress"):
            known = {name: counts[name] for name in COUNTS}
            self.run.step(records[-1].line, share=round(self.table.share_read * 100), **known)
            run_rows.put(self.run, noted)

    def go(self):
        """Compare the whole file, from its beginning even after a crash: nothing of it is worth keeping."""
        while run_rows.drop_some(self.run):
            self.run.step(self.run.place)
        self.run.step(0, **dict.fromkeys(COUNTS, 0))
        self.look()
        self.pass_over(None, last=False)

    def next_records(self, table):
        if self.counts["read"] > MOST_ROWS:
            raise Invalid(file=("import-too-many-rows", {"most": MOST_ROWS}))
        return super().next_records(table)


def noted_row(row, reasons):
    """What ImportRow keeps of a decided Row."""
    fields = {} if row.outcome == "refused" else run_rows.shown_fields(row)
    return {
        "line": row.line, "outcome": row.outcome, "name": run_rows.name_of(row), "fields": fields,
        "record": row.record.id if row.record is not None else None, "reasons": reasons, "likely": row.likely,
    }  # fmt: skip


def compare(run, teller):
    """Do the comparing of a claimed run; whoever brought it is told when it is through."""
    try:
        Comparing(run).go()
    except Overtaken:
        return
    except Invalid as refusal:
        run.end("mapping", trouble=next(iter(refusal.problems.values())))
        return
    with audit.change(teller, "import.compared", run) as change:
        run.end("compared", share=100)
        change.record("rows", None, run.read)
        change.tell([run.by.recipient], "import_compared", **told(run))


def told(run):
    """What a letter says of a run."""
    counts = {name: getattr(run, name) for name in (*COUNTS, "written", "undone", "kept")}
    return {"number": run.number, "file": run.file, "kind": run.kind} | counts
