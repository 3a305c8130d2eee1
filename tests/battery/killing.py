"""Whoever kills parts of a running shop, and starts again what nobody else does, as a service manager would."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psycopg

from tests import postgres_server
from tests.battery.shops import Shop

AGAIN_SECONDS = 30


class Killer:
    """Kills a part of `shop` at each call, in turns and by chance; `kills` counts them by name."""

    def __init__(self, shop, env, server, chance):
        self.shop, self.env, self.server, self.chance = shop, env, server, chance
        self.kills = {}
        self.parts = ["serving", "serving", "web", "worker", "serving", "web", "worker", "shop"]
        if server:
            self.parts += ["backend", "backend", "postmaster"]
        self.line = []

    def strike(self):
        """Kill the next part, chosen so that each has its turn."""
        if not self.line:
            self.line = self.chance.sample(self.parts, len(self.parts))
        part = self.line.pop()
        if getattr(self, f"_{part}", self._process)(part):
            self.kills[part] = self.kills.get(part, 0) + 1

    def _process(self, part):
        found = self.shop.family()[part]
        return bool(found) and _kill(self.chance.choice(found))

    def _shop(self, part):
        """Everything at once, as when the machine is switched off, and on again."""
        self.shop.kill()
        self.shop.start_again()
        return True

    def _backend(self, part):
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(self.env["DATABASE_URL"], connect_timeout=5) as connection:
                others = (
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                found = [pid for (pid,) in connection.execute(others)]
            return bool(found) and _kill(self.chance.choice(found))
        return False

    def _postmaster(self, part):
        """The server's first process; it is started again once its children have noticed."""
        pid = int((Path(self.server.folder) / "data" / "postmaster.pid").read_text().splitlines()[0])
        _kill(pid)
        until = time.monotonic() + AGAIN_SECONDS
        while True:
            try:
                self.server.start()
                return True
            except postgres_server.Unavailable:
                assert time.monotonic() < until, "PostgreSQL does not start again"
                time.sleep(0.1)


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Restarted(Shop):
    """A shop that is started again at the same address; what it said before is kept."""

    def __init__(self, data, *command, **env):
        self.asked = data, command, env
        super().__init__(data, *command, **env)

    def start_again(self):
        data, command, env = self.asked
        said = self.lines, self.log
        super().__init__(data, *command, port=self.port, **env)
        self.lines[:0], self.log[:0] = said
