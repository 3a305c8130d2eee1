"""Every regular expression of the product, with the ways in which it is asked."""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from pathlib import Path

import portal
import selfservice
import staff

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (portal, staff, selfservice)
FOLDERS = tuple(package.__name__ for package in PACKAGES)
SKIPPED = ("portal.migrations",)
ASKED = ("fullmatch", "match", "search")
ASKS = dict.fromkeys(("search", "findall", "finditer", "sub", "subn", "split"), "search")
ASKS |= {"match": "match", "fullmatch": "fullmatch"}


def patterns():
    """{(pattern, flags, how it is asked): where it stands}; one without a name is asked as its module asks such."""
    trees = {path: ast.parse(path.read_text()) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts): tree for path, tree in trees.items()}
    uses = uses_of(named)
    nameless = {name: nameless_in(tree) for name, tree in named.items()}
    found = {}
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith(SKIPPED) and not module.name.endswith("__main__"):
                for name, pattern in kept_in(vars(importlib.import_module(module.name))):
                    ways = uses[module.name, name] | uses["", name]
                    for asked in ways or nameless.get(module.name) or ASKED:
                        found.setdefault((pattern.pattern, pattern.flags, asked), module.name)
    for path, tree in trees.items():
        for pattern, asked in written_in(tree):
            found.setdefault((pattern.pattern, pattern.flags, asked), str(path.relative_to(ROOT)))
    return {key: where for key, where in found.items() if isinstance(key[0], str)}


def uses_of(named):
    """{(module, name of a pattern): the ways in which it asks it}; under module "" those of another's pattern."""
    uses = defaultdict(set)
    for module, node in ((module, node) for module, tree in named.items() for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute) and node.attr in ASKS:
            if isinstance(node.value, ast.Name) and node.value.id != "re":
                uses[module, node.value.id].add(ASKS[node.attr])
            elif isinstance(node.value, ast.Attribute):
                uses["", node.value.attr].add(ASKS[node.attr])
    return uses


def nameless_in(tree):
    """The ways in which a module asks patterns that it takes from tables, or that it was given."""
    asked = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ASKS]
    names = [(getattr(node.value, "id", ""), node.attr) for node in asked if node.attr != "split"]
    given = {ASKS[attr] for name, attr in names if name == name.lower() and name != "re"}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.func in asked and node.args]
    taken = [c for c in calls if getattr(c.func.value, "id", "") == "re" and not isinstance(c.args[0], ast.Constant)]
    return given | {ASKS[call.func.attr] for call in taken}


def kept_in(named, depth=0):
    """(name, compiled pattern) among these values; in the tables and classes among them they have no name."""
    for key, value in list(named.items()) if isinstance(named, dict) else ((None, value) for value in list(named)):
        if isinstance(value, re.Pattern):
            yield key if depth == 0 else None, value
        elif depth < 3 and isinstance(value, dict | list | tuple | set | frozenset) and len(value) < 500:
            yield from kept_in(value, depth + 1)
        elif depth < 1 and isinstance(value, type) and value.__module__.startswith(FOLDERS):
            yield from kept_in(dict(vars(value)), depth + 1)


def written_in(tree):
    """(pattern, how it is asked) of each that stands as a text in a call of re."""
    for node in ast.walk(tree):
        is_use = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS
        if is_use and getattr(node.func.value, "id", "") == "re" and node.args:
            text = getattr(node.args[0], "value", None)
            if isinstance(text, str):
                yield re.compile(text), ASKS[node.func.attr]
