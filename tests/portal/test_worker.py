"""The worker: delivers at least once, keeps what it cannot deliver, and lets nothing hold up the rest."""

import threading
import time

import peewee

from portal import audit, outbox, store, worker
from portal.outbox import Outbox
from tests.portal.test_outbox import person, told


def finished(count):
    """Wait until so many messages wait no longer."""
    until = time.monotonic() + 10
    while Outbox.select().where(Outbox.state != "waiting").count() < count and time.monotonic() < until:
        time.sleep(0.01)
    return dict(Outbox.select(Outbox.state, peewee.fn.COUNT(Outbox.id)).group_by(Outbox.state).tuples())


class Working:
    """A worker in threads of this process."""

    def __init__(self, send, jobs=()):
        self.stop = threading.Event()
        self.thread = threading.Thread(target=worker.run, args=({"mail": send}, jobs, self.stop), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive()


def test_everything_is_delivered_once_and_in_order(database):
    people = [person(f"P{n}") for n in range(5)]
    for _ in range(4):
        told(*people)
    went = []
    with Working(lambda row: went.append((row.address, row.id))):
        assert finished(20) == {"sent": 20}
    assert len(went) == len(set(went)) == 20
    assert all(ids == sorted(ids) for ids in ([i for a, i in went if a == p.email] for p in people))


def test_one_hanging_address_holds_up_nobody_else(database):
    told(person("Poison"), *[person(f"P{n}") for n in range(30)])
    let_go = threading.Event()

    def send(row):
        if row.name == "Poison":
            let_go.wait(10)

    began = time.monotonic()
    with Working(send):
        assert finished(30) == {"sent": 30, "waiting": 1}
        assert time.monotonic() - began < 5
        let_go.set()
        assert finished(31) == {"sent": 31}


def test_a_refusal_for_good_is_dead_at_once_and_trouble_is_tried_again(database):
    def send(row):
        raise {"Gone": worker.Undeliverable("550 nobody"), "Busy": OSError("later"), "Left": worker.Withheld("no")}[
            row.name
        ]

    told(person("Gone"), person("Busy"), person("Left"))
    assert worker.deliver({"mail": send}) == 3
    assert {(r.name, r.state, r.error, r.attempts) for r in Outbox.select()} == {
        ("Gone", "dead", "550 nobody", 1),
        ("Busy", "waiting", "OSError: later", 1),
        ("Left", "withheld", "no", 0),
    }


def test_a_slow_delivery_keeps_its_lease(database, monkeypatch):
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.05)
    told(person("Carol"))
    leases = []

    def send(row):
        for _ in range(2):
            leases.append(Outbox.get_by_id(row.id).lease_until)
            time.sleep(0.2)

    worker.deliver({"mail": send})
    assert leases[1] > leases[0]


def test_a_database_that_goes_away_after_the_mail_went_does_not_send_it_twice(database, monkeypatch):
    told(person("Carol"))
    went, real, tries = [], outbox.sent, []

    def away_at_first(row, now=None):
        tries.append(row)
        if len(tries) < 3:
            raise peewee.OperationalError("server closed the connection")
        return real(row, now)

    monkeypatch.setattr(outbox, "sent", away_at_first)
    with Working(lambda row: went.append(row.id)):
        assert finished(1) == {"sent": 1}
    assert len(went) == 1


def test_jobs_run_by_the_clock_and_a_broken_or_slow_one_stops_nothing(database):
    runs, slow = [], threading.Event()

    def broken():
        runs.append("broken")
        raise RuntimeError

    jobs = [("broken", 0, broken), ("good", 0, lambda: runs.append("good")), ("slow", 60, lambda: slow.wait(8))]
    told(person("Carol"))
    with Working(lambda row: None, jobs):
        assert finished(1) == {"sent": 1}
        slow.set()
        until = time.monotonic() + 5
        while runs.count("good") < 2 and time.monotonic() < until:
            time.sleep(0.02)
    assert runs.count("good") >= 2 and runs.count("broken") >= 2


def test_two_workers_share_the_work_and_send_nothing_twice(database):
    for n in range(5):
        told(*[person(f"P{n}-{m}") for m in range(8)])
    went = []
    send = lambda row: (time.sleep(0.005), went.append(row.message_id))  # noqa: E731
    with Working(send), Working(send):
        assert finished(40) == {"sent": 40}
    assert len(went) == len(set(went)) == 40


def test_an_idle_worker_writes_nothing(database):
    before = store.queries()
    assert outbox.claim() == []
    assert store.queries() - before == 1


def test_workers_that_seal_at_the_same_time_make_one_chain(postgres):
    for _ in range(300):
        told()
    audit.SEAL_BATCH, before = 7, audit.SEAL_BATCH
    try:
        sealers = [threading.Thread(target=_sealed) for _ in range(4)]
        for sealer in sealers:
            sealer.start()
        for sealer in sealers:
            sealer.join()
    finally:
        audit.SEAL_BATCH = before
    _sealed()
    assert audit.Entry.select().where(audit.Entry.seal.is_null()).count() == 0
    assert list(audit.broken_links()) == []


def _sealed():
    with store.connection():
        audit.seal()
