"""Seed each fault in a copy of the tree and see that its test finds it: python -m tests.battery.sabotage."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.battery import sabotages
from tests.suite import ROOT

PAGE = Path(__file__).with_name("SABOTAGES.md")
SIDE_BY_SIDE = 2
SECONDS = 900
RED, GREEN, BROKEN = "red", "NOT FOUND", "could not be tried"


def main():
    """Try what was asked for; returns the exit status, 0 when every fault was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.battery.sabotage", description=__doc__)
    parser.add_argument("--rows", nargs="*", default=[], metavar="ROW", help="without any: all")
    asked = parser.parse_args()
    chosen = [sabotage for sabotage in sabotages.all() if not asked.rows or sabotage.row in asked.rows]
    with tempfile.TemporaryDirectory(prefix="suki-sabotage-") as folder:
        trees = SimpleQueue()
        for number in range(SIDE_BY_SIDE):
            trees.put(copy_of_the_tree(Path(folder) / str(number)))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            results = list(pool.map(lambda sabotage: tried(sabotage, trees), chosen))
    missed = [result for result in results if result[1] != RED]
    print(f"{len(results) - len(missed)} of {len(results)} faults were found.")
    if not asked.rows:
        PAGE.write_text("\n".join(page(results)) + "\n")
    return 1 if missed else 0


def copy_of_the_tree(folder):
    """What the project consists of, with compiled translations, but none of its history."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    names += [str(path.relative_to(ROOT)) for path in ROOT.glob("translations/*/LC_MESSAGES/*.mo")]
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def tried(sabotage, trees):
    """(sabotage, RED or not, seconds), tried in a tree that nobody else uses meanwhile."""
    tree = trees.get()
    path = tree / sabotage.file
    sound = path.read_text()
    began = time.monotonic()
    try:
        path.write_text(sound.replace(sabotage.old, sabotage.new, 1))
        result = ended(sabotage, tree) if sound.count(sabotage.old) == 1 else BROKEN
    finally:
        path.write_text(sound)
        trees.put(tree)
    seconds = time.monotonic() - began
    print(f"{sabotage.row:<4} {result:<18} {seconds:4.0f} s  {sabotage.what}", flush=True)
    return sabotage, result, seconds


def ended(sabotage, tree):
    """How the test ends on the tree with the fault. Only an assertion counts: not to start proves nothing."""
    report = tree / "sabotage.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--junitxml={report}"]
    env = {name: text for name, text in os.environ.items() if not name.startswith("SUKI_")}
    try:
        subprocess.run(
            [*command, f"--database={sabotage.database}", sabotage.test],
            cwd=tree, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return BROKEN
    cases = [*ET.parse(report).iter("testcase")] if report.exists() else []
    if any(case.find("failure") is not None for case in cases):
        return RED
    is_whole = cases and all(case.find("error") is None and case.find("skipped") is None for case in cases)
    return GREEN if is_whole else BROKEN


def page(results):
    """SABOTAGES.md: which fault was found by what."""
    yield "# Faults that were seeded"
    yield ""
    yield "Made by `make battery-sabotage`: each was put into a copy of the tree, and the test beside it was run."
    yield ""
    yield "| row | fault | found by | result |"
    yield "|---|---|---|---|"
    for sabotage, result, _ in sorted(results, key=lambda one: (one[0].row[0], int(one[0].row[1:]))):
        yield f"| {sabotage.row} | {sabotage.what} | {sabotage.test.split('/')[-1]} | {result} |"


if __name__ == "__main__":
    sys.exit(main())
