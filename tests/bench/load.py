"""The load: requests over kept connections, one after the other or from several at once."""

import shutil
import socket
import statistics
import subprocess
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

AT_ONCE = 8


class Answer(NamedTuple):
    """What came back: status, headers in lower case, body."""

    status: int
    headers: dict
    body: bytes


class Connection:
    """One kept HTTP/1.1 connection over a bare socket."""

    def __init__(self, url, cookie=""):
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.head = f"Host: {self.host}:{self.port}\r\nAccept-Language: en\r\n" + (
            f"Cookie: {cookie}\r\n" if cookie else ""
        )
        self.socket = None

    def get(self, path, more=""):
        return self.ask(f"GET {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode())

    def post(self, path, body):
        more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self.ask(f"POST {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode() + body)

    def ask(self, request):
        for _ in range(2):  # the server may have closed a connection that stood idle
            if self.socket is None:
                self.socket = socket.create_connection((self.host, self.port), timeout=60)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.buffer = b""
            try:
                self.socket.sendall(request)
                return self._answer()
            except (ConnectionError, BrokenPipeError):
                self.close()
        raise ConnectionError(f"{self.host}:{self.port} closed the connection twice")

    def _answer(self):
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if headers.get("transfer-encoding") == "chunked":
            body = self._chunks()
        else:
            body = self._take(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(first.split()[1]), headers, body)

    def _take(self, size):
        while len(self.buffer) < size:
            self._more()
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def _chunks(self):
        parts = []
        while True:
            while b"\r\n" not in self.buffer:
                self._more()
            size, _, self.buffer = self.buffer.partition(b"\r\n")
            part = self._take(int(size, 16) + 2)[:-2]
            if not part:
                return b"".join(parts)
            parts.append(part)

    def _more(self):
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("closed")
        self.buffer += data

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None


def tool():
    """What drives the load at concurrency 8."""
    return "wrk" if shutil.which("wrk") else "the bench's own client in threads (wrk is not installed)"


def per_second(url, path, cookie, seconds):
    """Requests per second that come back at concurrency 8."""
    if shutil.which("wrk"):
        command = [
            "wrk",
            "-t1",
            f"-c{AT_ONCE}",
            f"-d{max(1, round(seconds))}s",
            "-H",
            f"Cookie: {cookie}",
            url + path,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return float(next(line.split()[1] for line in done.splitlines() if line.startswith("Requests/sec")))
    end, done = time.monotonic() + seconds, []

    def drive():
        connection, count = Connection(url, cookie), 0
        while time.monotonic() < end:
            connection.get(path)
            count += 1
        done.append(count)
        connection.close()

    threads = [threading.Thread(target=drive) for _ in range(AT_ONCE)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - began)


def spread(numbers):
    """(median, lowest, highest)."""
    return statistics.median(numbers), min(numbers), max(numbers)
