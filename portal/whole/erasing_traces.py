"""What erasing leaves beside the rows: pages of the database, mails as files, a list that outlives a restore."""

import json
import os
from datetime import datetime
from pathlib import Path

from portal import store
from portal.outbox import Outbox

LIST = "erased.jsonl"  # one line for each erasure: ids and moments, no value of a person
WRITTEN = ("kind", "record", "refs", "whose", "asked_by", "asked_name")
MOMENTS = ("made_at", "asked_at")


def write_down(data, erasure):
    """Add an erasure to the list beside the database, for good."""
    if data is None:
        return
    line = {name: getattr(erasure, name) for name in WRITTEN}
    line |= {name: getattr(erasure, name).isoformat() for name in MOMENTS}
    with (Path(data) / LIST).open("a", encoding="utf-8") as file:
        file.write(store.canonical(line) + "\n")
        file.flush()
        os.fsync(file.fileno())


def written_down(data):
    """The erasures of the list, as columns."""
    if data is None:
        return []
    path = Path(data) / LIST
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ()
    found = [json.loads(line) for line in lines if line]
    return [line | {name: datetime.fromisoformat(line[name]) for name in MOMENTS} for line in found]


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
