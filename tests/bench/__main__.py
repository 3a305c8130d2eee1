"""The bench: `make bench`, or `SIZE=full DATABASE=both python -m tests.bench`. Writes tests/bench/FIGURES.md."""

import os
import signal
import sys

from tests.bench import figures, running

KINDS = {"sqlite": ["sqlite"], "postgres": ["postgres"], "both": ["sqlite", "postgres"]}


def main():
    """Run as the environment asks; returns the exit status."""
    size, database = os.environ.get("SIZE", "small"), os.environ.get("DATABASE", "both")
    if size not in running.SIZES or database not in KINDS:
        print(f"SIZE is one of {', '.join(running.SIZES)}; DATABASE one of {', '.join(KINDS)}.", file=sys.stderr)
        return 2
    found = running.run(size, KINDS[database])
    path = figures.write(found, f"make bench SIZE={size} DATABASE={database}")
    print(path.read_text())
    return 0 if found.pages else 1


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGINT):  # in the background the shell has Ctrl-C ignored
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
