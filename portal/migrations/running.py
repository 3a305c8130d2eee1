"""Running the migrations: under a lock, never in an outer transaction, with rows counted before and after."""

import contextlib
import fcntl
from pathlib import Path

from playhouse.migrations import Runner

from portal import store

FOLDER = Path(__file__).parent
HISTORY = "schema_migration"
ADVISORY_LOCK = 5_781_101  # any number, the same in every Suki


class MigrationFailed(RuntimeError):
    """A step would lose rows or leave a reference without its record; it was undone."""


def pending():
    """Names of the steps this database has not seen."""
    with store.connection():
        return [m.name for m in _runner().status() if m.path and not m.applied]


def standing():
    """Names of the steps: (those this database has seen, those it has not, those that this code does not know)."""
    with store.connection():
        steps = _runner().status()
    seen, waiting = [m.name for m in steps if m.applied], [m.name for m in steps if m.path and not m.applied]
    return seen, waiting, [m.name for m in steps if not m.path]


def unknown():
    """Names of steps this database has seen and this code has not: the database is newer than the code."""
    with store.connection():
        return [m.name for m in _runner().status() if not m.path]


def is_current():
    """Whether the database has seen all steps that this code knows, and no other."""
    _, waiting, strange = standing()
    return not waiting and not strange


def migrate():
    """Apply what is pending, one step after the other; returns the names. Safe to call from several processes.

    Each step may add tables and rows but must not lose any: what it did is counted and checked before it is committed.
    An outer transaction would not do as a lock: altering a table with foreign keys on deletes cascade children (SQLite).
    Raises MigrationFailed.
    """
    done = []
    with store.connection(), store.schema_change(), _lock():
        for name in [m.name for m in _runner().status() if m.path and not m.applied]:
            _runner().up(name)
            done.append(name)
    return done


def make(url, steps):
    """Make the empty tables of an older or the present schema in a fresh database, step by step."""
    store.open(url)
    with store.connection(), store.schema_change(), _lock():
        for name in steps:
            _runner().up(name)
    store.close()


class _Runner(Runner):
    """Playhouse's runner; a step that lost something is rolled back."""

    def _run(self, name, module, direction, fake=False):
        before, step = _counts(), getattr(module, direction)

        def careful(migrator, database):
            step(migrator, database)
            _check_counts(name, before, _counts())
            _check_foreign_keys(name)

        setattr(module, direction, careful)
        super()._run(name, module, direction, fake)


def _runner():
    return _Runner(store.db.obj, directory=str(FOLDER), table_name=HISTORY)


def _counts():
    tables = [t for t in store.db.get_tables() if not t.startswith(("sqlite_", "search_"))]
    return {t: store.db.execute_sql(f'SELECT COUNT(*) FROM "{t}"').fetchone()[0] for t in tables}  # noqa: S608 names of ours


def _check_counts(name, before, after):
    lost = [f"{table} from {n} to {after.get(table, 0)}" for table, n in before.items() if after.get(table, 0) < n]
    if lost:
        raise MigrationFailed(f"{name} would lose rows: {', '.join(lost)}")


def _check_foreign_keys(name):
    if store.is_sqlite():
        broken = store.db.execute_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise MigrationFailed(f"{name} would leave references without their record: {broken[:5]}")


@contextlib.contextmanager
def _lock():
    if store.is_sqlite():
        with Path(f"{store.db.database}.migrating").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    store.db.execute_sql("SET lock_timeout = 0")  # who starts second waits for the first, however long that takes
    store.db.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    try:
        yield
    finally:
        store.db.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
        store.db.execute_sql("RESET lock_timeout")
