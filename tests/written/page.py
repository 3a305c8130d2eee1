"""SECURITY.md is written from SECURITY.md.jinja: its words stand there, its numbers and names come from the code."""

import tomllib
from datetime import timedelta
from pathlib import Path

import jinja2

import portal.serving  # brings in what the web and the worker are made of
import wsgi
from portal import levels, store
from tests.gates.tree import ROOT

TARGET, SOURCE = ROOT / "SECURITY.md", Path(__file__).with_name("SECURITY.md.jinja")
UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60))
SIZES = (("MiB", 1 << 20), ("KiB", 1 << 10), ("MB", 10**6))


def span(given):
    """A length of time in the largest unit that says it exactly: span(timedelta(hours=72)) == "3 days"."""
    seconds = given.total_seconds() if isinstance(given, timedelta) else given
    unit, worth = next((found for found in UNITS if seconds and seconds % found[1] == 0), ("second", 1))
    number = int(seconds // worth)
    return f"{number:,} {unit}{'s' * (number != 1)}"


def size(given):
    """Bytes in the largest unit that says them exactly: size(10 << 20) == "10 MiB", size(500_000_000) == "500 MB"."""
    unit, worth = next((found for found in SIZES if given % found[1] == 0), ("bytes", 1))
    return f"{given // worth:,} {unit}"


def number(given):
    return f"{given:,}"


def parts():
    """How soon what Suki is made of is updated, as pyproject.toml says it."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["suki"]["parts"]


def columns_of(level):
    """The columns that a level names: "`contact` (born_on, gender)"; a table without any is of it as a whole."""
    tables = sorted(levels.COLUMNS[level].items())
    return [f"`{table}`" + (f" ({', '.join(sorted(names))})" if names else "") for table, names in tables]


def tables_of(level):
    """The tables whose rows are of a level."""
    return [f"`{table}`" for table in sorted(store.kinds()) if levels.of_table(table) == level]


def own_of_mixed():
    """What is the shop's own in tables that also say something of people."""
    whole = set(tables_of(levels.HOUSE))
    return [said for said in columns_of(levels.HOUSE) if said.partition(" ")[0] not in whole]


def written(source=None):
    """The whole page, from its source."""
    engine = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    given = {"portal": portal, "wsgi": wsgi, "parts": parts()}
    given |= {one.__name__: one for one in (span, size, number, columns_of, tables_of, own_of_mixed, sum, len)}
    return engine.from_string(source or SOURCE.read_text(encoding="utf-8")).render(given)
