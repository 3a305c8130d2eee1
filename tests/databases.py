"""Clean databases for tests: a copied file on SQLite, a truncated database per worker on PostgreSQL."""

import fcntl
import importlib
import os
import pkgutil
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

import portal
from portal import store
from tests import postgres_server

FOLDER = "SUKI_TEST_FOLDER"  # shared by the workers of one session
WITHOUT_TABLES = ("portal.web", "portal.demo", "portal.__main__", "portal.serving", "portal.migrations")


def session_folder():
    """A folder of this test session, the same one in every xdist worker."""
    if FOLDER not in os.environ or not Path(os.environ[FOLDER]).is_dir():
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="suki-tests-")
        os.environ["SUKI_TEST_OWNER"] = str(os.getpid())
    return Path(os.environ[FOLDER])


def forget_session_folder():
    """At the end of the session, by the process that began it; the server has a watcher of its own."""
    if os.environ.get("SUKI_TEST_OWNER") != str(os.getpid()):
        return
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "template.ready").exists() and os.environ.get("TEST_PG_URL"):
        Postgres(server_url()).forget()
    shutil.rmtree(folder, ignore_errors=True)


def import_nouns():
    """Import every module that holds tables, so that store.tables() is whole."""
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if not module.name.startswith(WITHOUT_TABLES):
            importlib.import_module(module.name)


def worker_name():
    """gw0, gw1 … under xdist, else main."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@contextmanager
def locked(name):
    """One worker at a time."""
    with (session_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def opened(url, kind):
    """Point the store at a database for one test; the test gets its url and kind."""
    store.open(url)
    return SimpleNamespace(url=url, kind=kind)


def shut():
    """Let go of the database, so that a test that forgot the fixture meets none instead of an old one."""
    store.close()
    store.db.initialize(None)


# SQLite


def sqlite_template():
    """A file with the empty schema, made once per session and copied for each test."""
    path = session_folder() / f"template-{worker_name()}.db"
    if not path.exists():
        import_nouns()
        store.open(f"sqlite:///{path}")
        store.create_all()
        shut()
    return path


def sqlite_database(folder):
    """URL of a fresh SQLite database in `folder`."""
    path = folder / "suki.db"
    shutil.copyfile(sqlite_template(), path)
    return f"sqlite:///{path}"


# PostgreSQL


class Postgres:
    """A server, this session's template on it, and what tests ask of both."""

    def __init__(self, server):
        self.server = server
        self.prefix = f"suki_test_{os.environ['SUKI_TEST_OWNER']}"
        self.made = 0

    def url(self, name):
        return urlsplit(self.server)._replace(path=f"/{name}").geturl()

    def admin(self, statement, *names):
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def template(self):
        name = f"{self.prefix}_template"
        ready = session_folder() / "template.ready"
        with locked("template"):
            if not ready.exists():
                import_nouns()
                self.admin("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
                store.open(self.url(name))
                store.create_all()
                shut()
                ready.touch()
        return name

    def fresh(self):
        """Name of a new database with the empty schema."""
        return self.copy(self.template())

    def copy(self, template):
        """Name of a new database that holds what another one holds."""
        self.made += 1
        name = f"{self.prefix}_{worker_name()}_{self.made}"
        with locked("template"):  # PostgreSQL copies a template for one at a time
            self.admin("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name):
        self.admin("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def forget(self):
        """Leave nothing behind on a server that is not ours."""
        self.drop(f"{self.prefix}_template")


def server_url():
    """URL of the PostgreSQL server of this session, started by the first worker that asks; Unavailable if none."""
    if os.environ.get("TEST_PG_URL"):
        return os.environ["TEST_PG_URL"]
    address, refusal = session_folder() / "server", session_folder() / "no-server"
    with locked("server"):
        if refusal.exists():
            raise postgres_server.Unavailable(refusal.read_text())
        if not address.exists():
            folder = Path(tempfile.mkdtemp(prefix="suki-postgres-"))
            try:
                address.write_text(postgres_server.start(folder, int(os.environ["SUKI_TEST_OWNER"])))
            except postgres_server.Unavailable as reason:
                refusal.write_text(str(reason))
                raise
    return address.read_text()


def empty(connection):
    """Empty the tables that hold rows and restart the counters that were used.

    Row by row, which takes a tenth of TRUNCATE where there are few: that gives each table and index a new file.
    """
    connection.execute("SET lock_timeout = '10s'")  # a forgotten thread of the test would block us for ever
    connection.execute("SET session_replication_role = replica")  # in whatever order: all of it goes
    with connection.transaction():
        for (name,) in connection.execute(rows_probe(connection)).fetchall():
            if name:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        counters = "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences"
        connection.execute(f"{counters} WHERE last_value IS NOT NULL")


def rows_probe(connection):
    """One statement that names the tables holding rows; built once per connection."""
    if not hasattr(connection, "suki_probe"):
        named = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        tables = [name for (name,) in connection.execute(named)]
        one = sql.SQL("SELECT CASE WHEN EXISTS (SELECT 1 FROM {}) THEN {} END")
        connection.suki_probe = sql.SQL(" UNION ALL ").join(
            one.format(sql.Identifier(name), sql.Literal(name)) for name in tables
        )
    return connection.suki_probe


# fixtures


@pytest.fixture(scope="session")
def postgres_session():
    """The PostgreSQL of this session; skips, saying why, when there can be none."""
    try:
        return Postgres(server_url())
    except (postgres_server.Unavailable, psycopg.OperationalError) as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def postgres_worker(postgres_session):
    """This worker's database and a connection that empties it."""
    name = postgres_session.fresh()
    with psycopg.connect(postgres_session.url(name), autocommit=True) as connection:
        yield SimpleNamespace(url=postgres_session.url(name), connection=connection)
    postgres_session.drop(name)


@pytest.fixture
def database(request, tmp_path):
    """A clean database of the kind `--database` names, open in the store; has `.url` and `.kind`."""
    kind = request.config.getoption("--database")
    if kind == "sqlite":
        yield opened(sqlite_database(tmp_path), kind)
        shut()
        return
    worker = request.getfixturevalue("postgres_worker")
    yield opened(worker.url, kind)
    shut()
    empty(worker.connection)


@pytest.fixture
def postgres(postgres_session):
    """A new PostgreSQL database for one test, whatever `--database` says: races between threads and processes."""
    name = postgres_session.fresh()
    yield opened(postgres_session.url(name), "postgres")
    shut()
    postgres_session.drop(name)
