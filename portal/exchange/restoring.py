"""Bringing a backup back: into a fresh place, or in the place of a shop, which is then set aside and never lost.

All of it stands beside the old one and is checked there, row for row and file by file, before a name is changed.
"""

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from portal import store, values
from portal.exchange import archives, backing_up, table_copy, table_loading
from portal.exchange.archives import Damaged

# Tables that a database without a shop may hold rows in.
NOBODYS = (backing_up.HISTORY,)
ASIDE = "set_aside_{}"
AT_WORK = "at-work"  # held by whoever serves from this folder


class Inhabited(RuntimeError):
    """A shop stands where the backup should go, or people are at work there; nothing was touched."""


def restore(archive, shop, make_schema, *, replace=False, now=None):
    """Bring an Archive back as the database and the files of `shop`; returns what was set aside, in words.

    `make_schema(url, steps)` makes the empty tables of a schema. Raises Damaged, Inhabited.
    """
    stamp = f"{now or values.now():%Y%m%d_%H%M%S}"
    refuse_living(shop, replace)
    archives.need_space(shop.data, 2 * sum(size for size, _ in archive.members.values()))
    with contextlib.ExitStack() as undo:
        staged_files = _stage_files(archive, shop, undo)
        if shop.database_url.startswith("sqlite:"):
            database = Path(store.file_of(shop.database_url))
            staged = database.with_name(f".{database.name}.restoring")
            undo.callback(_forget_database, staged)
            _forget_database(staged)
            _stage_sqlite(archive, staged, make_schema)
            aside = _swap_database(database, staged, stamp)
        else:
            aside = _into_postgres(archive, shop.database_url, make_schema, stamp)
        aside += _swap_files(shop.files, staged_files, stamp)
    return aside


def is_inhabited(shop):
    """Whether there are rows or files where a backup would go."""
    if next(shop.files.glob("??/??/*"), None):
        return True
    if shop.database_url.startswith("sqlite:") and not Path(store.file_of(shop.database_url)).exists():
        return False
    with table_copy.reading(shop.database_url) as tables:
        named = (table for table in tables.names() if table not in NOBODYS)
        return any(next(iter(tables.rows(table)), None) for table in named)


def refuse_living(shop, replace):
    """A shop gives way only when one says so, and not while it is served. Raises Inhabited."""
    if is_inhabited(shop):
        if not replace:
            raise Inhabited("A shop stands there already; --replace sets it aside.")
        refuse_at_work(shop)


def refuse_at_work(shop):
    """Nobody is served from what is about to be set aside. Raises Inhabited."""
    with (shop.data / AT_WORK).open("a") as line:
        try:
            fcntl.flock(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Inhabited("Suki is running there; stop it first.")


@contextlib.contextmanager
def at_work(data):
    """As long as web server or worker run over this folder, nothing in it is put aside."""
    with (data / AT_WORK).open("a") as line:
        fcntl.flock(line, fcntl.LOCK_SH)
        yield


# What is brought back


def _stage_files(archive, shop, undo):
    """The files in a folder beside the one they will be."""
    folder = shop.data / ".files.restoring"
    undo.callback(shutil.rmtree, folder, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for member in archive.members:
        if member.startswith(backing_up.FILES):
            name = member.removeprefix(backing_up.FILES)
            if not backing_up.FILE_NAME.fullmatch(name) or archive.members[member][1] != name:
                raise Damaged(f"{member} does not hold what it is named after.")
            place = folder / name[:2] / name[2:4] / name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            archive.extract(member, place)
    return folder


def _stage_sqlite(archive, staged, make_schema):
    """The database as a file beside the one it will be, every table of it compared with the manifest."""
    url = table_copy.url_of(staged)
    if archive.manifest["database"] == "sqlite":
        archive.extract(backing_up.DATABASE, staged)
        staged.chmod(0o600)
    else:
        make_schema(url, archive.manifest["schema"])
        _load(archive, url)
    with contextlib.closing(sqlite3.connect(staged, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        said = connection.execute("PRAGMA quick_check").fetchone()[0]
    if said != "ok":
        raise Damaged(f"The database in it is broken: {said}")
    with table_copy.reading(url) as tables:
        refuse_differences(archive, tables)


def _into_postgres(archive, url, make_schema, stamp):
    """The rows into the emptied database; what stood there goes to a schema of its own, and back when it fails."""
    aside = _set_aside(url, stamp)
    try:
        make_schema(url, archive.manifest["schema"])
        _load(archive, url)
    except BaseException:
        _put_back(url, aside)
        raise
    return [f"schema {aside}"] if aside else []


def _load(archive, url):
    """The rows of all tables, from lines of JSON; compared before they are kept."""
    with table_loading.writing(url) as target:
        target.empty_all()
        for table, columns, rows in _tables_of(archive):
            target.load(table, columns, rows)
        refuse_differences(archive, target.tables)


def _tables_of(archive):
    for table in archive.manifest["tables"]:
        lines = (json.loads(line) for line in archive.lines(f"{backing_up.TABLES}{table}"))
        yield table, next(lines), lines


def refuse_differences(archive, tables):
    """Every table has the rows and the sum that the manifest says. Raises Damaged."""
    made = {table: table_copy.Sum(*pair) for table, pair in archive.manifest["tables"].items()}
    for sentence in table_copy.differences(made, tables.sums()):
        raise Damaged(f"What came back is not what was backed up: {sentence}.")


# What gives way


def _swap_database(database, staged, stamp):
    aside = database.with_name(f"{ASIDE.format(stamp)}_{database.name}")
    moved = []
    for ending in ("", "-wal", "-shm"):
        old = database.with_name(database.name + ending)
        if old.exists():
            os.replace(old, aside.with_name(aside.name + ending))
            moved = [str(aside)]
    os.replace(staged, database)
    archives.sync(database.parent)
    return moved


def _swap_files(files, staged, stamp):
    aside = files.with_name(f"{ASIDE.format(stamp)}_{files.name}")
    moved = []
    if files.exists():
        os.replace(files, aside)
        moved = [str(aside)] if next(aside.glob("??/??/*"), None) else []
    os.replace(staged, files)
    archives.sync(files.parent)
    return moved


def _forget_database(path):
    for ending in ("", "-wal", "-shm", "-journal", ".queue", ".migrating"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _set_aside(url, stamp):
    """Move all tables of a PostgreSQL database into a schema of their own, at once; "" when there are none."""
    name = ASIDE.format(stamp)
    with psycopg.connect(table_copy.for_psycopg(url)) as connection:
        tables = table_copy.PostgresTables(connection).names()
        if not tables:
            return ""
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        _move(connection, tables, to=name)
    return name


def _put_back(url, aside):
    """Away with what was half restored; the tables that were set aside stand where they stood."""
    with psycopg.connect(table_copy.for_psycopg(url)) as connection:
        for table in table_copy.PostgresTables(connection).names():
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))
        if aside:
            home = connection.execute("SELECT current_schema()").fetchone()[0]
            connection.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(aside)))
            _move(connection, table_copy.PostgresTables(connection).names(), to=home)
            connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(aside)))


def _move(connection, tables, to):
    for table in tables:
        move = sql.SQL("ALTER TABLE {} SET SCHEMA {}")
        connection.execute(move.format(sql.Identifier(table), sql.Identifier(to)))


# Trying it


def prove(path, shop, make_schema, check=lambda scratch: ()):
    """Open a backup and bring it back into a scratch folder, which goes away; returns its manifest.

    Rows and files are compared on the way; what `check(scratch)` says of the shop that came back is returned too.
    Raises Damaged.
    """
    with archives.opened(path, shop.key) as archive, _scratch(shop) as scratch:
        restore(archive, scratch, make_schema)
        return archive.manifest, [*check(scratch)]


@contextlib.contextmanager
def _scratch(shop):
    shop.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=shop.backups, prefix=".trial-") as folder:
        yield shop.within(Path(folder))
