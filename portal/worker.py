"""The worker: delivers the outbox at least once and runs small jobs by the clock, under a lease with a heartbeat."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from portal import outbox, store, troubles

log = logging.getLogger("suki.worker")
IDLE_SECONDS = 0.5
HEARTBEAT_SECONDS = 1.0
LANES = 4  # messages on their way at once: one server that hangs holds up one lane
NOTING_WAITS_SECONDS = (0, 0.2, 0.5, 1, 2)


class Undeliverable(Exception):
    """The message can never be delivered (address refused for good): dead at once, staff are asked."""


class ServerAway(Exception):
    """Nobody answers where the message should go: it waits, and nothing is wrong with it."""


class Withheld(Exception):
    """The recipient may not read this any more: it is not sent, and nobody has to do anything."""


class Heart:
    """Renews the leases of the rows in hand once a second, from a thread of its own, while they are being sent."""

    def __init__(self):
        self.rows = {}
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._beat, name="heart", daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def hold(self, row):
        self.rows[row.id] = row

    def done_with(self, row):
        self.rows.pop(row.id, None)

    def _beat(self):
        while not self.stopped.wait(HEARTBEAT_SECONDS):
            rows = list(self.rows.values())
            if not rows:
                continue
            try:
                with store.connection():
                    outbox.renew(rows)
            except troubles.AWAY:
                log.warning("heartbeat: the database is away")


class Lanes:
    """Threads that carry one message each; a message is claimed only when a lane is free for it."""

    def __init__(self, handlers):
        self.handlers = handlers
        self.heart = Heart()
        self.threads = ThreadPoolExecutor(LANES, thread_name_prefix="lane")
        self.freed = threading.Event()

    def __enter__(self):
        self.heart.__enter__()
        return self

    def __exit__(self, *_):
        self.threads.shutdown(wait=True)
        self.heart.__exit__()

    def fill(self):
        """Claim as many messages as lanes are free and send them off; returns how many lanes are at work."""
        free = LANES - len(self.heart.rows)
        if free:
            with store.connection():
                rows = outbox.claim(free)
            for row in rows:
                self.heart.hold(row)
                self.threads.submit(self._carry, row)
        return len(self.heart.rows)

    def rest(self):
        """Wait until a lane is free again, or for the next look at the queue."""
        self.freed.wait(IDLE_SECONDS)
        self.freed.clear()

    def _carry(self, row):
        try:
            with store.connection():
                outcome = _attempt(self.handlers, row)
            _write_down(outcome)
        except troubles.AWAY as trouble:
            log.warning("message %s waits for its lease to end, the database is away: %s", row.message_id, trouble)
        except Exception:  # a mistake of ours would vanish with the lane otherwise
            log.exception("message %s waits for its lease to end", row.message_id)
        finally:
            self.heart.done_with(row)
            self.freed.set()


def _attempt(handlers, row):
    """Try to deliver one message; returns the call that writes down how it went."""
    try:
        handlers[row.channel](row)
    except Withheld as reason:
        return partial(outbox.withheld, row, str(reason))
    except Undeliverable as refusal:
        log.error("message %s is dead: %s", row.message_id, refusal)
        return partial(outbox.failed, row, str(refusal), for_good=True)
    except troubles.AWAY:
        raise
    except Exception as trouble:  # whatever a mail server does, the row must not be lost
        log.warning("message %s not sent: %s: %s", row.message_id, type(trouble).__name__, trouble)
        return partial(outbox.failed, row, f"{type(trouble).__name__}: {trouble}")
    return partial(outbox.sent, row)


def _write_down(outcome):
    """Write down what became of a message, with patience: until then it counts as not sent and would go out again."""
    for place, wait in enumerate(NOTING_WAITS_SECONDS, 1):
        time.sleep(wait)
        try:
            with store.connection():
                outcome()
            return
        except troubles.AWAY:
            if place == len(NOTING_WAITS_SECONDS):
                raise


def deliver(handlers):
    """Deliver everything that is due, one after the other in this thread; returns how many were tried."""
    tried = 0
    with Heart() as heart:
        while rows := outbox.claim(1):
            heart.hold(rows[0])
            _attempt(handlers, rows[0])()
            heart.done_with(rows[0])
            tried += 1
    return tried


def run(handlers, jobs=(), stop=None, long_jobs=()):
    """Work until `stop` is set: deliver, and run each job `(name, seconds between runs, function)` when due.

    `handlers` is {channel: function(row)}. A database that is away is waited for; nothing else ends the loop. Of
    `long_jobs` each has a clock of its own, so that it holds up no other.
    """
    stop = stop or threading.Event()
    clocks = [
        threading.Thread(target=_keep_time, args=(own, stop), name="clock", daemon=True)
        for own in (jobs, *([job] for job in long_jobs))
    ]
    for clock in clocks:
        clock.start()
    with Lanes(handlers) as lanes:
        while not stop.is_set():
            try:
                lanes.fill()
            except troubles.AWAY as trouble:
                log.warning("the database is away: %s", trouble)
            lanes.rest()
    for clock in clocks:
        clock.join(IDLE_SECONDS)


def _keep_time(jobs, stop):
    """Run the jobs in a thread of their own, so that a long one does not hold up mail."""
    due = {name: 0.0 for name, _, _ in jobs}
    while not stop.is_set():
        for name, seconds, job in jobs:
            if time.monotonic() >= due[name] and not stop.is_set():
                due[name] = time.monotonic() + seconds
                _run_job(name, job)
        stop.wait(IDLE_SECONDS)


def _run_job(name, job):
    try:
        with store.connection():
            job()
    except troubles.AWAY as trouble:
        log.warning("job %s: the database is away: %s", name, trouble)
    except Exception:  # one broken job must not stop the others
        log.exception("job %s failed", name)
