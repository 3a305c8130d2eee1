"""A shop that goes from one database to another, SQLite to PostgreSQL or back, row for row."""

import contextlib
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from portal import store
from portal.exchange import table_copy, table_loading

HISTORY = "schema_migration"  # which steps of the schema a database has seen; an empty one has seen them too
COMPARING = "comparing"
LOCK_SECONDS = store.BUSY_SECONDS  # for whoever writes just now


class MoveRefused(Exception):
    """The move was not made, or must not be relied on; the text is one clear line."""


def check_empty(url):
    """Refuse a target that holds anything but our own tables without rows, as a move that was cut leaves them."""
    ours = {HISTORY, *store.kinds()}
    if _is_missing(url):
        return
    with table_copy.reading(url) as target:
        for table in target.names():
            if table not in ours:
                raise MoveRefused(f"it holds a table {table}, which is none of Suki's; name an empty database.")
            if table != HISTORY and next(iter(target.rows(table)), None) is not None:
                raise MoveRefused(f"there are rows in its table {table}; name an empty database.")


def _is_missing(url):
    return urlsplit(url).scheme == "sqlite" and not Path(store.file_of(url)).exists()


def move(source_url, target_url, told=lambda step: None):
    """Copy every row of every table into the empty tables of the target and compare them; returns {table: rows}.

    Nobody writes to the source meanwhile, reading goes on. The target takes all or nothing: a cut at any moment
    leaves it empty. `told` is called with each table, and with COMPARING. Raises MoveRefused.
    """
    with (
        held(source_url),
        table_copy.reading(source_url) as source,
        _explained("a row"),
        table_loading.writing(target_url) as target,
    ):
        _compare_columns(source, target.tables)
        for table in source.names():
            told(table)
            with _explained(f"a row of {table}"):
                target.empty(table)
                target.load(table, source.columns(table), source.rows(table))
        told(COMPARING)
        sums = source.sums()
        differing = list(table_copy.differences(sums, target.tables.sums()))
        if differing:
            raise MoveRefused(f"what arrived is not what was sent: {'; '.join(differing[:5])}.")
    return {table: found.rows for table, found in sums.items()}


def _compare_columns(source, target):
    """Both must have the same tables with the same columns: what is on one side only would be lost."""
    here = {(table, name) for table in source.names() for name in source.columns(table)}
    there = {(table, name) for table in target.names() for name in target.columns(table)}
    for table, column in sorted(here ^ there):
        side = "the source has" if (table, column) in here else "the source lacks"
        raise MoveRefused(f"{side} {table}.{column}, unlike a shop of this version.")


@contextlib.contextmanager
def _explained(what):
    """What a database said of a row that it does not take, in one line."""
    try:
        yield
    except table_loading.BrokenReferences as trouble:
        raise MoveRefused(f"{_one_line(trouble)}; run: python -m portal verify")
    except (psycopg.DataError, psycopg.IntegrityError, sqlite3.IntegrityError) as trouble:
        where = getattr(getattr(trouble, "diag", None), "context", None)
        raise MoveRefused(f"{what} cannot be kept there: {_one_line(trouble)}{f' ({where})' if where else ''}")


def _one_line(trouble):
    return " ".join(str(trouble).split())[:300]


@contextlib.contextmanager
def held(url):
    """Keep everybody from writing to a database: they are asked to wait as when it is away, and reading goes on."""
    if url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(store.file_of(url), LOCK_SECONDS, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1)) as holder:
        holder.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{LOCK_SECONDS}s")))
        tables = table_copy.PostgresTables(holder).names()
        holder.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(table_copy.listed(tables)))
        yield
