"""Files that people bring in tests: bring one, have it compared and carried out, see what became of its rows."""

import io

from portal.exchange import run_carrying, run_files, run_mapping, run_undoing, run_working
from portal.exchange.run_rows import ImportRow
from portal.exchange.runs import ImportRun

SHOP = {"currency": "PHP", "country": "PH", "zone": "Asia/Manila"}


def file(by, text="ID,Name\n7,Aling Nena\n", kind="accounts", name="list.csv"):
    """A file that was brought; its columns wait to be confirmed."""
    data = text if isinstance(text, bytes) else text.encode()
    return run_files.bring(by=by, stream=io.BytesIO(data), name=name, kind=kind)


def compared(by, text, kind="accounts", name="list.csv", **map_too):
    """A run of which each row was compared with what is here."""
    run = file(by, text, kind, name)
    kind, raw = run_mapping.guess(run, by, kind)
    run_mapping.compare(run, by=by, kind=kind, raw=raw | map_too, shop=SHOP)
    run_working.run()
    return again(run)


def carried_out(run, by, **takes):
    """The same once it is written."""
    run_carrying.carry_out(again(run), by=by, **takes)
    run_working.run()
    return again(run)


def brought(by, text, kind="accounts", takes=None, **more):
    """A file that is compared and written in one go."""
    return carried_out(compared(by, text, kind, **more), by, **takes or {})


def undone(run, by):
    """An import that was taken back."""
    run_undoing.undo(again(run), by=by)
    run_working.run()
    return again(run)


def again(run):
    return ImportRun.get_by_id(run.id)


def rows(run):
    """{line: row}."""
    return {row.line: row for row in ImportRow.of(run)}


def outcomes(run):
    """{line: (outcome, state)}."""
    return {line: (row.outcome, row.state) for line, row in rows(run).items()}


def why(row):
    """The message ids of what is said of a row."""
    return [problem for _, _, problem, _ in row.reasons]
