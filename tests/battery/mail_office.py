"""A mail server that kills, workers that are killed, and what must have arrived when all is over."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from portal import audit
from portal.outbox import Outbox
from portal.people.teams import Team
from portal.values import Actor, Recipient, Ref
from tests.mail import PostOffice
from tests.make import CHANGED
from tests.postgres_server import free_port

RHEA = Actor(Ref("login", 7), name="Rhea", role="rep")
LEASE_SECONDS = 1.0


class Office(PostOffice):
    """A mail server that notes when each message came, dawdles a little, and kills the worker at `kill_at`, once."""

    def __init__(self, seed):
        super().__init__()
        self.chance, self.kill, self.kill_at, self.came = random.Random(seed), None, None, []
        self.lock = threading.Lock()
        self.controller = Listener(self, hostname="127.0.0.1", port=free_port())
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


class Listener(Controller):
    """Lets the office hear of the steps that aiosmtpd has no hook for: before the greeting, and before the 354."""

    def factory(self):
        return Listening(self.handler, **self.SMTP_kwargs)


class Listening(SMTP):
    def connection_made(self, transport):
        self.event_handler.at("connect")
        super().connection_made(transport)

    async def smtp_DATA(self, arg):
        self.event_handler.at("data")
        await super().smtp_DATA(arg)


class Mailmen:
    """Workers in processes of their own, to be killed and started again; `killed` counts."""

    def __init__(self, url, office, lease=LEASE_SECONDS):
        command = [sys.executable, "-m", "tests.battery.mail_worker", url, office.url, str(lease)]
        self.forks = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.processes, self.killed = [], 0
        office.kill = self.kill

    def start(self, point=""):
        self.forks.stdin.write(f"start {point}\n")
        self.forks.stdin.flush()
        self.processes.append(int(self.forks.stdout.readline()))
        return self.processes[-1]

    def kill(self, place=-1):
        """SIGKILL one worker, the newest unless said."""
        process = self.processes.pop(place)
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed += 1

    def wait_for_death(self, process, seconds=20):
        """Whether a worker is gone within this time."""
        until = time.monotonic() + seconds
        while os.path.exists(f"/proc/{process}") and time.monotonic() < until:
            time.sleep(0.005)
        return not os.path.exists(f"/proc/{process}")

    def end(self):
        while self.processes:
            self.kill()
        self.forks.kill()
        self.forks.wait()
        self.forks.stdin.close()
        self.forks.stdout.close()


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


def waiting():
    return Outbox.select().where(Outbox.state == "waiting").exists()


def all_settled(seconds):
    """Whether nothing waits any more within this time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not waiting():
            return True
        time.sleep(0.05)
    return False


class Arrival:
    """What arrived beside what the outbox promised: `lost`, `surplus`, `copies`, `altered` copies, `disordered`."""

    def __init__(self, office):
        rows = list(Outbox.select().where(Outbox.channel == "mail").order_by(Outbox.id))
        promised, arrived = [row.message_id for row in rows], [m["Message-ID"] for m in office.messages]
        self.mails, self.lost = len(promised), set(promised) - set(arrived)
        self.surplus = set(arrived) - set(promised)
        self.unsettled = [row.message_id for row in rows if row.state != "sent"]
        self.copies = len(arrived) - len(set(arrived))
        self.altered = [name for name, n in Counter(arrived).items() if n > 1 and not _same(office.messages, name)]
        first = {}
        for place, name in enumerate(arrived):
            first.setdefault(name, place)
        in_line = {}
        for row in rows:
            in_line.setdefault(row.address, []).append(first.get(row.message_id, -1))
        self.disordered = [address for address, places in in_line.items() if places != sorted(places)]

    @property
    def faults(self):
        found = {name: getattr(self, name) for name in ("lost", "surplus", "unsettled", "altered", "disordered")}
        return {name: what for name, what in found.items() if what}


def _same(messages, name):
    alike = [m for m in messages if m["Message-ID"] == name]
    return len({(m["To"], m["Date"], m["Subject"], m.get_body().get_content()) for m in alike}) == 1
