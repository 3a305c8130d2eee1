"""Writing the rows that `table_copy` reads into the empty tables of another database, all of them or none."""

import contextlib
import sqlite3

import psycopg
from psycopg import sql

from portal import store
from portal.exchange import table_copy

# The counters that give the ids of a table: (sequence, table, column).
_COUNTERS = """SELECT counter.oid::regclass::text, filled.relname, attname
    FROM pg_class AS counter
    JOIN pg_depend ON objid = counter.oid AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
    JOIN pg_class AS filled ON filled.oid = refobjid
    JOIN pg_attribute ON attrelid = filled.oid AND attnum = refobjsubid
    WHERE counter.relkind = 'S' AND filled.relnamespace = current_schema()::regnamespace"""
_REFERENCES = """SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint
    JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname"""
LAST_NUMBERS = "last_number"  # the table of numbers that are never given again, see portal/bin.py


class BrokenReferences(ValueError):
    """Rows name others that are not among them; nothing was written."""


class _Target:
    def empty_all(self):
        """Take out what steps of the schema have put into the tables."""
        for table in self.tables.names():
            self.empty(table)


class _SqliteTarget(_Target):
    """Empty tables in a SQLite file; its triggers fill the index of the search."""

    def __init__(self, connection):
        self.connection = connection
        self.tables = table_copy.SqliteTables(connection)

    def empty(self, table):
        """Take all rows out of a table."""
        self.connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 names of ours

    def load(self, table, columns, rows):
        """Write rows, tuples of plain values in the order of `columns`, into an empty table."""
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
        self.connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)  # noqa: S608 names of ours

    def settle(self):
        broken = self.connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise BrokenReferences(f"rows without the record that they name: {broken[:5]}")


class _PostgresTarget(_Target):
    """Empty tables in a PostgreSQL database, without their references until all rows are there."""

    def __init__(self, connection):
        self.connection = connection
        self.tables = table_copy.PostgresTables(connection)
        self.references = connection.execute(_REFERENCES).fetchall()
        for table, name, _ in self.references:
            connection.execute(_alter(table, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name))))

    def empty(self, table):
        """Take all rows out of a table."""
        self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))

    def load(self, table, columns, rows):
        """Write rows, tuples of plain values in the order of `columns`, into an empty table."""
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), table_copy.listed(columns))
        with self.connection.cursor().copy(into) as copy:
            for row in rows:
                copy.write_row(row)

    def settle(self):
        try:
            for table, name, said in self.references:
                made = sql.SQL("ADD CONSTRAINT {} ").format(sql.Identifier(name)) + sql.SQL(said)
                self.connection.execute(_alter(table, made))
        except psycopg.errors.ForeignKeyViolation as trouble:
            raise BrokenReferences(str(trouble))
        self._set_counters()

    def _set_counters(self):
        """The next id of each table: above those that are there, and above those that are never given again."""
        kept = sql.SQL("(SELECT MAX(number) FROM {} WHERE kind = {})")
        for counter, table, column in self.connection.execute(_COUNTERS).fetchall():
            last = kept.format(sql.Identifier(LAST_NUMBERS), sql.Literal(table))
            highest = sql.SQL("GREATEST((SELECT MAX({}) FROM {}), {})").format(
                sql.Identifier(column), sql.Identifier(table), last
            )
            asked = sql.SQL("SELECT setval({}, COALESCE({highest}, 1), {highest} IS NOT NULL)")
            self.connection.execute(asked.format(sql.Literal(counter), highest=highest))


def _alter(table, what):
    return sql.SQL("ALTER TABLE {} ").format(sql.Identifier(table)) + what


@contextlib.contextmanager
def writing(url):
    """The target behind an address of a database: what is loaded is kept when the block ends, or nothing of it.

    Its tables must have the columns that are loaded. Raises BrokenReferences.
    """
    if url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(store.file_of(url), isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("BEGIN IMMEDIATE")
            target = _SqliteTarget(connection)
            yield target
            target.settle()
            connection.execute("COMMIT")
        return
    with psycopg.connect(table_copy.for_psycopg(url)) as connection:
        target = _PostgresTarget(connection)
        yield target
        target.settle()


def copy(source, url):
    """Write all rows of `source` (what `table_copy.reading` gives) into the tables at `url`.

    What stood in those tables before, as steps of the schema leave it there, is gone.
    """
    with writing(url) as target:
        target.empty_all()
        for table in source.names():
            target.load(table, source.columns(table), source.rows(table))
