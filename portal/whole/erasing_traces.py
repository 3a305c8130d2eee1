"""What erasing leaves beside the rows: pages of the database, mails as files, a list that outlives a restore."""

import json
import os
from datetime import datetime
from pathlib import Path

from portal import store
from portal.exchange import archives
from portal.outbox import Outbox

LIST = "erased.jsonl"  # one line for each erasure: ids and moments, no value of a person
WRITTEN = ("kind", "record", "refs", "whose", "asked_by", "asked_name")
MOMENTS = ("made_at", "asked_at")


def line_of(erasure):
    """What the list says of an erasure, as columns."""
    return {name: getattr(erasure, name) for name in (*WRITTEN, *MOMENTS)}


def write_down(data, lines):
    """Add erasures to the list beside the database, for good; what stands there already is not written again."""
    known = written_down(data)
    new = [line for line in lines if line not in known]
    if data is None or not new:
        return
    spelt = [line | {name: line[name].isoformat() for name in MOMENTS} for line in known + new]
    path = Path(data) / LIST
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.writelines(store.canonical(line) + "\n" for line in spelt)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    archives.sync(path.parent)


def written_down(data):
    """The erasures of the list, as columns."""
    path = Path(data) / LIST if data is not None else None
    lines = path.read_text(encoding="utf-8").split("\n") if path and path.exists() else ()  # a name may hold U+2028
    return [columns_of(json.loads(line)) for line in lines if line]


def columns_of(line):
    """A line with its moments as such."""
    return line | {name: datetime.fromisoformat(line[name]) for name in MOMENTS}


def tidy(data=None):
    """Overwrite what deleted rows left in the files of the database, and remove mails whose notice is gone."""
    if data is not None:
        _drop_mails(Path(data) / "mail")
    with store.schema_change():
        if store.is_sqlite():
            if store.db.table_exists("search_text"):
                store.db.execute_sql("INSERT INTO search_text(search_text) VALUES ('optimize')")
            store.db.execute_sql("VACUUM")
            store.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            store.db.execute_sql("VACUUM")


def _drop_mails(folder):
    """Mails of a shop without a mail server, each called by its Message-ID."""
    found = {f"<{path.stem}>": path for path in folder.glob("*.eml")}
    known = Outbox.select(Outbox.message_id).where(store.among(Outbox.message_id, found)).tuples()
    for name in found.keys() - {name for (name,) in known}:
        found[name].unlink(missing_ok=True)


def drop_files_naming(folder, words):
    """Remove files that name somebody: lists of refused rows, mails that were put in to be fetched."""
    marks = [word.encode() for word in words]
    for path in sorted(folder.glob("*")):
        if path.is_file() and any(mark in path.read_bytes() for mark in marks):
            path.unlink()
