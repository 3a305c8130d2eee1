"""A shop goes into another database whole, or is refused in one line, and stays where it was."""

import sqlite3

import psycopg
import pytest

from portal import store
from portal.exchange import database_move, table_copy
from tests import databases, make


@pytest.fixture
def old(tmp_path):
    """URL of a shop with people and an order, on SQLite."""
    url = databases.sqlite_database(tmp_path / "old")
    store.open(url)
    make.order(make.world().account)
    store.close()
    return url


@pytest.fixture(autouse=True)
def old_folder(tmp_path):
    (tmp_path / "old").mkdir()


def sums(url):
    with table_copy.reading(url) as tables:
        return tables.sums()


def spoil(url, statement, *given):
    """Write into a SQLite file what Suki would not."""
    with sqlite3.connect(store.file_of(url)) as connection:
        connection.execute(statement, given)


def refusal(old, database):
    with pytest.raises(database_move.MoveRefused) as refused:
        database_move.move(old, database.url)
    assert sums(database.url)["account"].rows == 0
    return str(refused.value)


def test_every_row_is_there_and_the_source_as_it_was(old, database):
    before = sums(old)
    database_move.check_empty(database.url)
    rows = database_move.move(old, database.url)
    assert rows["order"] == 1 and rows["contact"] > 1
    assert sums(database.url) == before == sums(old)
    make.order()  # new rows get numbers above those that came


def test_a_target_with_a_row_is_refused(old, database):
    database_move.move(old, database.url)
    with pytest.raises(database_move.MoveRefused, match="rows in its table account; name an empty database"):
        database_move.check_empty(database.url)


def test_a_target_with_tables_of_others_is_refused(database):
    with store.connection(), store.schema_change():
        store.db.execute_sql("CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(database_move.MoveRefused, match="a table recipes, which is none of Suki's"):
        database_move.check_empty(database.url)
    with store.connection(), store.schema_change():
        store.db.execute_sql("DROP TABLE recipes")


def test_a_target_that_is_not_there_yet_is_empty(tmp_path):
    database_move.check_empty(f"sqlite:///{tmp_path}/new/suki.db")
    assert not (tmp_path / "new").exists()


def test_a_column_that_would_be_lost_is_refused(old, database):
    spoil(old, "ALTER TABLE account ADD COLUMN colour TEXT")
    assert refusal(old, database) == "the source has account.colour, unlike a shop of this version."


def test_a_reference_without_its_record_is_refused(old, database):
    spoil(old, 'UPDATE "order" SET account_id = 4711')
    assert "run: python -m portal verify" in refusal(old, database)


def test_a_text_that_only_one_database_takes_is_refused_with_its_table(old, postgres):
    spoil(old, "UPDATE account SET name = ?", "Ca\0rol")
    assert refusal(old, postgres).startswith("a row of account cannot be kept there: ")
    spoil(old, "UPDATE account SET name = ?", "x" * 999)
    assert "COPY account, line 1, column name" in refusal(old, postgres)


def test_nobody_writes_to_the_source_meanwhile_and_reading_goes_on(database):
    with database_move.held(database.url):
        assert sums(database.url)["account"].rows == 0
        if database.kind == "sqlite":
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                sqlite3.connect(store.file_of(database.url), 0).execute("DELETE FROM account")
            return
        locked = pytest.raises(psycopg.errors.LockNotAvailable)
        with psycopg.connect(database.url, options="-c lock_timeout=1") as other, locked:
            other.execute("DELETE FROM account")
