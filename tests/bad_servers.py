"""Mail servers that misbehave: a scripted one that goes wrong at a chosen step in a chosen way."""

import contextlib
import socket
import threading
import time

STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "dot", "quit")
GOOD = {
    "connect": b"220 ready\r\n",
    "ehlo": b"250-hello\r\n250 SIZE 1000000\r\n",
    "mail": b"250 ok\r\n",
    "rcpt": b"250 ok\r\n",
    "data": b"354 go on\r\n",
    "dot": b"250 taken\r\n",
    "quit": b"221 bye\r\n",
}
VERBS = {b"EHLO": "ehlo", b"HELO": "ehlo", b"MAIL": "mail", b"RCPT": "rcpt", b"DATA": "data", b"QUIT": "quit"}
HANG, CLOSE, DRIBBLE = "hang", "close", "dribble"
SENT, RETRY, DEAD = "sent", "retry", "dead"
FAULTS = [  # (step, fault, what becomes of a letter)
    ("", b"", SENT),
    ("connect", b"421 too busy\r\n", RETRY),
    ("connect", b"554 not from you\r\n", RETRY),
    ("connect", b"what?\r\n", RETRY),
    ("connect", HANG, RETRY),
    ("connect", CLOSE, RETRY),
    ("connect", DRIBBLE, RETRY),
    ("ehlo", b"421 too busy\r\n", RETRY),
    ("ehlo", b"550 not from you\r\n", RETRY),
    ("ehlo", HANG, RETRY),
    ("ehlo", CLOSE, RETRY),
    ("mail", b"451 later\r\n", RETRY),
    ("mail", b"530 sign in first\r\n", RETRY),
    ("mail", b"552 too big\r\n", DEAD),
    ("mail", HANG, RETRY),
    ("mail", CLOSE, RETRY),
    ("rcpt", b"450 greylisted\r\n", RETRY),
    ("rcpt", b"421 too busy\r\n", RETRY),
    ("rcpt", b"550 nobody here\r\n", DEAD),
    ("rcpt", b"251 will forward\r\n", SENT),
    ("rcpt", b"250-" + b"x" * 9000 + b"\r\n", RETRY),
    ("rcpt", HANG, RETRY),
    ("rcpt", DRIBBLE, RETRY),
    ("rcpt", CLOSE, RETRY),
    ("data", b"451 later\r\n", RETRY),
    ("data", b"554 no\r\n", DEAD),
    ("data", HANG, RETRY),
    ("data", CLOSE, RETRY),
    ("dot", b"452 full\r\n", RETRY),
    ("dot", b"554 looks bad\r\n", DEAD),
    ("dot", HANG, RETRY),
    ("dot", CLOSE, RETRY),
    ("dot", DRIBBLE, "sent or retry"),  # the figures 250 may have come before we hung up
    ("quit", b"500 what?\r\n", SENT),
    ("quit", HANG, SENT),
    ("quit", CLOSE, SENT),
]


class BadServer:
    """Speaks SMTP, but answers at `step` with `fault`: a line, HANG, CLOSE or DRIBBLE (one byte at a time)."""

    def __init__(self, step="", fault=b""):
        self.step, self.fault = step, fault
        self.taken = []  # bodies that were acknowledged or could have been
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.socket.getsockname()[1]}?timeout=0.3"
        self.stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.socket.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.socket.accept()
                threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line):
        with contextlib.suppress(OSError), line, line.makefile("rb") as said:
            if not self._answer(line, "connect"):
                return
            for text in said:
                step = VERBS.get(text[:4].upper())
                if step is None:
                    line.sendall(b"250 ok\r\n")
                elif not self._answer(line, step) or step == "quit":
                    return
                elif step == "data" and self.step != "data":
                    self._read_body(said)
                    if not self._answer(line, "dot"):
                        return

    def _read_body(self, said):
        body = []
        for text in said:
            if text == b".\r\n":
                self.taken.append(b"".join(body))
                return
            body.append(text)

    def _answer(self, line, step):
        if step != self.step:
            line.sendall(GOOD[step])
        elif self.fault == HANG:
            self.stopped.wait(5)
        elif self.fault == CLOSE:
            return False
        elif self.fault == DRIBBLE:
            for byte in GOOD[step][:-2] * 100:
                line.sendall(bytes([byte]))
                time.sleep(0.1)
        else:
            line.sendall(self.fault)
        return True
