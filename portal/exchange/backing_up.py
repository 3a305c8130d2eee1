"""Making a backup while people work: the database as of one moment, and every file that its rows name.

A SQLite database goes in as the file that SQLite's own backup writes; a PostgreSQL one goes in row for row, and comes
back into either. The files need no moment: content never changes under its name, and rows name what is there.
"""

import contextlib
import fcntl
import re
import shutil
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

from portal import store, values
from portal.exchange import archives, table_copy

DATABASE, TABLES, FILES = "suki.db", "tables/", "files/"
HISTORY = "schema_migration"  # the table of steps that the schema has taken
FILE_NAME = re.compile(r"[0-9a-f]{64}")
LEFT_SECONDS = 24 * 60 * 60


class Busy(RuntimeError):
    """Another backup is being made."""


class Shop(NamedTuple):
    """What is backed up: the address of the database, the folder with files and backups, the secret, the name."""

    database_url: str
    data: Path
    secret: str
    name: str = ""

    @classmethod
    def of(cls, settings):
        return cls(settings.database_url, settings.data, settings.secret, settings.shop_name)

    def within(self, folder):
        """The same shop in a folder by itself, on SQLite."""
        return self._replace(database_url=table_copy.url_of(folder / DATABASE), data=folder)

    @property
    def files(self):
        return self.data / "files"

    @property
    def backups(self):
        return self.data / "backups"

    @property
    def key(self):
        return archives.key_of(self.secret)


@contextlib.contextmanager
def alone(shop):
    """One backup at a time, whoever asks: a person, the clock or an upgrade. Raises Busy."""
    shop.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (shop.backups / "lock").open("w") as line:
        try:
            fcntl.flock(line, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("Another backup is being made; wait until it is through.")
        _clear_away(shop.backups)
        yield


def _clear_away(folder):
    """What a backup or a trial that was killed has left behind."""
    for left in folder.glob(".*"):
        if left.stat().st_mtime < time.time() - LEFT_SECONDS:
            left.unlink() if left.is_file() else shutil.rmtree(left, ignore_errors=True)


def make(shop, path, say=lambda share: None, now=None):
    """Write the backup of a shop to `path`; returns its manifest. `say` is told how far it is, from 0 to 100.

    Raises Busy, and OSError when there is no room for it.
    """
    with alone(shop):
        archives.need_space(path.parent, 2 * _size(shop))
        manifest = {"made_at": (now or values.now()).isoformat(" "), "shop": shop.name}
        with archives.writing(path, shop.key, manifest) as archive:
            names = _keep_database(shop, archive, manifest, path)
            say(40)
            manifest["files"], manifest["lost_files"] = _keep_files(shop.files, sorted(names), archive, say)
        return manifest


def _size(shop):
    """How much the database and the files take, at most; a large PostgreSQL says so itself when the disk is full."""
    database = Path(store.file_of(shop.database_url)) if shop.database_url.startswith("sqlite:") else None
    found = [*shop.files.glob("??/??/*"), *([database] if database and database.exists() else [])]
    return sum(one.stat().st_size for one in found)


def _keep_database(shop, archive, manifest, path):
    """The database of one moment into the archive; returns the names of the files that it knows."""
    if not shop.database_url.startswith("sqlite:"):
        with table_copy.reading(shop.database_url) as tables:
            manifest["database"] = "postgresql"
            return _describe(tables, manifest, lambda table: _keep_table(tables, table, archive))
    snapshot = path.with_name(f".{path.name}.db")
    try:
        _snapshot(store.file_of(shop.database_url), snapshot)
        with table_copy.reading(table_copy.url_of(snapshot)) as tables:
            manifest["database"] = "sqlite"
            names = _describe(tables, manifest, lambda table: _sum_of(tables, table))
        archive.add(DATABASE, _pieces(snapshot))
        return names
    finally:
        snapshot.unlink(missing_ok=True)


def _snapshot(database, to):
    """A copy as of one moment, in one go: writers go on in the log meanwhile, and none of it is in the copy."""
    to.touch(mode=0o600)
    source = sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True)
    with contextlib.closing(source), contextlib.closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it


def _describe(tables, manifest, keep):
    """Note what there is in the manifest, table by table; returns the names of the files that the rows know."""
    names = tables.names()
    manifest["tables"] = {table: keep(table) for table in names}
    manifest["schema"] = [name for (name,) in tables.rows(HISTORY, ["name"])] if HISTORY in names else []
    seals = [head for (head,) in tables.rows("seal", ["hash"])] if "seal" in names else []
    manifest["audit_head"] = seals[-1] if seals else ""
    if "file" not in names:
        return set()
    return {name for pair in tables.rows("file", ["sha256", "thumbnail"]) for name in pair if name}


def _sum_of(tables, table):
    return table_copy.summed(tables.columns(table), tables.rows(table))


def _keep_table(tables, table, archive):
    """A table as lines of JSON, the first its columns; the sum of what was written."""
    columns = tables.columns(table)
    counting = table_copy.Counting(columns)
    archive.add(f"{TABLES}{table}", _lines(columns, counting.through(tables.rows(table))))
    return counting.sum


def _lines(columns, rows):
    yield table_copy.spelt(columns) + b"\n"
    for row in rows:
        yield table_copy.spelt(row) + b"\n"


def _keep_files(folder, names, archive, say):
    """The content of these files; how many there are, and which of them have lost it."""
    lost = []
    for place, name in enumerate(names):
        content = folder / name[:2] / name[2:4] / name
        if FILE_NAME.fullmatch(name) and content.is_file():
            archive.add(f"{FILES}{name}", _pieces(content), packed=False)
        else:
            lost.append(name)
        say(40 + 60 * (place + 1) // len(names))
    return len(names) - len(lost), lost


def _pieces(path):
    with path.open("rb") as file:
        while piece := file.read(archives.PIECE):
            yield piece
