"""The database: opening it, the model base, and the guard that lets nothing write except through two doors."""

import contextlib
import fcntl
import json
import re
import threading
import time
from datetime import date, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import peewee
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

from portal import memory, read_only, rows, troubles
from portal.errors import Denied, Invalid, NotFound
from portal.values import Ref

# The closed list of what may be written outside audit.change(): none of it is business (but for the
# outbox, whose rows belong to their event; only their delivery is housekeeping).
HOUSEKEEPING = {
    "sessions": {"session"},
    "links": {"link", "link_request"},
    "attempts": {"attempt"},
    "delivery": {"outbox"},
    "sealing": {"seal", "entry"},
    "seen": {"seen_mark", "announcement_seen"},
    "first_steps": {"first_steps"},
    "views": {"view_log"},
    "search": {"search_entry", "search_text"},
    "likeness": {"match_key", "likely_pair", "likeness_sweep"},
    "missed": {"missed_search"},
    "progress": {"import_run", "import_row"},
    "figures": {"kept_figure", "contact_spending"},
    "habits": {"habit_sheet"},
    "rhythms": {"account_rhythm"},
    "mailbox": {"mailbox_state", "fetched_mail", "file"},
    "backups": {"backup"},
}

BUSY_SECONDS = 10  # how long a writer waits for SQLite's one place before the person is asked to wait
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # NORMAL loses acknowledged orders in a power cut
    "foreign_keys": 1,
    "cache_size": -4_000,  # for each of eight threads; the machine keeps the file as well
    "temp_store": "memory",
}
_PLAIN = frozenset({str, int, bool, float, type(None), datetime, date})  # what drivers take as it is
# A server that vanished without a word is given up after these (seconds; the last in milliseconds).
POSTGRES_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
POSTGRES_LOCKS = f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout=60s"
_READS = re.compile(r"[\s(]*(?:SELECT|PRAGMA|SHOW|EXPLAIN|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|WITH)\b", re.I)
_HIDDEN_WRITE = re.compile(r"\s*WITH\b.*\b(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b", re.I | re.S)
_TABLE = re.compile(
    r'\s*(?:WITH\b.*?\)\s*)?(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|LOCK\s+TABLE)\s+(?:"\w+"\.)?"?(\w+)"?',
    re.I | re.S,
)

db = peewee.DatabaseProxy()
_local = threading.local()
_kinds = {}


class WriteOutsideDoor(RuntimeError):
    """Code tried to write without audit.change() or a housekeeping door: a mistake of ours, never of a person."""


class _Guarded:
    """Refuses writing statements while no door is open on this thread, and counts statements for tests."""

    def execute_sql(self, sql, params=None):
        _local.queries = getattr(_local, "queries", 0) + 1
        _refuse_closed_door(sql)
        return super().execute_sql(sql, params)


class _Sqlite(_Guarded, PooledSqliteDatabase):
    def rollback(self):
        """Where the disk was full SQLite has taken the change back by itself, and there is none left to take back."""
        if self.connection().in_transaction:
            super().rollback()


class _Postgres(_Guarded, PooledPostgresqlDatabase):
    pass


def _refuse_closed_door(sql):
    """Only what is known to read passes without a door; a statement nobody thought of is refused."""
    door = getattr(_local, "door", None)
    if door == "everything" or (_READS.match(sql) and not _HIDDEN_WRITE.match(sql)):
        return
    table = _TABLE.match(sql)
    if door is None or table is None or table.group(1).lower() not in door:
        raise WriteOutsideDoor(f"{sql[:80]} … (door: {sorted(door or ())})")


def open(url):
    """Point the store at a database: `sqlite:////path/file.db` or `postgresql://…`; connects on first use."""
    close()
    memory.forget()
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = file_of(url)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        database = _Sqlite(
            path,
            pragmas=SQLITE_PRAGMAS | {"busy_timeout": int(BUSY_SECONDS * 1000)},
            lock_type="IMMEDIATE",
            timeout=10,
            max_connections=32,
            check_same_thread=False,
        )
    elif parts.scheme in ("postgresql", "postgres"):
        database = _Postgres(
            url.replace("postgres://", "postgresql://", 1),
            prefer_psycopg3=True,
            max_connections=32,
            **POSTGRES_PATIENCE | ({} if "options=" in parts.query else {"options": POSTGRES_LOCKS}),
        )
    else:
        raise ValueError(f"DATABASE_URL must start with sqlite:/// or postgresql://, not {parts.scheme or url!r}")
    db.initialize(database)
    return database


def file_of(url):
    """The path of the file that an address `sqlite:////path/file.db` names."""
    path = unquote(urlsplit(url).path)
    return path[1:] if path.startswith("//") else path.lstrip("/")


def close():
    """Close every connection of this process."""
    if db.obj is not None:
        db.close_all()


def is_sqlite():
    return isinstance(db.obj, peewee.SqliteDatabase)


@contextlib.contextmanager
def connection():
    """A connection for the length of a request or a job; broken ones are thrown away, not pooled.

    Inside another one it joins it.
    """
    opened = db.connect(reuse_if_open=True)
    try:
        yield
    except troubles.AWAY:
        discard_connection()
        raise
    finally:
        if opened and not db.is_closed():
            db.close()


def discard_connection():
    """Throw this thread's connection away after an error, so that the pool never hands out a broken one."""
    with contextlib.suppress(Exception):
        db.manual_close()


def uncounted(ask):
    """ask(), whose statements are not counted among those of whoever happened to be the first."""
    before, answer = queries(), ask()
    _local.queries = before
    return answer


def queries():
    """How many statements this thread has run; tests subtract two readings."""
    return getattr(_local, "queries", 0)


def is_writing():
    """Whether a door is open on this thread."""
    return getattr(_local, "door", None) is not None


@contextlib.contextmanager
def _door(tables):
    before = getattr(_local, "door", None)
    _local.door = tables
    try:
        yield
    finally:
        _local.door = before


@contextlib.contextmanager
def _queue():
    """Wait in line for SQLite's one writer on a file lock: fair, where busy_timeout's polling is not.

    Whoever gets through after the patience for all of it is spent gives up: the line must not grow behind a lock.
    """
    if not is_sqlite():
        yield
        return
    with Path(f"{db.database}.queue").open("w") as line:
        began = time.monotonic()
        fcntl.flock(line, fcntl.LOCK_EX)
        if time.monotonic() - began > BUSY_SECONDS:
            raise peewee.OperationalError("database is locked: too many waited to write")
        yield


@contextlib.contextmanager
def writing():
    """Open the business door: one transaction. Yields True for the outermost, False when it joins an open one.

    Only portal/audit.py calls this.
    """
    if getattr(_local, "door", None) == "everything":
        yield False
        return
    if read_only.is_on():
        raise Denied("nothing is written while somebody only looks")
    with _queue(), db.atomic(), _door("everything"):
        yield True
    memory.forget()


@contextlib.contextmanager
def housekeeping(name):
    """Open the second door for the tables that HOUSEKEEPING lists under `name`, in a transaction of its own."""
    tables = HOUSEKEEPING[name]
    if is_writing():
        yield
        return
    with contextlib.suppress(read_only.TakenBack), _queue(), db.atomic(), _door(tables):
        yield
        if read_only.is_on():
            raise read_only.TakenBack


def among(column, values):
    """`column IN values` with one parameter, however many values: a thousand marks cost more than the search."""
    values = list(values)
    if is_sqlite():
        return column.in_(peewee.Select([peewee.fn.json_each(json.dumps(values))], [peewee.SQL("value")]))
    return column == peewee.SQL("ANY(%s)", (values,))


def insert_rows(model, rows):
    """Many new rows of one table at once, for imports: the query builder costs more than the database does.

    `rows` are dicts with the same keys, among them everything that has no default in the table. A door must be open.
    """
    if not rows:
        return
    fields = [model._meta.fields[name] for name in rows[0]]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    table = f'"{model._meta.table_name}" ({columns})'
    sql = f"INSERT INTO {table} VALUES ({', '.join('?' for _ in fields)})"  # noqa: S608 names of ours
    _refuse_closed_door(sql)
    _local.queries = queries() + 1
    named = [(field.name, field.db_value) for field in fields]
    values = ([v if type(v := row[n]) in _PLAIN else stored(v) for n, stored in named] for row in rows)
    with peewee.__exception_wrapper__:
        if is_sqlite():
            db.cursor().executemany(sql, values)
            return
        with db.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)


@contextlib.contextmanager
def schema_change():
    """For migrations and fresh test databases only: everything may be written, no transaction is opened."""
    with _door("everything"):
        yield


class JSONText(peewee.TextField):
    """A JSON value kept as canonical text, the same on both databases."""

    def db_value(self, value):
        return None if value is None else canonical(value)

    def python_value(self, value):
        return None if value is None else json.loads(value)


def canonical(value):
    """JSON with one spelling only: sorted keys, no blanks, real letters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


class Model(peewee.Model):
    """Base of every noun: knows its Ref and how it is addressed by number."""

    SECRET = frozenset()  # columns whose values never reach audit, mail or a page
    NUMBER = "{}"  # how the id is shown in addresses and on paper

    class Meta:
        database = db
        legacy_table_names = False

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        _kinds.clear()

    @classmethod
    def select(cls, *fields):  # name given by peewee
        return rows.Select(cls, fields or cls._meta.sorted_fields, is_default=not fields)

    @classmethod
    def insert(cls, data=None, **fields):  # name given by peewee
        return rows.Insert(cls, cls._normalize_data(data, fields))

    @classmethod
    def insert_many(cls, many, fields=None):  # name given by peewee
        return rows.Insert(cls, insert=many, columns=fields)

    @property
    def ref(self):
        return Ref(self._meta.table_name, self.id)

    @property
    def number(self):
        return self.NUMBER.format(self.id)

    @classmethod
    def by_number(cls, text):
        """Where-expression for the readable number in an address; NotFound for what cannot be one."""
        digits = text.rpartition("-")[2] if "-" in cls.NUMBER else text
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
            raise NotFound()
        if cls.NUMBER.format(int(digits)) != text:
            raise NotFound()
        return cls.id == int(digits)


class Versioned(Model):
    """A row that people edit in forms: each change raises its version, and a form opened earlier is stale."""

    version = peewee.IntegerField(default=1)


class MomentField(peewee.DateTimeField):
    """A moment in UTC without zone."""


def tables():
    """All model classes, parents before children. Only modules that were imported count."""

    def below(cls):
        for sub in cls.__subclasses__():
            yield sub
            yield from below(sub)

    found = [m for m in below(Model) if m not in (Versioned,) and not getattr(m, "ABSTRACT", False)]
    return peewee.sort_models(found)


def kinds():
    """{kind of a Ref: its model} of every table; kept, because a page of events asks for each."""
    if not _kinds:
        _kinds.update({model._meta.table_name: model for model in tables()})
    return _kinds


def create_all():
    """A fresh schema straight from the models (tests, and the yardstick for migrations)."""
    with schema_change(), connection():
        db.create_tables(tables())


@contextlib.contextmanager
def taken(**problems):
    """Turn a broken unique index into Invalid: `with store.taken(code="code-taken"):` — the index is the judge."""
    try:
        yield
    except peewee.IntegrityError:
        raise Invalid(**problems)
