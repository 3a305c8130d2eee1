"""Pictures, encoded anew by a process of their own: `renew` hands it one and takes what it made.

Decoders are what hostile files aim at. One that breaks, hangs or grows takes its own small process along, never a
worker of the shop; see picture_work.py for its limits.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from portal.picture_work import BROKEN, MAX_PIXELS, TOO_LARGE  # noqa: F401 MAX_PIXELS is what refusals tell

WORK = Path(__file__).with_name("picture_work.py")
PATIENCE_SECONDS = 30  # by the clock of a busy machine; the processor time it gets is far less


class TooLarge(Exception):
    """More pixels than we keep, or more than fits the room that decoding has."""


class Broken(Exception):
    """No picture of this kind can be read from it."""


class Renewed(NamedTuple):
    """A picture without anything that came beside its pixels, and its small WebP."""

    content: bytes
    thumbnail: bytes
    kind: str
    width: int
    height: int


def renew(data, kind):
    """The picture `data`, which is of this media type, decoded and encoded anew. Raises TooLarge, Broken."""
    command = [sys.executable, "-I", str(WORK), kind]
    try:
        done = subprocess.run(  # noqa: S603 a program of ours; the picture goes in as data
            command, input=data, capture_output=True, env={}, timeout=PATIENCE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise TooLarge()
    if done.returncode == TOO_LARGE or done.returncode < 0:  # killed: it had no processor time left
        raise TooLarge()
    if done.returncode:
        raise Broken(done.stderr.decode(errors="replace").strip()[-200:])
    head, _, rest = done.stdout.partition(b"\n")
    told = json.loads(head)
    size = told.pop("bytes")
    return Renewed(rest[:size], rest[size:], **told)
