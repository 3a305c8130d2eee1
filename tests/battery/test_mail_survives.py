"""H5, H8: whenever a worker is killed, every notice arrives, and a copy is the same mail under its Message-ID."""

import time

import pytest

from portal import outbox
from tests.battery.mail_office import LEASE_SECONDS, Arrival, Mailmen, Office, all_settled, event
from tests.seeds import SEED

WORKERS = 4
PEOPLE = [f"p{n}" for n in range(40)]
BY_ITSELF = ("claimed", "written", "body", "settling", "settled")  # the worker dies there by its own hand
STEPS = (
    "claimed",
    "written",
    "connect",
    "ehlo",
    "mail",
    "rcpt",
    "data",
    "body",
    "dot",
    "settling",
    "settled",
    "quit",
)
# A copy can only exist when the server had the message and the outbox did not know it yet.
COPIES = {"dot": {1}, "settling": {1}, "quit": {0, 1}}


@pytest.fixture
def office():
    made = Office(SEED)
    made.controller.start()
    yield made
    made.controller.stop()


@pytest.fixture
def mailmen(database, office):
    made = Mailmen(database.url, office)
    yield made
    made.end()


@pytest.mark.row("H5")
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_delivers_after_its_lease(mailmen, office, figures, step):
    event("carol")
    office.kill_at = None if step in BY_ITSELF else step
    begun = mailmen.start(step if step in BY_ITSELF else "")
    assert mailmen.wait_for_death(begun), f"nobody was killed at {step}"
    mailmen.start()
    assert all_settled(LEASE_SECONDS + 20)
    arrival = Arrival(office)
    figures(step=step, mails=arrival.mails, copies=arrival.copies, faults=len(arrival.faults))
    assert arrival.faults == {}
    assert arrival.copies in COPIES.get(step, {0})


@pytest.mark.row("H5")
def test_workers_killed_at_random_lose_nothing(mailmen, office, figures, sized, rng):
    kills = sized(gate=60, night=1000)
    for _ in range(WORKERS):
        mailmen.start()
    while mailmen.killed < kills:
        for n in range(2):
            event(*rng.sample(PEOPLE, 4), fails=n and rng.random() < 0.4)
        time.sleep(rng.random() * 0.12)
        mailmen.kill(rng.randrange(WORKERS))
        mailmen.start()
    assert all_settled(60)
    arrival = Arrival(office)
    figures(workers=WORKERS, kills=mailmen.killed, mails=arrival.mails, copies=arrival.copies)
    assert arrival.faults == {}
    assert arrival.copies <= mailmen.killed * 4, "more copies than lanes that were killed"


@pytest.mark.row("H5")
def test_with_the_real_lease_a_killed_worker_is_replaced_within_five_seconds(database, office, figures):
    mailmen = Mailmen(database.url, office, lease=outbox.LEASE.total_seconds())
    try:
        event("carol", "dave")
        office.kill_at = "rcpt"
        assert mailmen.wait_for_death(mailmen.start())
        killed = time.monotonic()
        mailmen.start()
        assert all_settled(60)
        figures(resumed_seconds=round(max(office.came) - killed, 1))
        assert max(office.came) - killed <= outbox.LEASE.total_seconds() + 30
        assert Arrival(office).faults == {}
    finally:
        mailmen.end()


@pytest.mark.row("H8")
def test_four_workers_and_no_kill_send_no_copy(mailmen, office, figures, sized, rng):
    events = sized(gate=100, night=25_000)
    for _ in range(WORKERS):
        mailmen.start()
    for _ in range(events):
        event(*rng.sample(PEOPLE, 4))
    assert all_settled(60 + events)
    arrival = Arrival(office)
    figures(workers=WORKERS, mails=arrival.mails, copies=arrival.copies)
    assert arrival.faults == {} and arrival.mails == events * 4
    assert arrival.copies == 0
