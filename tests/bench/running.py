"""One run of the bench: shops of each size on each database, everything measured, nothing left behind."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from config import Settings
from portal import store, values
from tests import databases, postgres_server
from tests.bench import changes, importing, measuring, pages, papers, placing, reference, seen, servers, shop

SIZES = {"tiny": (200,), "small": (10_000,), "full": (10_000, 200_000, 1_000_000)}
IMPORTED = {"tiny": 200, "small": 10_000, "full": 20_000}
SECRET = "the bench keeps no secrets, for its shop is invented"
# A server as a shop would run it: safe, and with some memory.
POSTGRES = postgres_server.SAFE | {"shared_buffers": "512MB", "max_wal_size": "4GB", "effective_cache_size": "2GB"}
POSTGRES |= {"wal_level": "minimal", "max_wal_senders": "0"}  # filling writes no log, orders do


@dataclass
class Measured:
    """What one run found; `pages` {(database, size, page): (Seen, Cost, rate)}, others by database (and size)."""

    size: str
    pages: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    placed: dict = field(default_factory=dict)
    printed: dict = field(default_factory=dict)
    imported: dict = field(default_factory=dict)
    memory: dict = field(default_factory=dict)
    filled: dict = field(default_factory=dict)  # seconds
    lean: list = field(default_factory=list)  # of the two references: their CPU in ms
    missing: list = field(default_factory=list)  # what could not be measured, and why
    servers: dict = field(default_factory=dict)
    seconds: float = 0

    def miss(self, what, why):
        """Write down, loudly, that something was not measured."""
        self.missing.append((what, " ".join(str(why).split())[:300]))
        print(f"NOT MEASURED: {what}: {self.missing[-1][1]}", file=sys.stderr, flush=True)


def run(size, kinds, effort=1.0):
    """Measure everything; `effort` below 1 spends less time on it and trusts less."""
    databases.import_nouns()
    began, found = time.monotonic(), Measured(size)
    folder = Path(tempfile.mkdtemp(prefix="suki-bench-"))
    try:
        reference.fill(folder / "reference.db")
        for kind in kinds:
            with contextlib.ExitStack() as stack:
                try:
                    server = stack.enter_context(_server(kind, folder, found))
                except postgres_server.Unavailable as reason:
                    found.miss(kind, reason)
                    continue
                for customers in SIZES[size]:
                    _say(f"{kind}, {customers:,} customers: filling")
                    _measure_shop(found, server, kind, customers, folder, effort)
                _measure_import(found, server, kind, folder)
    finally:
        store.close()
        store.db.initialize(None)
        shutil.rmtree(folder, ignore_errors=True)
    found.seconds = time.monotonic() - began
    return found


def _say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Sqlite:
    """Databases as files; their CPU is the web's."""

    def __init__(self, folder):
        self.folder = folder

    def url(self, name):
        return f"sqlite:///{self.folder}/{name}.db"

    def make(self, name):
        self.drop(name)

    def drop(self, name):
        for end in ("db", "db-wal", "db-shm", "db.queue"):
            (self.folder / f"{name}.{end}").unlink(missing_ok=True)

    def cpu(self):
        return 0.0


class Postgres:
    """A throw-away server of the tests, set up as safe as a shop's."""

    def __init__(self, server, data):
        self.server = server
        self.master = int((data / "postmaster.pid").read_text().split()[0]) if data else None

    def url(self, name):
        return urlsplit(self.server)._replace(path=f"/{name}").geturl()

    def _admin(self, *statements):
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def make(self, name):
        self._admin(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")

    def drop(self, name):
        self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def cpu(self):
        """Seconds of CPU of all its processes."""
        return sum(map(servers.cpu_of, servers.children(self.master))) if self.master else 0.0


@contextlib.contextmanager
def _server(kind, folder, found):
    if kind == "sqlite":
        yield Sqlite(folder)
        return
    if os.environ.get("TEST_PG_URL"):
        found.miss("CPU of PostgreSQL", "TEST_PG_URL names a server whose processes are not ours to watch")
        yield Postgres(os.environ["TEST_PG_URL"], None)
        return
    home = Path(tempfile.mkdtemp(prefix="suki-bench-postgres-"))
    url = postgres_server.start(home, os.getpid(), POSTGRES)
    try:
        yield Postgres(url, home / "data")
    finally:
        store.close()
        postgres_server.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def _measure_shop(found, server, kind, customers, folder, effort):
    name, began = f"shop_{customers}", time.monotonic()
    server.make(name)
    store.open(server.url(name))
    made = shop.make(customers, values.now())
    found.filled[kind, customers] = time.monotonic() - began
    settings = Settings(data=folder, database_url=server.url(name), secret=SECRET)
    eyes = seen.Eyes(settings, made)
    looks = {}
    for page in pages.PAGES:
        try:
            looks[page] = eyes.look(page)
        except Exception as fault:  # a page that breaks must not take the others' figures along
            found.miss(f"{page.name} ({kind}, {customers:,})", repr(fault))
    store.close()
    _say(f"{kind}, {customers:,} customers: pages")
    _measure_pages(found, server, kind, customers, folder, settings, eyes, looks, effort)
    if customers == SIZES[found.size][0]:
        _say(f"{kind}: changes and placing")
        _measure_changes(found, kind, eyes, made, effort)
    store.close()
    server.drop(name)


def _measure_pages(found, server, kind, customers, folder, settings, eyes, looks, effort):
    env = {"DATABASE_URL": settings.database_url, "SUKI_DATA": str(folder), "SUKI_SECRET": SECRET}
    with (
        servers.running("reference", folder, REFERENCE=str(folder / "reference.db")) as yard,
        servers.running("suki", folder, **env) as suki,
    ):
        meter = measuring.Meter(suki, yard, server.cpu)
        rounds = max(1, round(measuring.ROUNDS * effort))
        for page, look in looks.items():
            cookie = eyes.cookies[page.who]
            try:
                cost = meter.cost(look.path, cookie, rounds)
                is_last = customers == SIZES[found.size][-1]  # the figures show the rate of the largest shop
                rate = meter.rate(look.path, cookie, seconds=measuring.RATE_SECONDS * effort) if is_last else None
            except (OSError, ValueError) as fault:
                found.miss(f"{page.name} ({kind}, {customers:,})", repr(fault))
                continue
            found.pages[kind, customers, page.name] = (look, cost, rate)
        found.memory[kind, customers] = suki.memory()
        found.lean.append(meter.references())


def _measure_changes(found, kind, eyes, made, effort):
    store.open(eyes.app.config["SETTINGS"].database_url)
    for name in changes.CHANGES:
        try:
            found.changes[kind, name] = changes.measure(name, eyes)
        except Exception as fault:
            found.miss(f"{name} ({kind})", repr(fault))
    try:
        found.placed[kind] = placing.measure(made, each=max(2, round(placing.EACH * effort)))
    except Exception as fault:
        found.miss(f"orders a second ({kind})", repr(fault))
    try:
        found.printed[kind] = papers.measure(eyes.app, each=max(3, round(papers.EACH * effort)))
    except Exception as fault:
        found.miss(f"an invoice as PDF ({kind})", repr(fault))


def _measure_import(found, server, kind, folder):
    _say(f"{kind}: import")
    server.make("imported")
    store.open(server.url("imported"))
    store.create_all()
    store.close()
    try:
        found.imported[kind] = importing.measure(server.url("imported"), folder, IMPORTED[found.size])
    except Exception as fault:
        found.miss(f"import ({kind})", repr(fault))
    server.drop("imported")
