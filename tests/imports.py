"""Small tables for imports: write one, bring it in, see what became of it."""

import gzip
from types import SimpleNamespace

from portal.exchange.importing import Import
from portal.exchange.importing_maps import Map

PRODUCTS = """
source = "old"
key = "no"
currency = "PHP"
[columns]
code = "no"
name = "what"
list = "price"
"""
ACCOUNTS = """
source = "old"
key = "no"
[columns]
name = "name"
phone = "phone"
email = "email"
"""


def table(folder, text, name="table.csv", encoding="utf-8"):
    """A file with this text (or these bytes); gzip when its name says so."""
    path = folder / name
    data = text.encode(encoding) if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def bring(path, kind, map_text, dry=False, now=None):
    """Import a file; what came of it: `.counts`, `.problems`, `.settings`, and `.said`, [(line, column, problem)]."""
    problems = []
    job = Import(path, Map(map_text, kind), problems.append, dry=dry)
    settings = {name: (value, whence) for name, value, whence in job.look()}
    counts = job.bring_in(now)
    said = [(p.line, p.column, p.problem) for p in problems]
    return SimpleNamespace(counts=counts, problems=problems, said=said, settings=settings, run=job.run)


def tally(done):
    """The counts that are not zero, but for the rows read."""
    return {name: number for name, number in done.counts.items() if number and name != "read"}
