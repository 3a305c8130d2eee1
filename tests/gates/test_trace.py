"""What shows that a requirement of OWASP ASVS or the lesson of somebody's advisory is kept: a test that exists."""

import ast
import csv
from functools import cache

from tests.gates.tree import ROOT

TRACE = ROOT / "tests" / "battery" / "trace.csv"
REQUIREMENTS, ADVISORIES = 194, 93
NOT_YET = "not yet"


def trace():
    """The rows of the table: source, id, about, tests, note."""
    with TRACE.open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def named_in(name):
    """Names of the tests in a file, () when there is no such file."""
    path = ROOT / name
    if not path.is_file():
        return ()
    tree = ast.parse(path.read_text())
    return {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def missing(rows):
    """Tests that rows name and that do not exist."""
    named = [(row["id"], test) for row in rows if row["tests"] != NOT_YET for test in row["tests"].split(" ")]
    return [f"{id}: {test}" for id, test in named if test.partition("::")[2] not in named_in(test.partition("::")[0])]


def test_every_requirement_and_advisory_stands_in_the_trace():
    sources = [row["source"] for row in trace()]
    assert (sources.count("ASVS 5.0"), sources.count("advisory")) == (REQUIREMENTS, ADVISORIES)
    assert len({(row["source"], row["id"]) for row in trace()}) == REQUIREMENTS + ADVISORIES


def test_the_trace_names_tests_that_exist():
    assert missing(trace()) == []


def test_what_is_not_shown_yet_says_why():
    assert [row["id"] for row in trace() if row["tests"] == NOT_YET and not row["note"]] == []


def test_the_trace_sees_a_test_that_is_gone():
    row = {"id": "V1", "tests": "tests/gates/test_trace.py::test_that_is_gone"}
    assert missing([row]) == ["V1: tests/gates/test_trace.py::test_that_is_gone"]
