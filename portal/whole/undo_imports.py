"""Imports in the journal: the press that carried one out is a deed, and taking it back is the import's own undo."""

from collections import Counter

from portal import deeds
from portal.errors import Invalid
from portal.exchange import run_undoing
from portal.exchange.runs import ImportRun
from portal.people import policy
from portal.values import Ref
from portal.whole import undo
from portal.whole.undo import Record

EVENT = "import.started"


def _runs(entries, actor):
    """{id: ImportRun or None} of the imports that these events began, as far as this person sees them."""
    ids = [Ref.parse(entry.subject).id for entry in entries]
    seen = policy.may(actor, "imports.run")
    rows = {row.id: row for row in ImportRun.visible_to(actor).where(ImportRun.id.in_(ids))} if seen else {}
    return {number: rows.get(number) for number in ids}


def preview(entries, actor):
    """What taking the imports back would do; the rows stand on the page of each."""
    return [_record(number, run) for number, run in _runs(entries, actor).items()]


def _record(number, run):
    ref = Ref("import_run", number)
    if run is None:
        return Record(ref, "", [], why=("undo-gone", {}))
    over = "undo-as-before" if run.state == "undone" else "undo-under-way"
    why = None if run.state in ("done", "stopped") else (over, {})
    return Record(ref, f"{run.number} {run.file}", [], why=why, will=("import-undo-rows", {"rows": run.written}))


def take_back(entries, by, over):
    """Let the worker take the imports back; how many it begins with."""
    tally = Counter()
    for run in _runs(entries, by).values():
        try:
            if run is None:
                raise Invalid(state="import-moved-on")
            run_undoing.undo(run, by=by)
            tally["back"] += 1
        except Invalid:
            tally["kept"] += 1
    return tally


deeds.keep("import.undo_asked", "undo")  # so that taking it back is a deed itself, by the journal or on its own page
undo.offer(EVENT, preview=preview, take_back=take_back, kind="import")
