"""Who is let in: when the line is long, the next are told at once that the shop is busy."""

import contextlib
import select
import socket
import struct
import sys
import time
from collections import deque
from functools import partial
from selectors import EVENT_READ

from gunicorn.workers.gthread import ThreadWorker

IN_HAND = 32  # calls that one process has taken; it leaves others to its neighbour, and to the line of the socket
LINE = 128  # calls that wait there: some seconds of work, however long people would wait
MOST_IN_HAND = IN_HAND + LINE  # when many who were silent speak up at once
LOOK_SECONDS = 0.05
HANG_UP_SECONDS = 2
MOST_LEAVING = 512  # who were answered and have not hung up
WAITING = struct.Struct("24xI")  # where TCP_INFO of a listening socket (Linux) says how many wait


class Doorman(ThreadWorker):
    """The thread of a web process that hands calls to those that answer, and takes no more than they can do soon."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.in_hand = 0

    def set_accept_enabled(self, enabled):
        super().set_accept_enabled(enabled and self.in_hand < IN_HAND)

    def enqueue_req(self, conn):
        if self.in_hand >= MOST_IN_HAND:
            self._turn_away(conn)
            return
        self.in_hand += 1
        self.set_accept_enabled(self._accepting)
        super().enqueue_req(conn)

    def finish_request(self, conn, fs):
        self.in_hand -= 1
        super().finish_request(conn, fs)

    def _cap_keepalive(self, deadline):
        """When the process ends, silent lines do not hold it up; what is being said is heard out."""
        super()._cap_keepalive(deadline)
        for conn in filter(_is_silent, self.pending_conns):
            conn.timeout = min(conn.timeout, deadline)
        self.pending_conns = deque(sorted(self.pending_conns, key=lambda conn: conn.timeout))

    def _turn_away(self, conn):
        _refuse(conn.sock, self.app.busy)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._see_off, conn))

    def _see_off(self, conn, sock):
        if _has_left(sock):
            self.poller.unregister(sock)
            self.pending_conns.remove(conn)
            self.nr_conns -= 1
            conn.close()


def turn_away(listener, answer, stop):
    """While more wait at a socket than can be answered soon, answer those that waited longest that there is no room.

    A process of its own does it: in those that make pages it would have to wait for its turn.
    """
    poller, leaving = select.epoll(), {}
    while not stop.is_set():
        for _ in range(min(waiting(listener) - LINE, MOST_LEAVING - len(leaving))):
            with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
                caller, _ = listener.accept()
                _refuse(caller, answer)
                leaving[caller.fileno()] = caller, time.monotonic() + HANG_UP_SECONDS
                poller.register(caller, select.EPOLLIN)
        for number, _ in poller.poll(LOOK_SECONDS):
            if _has_left(leaving[number][0]):
                leaving.pop(number)[0].close()
        while leaving and next(iter(leaving.values()))[1] < time.monotonic():
            leaving.pop(next(iter(leaving)))[0].close()


def waiting(listener):
    """How many calls wait to be taken."""
    return WAITING.unpack(listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, WAITING.size))[0]


def is_possible():
    """Only Linux tells how many wait."""
    return sys.platform == "linux"


def _refuse(caller, answer):
    """Answer, and let the caller hang up: what he still says would cut off the answer of who hangs up first."""
    caller.setblocking(False)
    with contextlib.suppress(OSError):
        caller.send(answer)
        caller.shutdown(socket.SHUT_WR)


def _is_silent(conn):
    try:
        return not conn.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False


def _has_left(caller):
    """Whether a caller hung up; what he says until then is not read."""
    try:
        return not caller.recv(65536)
    except BlockingIOError:
        return False
    except OSError:
        return True
