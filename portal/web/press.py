"""The press: papers as PDF, set by typst from our own sources and the data handed to it, never from text of others.

What is printed goes in as one JSON value; no part of it is ever read as typst. The sources may read nothing outside
`templates/documents`, and there is no network. One paper at a time: the machine that sets them keeps its fonts. Long
ones are set in a process of their own, because the memory they take does not come back.
"""

import json
import logging
import re
import resource
import subprocess
import sys
import threading
from datetime import UTC
from pathlib import Path

import typst

log = logging.getLogger("suki.press")
HOME = Path(__file__).parents[2]
ROOT = HOME / "templates" / "documents"
FONT = "Sarabun"
STANDARDS = ["a-2a", "ua-1"]
WAIT_SECONDS = 10  # for the papers in front of ours
LONG = 40_000  # letters of data, some 300 lines: from here on a paper is set apart
LONGEST = 250_000  # some 2,000 lines with prices, which nobody prints
PATIENCE_SECONDS = 30  # for a long paper
MOST_MEMORY = 2 << 30  # of the process that sets a long paper
LONGEST_WORD = 40  # letters without a place to break, before we make one
BREAK = "\N{ZERO WIDTH SPACE}"
_unbroken = re.compile(rf"[^\s\u0e00-\u0e7f{BREAK}]{{{LONGEST_WORD}}}(?=\S)")  # Thai breaks by itself
_lock, _long_lock = threading.Lock(), threading.Lock()
_machines = {}


class Jammed(Exception):
    """The paper was not made: too many waiting, or the setting failed. `reason` is for the log."""

    def __init__(self, reason):
        self.reason = reason
        super().__init__(reason)


class TooLong(Jammed):
    """The paper has more lines than anybody prints."""


def pdf(paper, at):
    """The bytes of a paper (a dict as `paper.typ` reads it); the same paper of the same moment has the same bytes.

    `at` (naive UTC) is the moment the file names as its own. It can be kept for years (PDF/A-2a) and read aloud
    (PDF/UA-1), unless it holds letters that our font lacks: then a font of this machine helps out. Raises Jammed,
    TooLong.
    """
    text = json.dumps(_breakable(paper), ensure_ascii=False)
    moment = int(at.replace(tzinfo=UTC).timestamp())
    if len(text) > LONGEST:
        raise TooLong(f"{len(text)} letters are more than a paper holds")
    lock, set_it = (_long_lock, _set_apart) if len(text) > LONG else (_lock, _set)
    if not lock.acquire(timeout=WAIT_SECONDS):
        raise Jammed("too many papers at once")
    try:
        return set_it(text, moment)
    except Jammed:
        raise
    except Exception as trouble:  # typst raises its own kinds, and says more than a reader should see
        _machines.clear()
        log.error("a paper was not set: %s", str(trouble)[:500])
        raise Jammed("the setting failed")
    finally:
        lock.release()


def _set_apart(text, moment):
    """As `_set`, in a process that ends with it."""
    command = [sys.executable, "-m", "portal.web.press", str(moment)]
    done = subprocess.run(  # noqa: S603 our own module, its data on stdin
        command, input=text.encode(), capture_output=True, cwd=HOME, timeout=PATIENCE_SECONDS, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-500:])
    return done.stdout


def _set(text, moment):
    given = {"format": "pdf", "sys_inputs": {"data": text}, "timestamp": moment}
    try:
        return _compiler().compile(**given, pdf_standards=STANDARDS)
    except typst.TypstError as refusal:
        log.info("a paper is not set to the standards: %s", refusal.message[:200])
        return _compiler(helped_out=True).compile(**given)


def _compiler(helped_out=False):
    """The machine of this process, made at the first paper; a missing font is found then, not as empty pages."""
    if helped_out not in _machines:
        fonts = typst.Fonts(
            include_system_fonts=helped_out, include_embedded_fonts=True, font_paths=[str(ROOT / "fonts")]
        )
        if FONT not in fonts.families():
            log.error("the font %s is missing in %s", FONT, ROOT / "fonts")
            raise Jammed("the font is missing")
        source = str(ROOT / "paper.typ")
        _machines[helped_out] = typst.Compiler(source, root=str(ROOT), font_paths=fonts, ignore_system_fonts=True)
    return _machines[helped_out]


def _breakable(value):
    """The same data with a place to break in every word that would run off the page."""
    if isinstance(value, str):
        return _unbroken.sub(lambda found: found.group() + BREAK, value) if len(value) > LONGEST_WORD else value
    if isinstance(value, dict):
        return {name: part if name == "svg" else _breakable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_breakable(part) for part in value]
    return value


if __name__ == "__main__":  # a long paper: data on stdin, its moment as argument, the PDF on stdout
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sys.stdout.buffer.write(_set(sys.stdin.buffer.read().decode(), int(sys.argv[1])))
