"""Migrations: an old database becomes exactly a new one, once, whole, and never at the cost of a row."""

import multiprocessing
import os
import re
import signal
from contextlib import contextmanager

import pytest

from portal import store
from portal.migrations import running
from tests import make
from tests.databases import opened, shut

STEP = '''
"""A step of a test."""
import os, signal, time
import peewee

def up(migrator, db):
{body}
'''


@pytest.fixture
def bare(request, tmp_path):
    """A database with nothing in it, of the kind `--database` names."""
    if request.config.getoption("--database") == "sqlite":
        yield opened(f"sqlite:///{tmp_path}/bare.db", "sqlite")
        shut()
        return
    server = request.getfixturevalue("postgres_session")
    name = f"{server.prefix}_bare_{os.getpid()}_{request.node.name[-12:].strip('[]')}".lower()
    server.admin("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    yield opened(server.url(name), "postgres")
    shut()
    server.drop(name)


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """Write further steps into a folder that already holds the real ones: `steps.add("0002_more", "    db.…")`."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in running.FOLDER.glob("[0-9]*.py"):
        (folder / path.name).write_text(path.read_text())
    monkeypatch.setattr(running, "FOLDER", folder)

    class Steps:
        @staticmethod
        def add(name, body):
            (folder / f"{name}.py").write_text(STEP.format(body=body))

        @staticmethod
        def drop(name):
            (folder / f"{name}.py").unlink()

    return Steps


# the schema as the database tells it


def schema():
    """{what: how} of the open database, free of the order and spelling in which it was made."""
    with store.connection():
        found = _sqlite_schema() if store.is_sqlite() else _postgres_schema()
    return {key: value for key, value in found.items() if running.HISTORY not in str(key)}


def _rows(question, *parameters):
    return store.db.execute_sql(question, parameters).fetchall()


def _sqlite_schema():
    found = {}
    for kind, name, table, sql in _rows("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if table.startswith("search_text_") or name.startswith("sqlite_"):
            continue
        if kind in ("trigger", "index") or "VIRTUAL" in sql:
            found[kind, name] = _plain(sql)
            continue
        for _, column, type_, must, default, key, _ in _rows(f'PRAGMA table_xinfo("{name}")'):
            found["column", name, column] = (type_, must, default, key)
        keys = [row[2:] for row in _rows(f'PRAGMA foreign_key_list("{name}")')]
        found["foreign keys", name] = sorted(keys)
        found["checks", name] = checks(sql)
    return found


def _postgres_schema():
    found = {}
    columns = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'"""
    for table, column, *rest in _rows(columns):
        found["column", table, column] = tuple(rest)
    for name, sql in _rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"):
        found["index", name] = _plain(sql)
    constraints = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')"""
    for table, name, text in _rows(constraints):
        found["constraint", table, name] = _plain(text)
    return found


def _plain(sql):
    return re.sub(r"\s+", " ", sql.replace("IF NOT EXISTS ", "").replace('"', "")).strip().lower()


def checks(sql):
    """The CHECK conditions of a CREATE TABLE, sorted, by counting brackets."""
    found = []
    for match in re.finditer(r"\bCHECK\s*\(", sql, re.I):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(_plain(sql[match.end() : end - 1]))
    return sorted(found)


def test_a_migrated_database_is_as_a_fresh_one(bare, database):
    fresh = schema()
    store.open(bare.url)
    running.migrate()
    migrated = schema()
    assert len([key for key in fresh if key[0] == "column"]) > 100
    assert {key: value for key, value in fresh.items() if migrated.get(key) != value} == {}
    assert {key: value for key, value in migrated.items() if key not in fresh} == {}


def test_the_comparison_sees_each_kind_of_difference(bare):
    running.migrate()
    before = schema()
    with store.connection(), store.schema_change():
        store.db.execute_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, size INTEGER CHECK ((size) > 0))")
        store.db.execute_sql("CREATE UNIQUE INDEX thing_size ON thing (size) WHERE size > 5")
        with_table = schema()
        store.db.execute_sql("DROP TABLE thing")
        store.db.execute_sql("CREATE TABLE thing (id INTEGER PRIMARY KEY, size INTEGER CHECK (size >= 0))")
        store.db.execute_sql("CREATE UNIQUE INDEX thing_size ON thing (size) WHERE size > 6")
        other = schema()
    assert {str(key) for key in with_table} - {str(key) for key in before}
    changed = {key[0] for key in with_table if with_table[key] != other.get(key)}
    assert changed == ({"checks", "index"} if bare.kind == "sqlite" else {"constraint", "index"})


# the runner


def test_migrating_twice_does_nothing_the_second_time(bare):
    assert running.pending()
    assert running.migrate() == [path.stem for path in sorted(running.FOLDER.glob("[0-9]*.py"))]
    assert running.migrate() == []
    assert running.pending() == running.unknown() == []


def test_a_later_step_keeps_every_row(bare, steps):
    running.migrate()
    account = make.account()
    make.contact(account)
    column = "peewee.CharField(max_length=9, default='x')"
    steps.add("0002_more", f'    migrator.migrate(migrator.add_column("account", "colour", {column}))')
    assert running.migrate() == ["0002_more"]
    with store.connection():
        assert _rows("SELECT colour FROM account") == [("x",)]
        assert _rows("SELECT COUNT(*) FROM contact") == [(1,)]


def test_a_step_that_loses_rows_is_refused_and_undone(bare, steps):
    running.migrate()
    make.contact(make.account())
    steps.add("0002_loss", "    db.execute_sql('DELETE FROM contact')")
    with pytest.raises(running.MigrationFailed, match="0002_loss would lose rows: contact from 1 to 0"):
        running.migrate()
    with store.connection():
        assert _rows("SELECT COUNT(*) FROM contact") == [(1,)]
    assert running.pending() == ["0002_loss"]


def test_a_step_that_breaks_halfway_leaves_nothing(bare, steps):
    running.migrate()
    steps.add("0002_broken", "    db.execute_sql('CREATE TABLE half (id INTEGER)')\n    raise RuntimeError('no')")
    with pytest.raises(RuntimeError, match="no"):
        running.migrate()
    with store.connection():
        assert not store.db.table_exists("half")
    assert running.pending() == ["0002_broken"]


def test_a_step_that_leaves_a_reference_without_its_record_is_refused(bare, steps):
    running.migrate()
    account = make.account()
    make.contact(account)
    steps.add("0002_orphan", "    db.execute_sql('UPDATE contact SET account_id = 999')")
    with pytest.raises(Exception, match=r"0002_orphan|foreign key"):
        running.migrate()
    with store.connection():
        assert _rows("SELECT account_id FROM contact") == [(account.id,)]


def test_a_database_that_knows_more_steps_is_newer(bare, steps):
    steps.add("0002_future", "    pass")
    running.migrate()
    steps.drop("0002_future")
    assert running.unknown() == ["0002_future"]


# several processes, and one that is killed


def _migrate_in_child(url, folder, answers):
    running.FOLDER = folder
    store.open(url)
    answers.put(running.migrate())
    store.close()


@contextmanager
def child(url, answers):
    store.close()
    process = multiprocessing.get_context("fork").Process(
        target=_migrate_in_child, args=(url, running.FOLDER, answers), daemon=True
    )
    process.start()
    yield process
    process.join(20)
    assert not process.is_alive()


def test_processes_that_start_at_once_apply_each_step_once(bare, steps):
    steps.add("0002_slow", "    time.sleep(0.2)\n    db.execute_sql('CREATE TABLE slow (id INTEGER)')")
    answers = multiprocessing.get_context("fork").Queue()
    with child(bare.url, answers), child(bare.url, answers), child(bare.url, answers):
        found = sorted(answers.get(timeout=20) for _ in range(3))
    assert found[:2] == [[], []]
    assert found[2][-1] == "0002_slow"
    store.open(bare.url)
    assert running.pending() == []


def test_a_start_that_is_killed_in_the_middle_is_finished_by_the_next(bare, steps):
    half = "    db.execute_sql('CREATE TABLE half (id INTEGER)')\n"
    steps.add("0002_killed", half + "    os.environ.get('SUKI_TEST_KILL') and os.kill(os.getpid(), signal.SIGKILL)")
    answers = multiprocessing.get_context("fork").Queue()
    os.environ["SUKI_TEST_KILL"] = "1"
    try:
        with child(bare.url, answers) as process:
            pass
    finally:
        del os.environ["SUKI_TEST_KILL"]
    assert process.exitcode == -signal.SIGKILL
    store.open(bare.url)
    assert running.migrate() == ["0002_killed"]
    with store.connection():
        assert _rows("SELECT COUNT(*) FROM half") == [(0,)]
