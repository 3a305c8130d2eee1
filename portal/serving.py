"""Serving: one process that keeps the web server and the worker running, and stops both cleanly."""

import gc
import logging
import os
import signal
import sys
import threading
import time

from gunicorn.app.base import BaseApplication

from portal import audit, store, worker
from portal.people import attempts, link_requests, links, sessions

log = logging.getLogger("suki.serving")
WEB_PROCESSES = 2
THREADS = 4
STOP_SECONDS = 20
SEAL_SECONDS = 2
LINK_SECONDS = 1
DAY_SECONDS = 24 * 60 * 60


class WebServer(BaseApplication):
    """gunicorn over an app that is loaded already, so that its processes share memory."""

    def __init__(self, app, settings):
        self.app, self.settings = app, settings
        super().__init__()

    def load_config(self):
        options = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": WEB_PROCESSES,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 15,
            "keepalive": 5,
            "loglevel": "warning",
            "limit_request_line": 8190,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        return self.app


def jobs(settings, more=()):
    """What the worker does by the clock besides delivering: (name, seconds between runs, function)."""
    return [
        ("seal", SEAL_SECONDS, audit.seal),
        ("links", LINK_SECONDS, link_requests.answer_all),
        ("forget", DAY_SECONDS, forget_old),
        *more,
    ]


def forget_old():
    """Drop what signing in leaves behind: dead sessions, links, requests and counters."""
    for noun in (sessions, links, link_requests, attempts):
        noun.forget_old()


def work(handlers, timetable):
    """The worker process: deliver and run jobs until SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.run(handlers, timetable, stop)
    store.close()


def serve(app, settings, handlers, timetable):
    """Run web server and worker until SIGTERM or Ctrl-C; a process that dies is started again.

    Both are forked from this process, which has imported everything and opened no connection: they share memory.
    """
    store.close()
    gc.collect()
    gc.freeze()
    parts = {"web": lambda: WebServer(app, settings).run(), "worker": lambda: work(handlers, timetable)}
    running = {_fork(part): name for name, part in parts.items()}
    stopping = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.append(True) or _tell(running, signal.SIGTERM))
    while running:
        try:
            process, status = os.wait()
        except ChildProcessError:
            break
        name = running.pop(process, None)
        if name is None or stopping:
            continue
        log.error("%s ended with status %s and is started again", name, status)
        time.sleep(0.5)  # a part that dies at once must not spin
        if not stopping:
            running[_fork(parts[name])] = name
    return 0


def _tell(running, number):
    for process in list(running):
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue
    signal.signal(signal.SIGALRM, lambda *_: [os.kill(p, signal.SIGKILL) for p in list(running)])
    signal.alarm(STOP_SECONDS)


def _fork(part):
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    code = 1
    try:
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
