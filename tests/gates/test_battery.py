"""The battery is whole: its marks name rows, its sabotages still fit the code, and each served row has one."""

import ast
import re

from tests.battery import lines, sabotages
from tests.gates.tree import ROOT

BATTERY = ROOT / "tests" / "battery"


def marks():
    """{row: names of the tests that serve it}, read from the files, so that nothing has to be started."""
    served = {}
    for path in BATTERY.glob("test_*.py"):
        tree = ast.parse(path.read_text())
        of_all = [node.value for node in tree.body if ast.unparse(node).startswith("pytestmark =")]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for name in rows_in([*of_all, *node.decorator_list]):
                    served.setdefault(name, set()).add(f"{path.relative_to(ROOT)}::{node.name}")
    return served


def rows_in(marks):
    """The ids within calls of `pytest.mark.row`."""
    calls = [call for mark in marks for call in ast.walk(mark) if isinstance(call, ast.Call)]
    return [name.value for call in calls if ast.unparse(call.func) == "pytest.mark.row" for name in call.args]


def test_marks_name_rows_of_the_table():
    assert sorted(set(marks()) - set(lines.rows())) == []


def test_rows_that_are_served_have_a_sabotage():
    assert sorted(set(marks()) - {sabotage.row for sabotage in sabotages.all()}) == []


def test_sabotages_fit_the_code():
    wrong = []
    for sabotage in sabotages.all():
        path = ROOT / sabotage.file
        if not path.exists() or path.read_text().count(sabotage.old) != 1:
            wrong.append(f"{sabotage.row} {sabotage.what}: its text is not exactly once in {sabotage.file}")
    assert wrong == []


def test_sabotages_are_found_by_a_test_of_their_row():
    served = marks()
    wrong = [
        f"{sabotage.row} {sabotage.what}: {sabotage.test}"
        for sabotage in sabotages.all()
        if re.sub(r"\[.*", "", sabotage.test) not in served.get(sabotage.row, ())
    ]
    assert wrong == []
