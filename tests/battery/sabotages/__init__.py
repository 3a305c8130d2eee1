"""Faults to seed, each of which a test of its row has to find; a module for each part of the battery."""

import importlib
import pkgutil
from typing import NamedTuple


class Sabotage(NamedTuple):
    """A fault: `old`, which stands exactly once in `file`, becomes `new`, and `test` has to turn red."""

    row: str
    what: str
    file: str
    old: str
    new: str
    test: str
    database: str = "sqlite"


def all():
    """Every sabotage of every part."""
    found = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        found += importlib.import_module(module.name).SABOTAGES
    return found
