"""The README tells the truth: its rules, rooms and commands exist."""

import importlib
import inspect
import re

from tests.gates.tree import ROOT, write

RULE = re.compile(r"^\| (R\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROOM = re.compile(r"^\| `([\w.-]*/[\w./-]*)` \| .+ \|$", re.MULTILINE)
SAID_AT_ONCE = re.compile(r"portal/(web|migrations)/|portal/demo_|.*/__\w+__\.py")
VERB = re.compile(r"`make ([a-z-]+)")


def exists(dotted):
    """Does this dotted name lead to a function, method, class or constant of ours?"""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = inspect.getattr_static(found, name, None)
            if found is None:
                return False
        return True
    return False


def false_rules(text):
    """Rules that name nothing that exists, and numbers used twice."""
    rules = RULE.findall(text)
    numbers = [number for number, _, _ in rules]
    found = [f"{number} stands twice" for number in sorted(set(numbers)) if numbers.count(number) > 1]
    for number, _, named in rules:
        names = re.findall(r"`([\w.]+)`", named)
        if not names:
            found.append(f"{number} names no function")
        found += [f"{number} names {name}, which is not there" for name in names if not exists(name)]
    return found


def false_rooms(text, root):
    """Rows of the map that are no folder or file."""
    return [room for room in ROOM.findall(text) if not (root / room).exists()]


def rooms_left_out(text, root):
    """Areas of portal/ that the map does not show."""
    areas = {f"portal/{path.parent.name}/" for path in (root / "portal").glob("*/__init__.py")}
    return sorted(areas - set(ROOM.findall(text)))


def modules_left_out(text, root):
    """Modules of the ground and the areas that the map does not name; what is in the web follows its noun."""
    named = set(re.findall(r"`(\w+)`", text.partition("## The map")[2].partition("## The rules")[0]))
    paths = [path for path in root.glob("portal/**/*.py") if not SAID_AT_ONCE.match(str(path.relative_to(root)))]
    return sorted(str(path.relative_to(root)) for path in paths if path.stem not in named)


def false_verbs(text, makefile):
    """Commands that the Makefile does not know."""
    return [verb for verb in VERB.findall(text) if not re.search(rf"^{verb}:", makefile, re.MULTILINE)]


def _text(name):
    path = ROOT / name
    return path.read_text() if path.exists() else ""


def test_each_rule_names_what_enforces_it():
    assert false_rules(_text("README.md")) == []


def test_the_map_shows_what_is_there():
    assert false_rooms(_text("README.md"), ROOT) == []
    assert rooms_left_out(_text("README.md"), ROOT) == []
    assert modules_left_out(_text("README.md"), ROOT) == []


def test_the_commands_exist():
    assert false_verbs(_text("README.md") + _text("CONTRIBUTING.md"), _text("Makefile")) == []


def test_the_readme_gates_see_each_fault(tmp_path):
    root = write(
        tmp_path, {"portal/sales/__init__.py": "", "portal/sales/orders.py": "", "portal/sales/taxes.py": ""}
    )
    text = "| R1 | Sold. | `portal.errors.Invalid` |\n| R1 | Gone. | `portal.errors.Nothing.x` |\n| R2 | No. | x |\n"
    text += "| `portal/` | x |\n| `cellar/` | x |\n`make money`"
    assert false_rules(text) == [
        "R1 stands twice",
        "R1 names portal.errors.Nothing.x, which is not there",
        "R2 names no function",
    ]
    assert false_rooms(text, root) == ["cellar/"]
    assert rooms_left_out(text, root) == ["portal/sales/"]
    assert modules_left_out("`taxes`\n## The map\n`orders`\n## The rules\n`taxes`", root) == ["portal/sales/taxes.py"]
    assert false_verbs(text, "run:\n") == ["money"]
