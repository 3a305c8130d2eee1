"""All rows of a database as plain values, as of one moment: the same from SQLite and PostgreSQL, and their sums.

It asks the database what tables it has and not the models, so that an older shop is read as well as one of today.
A value is as SQLite keeps it: a moment is text, yes and no are 1 and 0. So a row has one spelling and one sum
wherever it stands, and `table_loading` writes it into either.
"""

import contextlib
import hashlib
import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal import store

AT_ONCE = 2_000  # rows in memory
LARGEST = 2**256


class Sum(NamedTuple):
    """How many rows a table has, and a sha256 over them that does not depend on their order."""

    rows: int
    sha256: str


class Tables:
    """The tables of one database as of one moment; see `reading`."""

    def __init__(self, connection):
        self.connection = connection

    def columns(self, table):
        """Names of the columns of a table, by the alphabet: their order in the database tells its age."""
        return sorted(self._columns(table))

    def sums(self):
        """{table: its Sum} of all tables."""
        return {table: summed(self.columns(table), self.rows(table)) for table in self.names()}


class SqliteTables(Tables):
    def names(self):
        """Names of all tables by the alphabet. The index of the search is none: it is made from its table."""
        found = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name"
        return [name for (name,) in self.connection.execute(found) if not name.startswith("sqlite_")]

    def rows(self, table, columns=()):
        """Each row as a tuple of plain values in the order of `columns` (default: all), by primary key."""
        columns = ", ".join(f'"{name}"' for name in columns or self.columns(table))
        keys = ", ".join(f'"{name}"' for name in self._keys(table)) or "rowid"
        return self.connection.execute(f'SELECT {columns} FROM "{table}" ORDER BY {keys}')  # noqa: S608 names of ours

    def _columns(self, table):
        return [name for (name,) in self.connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]

    def _keys(self, table):
        found = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
        return [name for (name,) in self.connection.execute(found, (table,))]


class PostgresTables(Tables):
    def names(self):
        """Names of all tables by the alphabet, in the schema of the connection."""
        found = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        return sorted(name for (name,) in self.connection.execute(found))

    def rows(self, table, columns=()):
        """Each row as a tuple of plain values in the order of `columns` (default: all), by primary key."""
        columns, keys = columns or self.columns(table), self._keys(table)
        asked = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            listed(columns), sql.Identifier(table), listed(keys or columns)
        )
        with self.connection.cursor(name="table_copy") as cursor:
            cursor.itersize = AT_ONCE
            for row in cursor.execute(asked):
                yield tuple(map(plain, row))

    def _columns(self, table):
        found = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        return [name for (name,) in self.connection.execute(found, (f'"{table}"',))]

    def _keys(self, table):
        found = """SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
            WHERE indrelid = %s::regclass AND indisprimary ORDER BY array_position(indkey::int[], attnum::int)"""
        return [name for (name,) in self.connection.execute(found, (f'"{table}"',))]


def listed(columns):
    return sql.SQL(", ").join(map(sql.Identifier, columns))


@contextlib.contextmanager
def reading(url):
    """The Tables behind an address of a database, over a connection of their own: others go on writing."""
    if url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(_to_read(url), uri=True)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN")
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()  # from here on nothing moves
            yield SqliteTables(connection)
        return
    with psycopg.connect(for_psycopg(url)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield PostgresTables(connection)


def url_of(path):
    """The address of a SQLite file."""
    return f"sqlite:///{quote(str(Path(path).absolute()))}"


def for_psycopg(url):
    """The address of a PostgreSQL database as its driver wants it."""
    return url.replace("postgres://", "postgresql://", 1)


def _to_read(url):
    return f"{Path(store.file_of(url)).absolute().as_uri()}?mode=ro"


def plain(value):
    """A value as SQLite keeps it."""
    if value is None or type(value) in (str, int, float):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no table of ours holds {type(value).__name__}")


class Counting:
    """Counts and sums up rows that are on their way to somewhere: the sum of the sha256 of each.

    So their order does not matter, and a row that stands twice counts twice.
    """

    def __init__(self, columns):
        self.columns, self.rows, self.total = columns, 0, 0

    def through(self, rows):
        """The same rows, counted."""
        for row in rows:
            self.rows += 1
            self.total += int.from_bytes(hashlib.sha256(spelt(row)).digest())
            yield row

    @property
    def sum(self):
        """The Sum of what has gone through."""
        begun = hashlib.sha256(spelt(self.columns)).hexdigest()
        whole = f"{begun} {self.rows} {self.total % LARGEST:x}"
        return Sum(self.rows, hashlib.sha256(whole.encode()).hexdigest())


def summed(columns, rows):
    """The Sum of rows."""
    counting = Counting(columns)
    for _ in counting.through(rows):
        pass
    return counting.sum


def spelt(row):
    """A row in its one spelling: a line of JSON."""
    return store.canonical(row).encode()


def differences(one, other):
    """One sentence for each table that is not the same in two results of `Tables.sums`."""
    for table in sorted(one.keys() | other.keys()):
        here, there = one.get(table), other.get(table)
        if here is None or there is None:
            yield f"table {table}: it is only on one side"
        elif here.rows != there.rows:
            yield f"table {table}: {here.rows} rows here, {there.rows} there"
        elif here != there:
            yield f"table {table}: some of its {here.rows} rows differ"
