"""A backup as a file: a zip with a sealed end, so that one altered bit is seen before anything is unpacked.

The seal is an HMAC over every byte before it, under a key made of the shop's secret; it stands in the comment of the
zip, which any program opens. A file bears its name only when it is whole and on the disk.
"""

import contextlib
import hashlib
import hmac
import json
import os
import shutil
import zipfile
from pathlib import Path

FORMAT = 1
MANIFEST = "manifest.json"
MARK = b"suki-backup:"
SEAL_SIZE = len(MARK) + 64
PIECE = 1 << 20
QUICK = 3  # of nine levels of packing: three quarters of the gain for a third of the time


class Damaged(ValueError):
    """The file is no backup of this shop, or not as it was made; the text is one clear line."""


def key_of(secret):
    """The key that seals the backups of the shop with this secret."""
    return hmac.digest(secret.encode(), b"backups", "sha256")


class Writer:
    """A backup while it is made; see `writing`."""

    def __init__(self, zipped):
        self.zip, self.members = zipped, {}

    def add(self, name, pieces, *, packed=True):
        """A member of these pieces of bytes; pictures and papers are packed already."""
        self.zip.compression = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self.zip.open(name, "w", force_zip64=True) as member:
            for piece in pieces:
                member.write(piece)
                digest.update(piece)
                size += len(piece)
        self.members[name] = [size, digest.hexdigest()]


@contextlib.contextmanager
def writing(path, key, manifest):
    """Make the backup `path`: the Writer takes its members, `manifest` (a dict) may be filled until the end.

    When anything fails there is no such file, and an older one of that name stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", compresslevel=QUICK) as zipped:
                writer = Writer(zipped)
                yield writer
                about = {"format": FORMAT, **manifest, "members": writer.members}
                zipped.writestr(MANIFEST, json.dumps(about, indent=1, ensure_ascii=False))
                zipped.comment = MARK + b"0" * 64
            _seal(file, key)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sync(folder):
    """Names that were given in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(file, key):
    size = file.seek(0, os.SEEK_END)
    seal = _seal_of(file, size - SEAL_SIZE, key)
    file.seek(size - SEAL_SIZE)
    file.write(seal)


def _seal_of(file, size, key):
    file.seek(0)
    digest = hmac.new(key, digestmod="sha256")
    while size > 0 and (piece := file.read(min(PIECE, size))):
        digest.update(piece)
        size -= len(piece)
    return MARK + digest.hexdigest().encode()


class Archive:
    """A backup that was opened and found whole."""

    def __init__(self, file, zipped, manifest):
        self.file, self.zip, self.manifest = file, zipped, manifest

    @property
    def members(self):
        """{name: [size, sha256]}"""
        return self.manifest["members"]

    def extract(self, name, to):
        """Write a member to the path `to`; it is on the disk when this returns. Raises Damaged."""
        digest = hashlib.sha256()
        with self.zip.open(name) as member, to.open("wb") as file:
            while piece := member.read(PIECE):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != self.members[name][1]:
            raise Damaged(f"{name} is not as it was when the backup was made.")

    def lines(self, name):
        """The lines of a member, one after the other."""
        with self.zip.open(name) as member:
            yield from member

    def check_members(self):
        """Read every member through. Raises Damaged."""
        for name, (size, sha256) in self.members.items():
            with self.zip.open(name) as member:
                digest = hashlib.file_digest(member, "sha256")
            if self.zip.getinfo(name).file_size != size or digest.hexdigest() != sha256:
                raise Damaged(f"{name} is not as it was when the backup was made.")


@contextlib.contextmanager
def opened(path, key):
    """The Archive in a file, its seal looked at first. Raises Damaged.

    With the `key` None, where the secret is lost, the seal is passed over: damage is still seen, forgery is not.
    """
    try:
        file = path.open("rb")
    except OSError as trouble:
        raise Damaged(f"{path} cannot be read ({trouble.strerror}).")
    with file:
        _check_seal(file, key)
        with _read_zip(file) as zipped:
            yield Archive(file, zipped, _manifest(zipped))


def _check_seal(file, key):
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - SEAL_SIZE))
    seal = file.read()
    if not seal.startswith(MARK) or len(seal) != SEAL_SIZE:
        raise Damaged("It is no backup of Suki, or its end is missing.")
    if key is not None and not hmac.compare_digest(seal, _seal_of(file, size - SEAL_SIZE, key)):
        raise Damaged("It was altered or damaged since it was made, or it belongs to a shop with another secret.")


@contextlib.contextmanager
def _read_zip(file):
    """Whatever a broken zip makes its reader raise is damage, here and while members are read."""
    try:
        with zipfile.ZipFile(file) as zipped:
            yield zipped
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, zipfile.zlib.error) as trouble:
        raise Damaged(f"It cannot be read ({trouble}).")


def _manifest(zipped):
    try:
        manifest = json.loads(zipped.read(MANIFEST))
        names = set(zipped.namelist())
        if manifest["format"] != FORMAT or names != {MANIFEST, *manifest["members"]}:
            raise ValueError("its list does not fit")
    except (KeyError, TypeError, ValueError) as trouble:
        raise Damaged(f"It cannot be read ({trouble}).")
    return manifest


def need_space(folder, size):
    """Refuse to begin what the disk has no room for; a tenth of it stays free for the shop. Raises OSError."""
    usage = shutil.disk_usage(Path(folder))
    if usage.free - size < usage.total // 20:
        megabytes = (size + usage.total // 20) // 1_000_000
        raise OSError(f"{megabytes:,} MB must be free at {folder}, {usage.free // 1_000_000:,} MB are.")
