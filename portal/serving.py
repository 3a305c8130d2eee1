"""Serving: one process that keeps the web server and the worker running, and stops both cleanly."""

import contextlib
import ctypes
import errno
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from gunicorn import util
from gunicorn.app.base import BaseApplication

from portal import audit, files, health, lending, safekeeping, store, usher, worker
from portal.activity import gathering, task_letters, view_log
from portal.customers import duplicates, moves
from portal.exchange import backing_up, bank_booking, run_files, run_working
from portal.exchange.backing_up import Busy, Shop
from portal.insight import numbers, silence
from portal.people import attempts, link_requests, links, sessions
from portal.sales import missed, reminders, spending_counting, submissions, suggestions
from portal.service import case_steps, covering, mail_boxes, mail_fetching, mail_receiving, request_deciding
from portal.whole import binning, custom_batches, erasing, merging, portions, undo

log = logging.getLogger("suki.serving")
WEB_PROCESSES = 2
THREADS = 4
BACKLOG = 2048
GRACE_SECONDS = 60  # for requests in hand when a newer version has taken over
STOP_SECONDS = 8  # for everything; then what is left is killed, and leases bring back what it held
AGAIN_SECONDS = 0.5  # a part that dies at once must not spin
SEAL_SECONDS = 2
LINK_SECONDS = 1
IMPORT_SECONDS = 1
OWN_FIELDS_SECONDS = 2
GATHER_SECONDS = 5
CASE_SECONDS = 15 * 60
MAILBOX_SECONDS = 15
REMINDER_SECONDS = 15 * 60  # each letter goes once, whenever it is asked
BANK_SECONDS = 60
DUPLICATE_SECONDS = 15
LATE_SECONDS = 60
WARRANTY_SECONDS = 60 * 60
FIGURE_SECONDS = 300
DATED_SECONDS = 60  # what holds from a day on
PORTION_SECONDS = 1
ERASE_SECONDS = 5
BACKUP_SECONDS = 2
BEAT_SECONDS = 5
DAY_SECONDS = 24 * 60 * 60
SOCKET, RETIRING = "SUKI_SOCKET", "SUKI_RETIRING"  # what a renewed process is told by the one it was
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15


class CannotListen(Exception):
    """The port is taken or not ours; the text is one clear line."""


class WebServer(BaseApplication):
    """gunicorn over an app that is loaded already, so that its processes share memory.

    The socket is made by the supervisor and outlives this server: while it is started again, callers wait in line.
    """

    def __init__(self, app, listener, ready, busy):
        self.app, self.listener, self.ready, self.busy = app, listener, ready, busy
        super().__init__()

    def load_config(self):
        util.write_error = refusal(self.app.config["HEADERS_OF_REFUSALS"])
        options = {
            "bind": f"fd://{os.dup(self.listener.fileno())}",
            "workers": WEB_PROCESSES,
            "threads": THREADS,
            "worker_class": lending.Worker,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "loglevel": "warning",
            "limit_request_line": 8190,
            "control_socket_disable": True,  # it would stand in the home folder, and nobody asks there
            "when_ready": self.open_up,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        return self.app

    def open_up(self, arbiter):
        """Called when the socket is taken over and before the first fork."""
        own = logging.getLogger("gunicorn.error")
        own.handlers.clear()
        own.propagate = True  # its lines are written as all others
        self.ready()


def refusal(headers):
    """What the server itself says to what is no HTTP: with the headers of every answer, repeating nothing of it."""
    dress = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def write_error(sock, status, reason, message):  # name given by gunicorn
        body = f"{reason}\n"
        head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        util.write_nonblock(sock, f"{head}Content-Length: {len(body)}\r\n{dress}\r\n{body}".encode("latin1"))

    return write_error


def spelt(answer):
    """An answer of the app as it goes over the line, once, with the end of the call."""
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"HTTP/1.1 {answer.status}\r\nConnection: close\r\n{head}\r\n".encode("latin1") + answer.get_data()


def jobs(settings, more=()):
    """What the worker does by the clock besides delivering: (name, seconds between runs, function)."""
    return [
        ("seal", SEAL_SECONDS, audit.seal),
        ("links", LINK_SECONDS, link_requests.answer_all),
        ("forget", DAY_SECONDS, forget_old),
        ("sweep", DAY_SECONDS, lambda: sweep(Shop.of(settings))),
        ("beat", BEAT_SECONDS, lambda: health.beat(settings.data)),
        ("deeds", DAY_SECONDS, undo.forget_old),
        ("bin", DAY_SECONDS, binning.empty),
        ("gather", GATHER_SECONDS, gathering.run),
        ("submissions", DAY_SECONDS, submissions.drop_old),
        ("missed", DAY_SECONDS, missed.forget_old),
        ("reminders", REMINDER_SECONDS, reminders.run),
        ("suggestions", REMINDER_SECONDS, suggestions.run),
        ("tasks", REMINDER_SECONDS, task_letters.run),
        ("cases", CASE_SECONDS, case_steps.close_solved),
        ("bank", BANK_SECONDS, bank_booking.follow_cancelled),
        ("warranties", WARRANTY_SECONDS, watch_warranties),
        ("figures", FIGURE_SECONDS, numbers.keep),
        ("silence", FIGURE_SECONDS, silence.keep),
        ("requests", DATED_SECONDS, request_deciding.run),
        ("moves", DATED_SECONDS, moves.run),
        ("duplicates", DUPLICATE_SECONDS, duplicates.run),
        ("merges", LATE_SECONDS, merging.move_late),
        ("portions", PORTION_SECONDS, portions.run),
        ("erasures", ERASE_SECONDS, lambda: erasing.run(settings.data)),
        ("import files", DAY_SECONDS, run_files.forget_old),
        *more,
    ]


def long_jobs():
    """What may take minutes, each in a thread of its own, so that it holds up nothing else."""
    return [
        ("imports", IMPORT_SECONDS, run_working.run),
        ("spending", DAY_SECONDS, spending_counting.keep),
        ("own_fields", OWN_FIELDS_SECONDS, custom_batches.work),
    ]


def mailbox_jobs(settings):
    """The same of the shared inbox, whose server may take its time."""
    if not (settings.imap_url or settings.demo):
        return []
    box = mail_boxes.open_box(settings.imap_url, settings.data)
    return [("mailbox", MAILBOX_SECONDS, lambda: look_into(box))]


def backup_jobs(settings):
    """The backups of the night, and those that admins ask for, by this machine's own processes."""
    shop = Shop.of(settings)
    return [("backups", BACKUP_SECONDS, lambda: safekeeping.work(shop, settings.backups_kept))]


def sweep(shop):
    """Take away files without a row, but not from under a backup that is being made."""
    with contextlib.suppress(Busy), backing_up.alone(shop):
        files.sweep()


def look_into(box):
    """Fetch what came, and make mails of it."""
    mail_fetching.fetch(box)
    mail_receiving.receive_all()


def forget_old():
    """Drop what signing in and looking leave behind: dead sessions, links, requests, counters, looks of years ago."""
    for noun in (sessions, links, link_requests, attempts, view_log):
        noun.forget_old()


def watch_warranties():
    """Cover what came by other ways than a delivery, and tell owners of what ends soon."""
    covering.catch_up()
    covering.remind()


def work(handlers, timetable, apart=()):
    """The worker process: deliver and run jobs until SIGTERM; those `apart` hold up no other."""
    stop = told_to_stop()
    worker.run(handlers, timetable, stop, [*long_jobs(), *apart])
    store.close()


def told_to_stop():
    """An event that SIGTERM or Ctrl-C sets."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def listen(host, port):
    """The socket of the web server, or the one that the process before a renewal left us. Raises CannotListen."""
    left = os.environ.pop(SOCKET, None)
    if left:
        return socket.socket(fileno=int(left))
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as trouble:
        said = {
            errno.EADDRINUSE: f"PORT: {port} is in use on this machine; stop what listens there, or set PORT.",
            errno.EACCES: f"PORT: this account may not listen on {port}; write a number above 1023.",
        }
        raise CannotListen(said.get(trouble.errno, f"HOST: cannot listen on {host} ({trouble})."))
    return listener


def serve(app, listener, handlers, timetable, ready=lambda: None, apart=()):
    """Run web server and worker until SIGTERM or Ctrl-C; a process that dies is started again.

    Both are forked from this process, which has imported everything and opened no connection: they share memory.
    `ready` is called once, when the web answers.
    """
    retiring = [int(process) for process in os.environ.pop(RETIRING, "").split()]
    busy = spelt(app.config["BUSY"])
    store.close()
    gc.collect()
    gc.freeze()

    def web(is_first):
        greet = ready if is_first and not retiring else lambda: _tell(retiring, signal.SIGTERM)
        WebServer(app, listener, greet, busy).run()

    parts = {"web": web, "worker": lambda _: work(handlers, timetable, apart)}
    if usher.is_possible():
        parts["usher"] = lambda _: usher.turn_away(listener, busy, told_to_stop())
    Supervisor(listener, parts).run()
    return 0


class Supervisor:
    """Keeps one process of each part running, until it is told to stop or to make way for a newer version."""

    def __init__(self, listener, parts):
        self.listener, self.parts = listener, parts
        self.running = {}  # process id: name of its part
        self.is_stopping = False

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        # A terminal that closes means stop; a service manager means: read the new version.
        in_terminal = sys.stdin is not None and sys.stdin.isatty()
        signal.signal(signal.SIGHUP, self._stop if in_terminal else self._renew)
        for name in self.parts:
            self._start(name, is_first=True)
        while self.running:
            self._wait()

    def _start(self, name, is_first=False):
        if not self.is_stopping:
            self.running[_fork(name, lambda: self.parts[name](is_first))] = name
        if self.is_stopping:  # told while forking
            _tell(self.running, signal.SIGTERM)

    def _wait(self):
        with contextlib.suppress(ChildProcessError):
            process, status = os.wait()
            name = self.running.pop(process, None)
            if name is None or self.is_stopping:
                return
            log.error("%s ended with status %s and is started again", name, os.waitstatus_to_exitcode(status))
            time.sleep(AGAIN_SECONDS)
            self._start(name)

    def _stop(self, *_):
        self.is_stopping = True
        _tell(self.running, signal.SIGTERM)
        signal.signal(signal.SIGALRM, lambda *_: _tell(self.running, signal.SIGKILL))
        signal.alarm(STOP_SECONDS)

    def _renew(self, *_):
        """Become the version that now stands on the disk: same process and socket; the old parts serve meanwhile."""
        command = [sys.executable, "-m", "portal"]
        if subprocess.run([*command, "check"], check=False).returncode:  # noqa: S603 ourselves
            log.error("the version on the disk cannot start; this one goes on")
            return
        if self.is_stopping:  # told while checking
            return
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the new one listens to it
        self.listener.set_inheritable(True)
        os.environ[SOCKET] = str(self.listener.fileno())
        os.environ[RETIRING] = " ".join(map(str, self.running))
        os.execv(command[0], [*command, *sys.argv[1:]])  # noqa: S606 ourselves


def _tell(processes, number):
    for process in list(processes):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _fork(name, part):
    """Run `part` in a process of its own, which ends when this one does, however that ends."""
    sys.stdout.flush()
    supervisor = os.getpid()
    process = os.fork()
    if process:
        return process
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    code = 1
    try:
        end_with(supervisor)
        _be_called(name)
        part()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:
        log.exception("a part of Suki failed")
    finally:
        sys.stdout.flush()
        os._exit(code)
    return None


def end_with(supervisor):
    """Ask the kernel (Linux) for a SIGTERM when the supervisor is killed: nobody else would tell us."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != supervisor:
        raise SystemExit(0)


def _be_called(name):
    """A name by which whoever looks at the machine (Linux) knows this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, f"suki-{name}".encode())
