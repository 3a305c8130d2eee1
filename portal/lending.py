"""Lending a thread of the web server to a request only once it has come: whoever dribbles waits outside.

A head of which a line came in ten seconds held a thread for as long as it liked; eight of them held the whole shop.
"""

import re
import select
import socket
import struct
import time
from functools import partial
from selectors import EVENT_READ

from portal import usher

MOST_HEAD, MOST_BODY = 1 << 16, 1 << 15  # a larger body is read while it comes
ARRIVE_SECONDS = 10  # for the whole of it; of what is larger, between two pieces
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:", re.IGNORECASE)  # says its body only when it is asked to go on
PIECE = struct.pack("ll", ARRIVE_SECONDS, 0)


class Worker(usher.Doorman):
    """gunicorn's threads behind a door at which requests gather."""

    def enqueue_req(self, conn):  # name given by gunicorn, as all below
        read_ahead = conn.parser is not None and conn.parser.unreader.buf.getvalue()
        wanted = 0 if read_ahead else wanted_of(conn.sock)
        if wanted:
            self.wait(conn, wanted)
            return
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, PIECE)
        conn.data_ready, conn.due = True, None
        super().enqueue_req(conn)

    def wait(self, conn, wanted):
        """Hear of it again when so many bytes are there; without them it is closed when its time is over."""
        conn.due = getattr(conn, "due", None) or time.monotonic() + ARRIVE_SECONDS
        conn.timeout = conn.due
        conn.sock.setblocking(False)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))


def wanted_of(line):
    """How many bytes must have come before it is worth a thread; 0 when they have, or when no more will come."""
    try:
        data = line.recv(MOST_HEAD + MOST_BODY, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 1
    except OSError:
        return 0
    head, end, body = data.partition(b"\r\n\r\n")
    if not data or len(data) >= MOST_HEAD + MOST_BODY or is_ended(line):
        return 0
    if not end:
        return len(data) + 1 if len(data) < MOST_HEAD else 0
    told = LENGTH.search(head + b"\r\n")
    length = min(int(told[1]), MOST_BODY) if told and not EXPECTS.search(head) else 0
    return 0 if len(body) >= length else len(head) + len(end) + length


def is_ended(line):
    """Whether the other side has said all it will ever say."""
    asked = select.poll()
    asked.register(line, select.POLLRDHUP)
    return bool(asked.poll(0))
