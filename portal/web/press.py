"""The press: papers as PDF, set by typst from our own sources and the data handed to it, never from text of others.

What is printed goes in as one JSON value; no part of it is ever read as typst. The sources may read nothing outside
`templates/documents`, and there is no network. One paper at a time: the machine that sets them keeps its fonts.
"""

import json
import logging
import re
import threading
from datetime import UTC
from pathlib import Path

import typst

log = logging.getLogger("suki.press")
ROOT = Path(__file__).parents[2] / "templates" / "documents"
FONT = "Sarabun"
STANDARDS = ["a-2a", "ua-1"]
WAIT_SECONDS = 10  # for the papers in front of ours
MOST_BYTES = 4_000_000  # of data: some ten thousand lines, which nobody prints
LONGEST_WORD = 40  # letters without a place to break, before we make one
BREAK = "\N{ZERO WIDTH SPACE}"
_unbroken = re.compile(rf"[^\s\u0e00-\u0e7f{BREAK}]{{{LONGEST_WORD}}}(?=\S)")  # Thai breaks by itself
_lock = threading.Lock()
_machines = {}


class Jammed(Exception):
    """The paper was not made: too long, too many waiting, or the setting failed. `reason` is for the log."""

    def __init__(self, reason):
        self.reason = reason
        super().__init__(reason)


def pdf(paper, at):
    """The bytes of a paper (a dict as `paper.typ` reads it); the same paper of the same moment has the same bytes.

    `at` (naive UTC) is the moment the file names as its own. It can be kept for years (PDF/A-2a) and read aloud
    (PDF/UA-1), unless it holds letters that our font lacks: then a font of this machine helps out. Raises Jammed.
    """
    text = json.dumps(_breakable(paper), ensure_ascii=False)
    if len(text) > MOST_BYTES:
        raise Jammed(f"{len(text)} letters are more than a paper holds")
    given = {"format": "pdf", "sys_inputs": {"data": text}, "timestamp": at.replace(tzinfo=UTC, microsecond=0)}
    if not _lock.acquire(timeout=WAIT_SECONDS):
        raise Jammed("too many papers at once")
    try:
        return _set(given)
    except Jammed:
        raise
    except Exception as trouble:  # typst raises its own kinds, and says more than a reader should see
        _machines.clear()
        log.error("a paper was not set: %s", str(trouble)[:500])
        raise Jammed("the setting failed")
    finally:
        _lock.release()


def _set(given):
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
