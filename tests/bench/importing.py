"""Rows a second that an import brings in, and its peak of memory, in a process of its own.

`python -m tests.bench.importing KIND FILE MAP DATABASE_URL` prints one line of JSON.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from portal import store
from portal.exchange.importing import Import
from portal.exchange.importing_maps import Map
from tests import databases

ROOT = Path(__file__).resolve().parents[2]
COMMON = 'source = "bench"\nkey = "no"\ncurrency = "PHP"\n[columns]\n'
# Kind: head of its file, a row by its number, its map.
KINDS = {
    "products": (
        "no,name,price",
        lambda n: f"P{n},Rice n{n},{n}.50",
        'code = "no"\nname = "name"\nlist = "price"\n',
    ),
    "accounts": (
        "no,name,phone,email,kind",
        lambda n: f"{n},Reyes Store {n},+63917{1_000_000 + n},a{n}@people.example,company",
        'name = "name"\nphone = "phone"\nemail = "email"\nkind = "kind"\n',
    ),
    "orders": (
        "no,account,state,at",
        lambda n: f"{n},{n},delivered,2026-0{1 + n % 9}-1{n % 9} 10:00",
        'account = "account"\nstate = "state"\nplaced_at = "at"\nexternal_number = "no"\n',
    ),
    "order-lines": (
        "no,order,product,quantity,price",
        lambda n: f"{n},{(n + 1) // 2},P{n % 100 + 1},{1 + n % 5},99.50",
        'order = "order"\nproduct = "product"\nquantity = "quantity"\nprice = "price"\n',
    ),
}


class Brought(NamedTuple):
    """How fast the rows of one kind came in, and the most memory of the process in MB."""

    rows: int
    per_second: float
    peak_mb: float


def measure(url, folder, rows):
    """{kind: Brought} of `rows` accounts and orders and twice as many lines, into an empty database."""
    found = {}
    for kind, (head, line, columns) in KINDS.items():
        count = {"products": 100, "order-lines": 2 * rows}.get(kind, rows)
        file, table_map = folder / f"{kind}.csv", folder / f"{kind}.toml"
        file.write_text("\n".join([head, *map(line, range(1, count + 1))]) + "\n")
        table_map.write_text(COMMON + columns)
        command = [sys.executable, "-m", "tests.bench.importing", kind, str(file), str(table_map), url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        found[kind] = Brought(count, *json.loads(done.stdout.splitlines()[-1]))
    return found


def bring(kind, file, table_map, url):
    """Import one file; prints its rows a second and the peak of memory."""
    databases.import_nouns()
    store.open(url)
    with store.connection():
        job = Import(file, Map(table_map.read_text(), kind), lambda problem: None)
        list(job.look())
        began = time.perf_counter()
        counts = job.bring_in()
        seconds = time.perf_counter() - began
    assert counts["created"] == counts["read"], counts
    print(json.dumps([counts["created"] / seconds, _peak_mb()]))


def _peak_mb():
    """The most memory of this process; not ru_maxrss, which begins at the size of the process that started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    bring(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
