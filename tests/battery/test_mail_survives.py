"""H1, H5: whenever the worker is killed, every notice arrives, and a copy is the same mail under its Message-ID."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
from aiosmtpd.controller import Controller

from portal import audit, outbox
from portal.outbox import Outbox
from portal.people.teams import Team
from portal.values import Actor, Recipient, Ref
from tests.conftest import SEED
from tests.mail import PostOffice
from tests.make import CHANGED
from tests.postgres_server import free_port

RHEA = Actor(Ref("login", 7), name="Rhea", role="rep")
LEASE_SECONDS = 1.0


class Office(PostOffice):
    """A mail server that notes when each message came, dawdles a little, and kills the worker at `kill_at`, once."""

    def __init__(self, chance):
        super().__init__()
        self.chance, self.kill, self.kill_at, self.came = chance, None, None, []
        self.lock = threading.Lock()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.url = f"smtp://127.0.0.1:{self.controller.port}?timeout=5"

    def at(self, step):
        with self.lock:
            hit, self.kill_at = self.kill_at == step, None if self.kill_at == step else self.kill_at
        if hit:
            self.kill()
        time.sleep(self.chance.random() * 0.004)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.at("ehlo")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.at("mail")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.at("rcpt")
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        self.came.append(time.monotonic())
        answer = await super().handle_DATA(server, session, envelope)
        self.at("dot")
        return answer

    async def handle_QUIT(self, server, session, envelope):
        self.at("quit")
        return "221 bye"


class Mailman:
    """The worker in a process of its own, to be killed and started again."""

    def __init__(self, url, office, lease=LEASE_SECONDS):
        command = [sys.executable, "-m", "tests.battery.mail_worker", url, office.url, str(lease)]
        self.forks = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process = None
        office.kill = self.kill

    def start(self, point=""):
        self.forks.stdin.write(f"start {point}\n")
        self.forks.stdin.flush()
        self.process = int(self.forks.stdout.readline())

    def kill(self):
        try:
            os.kill(self.process, signal.SIGKILL)
        except ProcessLookupError:
            return

    def is_alive(self):
        return os.path.exists(f"/proc/{self.process}")


@pytest.fixture
def office():
    made = Office(random.Random(SEED))
    made.controller.start()
    yield made
    made.controller.stop()


@pytest.fixture
def mailman(database, office):
    made = Mailman(database.url, office)
    yield made
    made.kill()
    made.forks.kill()
    made.forks.wait()
    made.forks.stdin.close()
    made.forks.stdout.close()


def event(*names, fails=False):
    """An event that tells these people by mail and inbox."""
    people = [Recipient(Ref("address", sum(n.encode())), n, f"{n}@people.example") for n in names]
    try:
        with audit.change(RHEA, "team.made") as change:
            change.create(Team, name=f"Team {time.monotonic_ns()}")
            change.tell(people, "account_changed", **CHANGED)
            if fails:
                raise InterruptedError
    except InterruptedError:
        return


def all_settled(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Outbox.select().where(Outbox.state == "waiting").exists():
            return True
        time.sleep(0.05)
    return False


def check_arrived(office, kills):
    """Exactly what the outbox promised arrived; copies are the same mail; each address got its mail in order."""
    promised = [r.message_id for r in Outbox.select().where(Outbox.channel == "mail").order_by(Outbox.id)]
    arrived = [m["Message-ID"] for m in office.messages]
    assert set(arrived) == set(promised), "missing or surplus mail"
    assert len(promised) == len(set(promised))
    assert {r.state for r in Outbox.select()} == {"sent"}
    copies = {name: n for name, n in Counter(arrived).items() if n > 1}
    assert sum(n - 1 for n in copies.values()) <= kills * 4, "more copies than lanes that were killed"
    for name in copies:
        alike = [m for m in office.messages if m["Message-ID"] == name]
        assert len({(m["To"], m["Date"], m["Subject"], m.get_body().get_content()) for m in alike}) == 1
    first = {}
    for place, name in enumerate(arrived):
        first.setdefault(name, place)
    for address in {m["To"].addresses[0].addr_spec for m in office.messages}:
        mine = Outbox.select().where(Outbox.address == address).order_by(Outbox.id)
        places = [first[row.message_id] for row in mine]
        assert places == sorted(places), f"{address} got its mail out of order"
    return len(promised), sum(copies.values()) - len(copies)


def test_a_worker_killed_at_random_loses_nothing(mailman, office, record_property):
    chance = random.Random(SEED)
    names = [f"p{n}" for n in range(40)]
    kills = 0
    mailman.start()
    for n in range(75):
        event(*chance.sample(names, 4), fails=n % 5 == 4)
        if n % 3 == 2:
            time.sleep(chance.random() * 0.12)
            mailman.kill()
            kills += 1
            mailman.start()
    until = time.monotonic() + 20
    while Outbox.select().where(Outbox.state == "waiting").exists() and time.monotonic() < until and kills < 60:
        time.sleep(chance.random() * 0.4)
        mailman.kill()
        kills += 1
        mailman.start()
    assert all_settled(20)
    mails, copies = check_arrived(office, kills)
    assert mails == 240 and kills >= 25
    record_property("measured", f"{mails} mails, {kills} kills, {copies} copies")


BY_ITSELF = ("claimed", "written", "settling", "settled")


@pytest.mark.parametrize("point", [*BY_ITSELF, "ehlo", "mail", "rcpt", "dot", "quit"])
def test_a_worker_killed_at_any_step_delivers_after_its_lease(mailman, office, point):
    event("carol")
    office.kill_at = None if point in BY_ITSELF else point
    mailman.start(point if point in BY_ITSELF else "")
    until = time.monotonic() + 5
    while mailman.is_alive() and time.monotonic() < until:
        time.sleep(0.005)
    assert not mailman.is_alive(), f"the worker was not killed at {point}"
    mailman.start()
    assert all_settled(LEASE_SECONDS + 2)
    _, copies = check_arrived(office, 1)
    # A copy can only exist when the server had the message and the outbox did not know it yet.
    assert copies == (point in ("dot", "settling")) or (point == "quit" and copies <= 1)


def test_with_the_real_lease_a_killed_worker_is_replaced_within_five_seconds(database, office):
    mailman = Mailman(database.url, office, lease=outbox.LEASE.total_seconds())
    try:
        event("carol", "dave")
        office.kill_at = "rcpt"
        mailman.start()
        while mailman.is_alive():
            time.sleep(0.005)
        killed = time.monotonic()
        mailman.start()
        assert all_settled(8)
        assert max(office.came) - killed <= 5
        check_arrived(office, 1)
    finally:
        mailman.kill()
        mailman.forks.kill()
        mailman.forks.communicate()


def test_two_workers_and_no_kill_send_no_copy(mailman, office):
    mailman.start()
    first = mailman.process
    mailman.start()
    try:
        for n in range(50):
            event(*[f"p{m}" for m in range(n % 7, n % 7 + 4)])
        assert all_settled(20)
        assert check_arrived(office, 0) == (200, 0)
    finally:
        os.kill(first, signal.SIGKILL)
