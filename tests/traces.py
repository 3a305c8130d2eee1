"""What a call left behind: one hash per business table, whichever the order of its rows, and the kept files."""

import hashlib
import sqlite3
from collections import Counter
from contextlib import contextmanager

import psycopg
from psycopg import sql

from portal import files, memory, store

# What no business is, of all that may be written without an audit entry: these four tables hold some.
PASSED_OVER = set().union(*store.HOUSEKEEPING.values()) - {"outbox", "seal", "entry", "import_run"}


def business():
    """Names of the tables that are business, and not who looked or how far a worker has come."""
    return sorted({model._meta.table_name for model in store.tables()} - PASSED_OVER)


def dbhash():
    """{table: sha256 of its rows}: equal before and after means that nothing changed."""
    with store.connection():
        return _of_sqlite() if store.is_sqlite() else _of_postgres()


def _of_sqlite():
    ask, found = store.db.cursor().execute, {}
    for name in business():
        rows = sorted(map(repr, ask(f'SELECT * FROM "{name}"')))  # noqa: S608 names of ours
        found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def _of_postgres():
    """Hashed by the server, which spares us the rows."""
    rows = r"coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '')"
    one = f"SELECT {{}}, encode(sha256(convert_to({rows}, 'UTF8')), 'hex') FROM {{}} t"
    parts = [sql.SQL(one).format(sql.Literal(name), sql.Identifier(name)) for name in business()]
    cursor = store.db.cursor()
    cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(cursor))
    return dict(cursor.fetchall())


def rows_of(names):
    """{table: the columns and a count of each row} of these tables."""
    found = {}
    with store.connection():
        for name in names:
            cursor = store.db.execute_sql(f'SELECT * FROM "{name}"')  # noqa: S608 names of ours
            found[name] = [column[0] for column in cursor.description], Counter(cursor.fetchall())
    return found


def kept_files():
    """(path, bytes) of everything below the folder of files."""
    folder = files._folder
    return {(str(path), path.stat().st_size) for path in folder.rglob("*") if path.is_file()} if folder else set()


def _differing(before, after):
    return [name for name in before if before[name] != after[name]]


def writes():
    """What moves with each statement that writes in the transaction of this thread."""
    ask = "SELECT total_changes()" if store.is_sqlite() else "SELECT pg_current_xact_id_if_assigned()::text"
    return store.db.execute_sql(ask).fetchone()


class Watch:
    """Looks after each call whether it left something behind; costs microseconds while nobody wrote anything.

    A connection of its own asks the database whether any transaction wrote since; only then are the tables hashed.
    """

    def __init__(self):
        self.is_sqlite = store.is_sqlite()
        if self.is_sqlite:
            self.observer = sqlite3.connect(store.db.database)
        else:
            self.observer = psycopg.connect(store.db.database, autocommit=True)
        self.mark, self.hash, self.files = self._mark(), dbhash(), kept_files()

    def _mark(self):
        ask = "PRAGMA data_version" if self.is_sqlite else "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
        return self.observer.execute(ask).fetchone()

    def changed(self):
        """Names of the business tables that changed since the last look."""
        mark = self._mark()
        if mark == self.mark:
            return []
        self.mark, before, self.hash = mark, self.hash, dbhash()
        return _differing(before, self.hash)

    @contextmanager
    def taken_back(self):
        """All that is written within it is taken back at its end; yields what tells the tables that changed so far.

        Requests within it run in this transaction, so they must not give its connection back.
        """
        with store.connection():
            database = store.db.obj
            database.close = lambda: False
            try:
                with store.db.atomic() as all_of_it:
                    wrote = writes()
                    yield lambda: _differing(self.hash, dbhash()) if writes() != wrote else []
                    all_of_it.rollback()
            finally:
                del database.close
        memory.forget()

    def changed_at_last(self):
        """What changed since the last look, and the folder of files when it is not as it was at the beginning."""
        return self.changed() + (["files"] if kept_files() != self.files else [])

    def close(self):
        self.observer.close()
