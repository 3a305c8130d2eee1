"""Run the battery and tell what it measured: python -m tests.battery [--size night] [--rows A1 C2] [--seed 7]."""

import argparse
import os
import sys
from pathlib import Path

from tests import suite
from tests.battery import figures, lines

PAGE = Path(__file__).with_name("FIGURES.md")
KEPT = suite.ROOT / "build" / "battery" / "lines.jsonl"
PARTS = ("battery", "battery-postgres")
NIGHT_SECONDS = 6 * 60 * 60


def main():
    """Run what was asked for; returns the exit status."""
    asked = arguments()
    strange = sorted(set(asked.rows) - set(lines.rows()))
    if strange:
        sys.exit(f"no such row: {', '.join(strange)}; tests/battery/rows.csv has them all")
    os.environ |= {"SUKI_BATTERY_SIZE": asked.size, "SUKI_BATTERY_ROWS": " ".join(asked.rows), lines.FILE: str(KEPT)}
    if asked.seed:
        os.environ["SUKI_SEED"] = asked.seed
    if asked.size == "night":
        suite.PART_SECONDS = NIGHT_SECONDS
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.unlink(missing_ok=True)
    status = suite.main([part for part in PARTS if asked.database in (None, DATABASES[part])])
    tell(lines.read(KEPT), is_whole=not (asked.rows or asked.database))
    return status


DATABASES = {"battery": "sqlite", "battery-postgres": "postgres"}


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.battery", description=__doc__)
    parser.add_argument("--size", choices=("gate", "night"), default="gate", help="gate: minutes; night: hours")
    parser.add_argument("--rows", nargs="*", default=[], metavar="ROW", help="ids of rows.csv; without any: all")
    parser.add_argument("--database", choices=sorted(DATABASES.values()), help="one of them; without it: both")
    parser.add_argument("--seed", help="another chance than the usual one")
    return parser.parse_args()


def tell(written, is_whole):
    """Print the table; a whole run is kept as FIGURES.md."""
    served = {name for line in written for name in line["rows"]}
    rows = [row for row in figures.table(written) if is_whole or row[0] in served]
    print("\n=== battery ===", *figures.plain(rows), "", figures.summary(rows), sep="\n", flush=True)
    if is_whole and written:
        PAGE.write_text("\n".join(figures.page(rows, written)) + "\n")


if __name__ == "__main__":
    sys.exit(main())
