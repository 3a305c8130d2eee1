"""The project's own files as the gates read them: paths, syntax trees, functions, imports, templates."""

import ast
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACES = ("staff", "selfservice")
OWN = ("portal", *FACES, "wsgi", "config")


def write(root, files):
    """Make a small tree for a gate that must be seen red: write(tmp_path, {"portal/x.py": "…"})."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def python_files(root, *folders):
    """Python files of these top-level folders and modules, sorted."""
    for folder in folders:
        alone = root / f"{folder}.py"
        if alone.is_file():
            yield alone
        if (root / folder).is_dir():
            yield from sorted((root / folder).rglob("*.py"))


def templates(root):
    """HTML templates, sorted."""
    folder = root / "templates"
    return sorted(folder.rglob("*.html")) if folder.is_dir() else []


def is_piece(path):
    """A piece the server re-sends alone is named _x.html."""
    return path.name.startswith("_")


@cache
def _parsed(path, changed_at):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def parsed(path):
    """Syntax tree of a file, read once."""
    return _parsed(path, path.stat().st_mtime_ns)


def name_of(path, root):
    """portal/sales/orders.py -> portal.sales.orders"""
    parts = list(path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def where(path, root, node=None):
    """portal/x.py:12, the way editors open it."""
    line = f":{node.lineno}" if node is not None else ""
    return f"{path.relative_to(root)}{line}"


def functions(path):
    """Every function and method of a file."""
    return [n for n in ast.walk(parsed(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node):
    """Lines from `def` to the end, docstring included, decorators not."""
    return node.end_lineno - node.lineno + 1


def calls(path):
    """(call, name) of every call, the name being the last part: `audit.change(…)` -> "change"."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node, node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node, node.func.attr


def _absolute(node, module, is_package):
    """The dotted name an ImportFrom starts at, relative dots resolved."""
    if not node.level:
        return node.module or ""
    base = module.split(".")
    base = base[: len(base) - node.level + (1 if is_package else 0)]
    return ".".join(base + ([node.module] if node.module else []))


def imports(path, root, nodes=None):
    """(node, dotted name) of every import; `from portal.sales import orders` names portal.sales.orders."""
    module, is_package = name_of(path, root), path.name == "__init__.py"
    for node in ast.walk(parsed(path)) if nodes is None else nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = _absolute(node, module, is_package)
            for alias in node.names:
                yield node, _submodule(root, start, alias.name)


def _submodule(root, start, name):
    """start.name when that is a file or folder of ours, else start."""
    target = root.joinpath(*start.split("."), name)
    return f"{start}.{name}" if target.is_dir() or target.with_suffix(".py").is_file() else start


def is_own(module):
    """Is this dotted name part of the project?"""
    return module.split(".")[0] in OWN


def is_stdlib(module):
    """Does Python itself bring it?"""
    return module.split(".")[0] in sys.stdlib_module_names


JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def markup(text):
    """A template with every Jinja construct blanked out, line numbers kept."""
    return JINJA.sub(lambda found: "\n" * found.group().count("\n") or "x" * (found.group()[1] == "{"), text)
