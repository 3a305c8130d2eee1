"""The worker: delivers the outbox at least once and runs small jobs by the clock, under a lease with a heartbeat."""

import logging
import threading
import time

import peewee

from portal import outbox, store

log = logging.getLogger("suki.worker")
IDLE_SECONDS = 0.5
HEARTBEAT_SECONDS = 1.0


class Undeliverable(Exception):
    """The message can never be delivered (address refused for good): dead at once, staff are asked."""


class Heart:
    """Renews the lease of the claimed rows once a second from a thread of its own, while they are being sent."""

    def __init__(self, rows):
        self.rows = {row.id: row for row in rows}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def done_with(self, row):
        self.rows.pop(row.id, None)

    def _beat(self):
        while not self.stopped.wait(HEARTBEAT_SECONDS):
            try:
                with store.connection():
                    outbox.renew(list(self.rows.values()))
            except peewee.DatabaseError:
                log.warning("heartbeat: the database is away")


def deliver(handlers, most=20):
    """Claim what is due and hand each row to `handlers[channel](row)`; returns how many were looked at."""
    rows = outbox.claim(most)
    if not rows:
        return 0
    with Heart(rows) as heart:
        for row in rows:
            if row.id not in heart.rows:
                continue
            _deliver_one(handlers, row)
            heart.done_with(row)
    return len(rows)


def _deliver_one(handlers, row):
    try:
        handlers[row.channel](row)
    except Undeliverable as refusal:
        outbox.failed(row, str(refusal), for_good=True)
        log.error("message %s is dead: %s", row.message_id, refusal)
    except peewee.DatabaseError:
        raise
    except Exception as trouble:  # whatever a mail server or a template does, the row must not be lost
        state = outbox.failed(row, f"{type(trouble).__name__}: {trouble}")
        log.warning("message %s not sent (%s): %s", row.message_id, state, trouble)
    else:
        outbox.sent(row)


def run(handlers, jobs=(), stop=None, once=False):
    """Work until `stop` is set: deliver, and run each job `(name, seconds between runs, function)` when due.

    A database that is away is waited for; nothing else ends the loop. `once` returns when nothing is due.
    """
    stop = stop or threading.Event()
    due = {name: 0.0 for name, _, _ in jobs}
    while not stop.is_set():
        busy = 0
        try:
            with store.connection():
                busy = deliver(handlers)
                _run_jobs(jobs, due)
        except peewee.DatabaseError as trouble:
            log.warning("the database is away: %s", trouble)
        if once and not busy:
            return
        if not busy:
            stop.wait(IDLE_SECONDS)


def _run_jobs(jobs, due):
    for name, seconds, job in jobs:
        if time.monotonic() < due[name]:
            continue
        due[name] = time.monotonic() + seconds
        try:
            job()
        except peewee.DatabaseError:
            raise
        except Exception:  # one broken job must not stop mail
            log.exception("job %s failed", name)
