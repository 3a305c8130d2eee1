"""The worker's part in backups: those of the night and those asked for are made, tried, noted, and let go."""

import os
import subprocess
import sys
import tempfile
import time

from config import ROOT
from portal import values
from portal.exchange import archives
from portal.exchange.archives import Damaged
from portal.exchange.backups import Backup

ENDING = ".zip"
BESIDE = "--beside"  # tells a verb that it works for another process and ends with it
BEAT_SECONDS, LOOK_SECONDS = 10, 0.2
NICE = 10  # people first
UNFIT = 3  # exit status: it is whole, but what it holds does not fit; the others are those of the command line


def name_of(kind, now=None):
    return f"{kind}-{now or values.now():%Y-%m-%d-%H%M%S}{ENDING}"


def work(shop, kept, now=None):
    """The worker's part: make the backup that waits, try it, and let the oldest go."""
    now = now or values.now()
    Backup.take_up_silent(now)
    one = Backup.next(now)
    name = name_of(f"{one.kind}-{one.number}", now) if one else ""
    if one is None or not one.claim(name, now):
        return False
    shop.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = shop.backups / name
    try:
        _make_and_try(one, shop, path)
    except (Damaged, OSError) as trouble:
        one.fail(str(trouble))
    for old in Backup.outdated(one.kind, kept):
        (shop.backups / old.name).unlink(missing_ok=True)
        old.note(name="")
    return True


def _make_and_try(one, shop, path):
    """Both in processes of their own, so that the worker goes on with the mail."""
    status, said = run_beside(["backup", str(path)], one, half=0)
    if status not in (0, UNFIT):
        raise OSError(said)
    with archives.opened(path, shop.key) as archive:
        about = figures_of(path, archive.manifest)
    one.note(state="checking", share=50, made_at=values.now(), beat_at=values.now(), **about)
    status, said = run_beside(["verify", str(path)], one, half=50)
    if status not in (0, UNFIT):
        raise OSError(said)
    one.note(state="good", share=100, checked_at=values.now(), trouble=said if status else "")


def figures_of(path, manifest):
    """What is noted of a backup: its size, and how many rows and files it holds."""
    rows = sum(rows for rows, _ in manifest["tables"].values())
    return {"size": path.stat().st_size, "rows": rows, "files": manifest["files"]}


def run_beside(words, one=None, half=0):
    """Run a verb of ours beside everything else; (exit status, its last words). Its progress goes into the row."""
    with tempfile.TemporaryFile("a+") as out:
        command = [sys.executable, "-m", "portal", *words, BESIDE, str(os.getpid())]
        child = subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT)  # noqa: S603 ourselves
        os.setpriority(os.PRIO_PROCESS, child.pid, NICE)
        noted = time.monotonic()
        while child.poll() is None:
            time.sleep(LOOK_SECONDS)
            if one and time.monotonic() - noted > BEAT_SECONDS:
                noted = time.monotonic()
                one.note(beat_at=values.now(), share=half + _share(out) // 2)
        return child.returncode, " ".join(_said(out)[-5:])


def _said(out):
    out.seek(0)
    return [line.strip() for line in out if line.strip() and not line.strip().isdigit()]


def _share(out):
    out.seek(0)
    return max((int(line) for line in out if line.strip().isdigit()), default=0)
