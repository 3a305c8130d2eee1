"""The way a finished mail leaves the house: any SMTP server, or a folder of .eml files when there is none."""

import os
import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from email import policy
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from portal.worker import ServerAway, Undeliverable

TIMEOUT_SECONDS = 20  # for each answer of the server
CONVERSATION_TIMEOUTS = 3  # a server that dribbles one byte a second answers each time, so the whole is bounded too
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TOO_BIG = (523, 552)
BODIES = policy.SMTP.clone(cte_type="7bit")  # no server has to know 8BITMIME
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 !#$%&'*+/^_`{|}~-]{0,60}")


class Refused(Exception):
    """The server says not now; the message is tried again later."""


class Mail(NamedTuple):
    """A finished mail: its Message-ID and every byte of it."""

    message_id: str
    content: bytes


def finish(message_id, text, page, *, sender, to, subject, cc=(), files=(), calendar=None, **others):
    """A mail with one body in two forms. `sender` is (name, address), `to` and `cc` are lists of such, `files` are
    (name, type, bytes), `others` more headers: Date="…", or a tuple of Message-IDs.

    `calendar` is the text of an .ics file that goes with it.

    The headers are written here and not by the email package: folding long names it changes blanks, and an encoded
    word that somebody typed it takes for its own.
    """
    headers = {"Message-ID": message_id, "From": _person(*sender), "To": _people(to)}
    headers |= {"Cc": _people(cc)} if cc else {}
    headers |= {"Subject": _words("Subject", subject)}
    for name, value in others.items():
        folded = "\r\n ".join(value) if isinstance(value, tuple) else _words(name, value)
        headers[name.replace("_", "-")] = folded
    body = EmailMessage(BODIES)
    body.set_content(text)
    body.add_alternative(page, subtype="html")
    if calendar:
        body.add_attachment(calendar, subtype="calendar", params={"method": "PUBLISH"}, filename="invitation.ics")
    for name, kind, content in files:
        body.add_attachment(content, *kind.split("/"), filename=name)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return Mail(message_id, lines.encode() + body.as_bytes())


def _words(name, text):
    """Header text that reads exactly as `text`: plain where nothing can be mistaken, else as encoded words.

    An address in a header (List-Unsubscribe) may be long, but has no blank at which it could be folded.
    """
    if text.isascii() and text.isprintable() and (len(text) <= 60 or " " not in text) and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _people(people):
    """Several of them, each on a line of its own."""
    return ",\r\n ".join(_person(*one) for one in people)


def _person(name, address):
    if not name:
        return address
    shown = name if _PLAIN.fullmatch(name) else Header(name, "utf-8", header_name="To").encode(linesep="\r\n")
    return f"{shown} <{address}>"


def open_postbox(smtp_url, data):
    """The function `send(mail, sender, address)` for these settings; ValueError when SMTP_URL makes no sense."""
    if not smtp_url:
        return Folder(Path(data) / "mail").send
    return Server.parse(smtp_url).send


class Paced:
    """A postbox that hands over no more than so many mails a minute; meanwhile a lane holds its mail."""

    def __init__(self, send, per_minute):
        self.hand_over, self.seconds = send, 60 / per_minute
        self.next_at, self.lock = 0.0, threading.Lock()

    def send(self, mail, sender, address):
        with self.lock:
            turn = max(self.next_at, time.monotonic())
            self.next_at = turn + self.seconds
        time.sleep(max(0.0, turn - time.monotonic()))
        self.hand_over(mail, sender, address)


class Folder:
    """Mail for reading on this machine: one .eml file per message, named by its Message-ID: a repeat is the same."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, message_id):
        return self.folder / f"{re.sub(r'[^A-Za-z0-9.@_-]', '', message_id).lstrip('.')}.eml"

    def send(self, mail, sender, address):
        """Write the file whole or not at all: a reader never sees half a mail, a power cut leaves none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(mail.message_id)
        half = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.half")
        with half.open("wb") as file:
            file.write(mail.content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Server:
    """An SMTP server: smtp:// plain, smtp+starttls:// and smtps:// encrypted with a certificate that is checked."""

    def __init__(self, scheme, host, port, name=None, password=None, timeout=TIMEOUT_SECONDS):
        self.scheme, self.host, self.port = scheme, host, port
        self.name, self.password, self.timeout = name, password, timeout

    @classmethod
    def parse(cls, url):
        """A server from `smtps://name:password@host:465?timeout=10`; ValueError says what is wrong with it."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS:
            raise ValueError(f"SMTP_URL must start with {', '.join(f'{s}://' for s in PORTS)}")
        if not parts.hostname:
            raise ValueError("SMTP_URL names no host")
        asked = parse_qs(parts.query).get("timeout", [""])[0]
        seconds = float(asked) if re.fullmatch(r"\d{1,3}(\.\d+)?", asked) else TIMEOUT_SECONDS
        timeout = min(max(seconds, 0.1), TIMEOUT_SECONDS)
        name, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], name, password, timeout)

    def send(self, mail, sender, address):
        """Hand one mail over; returns once the server has taken it.

        Undeliverable when the server refuses this address or this message for good, ServerAway when nobody is let
        in; anything else that goes wrong (also a 5xx to our name or password, which a person will mend) is raised for
        another try.
        """
        server = self._server_class()(timeout=self.timeout, local_hostname=sender.rpartition("@")[2])
        patience = threading.Timer(self.timeout * CONVERSATION_TIMEOUTS, _hang_up, [server])
        patience.daemon = True
        patience.start()
        try:
            self._greet(server)
            _hand_over(server, mail, sender, ascii_address(address))
        finally:
            patience.cancel()
            server.close()

    def _server_class(self):
        if self.scheme != "smtps":
            return smtplib.SMTP
        return lambda **options: smtplib.SMTP_SSL(context=ssl.create_default_context(), **options)

    def _greet(self, server):
        server._host = self.host  # the certificate is checked against it; smtplib sets it in a constructor that waits
        try:
            code, answer = server.connect(self.host, self.port)
        except (OSError, smtplib.SMTPServerDisconnected) as trouble:
            raise ServerAway(f"{type(trouble).__name__}: {trouble}")
        if code != 220:
            raise ServerAway(f"{code} {_said(answer)}")
        server.ehlo_or_helo_if_needed()
        if self.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if self.name:
            server.login(self.name, self.password or "")


def _hand_over(server, mail, sender, address):
    options = [] if address.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        server.sendmail(sender, [address], mail.content, options)
    except smtplib.SMTPRecipientsRefused as refusal:
        _judge(*refusal.recipients[address])
    except smtplib.SMTPSenderRefused as refusal:
        if refusal.smtp_code in TOO_BIG:
            _judge(refusal.smtp_code, refusal.smtp_error)
        raise Refused(f"{refusal.smtp_code} {_said(refusal.smtp_error)}")
    except smtplib.SMTPDataError as refusal:
        _judge(refusal.smtp_code, refusal.smtp_error)
    except smtplib.SMTPNotSupportedError:
        raise Undeliverable("the mail server does not take addresses with letters beyond A to Z")
    with suppress(smtplib.SMTPException, OSError):  # it has taken the message; how it says goodbye does not matter
        server.quit()


def _judge(code, answer):
    if code >= 500:
        raise Undeliverable(f"{code} {_said(answer)}")
    raise Refused(f"{code} {_said(answer)}")


def _said(answer):
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)


def _hang_up(server):
    """End a conversation that takes too long, from another thread: the reading one sees a closed connection."""
    with suppress(OSError, AttributeError):  # closed already, or not even open yet
        server.sock.shutdown(socket.SHUT_RDWR)


def ascii_address(address):
    """The address for the envelope, with an ASCII domain where the rest is ASCII. Undeliverable if it is none."""
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError as fault:
        raise Undeliverable(f"not an e-mail address: {fault}")
    return found.ascii_email or found.normalized
