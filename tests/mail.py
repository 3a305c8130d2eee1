"""A real mail server for tests: aiosmtpd on a free port, which keeps what it gets and refuses on request."""

import email
import email.policy
import time

import pytest
from aiosmtpd.controller import Controller

from tests.postgres_server import free_port


class PostOffice:
    """Messages that arrived, oldest first, and the addresses to refuse: `smtp.refuse["x@y.example"] = "550 no"`."""

    def __init__(self):
        self.messages = []
        self.envelopes = []
        self.refuse = {}
        self.url = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address):
        """Messages that went to this address."""
        return [m for m, e in zip(self.messages, self.envelopes, strict=True) if address in e.rcpt_tos]

    def wait_for(self, count, seconds=10):
        """Wait until `count` messages are here, and return them."""
        until = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.messages) >= count, f"{len(self.messages)} of {count} messages came within {seconds} s"
        return self.messages


@pytest.fixture
def smtp():
    """A mail server; `smtp.url` goes into SMTP_URL, `smtp.messages` is what came."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    controller.start()
    office.url = f"smtp://127.0.0.1:{controller.port}"
    yield office
    controller.stop()
