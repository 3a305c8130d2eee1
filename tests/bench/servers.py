"""Servers under measurement: Suki and the reference, both under Suki's own gunicorn settings, and what they cost.

`python -m tests.bench.servers suki|reference PORT` serves until it is stopped; settings come from the environment.
"""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config import Settings
from portal import serving, store
from tests.bench import reference
from tests.postgres_server import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


class Server:
    """A running server: its address and the CPU time of its processes."""

    def __init__(self, process, port):
        self.process, self.url = process, f"http://127.0.0.1:{port}"

    def cpu(self):
        """Seconds of CPU that the server's processes have used so far."""
        return sum(map(cpu_of, children(self.process.pid)))

    def memory(self):
        """Memory of all its processes in MB, what they share counted once."""
        return sum(map(memory_of, [self.process.pid, *children(self.process.pid)]))


@contextlib.contextmanager
def running(what, folder, **environment):
    """A server in processes of its own, stopped at the end; its log stands in `folder`."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.servers", what, str(port)]
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH")}
    with (folder / f"{what}.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        server = Server(process, port)
        _wait(server, folder / f"{what}.log")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.url}/sign-in", timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")


def children(process):
    """Ids of the processes below one, at any depth."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in path.read_text().split():
                found += [int(child), *children(int(child))]
    return found


def cpu_of(process):
    """Seconds of CPU of a living process: from the scheduler to the nanosecond, else in ticks."""
    try:
        return (
            sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{process}/task").glob("*/schedstat")) / 1e9
        )
    except (OSError, IndexError):
        pass
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(process):
    """Proportional set size in MB."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0


def serve(what, port):
    """Serve one of the two until SIGTERM, as `python -m portal serve` does, without the worker."""
    if what == "reference":
        app = reference.create_app(os.environ["REFERENCE"])
    else:
        from portal.web import log_lines  # the reference does not pay for Suki's imports
        from wsgi import create_app

        log_lines.start()
        app = create_app(Settings.from_env(os.environ | {"PORT": str(port)}))
    app.config.setdefault("HEADERS_OF_REFUSALS", {})  # the reference has no headers of its own
    store.close()  # the rest is what serving.serve() does for both
    gc.collect()
    gc.freeze()
    serving.WebServer(app, serving.listen("127.0.0.1", port), lambda: None, b"").run()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
