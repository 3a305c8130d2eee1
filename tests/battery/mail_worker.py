"""A worker that is made to be killed: `python -m tests.battery.mail_worker DATABASE_URL SMTP_URL LEASE_SECONDS`.

Everything is imported once; each line "start" or "start POINT" on its input forks a worker, whose process id is
printed. At POINT (claimed, written, body, settling, settled) that worker kills itself, once.
"""

import contextlib
import os
import signal
import smtplib
import sys
from datetime import timedelta

from portal import outbox, store, worker
from portal.people import keys
from portal.web import mail, postbox, posting

SHOP = mail.Shop("Tindahan", "tindahan@shop.example", "https://shop.example")


def main(database_url, smtp_url, lease):
    outbox.LEASE = timedelta(seconds=float(lease))
    worker.HEARTBEAT_SECONDS = float(lease) / 4
    keys.hand_in("not a secret " * 4, is_test=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        point = line.split()[1:]
        process = os.fork()
        if not process:
            work(database_url, smtp_url, *point)
        print(process, flush=True)


def work(database_url, smtp_url, point=None):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    store.open(database_url)
    handlers = posting.handlers(SHOP, postbox.open_postbox(smtp_url, None), None)
    if point == "claimed":
        outbox.claim = then_die(outbox.claim)
    elif point == "written":
        posting.message_for = then_die(posting.message_for)
    elif point == "body":
        smtplib.SMTP.data = half_a_body
    elif point == "settling":
        outbox.sent = die
    elif point == "settled":
        outbox.sent = then_die(outbox.sent)
    with contextlib.suppress(KeyboardInterrupt):
        worker.run(handlers)
    os._exit(0)


def half_a_body(server, message):
    """The server has half of the message, and will never hear the dot."""
    server.docmd("DATA")
    server.send(message[: len(message) // 2])
    die()


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(function):
    def run(*arguments):
        if function(*arguments):
            die()

    return run


if __name__ == "__main__":
    main(*sys.argv[1:])
