"""A whole Suki as its owner runs it: `python -m portal …` in a process of its own, watched from outside."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.postgres_server import free_port

ROOT = Path(__file__).resolve().parents[2]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KEPT = ("PATH", "HOME", "LANG", "LC_ALL")


def environment(**more):
    """What a start sees: nothing of the test session but what is named."""
    return {name: value for name, value in os.environ.items() if name in KEPT} | more


class Shop:
    """One running Suki. `lines` is what it printed; it is killed at the end whatever happens."""

    def __init__(self, data, *command, port=None, **env):
        self.port = port or free_port()
        self.lines, self.log = [], []
        env = environment(SUKI_DATA=str(data), PORT=str(self.port), PYTHONUNBUFFERED="1", **env)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "portal", "serve"],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        self.readers = [
            threading.Thread(target=lambda: self.lines.extend(line.rstrip() for line in self.process.stdout)),
            threading.Thread(target=lambda: self.log.extend(line.rstrip() for line in self.process.stderr)),
        ]
        for reader in self.readers:
            reader.start()

    def wait(self, reached, seconds=10, what=""):
        """Wait until `reached()` is true and return it."""
        until = time.monotonic() + seconds
        while not (found := reached()):
            assert time.monotonic() < until, f"not within {seconds} s: {what or reached}\n" + self.told()
            time.sleep(0.01)
        return found

    def told(self):
        return "\n".join([*self.lines, *self.log])

    def wait_for_page(self, seconds=60):
        """Seconds from the start until the first page was there."""
        self.wait(lambda: self.answers() or self.process.poll() is not None, seconds, "the first page")
        assert self.process.poll() is None, self.told()
        return time.monotonic() - self.began

    def answers(self, path="/sign-in"):
        """The status of a page, or None when there is none."""
        try:
            return self.ask("GET", path)[0]
        except (OSError, http.client.HTTPException):
            return None

    def ask(self, method, path, body=None, **headers):
        """(status, headers, text) of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def family(self):
        """{name: [process ids]} of "web" (masters), "serving" (their children), "worker" and "usher"."""
        parts = {"suki-web": [], "suki-worker": [], "suki-usher": []}
        for child in children(self.process.pid):
            parts.setdefault(name_of(child), []).append(child)
        web = [master for master in parts["suki-web"] if forks(master)]
        serving = [child for master in web for child in forks(master)]
        return {"web": web, "serving": serving, "worker": parts["suki-worker"], "usher": parts["suki-usher"]}

    def everybody(self):
        """Every process of this shop that lives: it has a session of its own."""
        return [pid for pid in processes() if session(pid) == self.process.pid]

    def stop(self, number=signal.SIGINT, seconds=10):
        """Tell the supervisor to stop and wait until nothing of the shop is left; returns (exit status, seconds)."""
        began = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(seconds)
        self.wait(lambda: not self.everybody(), seconds, "everybody gone")
        return status, time.monotonic() - began

    def kill(self):
        for pid in self.everybody():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)
        for reader in self.readers:
            reader.join(10)


def send(shop, page, fields, headers):
    """(status, headers, text) of a form that was filled in."""
    body = urlencode({name: value for name, value in fields.items() if value is not None})
    return shop.ask("POST", page, body, **headers)


def processes():
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _stat(pid):
    """Fields of /proc/PID/stat from the state on, [] when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if fields[0] in "ZX" else fields


def name_of(pid):
    """What a process is called; "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children(pid):
    return sorted(other for other in processes() if (fields := _stat(other)) and int(fields[1]) == pid)


def forks(pid):
    """The children that run the same program: not the verb that makes a backup beside the worker."""
    return [child for child in children(pid) if command(child) == command(pid)]


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def session(pid):
    fields = _stat(pid)
    return int(fields[3]) if fields else None


def cpu_seconds(pids):
    """What these processes used of the machine so far."""
    return sum(int(ticks) for pid in pids for ticks in _stat(pid)[11:13]) / os.sysconf("SC_CLK_TCK")


def pss_megabytes(pids):
    """Memory that these processes hold, shared pages counted once."""
    total = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024
