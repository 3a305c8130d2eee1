"""FIGURES.md: what a run found, written by the program, each figure beside its goal and marked where it misses it."""

import gzip
import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench import load, measuring, shop
from tests.bench.changes import CHANGES
from tests.bench.pages import PAGES
from tests.bench.papers import LINES

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(__file__).with_name("FIGURES.md")
MISSED = " ✗"
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
# What the house promises; what misses one of them is marked.
RATIO, GROWTH, QUERIES, STATEMENTS, FIRST_GZ, REQUESTS, MEMORY = 3.0, 1.3, 8, 12, 50_000, 5, 200
PLACING, IMPORT_ROWS, IMPORT_MB, PAPER_MS = 0.6, 5_000, 200, 30
ELSEWHERE = """For scale, measured elsewhere on the same work and not by this program: a page takes 31–107 × the \
reference in Odoo 19, 37–105 × in django-oscar and 266–1147 × in DjangoCRM; placing one order takes 12 requests in \
Odoo and in django-oscar."""


def write(found, command, path=FILE):
    """Write the figures of a run."""
    kinds = sorted({kind for kind, *_ in found.pages}, key=list(NAMES).index)
    sizes = sorted({size for _, size, _ in found.pages})
    parts = [_head(found, command), _goals()]
    parts += [_pages(found, kind, sizes) for kind in kinds]
    parts += [_weight(found, kinds, sizes), _changes(found), _placed(found), _printed(found)]
    parts += [_imported(found), _rest(found)]
    path.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
    return path


def table(head, rows):
    """A Markdown table; all columns but the first stand to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def against(text, is_met):
    """A figure with its mark when it misses its goal."""
    return text if is_met else text + MISSED


def _head(found, command):
    model = next((line for line in _read("/proc/cpuinfo") if line.startswith("model name")), "").partition(": ")[2]
    memory = next((line for line in _read("/proc/meminfo") if line.startswith("MemTotal")), ": 0 kB").split()[1]
    packages = ", ".join(f"{name} {version(name)}" for name in ("flask", "jinja2", "peewee", "gunicorn", "psycopg"))
    tutorial, lean = (load.spread([pair[n] for pair in found.lean])[0] for n in (0, 1)) if found.lean else (0, 0)
    return f"""# What Suki costs

Written by `{command}`, never by hand, on {datetime.now(UTC):%d %B %Y, %H:%M} UTC at commit {_commit()}; it took \
{found.seconds / 60:.0f} minutes.

Machine: {os.cpu_count()} × {model.strip() or platform.machine()}, {int(memory) / 1e6:.0f} GB, {platform.system()} \
{platform.release()}. Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}.

**×** is CPU time: what a request costs the web processes and the processes of the database, as a multiple of \
what the reference costs in the same minutes. The reference is a bare Flask and Jinja page of 25 rows from plain \
sqlite3, written as Flask's tutorial writes it (tests/bench/reference.py), under Suki's own gunicorn settings; \
beside PostgreSQL it is the same page over sqlite3. It took {tutorial:.2f} ms of CPU here (its leanest form, with a \
kept connection and links put together by hand, {lean:.2f} ms). Page and reference take turns, \
{measuring.ROUNDS} rounds; shown is the median, in brackets the lowest and highest where they part. Requests a \
second are taken at concurrency {load.AT_ONCE} by {load.tool()}.

A shop of N customers has {shop.ORDERS_EACH} N orders of two lines, N contacts and addresses, {shop.TEAMS} teams, \
{shop.PRODUCTS} products, an audit entry for each order, and all of it in the search index; the customer who is \
looked at has {shop.REGULAR_ORDERS:,} orders more, of each of the products.

{ELSEWHERE}"""


def _goals():
    return f"""Goals: a page ≤ {RATIO:g} × (aim 2 ×), ≤ {QUERIES} statements, growth from the smallest shop to the \
largest ≤ {GROWTH:g} ×, ≤ {REQUESTS} requests and {FIRST_GZ // 1000} kB packed for a first visit; a change \
≤ {STATEMENTS} statements besides one a message and one for the search index; placing ≥ {PLACING:.0%} of the bare \
model; an import ≥ {IMPORT_ROWS:,} rows a second in ≤ {IMPORT_MB} MB; an invoice of {LINES} lines printed in \
≤ {PAPER_MS} ms; web memory ≤ {MEMORY} MB. A figure marked ✗ \
misses its goal."""


def _pages(found, kind, sizes):
    head = ["Page", *(f"{size:,} customers" for size in sizes), "Growth", "ms of CPU", "Req/s of reference's"]
    rows = []
    for page in PAGES:
        kept = {size: found.pages[kind, size, page.name] for size in sizes if (kind, size, page.name) in found.pages}
        if not kept:
            continue
        first, last = min(kept), max(kept)
        growth = kept[last][1].ratio / kept[first][1].ratio
        rows.append([
            page.name,
            *(_ratio(kept[size][1]) if size in kept else "–" for size in sizes),
            against(f"{growth:.2f} ×", growth <= GROWTH) if last > first else "–",
            f"{kept[first][1].cpu_ms:.1f}" + (f" – {kept[last][1].cpu_ms:.1f}" if last > first else ""),
            f"{kept[last][2][0]:.0%}",
        ])  # fmt: skip
    return f"## Pages on {NAMES[kind]}\n\n{table(head, rows)}"


def _ratio(cost):
    apart = f" ({cost.low:.1f}–{cost.high:.1f})" if cost.high - cost.low > 0.2 * cost.ratio else ""
    return against(f"{cost.ratio:.1f} ×{apart}", cost.ratio <= RATIO)


def _weight(found, kinds, sizes):
    """Statements and bytes: they are the same on every machine, and shown for the largest shop."""
    static = sum(_packed(name) for name in ("suki.css", "htmx.min.js"))
    rows = []
    for page in PAGES:
        looks = [
            found.pages[kind, size, page.name][0]
            for kind in kinds
            for size in sizes
            if (kind, size, page.name) in found.pages
        ]
        if looks:
            look, queries = looks[-1], max(look.queries for look in looks)
            first = look.gz_bytes + static
            rows.append([
                page.name,
                against(str(queries), queries <= QUERIES),
                f"{look.html_bytes / 1000:.1f}",
                f"{look.gz_bytes / 1000:.1f}",
                against(f"{first / 1000:.1f}", first <= FIRST_GZ),
                against(str(look.requests), look.requests <= REQUESTS),
            ])  # fmt: skip
    head = ["Page", "Statements", "HTML kB", "packed kB", "with CSS and htmx kB", "Requests of a first visit"]
    return f"## What a page weighs\n\n{table(head, rows)}"


def _packed(name):
    path = ROOT / "static" / name
    return len(gzip.compress(path.read_bytes(), 6)) if path.exists() else 0


def _changes(found):
    rows = []
    for (kind, name), done in sorted(found.changes.items(), key=lambda item: list(CHANGES).index(item[0][1])):
        goal = STATEMENTS + done.messages + 1
        met = done.statements <= goal
        rows.append(
            [f"{name}, {NAMES[kind]}", done.requests, against(str(done.statements), met), done.messages, goal]
        )
    head = ["Change", "Requests (pages and sends)", "Statements of the send", "Messages made", "Goal"]
    return f"## Changes\n\n{table(head, rows)}" if rows else ""


def _placed(found):
    rows = [
        [
            NAMES[kind],
            f"{p.app:.0f}",
            f"{p.bare:.0f}",
            against(f"{p.share:.0%} ({p.low:.0%}–{p.high:.0%})", p.share >= PLACING),
            p.statements,
            p.rows,
        ]
        for kind, p in found.placed.items()
    ]
    head = ["Placing an order", "a second", "Bare model a second", "Share", "Statements", "Rows written"]
    said = "One after the other, each durable; the bare model writes the same rows and checks nothing."
    return f"## Orders a second\n\n{said}\n\n{table(head, rows)}" if rows else ""


def _printed(found):
    rows = []
    for kind, p in found.printed.items():
        ms = against(f"{p.ms:.1f} ({p.low:.1f}–{p.high:.1f})", p.ms <= PAPER_MS)
        rows.append([f"An invoice of {LINES} lines, {NAMES[kind]}", ms, f"{p.size / 1000:.0f}"])
    head = ["Paper", "ms of CPU, from rows to PDF", "kB"]
    return f"## Papers\n\n{table(head, rows)}" if rows else ""


def _imported(found):
    rows = [
        [
            f"{kind.capitalize()}, {NAMES[database]}",
            f"{b.rows:,}",
            against(f"{b.per_second:,.0f}", b.per_second >= IMPORT_ROWS),
            against(f"{b.peak_mb:.0f}", b.peak_mb <= IMPORT_MB),
        ]
        for database, kinds in found.imported.items()
        for kind, b in kinds.items()
        if kind != "products"
    ]
    head = ["Import", "Rows", "Rows a second", "Peak MB"]
    return f"## Import\n\n{table(head, rows)}" if rows else ""


def _rest(found):
    lines = [
        f"Memory of the web processes under load ({NAMES[kind]}, {size:,} customers): "
        + against(f"{memory:.0f} MB", memory <= MEMORY)
        for (kind, size), memory in found.memory.items()
    ]
    lines += [f"Filling {NAMES[kind]} with {size:,} customers: {s:.0f} s" for (kind, size), s in found.filled.items()]
    lines += [f"**Not measured:** {what}: {why}" for what, why in found.missing]
    return "## Beside these\n\n" + "\n".join(f"- {line}" for line in lines)


def _read(path):
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _commit():
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%h"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    changed = subprocess.run(
        [*asked[:3], "status", "--porcelain", "-uno"], capture_output=True, text=True, check=False
    )
    return (done.stdout.strip() or "unknown") + (" with changes" if changed.stdout.strip() else "")
