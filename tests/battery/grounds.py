"""A shop that stands still in its database, to be put back after each disaster; and processes that meet with one."""

import gc
import io
import logging
import os
import pickle
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg import sql

from portal import memory, store
from portal.whole import invariants
from tests import make, traces
from tests.battery.storage import Unreachable, library


def in_a_process(work):
    """(what `work()` returned, exit status) of a process forked for it; of a killed one (None, -9).

    No connection may be open here: none would survive in two processes.
    """
    store.close()
    reading, writing = os.pipe()
    gc.freeze()  # what the child does not touch need not be copied for it
    process = os.fork()
    if not process:
        gc.disable()
        os.close(reading)
        code = 1
        try:
            memory.forget()
            answer = pickle.dumps(work())
            with os.fdopen(writing, "wb") as out:
                out.write(answer)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as come:
        answer = come.read()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return (pickle.loads(answer) if status == 0 else None), status  # noqa: S301 our own child


class SqliteGround:
    """A SQLite file, and the copy of it that is put back."""

    def __init__(self, path):
        self.path, self.kept = Path(path), Path(f"{path}.kept")

    def keep(self):
        store.close()
        shutil.copyfile(self.path, self.kept)

    def put_back(self):
        store.close()
        for tail in ("-wal", "-shm"):
            Path(f"{self.path}{tail}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.path)

    def tables(self):
        """{table: its rows in an order of their own} as another process sees them."""
        with sqlite3.connect(self.path, timeout=20) as connection:
            found = {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in traces.business()
            }
        connection.close()
        return found

    def close(self):
        self.kept.unlink(missing_ok=True)


class PostgresGround:
    """A PostgreSQL database, and the rows that are put back: a new one each time would take seconds."""

    def __init__(self, url):
        self.connection = psycopg.connect(url, autocommit=True)
        self.connection.execute("SET lock_timeout = '20s'")
        self.connection.execute("SET session_replication_role = replica")  # in whatever order rows come back
        self.kept, self.stood, self.counters = {}, {}, []

    def keep(self):
        store.close()
        everything = [model._meta.table_name for model in store.tables()]
        self.stood, self.kept = self._rows(everything), {}
        for name, rows in self.stood.items():
            if rows:
                with self.connection.cursor().copy(_copy(name, "TO STDOUT")) as out:
                    self.kept[name] = b"".join(out)
        self.counters = self.connection.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
        ).fetchall()

    def put_back(self):
        store.close()
        with self.connection.transaction():
            now = self._rows(self.stood)
            for name in [name for name, rows in self.stood.items() if rows != now[name]]:
                self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                if name in self.kept:
                    with self.connection.cursor().copy(_copy(name, "FROM STDIN")) as back:
                        back.write(self.kept[name])
            for counter, value in self.counters:
                self.connection.execute("SELECT setval(quote_ident(%s)::regclass, %s)", (counter, value))

    def tables(self):
        return self._rows(traces.business())

    def close(self):
        self.connection.close()

    def _rows(self, names):
        each = "SELECT {}, array_agg(t::text ORDER BY t::text) FROM {} t"
        each = [sql.SQL(each).format(sql.Literal(name), sql.Identifier(name)) for name in names]
        return {name: rows or [] for name, rows in self.connection.execute(sql.SQL(" UNION ALL ").join(each))}


def _copy(name, way):
    return sql.SQL("COPY {} " + way).format(sql.Identifier(name))


def counts(tables):
    return {name: len(rows) for name, rows in tables.items()}


def faults():
    """What the invariants say."""
    with store.connection():
        return list(invariants.broken())


def sent(client, form):
    """What came of sending a filled-in form: status, where it leads, the page."""
    fields = {name: (io.BytesIO(v), "note.txt") if isinstance(v, bytes) else v for name, v in form.fields.items()}
    answer = client.post(form.action, data=fields)
    return SimpleNamespace(status=answer.status_code, location=answer.location, page=answer.text)


# fixtures


@pytest.fixture
def ground(database, app, world):
    """The shop with goods on the shelf, to be put back; the app answers errors as pages, as it does for people."""
    app.testing = False
    with store.connection():
        make.address(world.account, is_default_shipping=True)
        for code, stock in (("RICE", 40), ("OIL", None)):
            make.found_by(make.product(code, stock=stock))
    store.close()
    made = SqliteGround(store.db.database) if database.kind == "sqlite" else PostgresGround(database.url)
    logging.disable(logging.CRITICAL)  # of what is killed nobody reads the log
    yield made
    logging.disable(logging.NOTSET)
    store.close()
    made.close()


@pytest.fixture
def has_calls(database):
    """Whether storage calls can be counted: those of SQLite, by a library that lets itself be found."""
    if database.kind != "sqlite":
        return False
    try:
        library()
    except Unreachable as reason:
        pytest.skip(f"storage calls cannot be counted: {reason}")
    return True
