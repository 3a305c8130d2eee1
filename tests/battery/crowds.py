"""Many callers at once, each on a line of its own, by one thread: what each was answered, and after how long."""

import contextlib
import selectors
import socket
import time
from typing import NamedTuple

PATIENCE_SECONDS = 30
MOST_LINES = 900  # a process may hold 1,024 files


class Call(NamedTuple):
    """One call: the status of its answer, None when there was none, and the seconds until it was whole."""

    status: int | None
    seconds: float


class Line:
    """A call that goes on."""

    def __init__(self, port, said):
        self.began = time.monotonic()
        self.said, self.heard = said, b""
        self.sock = socket.socket()
        self.sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self.sock.connect(("127.0.0.1", port))

    def ended(self):
        status = self.heard[9:12]
        is_whole = self.heard.startswith(b"HTTP/1.1 ") and b"\r\n\r\n" in self.heard
        return Call(int(status) if is_whole else None, time.monotonic() - self.began)


class Crowd:
    """Callers of one page of a shop; `at_once` of them at any moment, or `rate` new ones each second."""

    def __init__(self, port, path="/sign-in", cookie=""):
        self.port = port
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
        self.said = head.encode()
        self.poller = selectors.DefaultSelector()
        self.lines, self.calls = set(), []

    def call(self, seconds, *, at_once=None, rate=None):
        """Calls for so long, then waits for the answers; returns what came of each."""
        began, made = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds or self.lines:
            most = MOST_LINES if rate else at_once
            while passed < seconds and len(self.lines) < most and (not rate or made < passed * rate):
                self._open()
                made += 1
            for key, events in self.poller.select(0.002):
                self._go_on(key.data, events)
            for line in [line for line in self.lines if time.monotonic() - line.began > PATIENCE_SECONDS]:
                self._end(line)
        return self.calls

    def _open(self):
        line = Line(self.port, self.said)
        self.lines.add(line)
        self.poller.register(line.sock, selectors.EVENT_WRITE, line)

    def _go_on(self, line, events):
        try:
            if events & selectors.EVENT_WRITE:
                line.sock.send(line.said)
                self.poller.modify(line.sock, selectors.EVENT_READ, line)
                return
            heard = line.sock.recv(65536)
        except OSError:
            heard = b""
        line.heard += heard
        if not heard:
            self._end(line)

    def _end(self, line):
        self.poller.unregister(line.sock)
        line.sock.close()
        self.lines.remove(line)
        self.calls.append(line.ended())


def goodput(calls, seconds):
    """Pages a second."""
    return sum(call.status == 200 for call in calls) / seconds
