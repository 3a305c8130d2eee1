"""Import runs: which file was brought in when and by whom, how far it came, and what became of its rows."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import peewee

from portal import audit, errors, files, store, values
from portal.errors import Invalid
from portal.fields import MANAGERS, Field, Table
from portal.people import employees, policy
from portal.people.employees import Employee

# Of a file that a person brought: its columns wait to be confirmed; it is compared; waits for a decision; is carried
# out; done, or stopped on the way; taken back. Of the command line: running, done, or stopped when it broke off.
STATES = (
    "mapping", "comparing", "compared", "carrying", "running", "done", "stopped", "undoing", "undone", "discarded",
)  # fmt: skip
AT_WORK = ("comparing", "carrying", "undoing")  # what the worker goes on with
COUNTS = ("read", "created", "changed", "same", "skipped", "refused", "emptied", "doubtful")
LEASE = timedelta(seconds=10)  # a worker that said nothing for so long is dead, and another takes over
KEPT = timedelta(days=30)  # the file of a run

policy.allow("imports.run", policy.MANAGERS)
policy.allow("imports.history", policy.ADMINS)  # orders as they were, whose fields no form writes

FIELDS = Table(
    "import_run",
    Field("number", read=MANAGERS, sort=True),
    Field("file", read=MANAGERS),
    Field("kind", "choice", MANAGERS, filter=True),
    Field("state", "choice", MANAGERS, filter=True, choices=STATES),
    *(Field(name, "number", MANAGERS) for name in COUNTS),
    Field("written", "number", MANAGERS),
    Field("source", read=MANAGERS),
    Field("by_name", read=MANAGERS),
    Field("started_at", "moment", MANAGERS, sort=True, filter=True),
    Field("finished_at", "moment", MANAGERS),
)


class Overtaken(Exception):
    """Another worker, or a person's press, was faster: what was about to be written is taken back."""


class ImportRun(store.Versioned):
    """One pass over one file. `emptied` counts single values that were left out of rows that went in.

    Of a file that a person brought, the counts say what comparing found; `written` is how many rows are in, `place`
    the line up to which it was worked through, `takes` what the person decided: {outcome: "take" or "leave"} and the
    fields that are "left" as they are here.
    """

    NUMBER = "IM-{:05d}"

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
    doubtful = peewee.IntegerField(default=0)
    by = peewee.ForeignKeyField(Employee, null=True)  # None: the command line
    by_name = peewee.CharField(max_length=200, default="")
    content = peewee.ForeignKeyField(files.File, null=True)
    map = store.JSONText(default=dict)
    takes = store.JSONText(default=dict)
    place = peewee.IntegerField(default=0)
    share = peewee.IntegerField(default=0)  # of the file, in percent
    worker = peewee.CharField(max_length=32, default="")  # who works on it
    beat_at = store.MomentField(null=True)  # and when it said so last
    written = peewee.IntegerField(default=0)
    undone = peewee.IntegerField(default=0)
    kept = peewee.IntegerField(default=0)  # rows that could not be taken back
    trouble = store.JSONText(null=True)  # why it stopped: [message id, parameters]

    class Meta:
        indexes = ((("state", "id"), False), (("by", "id"), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the runs: managers see their own, whose rows are within their scope; admins all."""
        if actor.role == "admin" or actor.is_system:
            return cls.select()
        if not policy.may(actor, "imports.run"):
            raise errors.NotFound()
        return cls.select().where(cls.by == actor.employee)

    # From the command line

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

    # By the worker

    @classmethod
    def next_at_work(cls, now):
        """The oldest run that nobody works on."""
        free = cls.beat_at.is_null() | (cls.beat_at < now - LEASE)
        return cls.select().where(cls.state.in_(AT_WORK) & free).order_by(cls.id).first()

    def claim(self, worker, now):
        """Whether this worker has it from now on; of two that ask one gets it."""
        free = ImportRun.beat_at.is_null() | (ImportRun.beat_at < now - LEASE)
        mine = (ImportRun.id == self.id) & (ImportRun.state == self.state) & free
        with store.housekeeping("progress"):
            self.worker = worker
            return bool(ImportRun.update(worker=worker, beat_at=now).where(mine).execute())

    def step(self, place, **fields):
        """Write down the place up to which it is worked through, in the transaction of what was written.

        Raises Overtaken when somebody else has it, or a person stopped it: then nothing of the batch is kept.
        """
        mine = (ImportRun.id == self.id) & (ImportRun.worker == self.worker) & (ImportRun.state == self.state)
        mine &= ImportRun.place == self.place
        with store.housekeeping("progress"):
            if not ImportRun.update(place=place, beat_at=values.now(), **fields).where(mine).execute():
                raise Overtaken
        self.place = place
        for name, value in fields.items():
            setattr(self, name, value)

    @contextlib.contextmanager
    def unless_refused(self):
        """Around the transaction of a batch: what is taken back in the database is taken back in this object too."""
        before = dict(self.__data__)
        try:
            yield
        except BaseException:
            self.__data__.update(before)
            raise

    def end(self, state, **fields):
        """The worker is through with it."""
        mine = (ImportRun.id == self.id) & (ImportRun.worker == self.worker) & (ImportRun.state == self.state)
        with store.housekeeping("progress"):
            fields |= {"state": state, "worker": "", "beat_at": None, "version": ImportRun.version + 1}
            if not ImportRun.update(fields).where(mine).execute():
                raise Overtaken

    # By a person

    def turn(self, change, before, state, problem="import-moved-on", version=None, **fields):
        """From one of the states `before` to another, once, inside a person's change.

        Raises Invalid on "state", Stale when somebody decided something since `version`.
        """
        if version is not None and version != self.version:
            raise errors.Stale(self)
        fields |= {"state": state, "version": ImportRun.version + 1}
        mine = (ImportRun.id == self.id) & ImportRun.state.in_(before)
        mine &= ImportRun.version == self.version if version is not None else mine
        change.guard(ImportRun.update(fields).where(mine), Invalid(state=problem))
        change.record("state", self.state, state)
        for name, value in fields.items():
            if name != "version":
                setattr(self, name, value)

    @property
    def actor(self):
        """Who brought it, with the rights of this moment and told to nobody; None when he may no longer import."""
        login = self.by.login if self.by_id and self.by.is_active else None
        person = login and employees.actor_for(login)
        return replace(person, is_quiet=True) if person and policy.may(person, "imports.run") else None

    @property
    def path(self):
        """Where its file lies."""
        return files.path(self.content.sha256)

    def stop(self, *, by, now=None):
        """Stop between two batches; what is in stays, and it can be gone on with, or taken back."""
        with audit.change(by, "import.stopped", self, now=now) as change:
            self.turn(change, ("carrying",), "stopped", worker="", beat_at=None)
        return self

    def discard(self, *, by, now=None):
        """Throw away a file of which nothing is in. Raises Invalid on "state"."""
        with audit.change(by, "import.discarded", self, now=now) as change:
            waiting = ("mapping", "comparing", "compared")
            if self.written:
                raise Invalid(state="import-moved-on")
            self.turn(change, waiting, "discarded", worker="", beat_at=None, finished_at=change.now)
        return self
