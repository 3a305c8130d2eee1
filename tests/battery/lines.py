"""One JSON line for each test of the battery: which row it serves, what was measured, how it ended."""

import csv
import json
import os
from pathlib import Path
from typing import NamedTuple

ROWS = Path(__file__).with_name("rows.csv")
FILE = "SUKI_BATTERY_LINES"  # where the lines go; without it a test run by hand writes none
SIZE = os.environ.get("SUKI_BATTERY_SIZE", "gate")
WANTED = os.environ.get("SUKI_BATTERY_ROWS", "").split()


class Row(NamedTuple):
    """What has to be shown, and the figure that shows it."""

    id: str
    title: str
    goal: str


def rows():
    """{id: Row} of everything that the battery has to show, in the order of the table."""
    with ROWS.open(newline="") as file:
        return {row["id"]: Row(**row) for row in csv.DictReader(file)}


def rows_of(item):
    """The ids that a test serves, by its marks."""
    return [name for mark in item.iter_markers("row") for name in mark.args]


def write(item, report, *, measured, seed, database):
    """Add the line of a test that ended, where lines are kept; in one write, so that processes do not mix theirs."""
    if not (path := os.environ.get(FILE)):
        return
    line = {
        "rows": rows_of(item),
        "test": item.nodeid,
        "database": database,
        "size": SIZE,
        "outcome": report.outcome,
        "why": report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else "",
        "measured": measured,
        "seed": seed,
        "seconds": round(report.duration, 2),
    }
    with open(path, "a") as file:
        file.write(json.dumps(line, default=str) + "\n")


def read(path):
    """All lines of a file, oldest first."""
    return [json.loads(line) for line in Path(path).read_text().splitlines()] if Path(path).exists() else []
