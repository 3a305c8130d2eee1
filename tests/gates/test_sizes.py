"""Files, functions and templates stay small enough to be read in one go."""

import gzip
import statistics

from tests.gates.tree import FACES, ROOT, functions, is_piece, length, python_files, templates, where, write

FILE, FUNCTION, VIEW, VIEW_P95, PAGE, PIECE, SCRIPT = 400, 45, 25, 15, 80, 45, 300
CSS_BYTES_GZ = 15_000
VERBS = {"get", "post", "route", "put", "patch", "delete"}


def _lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def is_exempt(path, root):
    """Demo data and migrations are long by nature."""
    return path.name == "demo.py" or "portal/migrations/" in str(path.relative_to(root))


def long_files(root):
    """Python files, macros and own scripts over their limit."""
    limits = dict.fromkeys(python_files(root, "portal", *FACES, "wsgi", "config", "tests"), FILE)
    for path in templates(root):
        limits[path] = PIECE if is_piece(path) else FILE if path.name.startswith("ui") else PAGE
    return [
        f"{where(path, root)} has {_lines(path)} lines, limit {limit}"
        for path, limit in limits.items()
        if _lines(path) > limit and not is_exempt(path, root)
    ]


def long_functions(root):
    """Functions over their limit: 45 lines in portal, 25 in the faces."""
    found = []
    for folder, limit in (("portal", FUNCTION), *((face, VIEW) for face in FACES)):
        for path in python_files(root, folder):
            if not is_exempt(path, root):
                found += [
                    f"{where(path, root, f)} {f.name} has {length(f)} lines, limit {limit}"
                    for f in functions(path)
                    if length(f) > limit
                ]
    return found


def is_view(function):
    """Is it declared at an address, as in @crm.post("/orders", …)?"""
    named = [getattr(getattr(mark, "func", None), "attr", None) for mark in function.decorator_list]
    return bool(VERBS.intersection(named))


def view_lengths(root):
    """Lines of every view."""
    return [length(f) for path in python_files(root, *FACES) for f in functions(path) if is_view(f)]


def p95(numbers):
    """The length that 95 of 100 views do not exceed; nothing is said of 40 or fewer."""
    return statistics.quantiles(numbers, n=20)[-1] if len(numbers) > 40 else 0


def own_script_lines(root):
    """Lines of our own scripts, htmx not counted."""
    return sum(_lines(p) for p in (root / "static").rglob("*.js") if not p.name.startswith("htmx"))


def css_bytes(root):
    """Stylesheets as they travel."""
    sheets = sorted((root / "static").rglob("*.css"))
    return sum(len(gzip.compress(path.read_bytes(), 6, mtime=0)) for path in sheets)


def test_files_and_templates_are_short():
    assert long_files(ROOT) == []


def test_functions_are_short():
    assert long_functions(ROOT) == []


def test_most_views_are_very_short():
    assert p95(view_lengths(ROOT)) <= VIEW_P95


def test_the_script_stays_small():
    assert own_script_lines(ROOT) <= SCRIPT


def test_the_stylesheet_stays_light():
    assert css_bytes(ROOT) <= CSS_BYTES_GZ


def test_the_sizes_see_each_fault(tmp_path):
    body = "    x = 1\n"
    root = write(
        tmp_path,
        {
            "portal/long.py": "x = 1\n" * 401,
            "portal/demo.py": "x = 1\n" * 401,
            "portal/deep.py": "def f():\n" + body * 45,
            "staff/orders.py": '@crm.post("/x")\ndef view():\n' + body * 25,
            "templates/staff/show.html": "\n" * 81,
            "templates/staff/_row.html": "\n" * 46,
            "templates/ui.html": "\n" * 81,
            "static/own.js": "\n" * 301,
            "static/look.css": "a",
        },
    )
    assert long_files(root) == [
        "portal/long.py has 401 lines, limit 400",
        "templates/staff/_row.html has 46 lines, limit 45",
        "templates/staff/show.html has 81 lines, limit 80",
    ]
    assert [problem.split(" ", 1)[1] for problem in long_functions(root)] == [
        "f has 46 lines, limit 45",
        "view has 26 lines, limit 25",
    ]
    assert view_lengths(root) == [26]
    assert p95([10] * 30 + [20] * 20) > VIEW_P95
    assert own_script_lines(root) == 301
    assert css_bytes(root) > 0
