"""Runs the whole suite in parts, each with its time, and closes with what was skipped and the counts.

python tests/suite.py [gates sqlite postgres browser battery battery-postgres wire-postgres]
"""

import collections
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "build" / "tests"
PART_SECONDS = 20 * 60
NOTHING_COLLECTED = 5
# A file stays with one worker, so that what it makes once is made once; tests/conftest.py puts the longest first.
SIDE_BY_SIDE = ["-n", os.environ.get("SUKI_TEST_WORKERS", "2"), "--dist", "loadfile", "--no-loadscope-reorder"]
UNIT = "not browser and not battery"
ON_BOTH = f"{UNIT} and (not wire or postgres)"
PARTS = {
    "gates": ["tests/gates"],
    "sqlite": ["--ignore=tests/gates", "-m", f"{UNIT} and not postgres", "--database=sqlite", *SIDE_BY_SIDE],
    "postgres": ["--ignore=tests/gates", "-m", ON_BOTH, "--database=postgres", *SIDE_BY_SIDE],
    "browser": ["--ignore=tests/gates", "-m", "browser", *SIDE_BY_SIDE],
    "battery": ["tests/battery", "-m", "not postgres", "--database=sqlite", *SIDE_BY_SIDE],
    "battery-postgres": ["tests/battery", "-m", "not one_database", "--database=postgres", *SIDE_BY_SIDE],
    "wire-postgres": ["--ignore=tests/gates", "-m", "wire and not postgres", "--database=postgres", *SIDE_BY_SIDE],
}
# The pages of the faces ask PostgreSQL nothing that the rules and the access matrix do not ask it: `make test-all`.
# The battery has a command of its own, which tells what it measured: `make battery`.
UNLESS_ASKED = {"wire-postgres": "make test-all", "battery": "make battery", "battery-postgres": "make battery"}


def main(names):
    """Run the parts; returns the exit status."""
    results, spent = collections.Counter(), {}
    skipped = collections.Counter()
    REPORTS.mkdir(parents=True, exist_ok=True)
    for name in names:
        print(f"\n=== {name} ===", flush=True)
        began = time.monotonic()
        broke = run(name)
        spent[name] = time.monotonic() - began
        counts, reasons = read(REPORTS / f"{name}.xml", broke)
        results.update(counts)
        skipped.update(reasons)
        print(f"=== {name}: {spent[name]:.0f} s ===", flush=True)
    close(results, skipped, spent)
    return 1 if results["failed"] else 0


def run(name):
    """Run one part; returns whether it ended in any way but green."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    if name == "gates" and subprocess.run([sys.executable, "-m", "ruff", "check", "-q", "."], cwd=ROOT).returncode:
        print("ruff found faults: make lint shows them, make format mends some")
        return True
    # SKIPPED lines would repeat what the end of the run sums up.
    options = ["-q", "-rfE", f"--junitxml={report}", "-o", "junit_family=xunit2"]
    command = [sys.executable, "-m", "pytest", *options, *PARTS[name]]
    part = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        status = part.wait(PART_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{name} took longer than {PART_SECONDS} s and was stopped", flush=True)
        stop(part)
        return True
    except KeyboardInterrupt:
        stop(part)
        raise SystemExit(130)
    return status not in (0, NOTHING_COLLECTED)


def stop(part):
    """End a part and every process it started, politely first."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(part.pid, sign)
            part.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def read(report, broke):
    """Counts and reasons of skipping from a part's report; a part that broke has at least one failure."""
    counts, reasons = collections.Counter(), collections.Counter()
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        if case.find("failure") is not None or case.find("error") is not None:
            counts["failed"] += 1
        elif (skip := case.find("skipped")) is not None:
            counts["skipped"] += 1
            reasons[skip.get("message") or "no reason given"] += 1
        else:
            counts["passed"] += 1
    if broke and not counts["failed"]:
        counts["failed"] += 1
    return counts, reasons


def close(results, skipped, spent):
    """The last lines: times, what was skipped and why, the counts."""
    print("\n=== times ===")
    for name, seconds in spent.items():
        print(f"{seconds:6.0f} s  {name}")
    print(f"{sum(spent.values()):6.0f} s  in all")
    print("\n=== skipped ===")
    for reason, count in skipped.most_common():
        print(f"{count:6}    {reason}")
    for name, command in UNLESS_ASKED.items():
        if name not in spent:
            print(f"     –    the part {name}: {command} runs it")
    print(f"\n{results['passed']} passed, {results['failed']} failed, {results['skipped']} skipped", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wanted = sys.argv[1:] or [name for name in PARTS if name not in UNLESS_ASKED]
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sys.exit(main(wanted))
