"""What is kept: files under the hash of their content, known by what they are and never by what they are called.

Bytes stand on disk before the row that names them, so a crash leaves at most a file without a row, which
`sweep` takes away after a day. Names belong to whoever refers to a file; none is ever part of a path.
"""

import contextlib
import csv
import fcntl
import hashlib
import io
import logging
import math
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from urllib.parse import quote

import filetype
import peewee

from portal import pictures, store, values
from portal.errors import Invalid, NotFound

log = logging.getLogger("suki.files")
MAX_BYTES = 10 * 1024 * 1024
PIECE = 1 << 20
KEEP_ORPHANS = timedelta(days=1)

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
ANYTHING = (*PICTURES, "application/pdf", "text/plain", "text/csv")
ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt",),
    "text/csv": (".csv", ".txt"),
}
_PDF = re.compile(rb"%PDF-\d\.\d(\s|$)")
_MARKUP = re.compile(r"\ufeff?\s*<(?:!|\?|[a-z])", re.IGNORECASE)
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_IN_NAMES = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}

_folder = None


class File(store.Model):
    """The content of one or many attachments and pictures; `thumbnail` is the hash of its small WebP picture."""

    sha256 = peewee.CharField(max_length=64, unique=True)
    size = peewee.IntegerField()
    type = peewee.CharField(max_length=40)
    width = peewee.IntegerField(null=True)
    height = peewee.IntegerField(null=True)
    thumbnail = peewee.CharField(max_length=64, null=True, index=True)
    created_at = store.MomentField()


@dataclass(frozen=True)
class Received:
    """Content that was checked and stands on disk, but has no row yet."""

    sha256: str
    size: int
    type: str
    width: int | None = None
    height: int | None = None
    thumbnail: str | None = None


def open(folder):
    """Point the store at its folder (SUKI_DATA/files), made when missing."""
    global _folder
    _folder = Path(folder)
    (_folder / "incoming").mkdir(parents=True, exist_ok=True)


# In


def receive(stream, *, only=ANYTHING, most=MAX_BYTES, field="file", kind=None):
    """Check uploaded content and write it to disk; call it before the change in which `keep` makes the row.

    `stream` is a binary file or bytes. Pictures are encoded anew: turned upright, at most 1600 px, without
    metadata. A `kind` says what the caller has looked into himself: tables are not always written
    in UTF-8. Raises Invalid on `field`: file-empty, file-too-large, file-kind-refused, image-too-large, image-broken.
    """
    data = bytes(stream) if isinstance(stream, (bytes, bytearray)) else stream.read(most + 1)
    if not data:
        raise Invalid(**{field: "file-empty"})
    if len(data) > most:
        raise Invalid(**{field: ("file-too-large", {"megabytes": max(1, most // 1_000_000)})})
    kind = kind or kind_of(data)
    if kind not in only:
        raise Invalid(**{field: "file-kind-refused"})
    if kind not in PICTURES:
        return Received(_write(data), len(data), kind)
    new = _picture(data, kind, field)
    return Received(_write(new.content), len(new.content), new.kind, new.width, new.height, _write(new.thumbnail))


def receive_whole(stream, *, most, kind, field="file"):
    """Write uploaded content to disk piece by piece, so that it may be large; the caller looks into it himself.

    `kind` is its media type. Raises Invalid on `field`: file-empty, file-too-large.
    """
    handle, part = tempfile.mkstemp(dir=_folder / "incoming", suffix=".part")
    digest, size = hashlib.sha256(), 0
    with _dropped_when_refused(part):
        with os.fdopen(handle, "wb") as file:
            while piece := stream.read(PIECE):
                size += len(piece)
                if size > most:
                    raise Invalid(**{field: ("file-too-large", {"megabytes": most // 1_000_000})})
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if not size:
            raise Invalid(**{field: "file-empty"})
        _put_in_place(part, digest.hexdigest())
    return Received(digest.hexdigest(), size, kind)


def keep(received, *, now=None):
    """The row of received content, made inside the caller's change; the same content has one row for ever."""
    made = File.insert(**vars(received), created_at=now or values.now()).on_conflict_ignore()
    store.db.execute(made)
    return File.get(File.sha256 == received.sha256)


def kind_of(data):
    """The media type of some bytes by their content, None for what is not kept. Extensions are not asked."""
    guess = filetype.guess(data)
    if guess is not None:
        is_said_whole = guess.mime != "application/pdf" or _PDF.match(data)  # its first four letters may begin a page
        return guess.mime if guess.mime in ANYTHING and is_said_whole else None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if _NOT_IN_TEXT.search(text) or _MARKUP.match(text) or text.startswith(("%!", "#!", "{\\rtf")):
        return None
    return "text/csv" if _is_table(text) else "text/plain"


def _is_table(text):
    """Whether the first lines all have the same number of cells, and more than one."""
    head = "\n".join(text[:20_000].splitlines()[:20])
    for delimiter in ",;\t":
        try:
            cells = {len(row) for row in csv.reader(io.StringIO(head), delimiter=delimiter, strict=True) if row}
        except csv.Error:
            continue
        if len(cells) == 1 and cells.pop() > 1:
            return True
    return False


def _picture(data, kind, field):
    """A picture that was decoded and encoded anew, as pictures.Renewed."""
    try:
        return pictures.renew(data, kind)
    except pictures.TooLarge:
        raise Invalid(**{field: ("image-too-large", {"megapixels": pictures.MAX_PIXELS // 1_000_000})})
    except pictures.Broken as trouble:
        log.info("picture refused: %s", trouble)
        raise Invalid(**{field: "image-broken"})


# On disk


def path(sha256):
    """Where content stands: files/aa/bb/<hash>."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise NotFound()
    return _folder / sha256[:2] / sha256[2:4] / sha256


def open_bytes(file, *, thumbnail=False):
    """The content of a `File` as an open binary file; NotFound when it has no such picture or lost its bytes."""
    sha256 = file.thumbnail if thumbnail else file.sha256
    try:
        return path(sha256 or "").open("rb")
    except FileNotFoundError:
        log.error("file %s has lost its content %s", file.id, sha256)
        raise NotFound()


def _write(data):
    """Put content in its place so that it survives a power cut; returns its hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    handle, part = tempfile.mkstemp(dir=_folder / "incoming", suffix=".part")
    with _dropped_when_refused(part):
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(part, sha256)
    return sha256


@contextlib.contextmanager
def _dropped_when_refused(part):
    try:
        yield
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
        raise


def _put_in_place(part, sha256):
    place = path(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _alone():  # replaced even when it is there: its new age keeps the sweeper off
        os.replace(part, place)
    for folder in (place.parent, place.parent.parent, _folder):
        _sync_folder(folder)


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _alone():
    with (_folder / "lock").open("w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield


def let_go(file):
    """Forget a file unless something else refers to it; the sweeper takes its content away."""
    with contextlib.suppress(peewee.IntegrityError), store.db.atomic():
        File.delete().where(File.id == file).execute()


def sweep(older_than=KEEP_ORPHANS, *, now=None):
    """Remove half-written files and content without a row once they are older than that; returns how many."""
    oldest = ((now or values.now()) - older_than).replace(tzinfo=UTC).timestamp()
    gone = sum(_remove(part, oldest) for part in (_folder / "incoming").glob("*.part"))
    for folder in sorted(_folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        found = {p.name: p for p in folder.iterdir()}
        gone += sum(_remove(found[name], oldest) for name in sorted(found.keys() - _known(found)))
    return gone


def remove(hashes):
    """Take content away at once that no row names any more, where nothing may wait for the sweeper."""
    if hashes and _folder is not None:
        for sha256 in set(hashes) - _known(hashes):
            _remove(path(sha256), math.inf)


def _known(hashes):
    hashes = sorted(hashes)
    rows = File.select(File.sha256, File.thumbnail).where(File.sha256.in_(hashes) | File.thumbnail.in_(hashes))
    return {name for row in rows for name in (row.sha256, row.thumbnail)}


def _remove(place, oldest):
    with _alone(), contextlib.suppress(FileNotFoundError):
        if place.stat().st_mtime <= oldest:
            place.unlink()
            return 1
    return 0


def faults():
    """One sentence for each row whose content is missing or altered (English, for the command line)."""
    for file in File.select().order_by(File.id).iterator():
        for sha256 in filter(None, (file.sha256, file.thumbnail)):
            place = path(sha256)
            if not place.is_file():
                yield f"file {file.id}: its content {sha256} is missing"
            elif hashlib.sha256(place.read_bytes()).hexdigest() != sha256:
                yield f"file {file.id}: its content {sha256} was altered"


# Names


def clean_name(name, longest=200):
    """The name a file came with, fit to be shown and offered again: no path, no control or direction marks."""
    name = re.split(r"[/\\]", (name or "").encode("utf-8", "ignore").decode())[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in _NOT_IN_NAMES)
    name = unicodedata.normalize("NFC", name)  # now that no hidden letter stands between two that belong together
    name = re.sub(r'[<>:"|?*]', "_", re.sub(r"\s+", " ", name)).strip(" .")
    if len(name) > longest:
        stem, dot, ending = name.rpartition(".")
        keeps = dot and len(ending) <= 10
        name = f"{stem[: longest - len(ending) - 1]}.{ending}" if keeps else name[:longest]
    return name or "file"


def disposition(name, type):
    """Content-Disposition of a download (RFC 6266, 8187); the name ends as the content says, not as it claims."""
    name = clean_name(name)
    endings = ENDINGS.get(type, ())
    if endings and not name.lower().endswith(endings):
        name += endings[0]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[\\"%;]', "_", plain).strip() or "file"
    if plain.startswith("."):
        plain = "file" + plain
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
