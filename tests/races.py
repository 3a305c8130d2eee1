"""Races: the same thing done by several people at once, each in a thread with a connection of its own."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from portal import audit, store, values
from portal.errors import Invalid


def at_once(count, act):
    """What came of the same act in threads of their own: results and refusals."""

    def run(number):
        with store.connection():
            try:
                return act(number)
            except Invalid as refused:
                return refused

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def race(people, work):
    """What came of `work(n)` in so many threads that begin together: "done", or the message of its refusal."""
    started = threading.Barrier(people)

    def one(n):
        with store.connection():
            mine = work(n)
            started.wait()
            try:
                mine()
            except Invalid as refused:
                return next(iter(refused.problems.values()))[0]
            return "done"

    with ThreadPoolExecutor(people) as pool:
        return sorted(pool.map(one, range(people)))


def in_line_behind(hold, *jobs):
    """What came of jobs that begin one after the other, each once all before it wait for a lock; `hold` keeps it."""
    held, free = threading.Event(), threading.Event()

    def block():
        with store.connection(), audit.change(values.system("tests"), "test.held"):
            hold()
            held.set()
            free.wait(20)

    def run(job):
        with store.connection():
            return job()

    with ThreadPoolExecutor(len(jobs) + 1) as pool:
        blocked = pool.submit(block)
        held.wait(20)
        came = []
        for number, job in enumerate(jobs, 1):
            came.append(pool.submit(run, job))
            _until_waiting(number)
        free.set()
        return [blocked.result(), *(one.result() for one in came)][1:]


def _until_waiting(count):
    asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    until = time.monotonic() + 8
    while time.monotonic() < until and store.db.execute_sql(asked).fetchone()[0] < count:
        time.sleep(0.02)
