"""Migrations: an old database becomes exactly a new one, once, whole, and never at the cost of a row."""

import multiprocessing
import os
import re
import signal
from contextlib import contextmanager

import pytest

from portal import store
from portal.migrations import running
from portal.whole import invariants
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
    """Write further steps into a folder that already holds the real ones: `steps.add("0900_more", "    db.…")`."""
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
    steps.add("0900_more", f'    migrator.migrate(migrator.add_column("account", "colour", {column}))')
    assert running.migrate() == ["0900_more"]
    with store.connection():
        assert _rows("SELECT colour FROM account") == [("x",)]
        assert _rows("SELECT COUNT(*) FROM contact") == [(1,)]


def test_a_step_that_loses_rows_is_refused_and_undone(bare, steps):
    running.migrate()
    make.contact(make.account())
    steps.add("0900_loss", "    db.execute_sql('DELETE FROM contact')")
    with pytest.raises(running.MigrationFailed, match="0900_loss would lose rows: contact from 1 to 0"):
        running.migrate()
    with store.connection():
        assert _rows("SELECT COUNT(*) FROM contact") == [(1,)]
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
        assert _rows("SELECT account_id FROM contact") == [(account.id,)]


def test_a_database_that_knows_more_steps_is_newer(bare, steps):
    steps.add("0900_future", "    pass")
    running.migrate()
    steps.drop("0900_future")
    assert running.unknown() == ["0900_future"]


# the steps that were released


def _only(steps, last):
    """Take away the steps after `last`, to stand where a shop of that time stands."""
    later = [path for path in sorted(running.FOLDER.glob("[0-9]*.py")) if path.stem > last]
    kept = {path.name: path.read_text() for path in later}
    for path in later:
        steps.drop(path.stem)
    return kept


def _insert(table, **given):
    """A row of a table as it is now; what is needed and not given is 0, "" or a moment. Returns its id."""
    blank = {"INT": 0, "BIG": 0, "BOO": False, "DAT": "2026-01-01 00:00:00", "TIM": "2026-01-01 00:00:00"}
    columns = [c for c in store.db.get_columns(table) if c.name != "id" and not c.null]
    row = {c.name: blank.get(c.data_type[:3].upper(), "") for c in columns} | given
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" if store.is_sqlite() else "%s" for _ in row)
    made = f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING id'
    return store.db.execute_sql(made, tuple(row.values())).fetchone()[0]


def _shop_of_the_first_version():
    """Nine pieces on the shelf; of four orders of three pieces one is placed, one shipped, delivered, cancelled."""
    account = _insert("account", name="Carol", folded="carol", kind="company", country="PH", currency="PHP")
    product = _insert("product", code="A", code_key="a", name="Rice", folded="rice", currency="PHP", unit="sack",
                      kind="goods", tax_class="standard", stock=0)  # fmt: skip
    service = _insert("product", code="B", code_key="b", name="Trip", folded="trip", currency="PHP", unit="trip",
                      kind="service", tax_class="standard")  # fmt: skip
    _insert("stock_movement", product_id=product, quantity=12, reason="start")
    for state in ("placed", "shipped", "delivered", "cancelled"):
        order = _insert("order", account_id=account, state=state, account_name="Carol", source="portal",
                        currency="PHP", delivery="ship", total_minor=300, ship_to="{}", bill_to="{}")  # fmt: skip
        about = {"order_id": order, "unit": "sack", "quantity": 3, "name": "Rice"}
        line = _insert("order_line", position=1, product_id=product, code="A", **about)
        _insert("order_line", position=2, product_id=service, code="B", **about)
        _insert("stock_movement", product_id=product, quantity=-3, reason="placed", cause=f"order_line:{line}")
        if state == "cancelled":
            _insert("stock_movement", product_id=product, quantity=3, reason="cancelled", cause=f"order_line:{line}")
    store.db.execute_sql('UPDATE "product" SET stock = 3 WHERE stock IS NOT NULL')


def test_goods_of_open_orders_are_kept_on_the_shelf_and_sent_ones_have_a_shipment(bare, steps):
    later = _only(steps, "0001_start")
    running.migrate()
    with store.connection(), store.schema_change():
        _shop_of_the_first_version()
    for name, text in later.items():
        (running.FOLDER / name).write_text(text)
    assert running.migrate() == [name.removesuffix(".py") for name in later]
    with store.connection():
        assert _rows("SELECT stock, reserved FROM product WHERE code = 'A'") == [(6, 3)]
        joined = 'FROM order_line l JOIN "order" o ON o.id = l.order_id'
        assert set(_rows(f"SELECT o.state, l.reserved, l.shipped, l.cancelled {joined}")) == {
            ("placed", 3, 0, 0), ("shipped", 0, 3, 0), ("delivered", 0, 3, 0), ("cancelled", 0, 0, 3),
        }  # fmt: skip
        joined = "FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id GROUP BY s.state"
        assert set(_rows(f"SELECT s.state, SUM(l.quantity) {joined}")) == {("sent", 6), ("delivered", 6)}
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
        assert _rows("SELECT COUNT(*) FROM half") == [(0,)]
