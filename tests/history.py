"""The sample shops beside the project: where they lie, how they are brought in, and what their tables add up to."""

import csv
import gzip
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("SUKI_SAMPLE_DATA") or ROOT.parent / "shared" / "data")
MAPS = ROOT / "portal" / "exchange" / "maps"
FILES = (  # in the order in which they point to each other
    ("employees", "adventureworks/employees.csv", "adventureworks-employees"),
    ("products", "adventureworks/products.csv", "adventureworks-products"),
    ("accounts", "adventureworks/customers.csv.gz", "adventureworks-accounts"),
    ("contacts", "adventureworks/contacts.csv", "adventureworks-contacts"),
    ("contacts", "adventureworks/customers.csv.gz", "adventureworks-customers"),
    ("addresses", "adventureworks/addresses.csv", "adventureworks-addresses"),
    ("orders", "adventureworks/orders.csv", "adventureworks-orders"),
    ("order-lines", "adventureworks/order_lines.csv.gz", "adventureworks-order-lines"),
    ("employees", "northwind/employees.csv", "northwind-employees"),
    ("products", "northwind/products.csv", "northwind-products"),
    ("accounts", "northwind/customers.csv", "northwind-accounts"),
    ("contacts", "northwind/customers.csv", "northwind-contacts"),
    ("addresses", "northwind/customers.csv", "northwind-addresses"),
    ("orders", "northwind/orders.csv", "northwind-orders"),
    ("order-lines", "northwind/order_details.csv", "northwind-order-lines"),
)
# What `python -m portal import` does, on a database whose schema stands already, and what it needed.
CHILD = """
import argparse, json, sys
from pathlib import Path
from types import SimpleNamespace
from portal import store
from portal.exchange import command
url, folder, jobs = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
settings = SimpleNamespace(data=Path(folder), shop_currency="PHP", shop_country="PH", shop_timezone="Asia/Manila")
parser = argparse.ArgumentParser()
command.add_arguments(parser)
store.open(url)
with store.connection():
    for arguments in jobs:
        status = command.run(parser.parse_args(arguments), settings, {})
        print("status", status, flush=True)
# Not ru_maxrss: that one starts at the size of the process that started this one.
status = Path("/proc/self/status").read_text()
print("peak", next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024)
"""


def missing():
    """Why the sample data cannot be used, or nothing."""
    lost = sorted({file for _, file, _ in FILES if not (FOLDER / file).is_file()})
    return f"NO SAMPLE DATA in {FOLDER}: {len(lost)} files are missing (set SUKI_SAMPLE_DATA)" if lost else ""


def bring_in(url, folder, files=FILES):
    """Import files by the command in a process of its own; what it printed, its exit states and its peak in MB."""
    if missing():
        pytest.skip(missing())
    jobs = [[kind, str(FOLDER / file), "--map", str(MAPS / f"{name}.toml")] for kind, file, name in files]
    asked = [sys.executable, "-c", CHILD, url, str(folder), json.dumps(jobs)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=ROOT, timeout=900)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return SimpleNamespace(
        text=done.stdout,
        states=[int(line.split()[1]) for line in lines if line.startswith("status ")],
        peak_mb=int(lines[-1].split()[1]),
    )


def rows(file):
    """The rows of a sample table as dicts."""
    path = FOLDER / file
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as text:
        yield from csv.DictReader(text)


def facts(shop):
    """What the sample data says of itself."""
    return json.loads((FOLDER / shop / "facts.json").read_text())


def cents(text):
    """The one rounding that the maps declare: half-even to the minor unit."""
    return int((Decimal(text) * 100).to_integral_value(ROUND_HALF_EVEN))


def names_of(file):
    """{employee id: name} of a table of employees."""
    return {row["employee_id"]: f"{row['first_name']} {row['last_name']}" for row in rows(file)}


def one_line(text):
    """A name as it is kept: single blanks."""
    return " ".join(text.split())


def adventureworks():
    """{order number: what it must be} made from the tables alone."""
    people, stores = {}, {}
    for row in rows("adventureworks/customers.csv.gz"):
        people[row["customer_id"]] = row
        if row["customer_type"] == "store":
            stores[row["store_id"]] = row["store_name"]
    reps = names_of("adventureworks/employees.csv")
    codes = {row["product_id"]: row["product_number"] for row in rows("adventureworks/products.csv")}
    lines = defaultdict(list)
    for row in rows("adventureworks/order_lines.csv.gz"):
        lines[row["order_id"]].append((codes[row["product_id"]], int(row["quantity"]), cents(row["line_total"])))
    found = {}
    for row in rows("adventureworks/orders.csv"):
        who = people[row["customer_id"]]
        home = who["customer_type"] == "individual"
        found[row["order_number"]] = {
            "account": one_line(f"{who['first_name']} {who['last_name']}" if home else stores[who["store_id"]]),
            "rep": reps.get(row["sales_person_id"]),
            "on": row["order_date"],
            "lines": lines[row["order_id"]],
            "tax": cents(row["tax"]),
            "freight": cents(row["freight"]),
            "total": cents(row["total_due"]),
        }
    return found


def northwind():
    """{order number: what it must be} made from the tables alone."""
    names = {row["customer_id"]: row["company_name"] for row in rows("northwind/customers.csv")}
    reps = names_of("northwind/employees.csv")
    lines = defaultdict(list)
    for row in rows("northwind/order_details.csv"):
        net = Decimal(row["unit_price"]) * int(row["quantity"]) * (1 - Decimal(row["discount"]))
        lines[row["order_id"]].append((f"NW-{row['product_id']}", int(row["quantity"]), cents(net)))
    found = {}
    for row in rows("northwind/orders.csv"):
        sold = lines[row["order_id"]]
        found[row["order_id"]] = {
            "account": one_line(names[row["customer_id"]]),
            "rep": reps[row["employee_id"]],
            "on": row["order_date"],
            "lines": sold,
            "tax": 0,
            "freight": cents(row["freight"]),
            "total": sum(net for *_, net in sold) + cents(row["freight"]),
        }
    return found


def goods(order):
    """Net sum of the lines of an order."""
    return sum(net for *_, net in order["lines"])


def summed(orders, key, amount=goods):
    """{key(order): sum of its amounts}, biggest first."""
    sums = Counter()
    for order in orders.values():
        sums[key(order)] += amount(order)
    return dict(sums.most_common())


def sold(orders, what):
    """{product code: revenue (what=2) or pieces (what=1)}, biggest first."""
    sums = Counter()
    for order in orders.values():
        for line in order["lines"]:
            sums[line[0]] += line[what]
    return dict(sums.most_common())
