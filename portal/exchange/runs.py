"""Import runs: which file was brought in when, how far it came, and what became of its rows."""

import peewee

from portal import store, values

STATES = ("running", "done", "stopped")  # stopped: killed, or the file could not be read to its end
COUNTS = ("read", "created", "changed", "same", "skipped", "refused", "emptied")


class ImportRun(store.Model):
    """One pass over one file. `emptied` counts single values that were left out of rows that went in."""

    kind = peewee.CharField(max_length=20)
    source = peewee.CharField(max_length=40)
    file = peewee.CharField(max_length=300)
    sha256 = peewee.CharField(max_length=64, default="")  # known once the file was read to its end
    state = peewee.CharField(max_length=10, default="running")
    started_at = store.MomentField()
    finished_at = store.MomentField(null=True)
    read = peewee.IntegerField(default=0)
    created = peewee.IntegerField(default=0)
    changed = peewee.IntegerField(default=0)
    same = peewee.IntegerField(default=0)
    skipped = peewee.IntegerField(default=0)
    refused = peewee.IntegerField(default=0)
    emptied = peewee.IntegerField(default=0)

    @classmethod
    def start(cls, kind, source, file, now=None):
        """A new run; runs of the same file that never finished were killed and are marked so."""
        with store.housekeeping("progress"):
            cls.update(state="stopped").where(
                (cls.kind == kind) & (cls.source == source) & (cls.file == file) & (cls.state == "running")
            ).execute()
            return cls.create(kind=kind, source=source, file=file, started_at=now or values.now())

    def advance(self, counts):
        """Write down how far it has come; inside the change of a batch this commits with it."""
        with store.housekeeping("progress"):
            ImportRun.update(counts).where(ImportRun.id == self.id).execute()

    def finish(self, state, counts, sha256="", now=None):
        """The end of a run: done, or stopped when the file broke off."""
        with store.housekeeping("progress"):
            ImportRun.update(counts | {"state": state, "sha256": sha256, "finished_at": now or values.now()}).where(
                ImportRun.id == self.id
            ).execute()
