"""The schema as the database tells it, and shops that stand at an earlier step of it."""

import os
import re

import pytest

from portal import store
from portal.migrations import running
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
    return Steps(folder)


class Steps:
    """The steps of the schema as a folder that a test may change."""

    def __init__(self, folder):
        self.folder = folder
        self.later = {}

    def add(self, name, body):
        """Write one more step."""
        (self.folder / f"{name}.py").write_text(STEP.format(body=body))

    def drop(self, name):
        """Forget a step."""
        (self.folder / f"{name}.py").unlink()

    def stop_at(self, last):
        """Take away the steps after `last`, to stand where a shop of that time stands; returns their names."""
        for path in sorted(self.folder.glob("[0-9]*.py")):
            if path.stem > last:
                self.later[path.stem] = path.read_text()
                path.unlink()
        return list(self.later)

    def go_on(self, name):
        """Bring back a step that was taken away."""
        (self.folder / f"{name}.py").write_text(self.later.pop(name))


def schema():
    """{what: how} of the open database, free of the order and spelling in which it was made."""
    with store.connection():
        found = _sqlite_schema() if store.is_sqlite() else _postgres_schema()
    return {key: value for key, value in found.items() if running.HISTORY not in str(key)}


def unlike(one, other):
    """{what: (how in one, how in the other)} of what is not the same in two schemas."""
    return {
        key: (one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)
    }


def rows(question, *parameters):
    return store.db.execute_sql(question, parameters).fetchall()


def _sqlite_schema():
    found = {}
    for kind, name, table, sql in rows("SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if table.startswith("search_text_") or name.startswith("sqlite_"):
            continue
        if kind in ("trigger", "index") or "VIRTUAL" in sql:
            found[kind, name] = plain(sql)
            continue
        for _, column, type_, must, default, key, _ in rows(f'PRAGMA table_xinfo("{name}")'):
            found["column", name, column] = (type_, must, default, key)
        keys = [row[2:] for row in rows(f'PRAGMA foreign_key_list("{name}")')]
        found["foreign keys", name] = sorted(keys)
        found["checks", name] = checks(sql)
    return found


def _postgres_schema():
    found = {}
    columns = """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'"""
    for table, column, *rest in rows(columns):
        found["column", table, column] = tuple(rest)
    for name, sql in rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"):
        found["index", name] = plain(sql)
    constraints = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u')"""
    for table, name, text in rows(constraints):
        found["constraint", table, name] = plain(text)
    return found


def plain(sql):
    return re.sub(r"\s+", " ", sql.replace("IF NOT EXISTS ", "").replace('"', "")).strip().lower()


def checks(sql):
    """The CHECK conditions of a CREATE TABLE, sorted, by counting brackets."""
    found = []
    for match in re.finditer(r"\bCHECK\s*\(", sql, re.I):
        depth, end = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        found.append(plain(sql[match.end() : end - 1]))
    return sorted(found)


def insert(table, **given):
    """A row of a table as it is now; what is needed and not given is 0, "" or a moment. Returns its id."""
    blank = {"INT": 0, "BIG": 0, "BOO": False, "DAT": "2026-01-01 00:00:00", "TIM": "2026-01-01 00:00:00"}
    columns = [c for c in store.db.get_columns(table) if c.name != "id" and not c.null]
    row = {c.name: blank.get(c.data_type[:3].upper(), "") for c in columns} | given
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" if store.is_sqlite() else "%s" for _ in row)
    made = f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING id'
    return store.db.execute_sql(made, tuple(row.values())).fetchone()[0]


def shop_of_the_first_version():
    """Nine pieces on the shelf; of four orders of three pieces one is placed, one shipped, delivered, cancelled."""
    account = insert("account", name="Carol", folded="carol", kind="company", country="PH", currency="PHP")
    product = insert("product", code="A", code_key="a", name="Rice", folded="rice", currency="PHP", unit="sack",
                      kind="goods", tax_class="standard", stock=0)  # fmt: skip
    service = insert("product", code="B", code_key="b", name="Trip", folded="trip", currency="PHP", unit="trip",
                      kind="service", tax_class="standard")  # fmt: skip
    insert("stock_movement", product_id=product, quantity=12, reason="start")
    for state in ("placed", "shipped", "delivered", "cancelled"):
        order = insert("order", account_id=account, state=state, account_name="Carol", source="portal",
                        currency="PHP", delivery="ship", total_minor=300, ship_to="{}", bill_to="{}")  # fmt: skip
        about = {"order_id": order, "unit": "sack", "quantity": 3, "name": "Rice"}
        line = insert("order_line", position=1, product_id=product, code="A", **about)
        insert("order_line", position=2, product_id=service, code="B", **about)
        insert("stock_movement", product_id=product, quantity=-3, reason="placed", cause=f"order_line:{line}")
        if state == "cancelled":
            insert("stock_movement", product_id=product, quantity=3, reason="cancelled", cause=f"order_line:{line}")
    store.db.execute_sql('UPDATE "product" SET stock = 3 WHERE stock IS NOT NULL')
