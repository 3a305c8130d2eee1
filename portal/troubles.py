"""What a database or a disk that is in trouble is raised as, and how that is told from a mistake of ours."""

import errno
import sqlite3

import peewee
from playhouse.pool import MaxConnectionsExceeded

# psycopg has two families for a database that is away or a connection that broke, the pool its own.
AWAY = (peewee.DatabaseError, peewee.InterfaceError, MaxConnectionsExceeded)
# The same families hold mistakes of ours; see is_away().
_OURS = (peewee.IntegrityError, peewee.DataError, peewee.ProgrammingError, peewee.NotSupportedError)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_IN_POSTGRESQL = "53100"
_SHORT = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, *_FULL)


def is_away(error):
    """Whether an error of AWAY means that the database cannot be had now, and not that we asked it nonsense.

    SQLite calls both a lock and a missing column operational; the code behind tells them apart.
    """
    code = getattr(error.__context__, "sqlite_errorcode", None)
    return not isinstance(error, _OURS) and code != sqlite3.SQLITE_ERROR


def is_of_the_machine(error):
    """Whether an error says that the machine has no room, handles or memory left, or a disk that fails."""
    return isinstance(error, MemoryError) or error.errno in _SHORT


def is_without_room(error):
    """Whether an error, of the database or of a file, means that the disk is full."""
    behind = error.__context__ or error
    is_full = getattr(behind, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return is_full or getattr(behind, "sqlstate", None) == _FULL_IN_POSTGRESQL or getattr(behind, "errno", 0) in _FULL
