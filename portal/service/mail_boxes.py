"""Where mails are fetched from: a mailbox of an IMAP server, or a folder of .eml files when there is none."""

import contextlib
import hashlib
import imaplib
import re
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}
TIMEOUT_SECONDS = 20  # for each answer of the server
AWAY = (OSError, imaplib.IMAP4.error, ssl.SSLError, socket.timeout)
SIZE = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)", re.DOTALL)
RECEIVED = re.compile(rb'INTERNALDATE "([^"]{1,40})"')
MOST_AT_ONCE = 200  # mails whose sizes are asked for together


class Lying(NamedTuple):
    """A mail that lies in the mailbox: its number there, how large it is, and when it came (None: unknown)."""

    uid: int
    size: int
    came_at: datetime | None


def open_box(imap_url, data):
    """The mailbox of these settings; ValueError when IMAP_URL makes no sense."""
    return Server.parse(imap_url) if imap_url else Folder(Path(data) / "mailbox")


class Server:
    """A mailbox of an IMAP server: imaps:// and imap+starttls:// with a checked certificate, imap:// plain."""

    def __init__(self, scheme, host, port, name, password, folder):
        self.scheme, self.host, self.port, self.folder = scheme, host, port, folder
        self.login, self.password = name, password
        self.name = f"{name}@{host}/{folder}"[:200]

    @classmethod
    def parse(cls, url):
        """A mailbox from `imaps://name:password@host:993/INBOX`; ValueError says what is wrong with it."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS:
            raise ValueError(f"IMAP_URL must start with {', '.join(f'{s}://' for s in PORTS)}")
        if not parts.hostname or not parts.username:
            raise ValueError("IMAP_URL names no host or no name to sign in with")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        name, password = unquote(parts.username), unquote(parts.password or "")
        if re.search(r'["\\\r\n\0]', folder + name + password):
            raise ValueError("IMAP_URL holds a letter that IMAP does not take")
        return cls(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], name, password, folder)

    @contextlib.contextmanager
    def open(self):
        """A visit to the mailbox; raises what AWAY names when it cannot be had."""
        server = self._connect()
        try:
            server.login(self.login, self.password)
            answer, said = server.select(f'"{self.folder}"')
            if answer != "OK":
                raise imaplib.IMAP4.error(f"there is no mailbox {self.folder}: {said}")
            yield _Visit(server)
        finally:
            with contextlib.suppress(*AWAY):
                server.logout()

    def _connect(self):
        context = ssl.create_default_context()
        if self.scheme == "imaps":
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT_SECONDS)
        server = imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if self.scheme == "imap+starttls":
            server.starttls(context)
        return server


class _Visit:
    """An open mailbox of a server."""

    def __init__(self, server):
        self.server = server
        validity = server.response("UIDVALIDITY")[1]
        self.validity = int(validity[0]) if validity and validity[0] else 0

    def after(self, uid, most):
        """Up to `most` mails with a higher number, in their order."""
        found = self._ask("SEARCH", None, f"UID {uid + 1}:*")
        numbers = sorted({int(n) for n in b" ".join(found).split() if n.isdigit()})
        wanted = [number for number in numbers if number > uid][:most]  # n:* always names the last one
        lying = []
        for start in range(0, len(wanted), MOST_AT_ONCE):
            part = ",".join(map(str, wanted[start : start + MOST_AT_ONCE]))
            lying += filter(None, map(_lying, self._ask("FETCH", part, "(UID RFC822.SIZE INTERNALDATE)")))
        return sorted(lying)

    def content(self, uid, most):
        """A whole mail, as long as it has no more bytes; None when it lies there no more."""
        return self._body(uid, f"BODY.PEEK[]<0.{most}>")

    def head(self, uid, most):
        """The headers of a mail."""
        return self._body(uid, f"BODY.PEEK[HEADER]<0.{most}>")

    def mark(self, uid):
        """Tell the server that we have it: it is seen."""
        self._ask("STORE", str(uid), "+FLAGS.SILENT (\\Seen)")

    def _body(self, uid, what):
        parts = [part for part in self._ask("FETCH", str(uid), f"(UID {what})") if isinstance(part, tuple)]
        return parts[0][1] if parts else None

    def _ask(self, *command):
        answer, found = self.server.uid(*command)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{command[0]}: {found}")
        return [part for part in found if part]


def _lying(line):
    line = line[0] + line[1] if isinstance(line, tuple) else line
    found, came = SIZE.search(line), RECEIVED.search(line)
    if not found:
        return None
    uid, size = (found[1], found[2]) if found[1] else (found[4], found[3])
    return Lying(int(uid), int(size), _moment(came[1].decode("ascii", "replace")) if came else None)


def _moment(text):
    """A moment from "22-Nov-2026 21:05:12 +0800", None when that cannot be."""
    try:
        return datetime.strptime(text.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


class Folder:
    """Mails for trying it out on this machine: .eml files that lie in a folder, moved below it once they are ours."""

    name = "folder"
    validity = 1

    def __init__(self, folder):
        self.folder = Path(folder)

    @contextlib.contextmanager
    def open(self):
        yield self

    def after(self, uid, most):
        """The files that lie there; a file has no number that grows, so `uid` is not asked."""
        found = []
        for path in sorted(self.folder.glob("*.eml"))[:most] if self.folder.is_dir() else []:
            there = path.stat()
            found.append(Lying(_number(path, there), there.st_size, None))
        return found

    def content(self, uid, most):
        path = self._path(uid)
        return path and path.read_bytes()[:most]

    head = content

    def mark(self, uid):
        path = self._path(uid)
        if path:
            taken = self.folder / "taken"
            taken.mkdir(exist_ok=True)
            path.replace(taken / path.name)

    def _path(self, uid):
        return next((p for p in self.folder.glob("*.eml") if _number(p, p.stat()) == uid), None)


def _number(path, there):
    said = f"{path.name} {there.st_size} {there.st_mtime_ns}"
    return int(hashlib.sha256(said.encode()).hexdigest()[:15], 16)
