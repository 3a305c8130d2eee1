"""What SQLite asks of the disk, in this process: noted, and at one call cut short by a kill or refused with an error.

SQLite reaches the disk through a table of functions, its VFS. `watch` puts four of them (write, sync, truncate,
delete) and open behind functions of ours, in the very library that Python's sqlite3 uses. Meant for a process that
was forked for it: nothing is put back.
"""

import ctypes
import os
import signal
from pathlib import Path

OK, NOMEM, FULL, CANTOPEN = 0, 7, 13, 14
_IOERR = {"write": 3, "sync": 4, "truncate": 6, "delete": 10}  # the second byte, above SQLITE_IOERR
ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENOMEM")


def answer_of(what, error):
    """What SQLite's own VFS answers when the machine says `error` to a call; None where it never says so."""
    if error == "ENOMEM":
        return NOMEM
    if what == "open":
        return CANTOPEN if error in ("EIO", "EMFILE") else None
    if error == "EMFILE" or (error == "ENOSPC" and what == "delete"):
        return None
    return FULL if error == "ENOSPC" and what == "write" else 10 | _IOERR[what] << 8


_int, _long, _pointer = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p
_OPEN = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, ctypes.POINTER(_int))
_DELETE = ctypes.CFUNCTYPE(_int, _pointer, ctypes.c_char_p, _int)
_WRITE = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long)
_TRUNCATE = ctypes.CFUNCTYPE(_int, _pointer, _long)
_SYNC = ctypes.CFUNCTYPE(_int, _pointer, _int)


class Vfs(ctypes.Structure):
    """The head of sqlite3_vfs, and room for the rest of it."""

    _fields_ = [
        ("version", _int), ("file_bytes", _int), ("longest_path", _int), ("next", _pointer),
        ("name", ctypes.c_char_p), ("data", _pointer), ("open", _pointer), ("delete", _pointer),
        ("rest", _pointer * 14),
    ]  # fmt: skip


class Methods(ctypes.Structure):
    """The functions of one open file, sqlite3_io_methods in its third version."""

    _fields_ = [
        ("version", _int), ("close", _pointer), ("read", _pointer), ("write", _pointer), ("truncate", _pointer),
        ("sync", _pointer), ("rest", _pointer * 13),
    ]  # fmt: skip


_watching = []  # SQLite keeps addresses within these: they must outlive whoever began it


class Unreachable(Exception):
    """This Python carries SQLite within itself, out of reach."""


def library():
    """The SQLite library that Python's sqlite3 loaded. Raises Unreachable."""
    import sqlite3  # noqa: F401  loads it

    for line in Path("/proc/self/maps").read_text().splitlines():
        path = line.split()[-1]
        if "libsqlite3" in path:
            return ctypes.CDLL(path)
    raise Unreachable("no libsqlite3 among what this process has loaded")


class Storage:
    """The calls of this process in their order: `calls` is [(what, file, offset or size, bytes)].

    At the call with number `at` (from 1) the process is killed, or `error` (one of ERRORS) is answered, then and
    for `times` calls in all. With `keeps_bytes` the bytes of writes are kept as well; `opens` counts openings too.
    """

    def __init__(self, at=None, error=None, times=1, keeps_bytes=False, opens=False):
        self.at, self.error, self.times = at, error, times
        self.keeps_bytes, self.opens = keeps_bytes, opens
        self.calls, self.names, self._kept = [], {}, []

    def watch(self):
        """From now on every file that SQLite opens in this process is watched."""
        sqlite = library()
        sqlite.sqlite3_vfs_find.restype = _pointer
        self._under = Vfs.from_address(sqlite.sqlite3_vfs_find(None))
        self._over = Vfs()
        ctypes.memmove(ctypes.byref(self._over), ctypes.byref(self._under), ctypes.sizeof(Vfs))
        self._over.next, self._over.name = None, b"watched"
        self._over.open = self._function(_OPEN, self._open)
        self._over.delete = self._function(_DELETE, self._delete)
        self._really_open, self._really_delete = _OPEN(self._under.open), _DELETE(self._under.delete)
        _watching.append(self)
        assert sqlite.sqlite3_vfs_register(ctypes.byref(self._over), 1) == OK
        return self

    def note(self, text):
        """Something of ours between the calls: an answer that went out."""
        self.calls.append(("note", text, 0, b""))

    def _function(self, kind, python):
        made = kind(python)
        self._kept.append(made)
        return ctypes.cast(made, _pointer).value

    def _asked(self, what, name, place, content=b""):
        """Note a call; the error to answer it with, if any."""
        self.calls.append((what, name, place, content))
        number = len(self.calls)
        if self.at is None or not self.at <= number < self.at + self.times:
            return OK
        if self.error is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer_of(what, self.error) or OK

    def _open(self, vfs, name, file, flags, out):
        path = ctypes.string_at(name).decode() if name else ""
        if self.opens and path and (refused := self._asked("open", Path(path).name, 0)):
            return refused
        done = self._really_open(ctypes.addressof(self._under), name, file, flags, out)
        if done == OK and path:
            self.names[file] = Path(path).name
            self._put_before(file)
        return done

    def _put_before(self, file):
        """Give an open file functions of ours that note and then call its own."""
        place = _pointer.from_address(file)
        own = Methods.from_address(place.value)
        ours = Methods()
        ctypes.memmove(ctypes.byref(ours), place.value, ctypes.sizeof(Methods))
        write, truncate, sync = _WRITE(own.write), _TRUNCATE(own.truncate), _SYNC(own.sync)

        def written(file, content, size, offset):
            kept = ctypes.string_at(content, size) if self.keeps_bytes else b""
            return self._asked("write", self.names[file], offset, kept) or write(file, content, size, offset)

        def cut(file, size):
            return self._asked("truncate", self.names[file], size) or truncate(file, size)

        def synced(file, flags):
            return self._asked("sync", self.names[file], 0) or sync(file, flags)

        ours.write = self._function(_WRITE, written)
        ours.truncate = self._function(_TRUNCATE, cut)
        ours.sync = self._function(_SYNC, synced)
        self._kept.append(ours)
        place.value = ctypes.addressof(ours)

    def _delete(self, vfs, name, sync_folder):
        refused = self._asked("delete", Path(name.decode()).name, sync_folder)
        return refused or self._really_delete(ctypes.addressof(self._under), name, sync_folder)
