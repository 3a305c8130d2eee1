"""How the shop is: what admins and `python -m portal check` are told of database, disk, backups, mail and worker."""

import shutil
import time
from datetime import timedelta
from typing import NamedTuple

import peewee

from portal import search, store, values
from portal.audit import Entry, Seal
from portal.exchange import backups
from portal.migrations import running
from portal.outbox import Outbox
from portal.service.mail_fetching import MailboxState

LEAST_FREE, LEAST_SHARE = 500_000_000, 20  # bytes; a twentieth of the disk
QUEUE_LATE = timedelta(minutes=10)  # mails that wait for their turn longer than this
SEAL_LATE = timedelta(minutes=5)
WORKER_SILENT_SECONDS = 30
BEAT = "worker.beat"  # a file that the worker touches, so that anybody sees that it lives


class Fact(NamedTuple):
    """One thing about the shop: whether it is well (None: it only is so), and a message with its parameters."""

    name: str
    is_well: bool | None
    message: str
    parameters: dict = {}  # noqa: RUF012 never changed

    @property
    def rank(self):
        """What needs care comes first."""
        return self.is_well is not False

    @property
    def state(self):
        """In one word: good, bad or info."""
        return {True: "good", False: "bad", None: "info"}[self.is_well]


def beat(data):
    """The worker says that it lives."""
    (data / BEAT).touch(mode=0o600)


def facts(settings, now=None):
    """All Facts, in the order of the page. The database must answer."""
    now = now or values.now()
    found = [_backup(now), _database(), _writes(), _schema(), *_outbox(now), _mailbox(), _sealed(now)]
    return [*found, _found(), _worker(settings.data), _disk(settings.data), _post(settings)]


def _backup(now):
    good = backups.last_good()
    if good is None:
        return Fact("backup", None if backups.is_younger(backups.LATE, now) else False, "health-backup-none")
    about = {"at": good.made_at, "size": good.size, "number": good.number}
    return Fact("backup", now - good.made_at < backups.LATE, "health-backup", about)


def _database():
    asked = "SELECT sqlite_version()" if store.is_sqlite() else "SHOW server_version"
    kind = "SQLite" if store.is_sqlite() else "PostgreSQL"
    return Fact("database", None, "health-database", {"kind": kind, "version": _one(asked)})


def _writes():
    """Whether what was acknowledged is on the disk."""
    if store.is_sqlite():
        is_safe = store.db.pragma("synchronous") == 2
    else:
        is_safe = all(_one(f"SHOW {name}") != "off" for name in ("fsync", "synchronous_commit"))
    return Fact("writes", is_safe, "health-writes-safe" if is_safe else "health-writes-unsafe")


def _schema():
    steps, waiting, newer = running.standing()
    about = {"name": steps[-1] if steps else "–", "count": len(waiting)}
    if newer:
        return Fact("schema", False, "health-schema-newer", about)
    return Fact("schema", not waiting, "health-schema-waits" if waiting else "health-schema", about)


def _outbox(now):
    """Mails that wait, and since when the oldest is due, or was written where it was tried; and those given up."""
    since = peewee.Case(None, [(Outbox.error != "", Outbox.created_at)], Outbox.due_at)
    columns = (Outbox.state, peewee.fn.COUNT(Outbox.id), peewee.fn.MIN(since))
    asked = Outbox.select(*columns).where(Outbox.state.in_(("waiting", "dead"))).group_by(Outbox.state)
    found = {state: (count, oldest) for state, count, oldest in asked.tuples()}
    dead = found.get("dead", (0, None))[0]
    count, oldest = found.get("waiting", (0, None))
    yield _queue(now, count, Outbox.due_at.python_value(oldest))
    yield Fact("dead", not dead, "health-dead" if dead else "health-dead-none", {"count": dead})


def _queue(now, count, oldest):
    if not count:
        return Fact("queue", True, "health-queue-empty")
    late = max(now - oldest, timedelta()) if oldest else timedelta()
    about = {"count": count, "minutes": int(late.total_seconds() // 60)}
    return Fact("queue", late < QUEUE_LATE, "health-queue", about)


def _mailbox():
    away = MailboxState.away().first()
    if away:
        return Fact("mailbox", False, "health-mailbox-away", {"name": away.name, "at": away.away_since})
    answered = MailboxState.select(peewee.fn.MAX(MailboxState.answered_at)).scalar()
    return Fact("mailbox", True if answered else None, "health-mailbox" if answered else "health-mailbox-none")


def _sealed(now):
    """The end of the audit chain, and whether what happened since is sealed in time."""
    last = Seal.select().order_by(Seal.id.desc()).first()
    oldest = Entry.select(Entry.at).where(Entry.seal.is_null()).order_by(Entry.id).first()
    is_late = oldest is not None and now - oldest.at > SEAL_LATE
    if last is None:
        return Fact("audit", not is_late, "health-audit-none")
    return Fact("audit", not is_late, "health-audit", {"head": last.hash[:16], "at": last.at})


def _found():
    known = search.capabilities()
    is_well = known["index"] != "none" and known["thai"]
    return Fact("search", is_well, "health-search" if is_well else "health-search-slow", {"index": known["index"]})


def _worker(data):
    """Whether the worker said lately that it lives."""
    try:
        silent = int(max(0, time.time() - (data / BEAT).stat().st_mtime))
    except OSError:
        return Fact("worker", False, "health-worker-never")
    is_well = silent < WORKER_SILENT_SECONDS
    return Fact("worker", is_well, "health-worker" if is_well else "health-worker-silent", {"seconds": silent})


def _disk(data):
    usage = shutil.disk_usage(data)
    is_well = usage.free > max(LEAST_FREE, usage.total // LEAST_SHARE)
    about = {"free": usage.free, "share": usage.free * 100 // usage.total}
    return Fact("disk", is_well, "health-disk" if is_well else "health-disk-full", about)


def _post(settings):
    if settings.smtp_url:
        return Fact("post", None, "health-post", {"host": settings.smtp_url.rpartition("@")[2].rpartition("//")[2]})
    return Fact("post", None if settings.demo else False, "health-post-folder")


def _one(question):
    return store.db.execute_sql(question).fetchone()[0]
