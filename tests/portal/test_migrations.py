"""Migrations: an old database becomes exactly a new one, once, whole, and never at the cost of a row."""

import multiprocessing
import os
import signal
from contextlib import contextmanager

import pytest

from portal import store
from portal.migrations import running
from portal.whole import invariants
from tests import make
from tests.schemas import rows, schema, shop_of_the_first_version


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
    steps.add("0900_more", f'    migrator.migrate(migrator.add_column("account", "colour", {column}))')
    assert running.migrate() == ["0900_more"]
    with store.connection():
        assert rows("SELECT colour FROM account") == [("x",)]
        assert rows("SELECT COUNT(*) FROM contact") == [(1,)]


def test_a_step_that_loses_rows_is_refused_and_undone(bare, steps):
    running.migrate()
    make.contact(make.account())
    steps.add("0900_loss", "    db.execute_sql('DELETE FROM contact')")
    with pytest.raises(running.MigrationFailed, match="0900_loss would lose rows: contact from 1 to 0"):
        running.migrate()
    with store.connection():
        assert rows("SELECT COUNT(*) FROM contact") == [(1,)]
    assert running.pending() == ["0900_loss"]


def test_a_step_that_breaks_halfway_leaves_nothing(bare, steps):
    running.migrate()
    steps.add("0900_broken", "    db.execute_sql('CREATE TABLE half (id INTEGER)')\n    raise RuntimeError('no')")
    with pytest.raises(RuntimeError, match="no"):
        running.migrate()
    with store.connection():
        assert not store.db.table_exists("half")
    assert running.pending() == ["0900_broken"]


def test_a_step_that_leaves_a_reference_without_its_record_is_refused(bare, steps):
    running.migrate()
    account = make.account()
    make.contact(account)
    steps.add("0900_orphan", "    db.execute_sql('UPDATE contact SET account_id = 999')")
    with pytest.raises(Exception, match=r"0900_orphan|foreign key"):
        running.migrate()
    with store.connection():
        assert rows("SELECT account_id FROM contact") == [(account.id,)]


def test_a_database_that_knows_more_steps_is_newer(bare, steps):
    steps.add("0900_future", "    pass")
    running.migrate()
    steps.drop("0900_future")
    assert running.unknown() == ["0900_future"]


# the steps that were released


def test_goods_of_open_orders_are_kept_on_the_shelf_and_sent_ones_have_a_shipment(bare, steps):
    later = steps.stop_at("0001_start")
    running.migrate()
    with store.connection(), store.schema_change():
        shop_of_the_first_version()
    for name in later:
        steps.go_on(name)
    assert running.migrate() == later
    with store.connection():
        assert rows("SELECT stock, reserved FROM product WHERE code = 'A'") == [(6, 3)]
        joined = 'FROM order_line l JOIN "order" o ON o.id = l.order_id'
        assert set(rows(f"SELECT o.state, l.reserved, l.shipped, l.cancelled {joined}")) == {
            ("placed", 3, 0, 0), ("shipped", 0, 3, 0), ("delivered", 0, 3, 0), ("cancelled", 0, 0, 3),
        }  # fmt: skip
        joined = "FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id GROUP BY s.state"
        assert set(rows(f"SELECT s.state, SUM(l.quantity) {joined}")) == {("sent", 6), ("delivered", 6)}
        assert [*invariants.stock(), *invariants.lines()] == []


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
    steps.add("0900_slow", "    time.sleep(0.2)\n    db.execute_sql('CREATE TABLE slow (id INTEGER)')")
    answers = multiprocessing.get_context("fork").Queue()
    with child(bare.url, answers), child(bare.url, answers), child(bare.url, answers):
        found = sorted(answers.get(timeout=20) for _ in range(3))
    assert found[:2] == [[], []]
    assert found[2][-1] == "0900_slow"
    store.open(bare.url)
    assert running.pending() == []


def test_a_start_that_is_killed_in_the_middle_is_finished_by_the_next(bare, steps):
    half = "    db.execute_sql('CREATE TABLE half (id INTEGER)')\n"
    steps.add("0900_killed", half + "    os.environ.get('SUKI_TEST_KILL') and os.kill(os.getpid(), signal.SIGKILL)")
    answers = multiprocessing.get_context("fork").Queue()
    os.environ["SUKI_TEST_KILL"] = "1"
    try:
        with child(bare.url, answers) as process:
            pass
    finally:
        del os.environ["SUKI_TEST_KILL"]
    assert process.exitcode == -signal.SIGKILL
    store.open(bare.url)
    assert running.migrate() == ["0900_killed"]
    with store.connection():
        assert rows("SELECT COUNT(*) FROM half") == [(0,)]
