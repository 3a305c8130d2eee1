"""Whole databases, row for row: what is read from one is the same in the other."""

import pytest

from portal import store
from portal.exchange import table_copy, table_loading
from tests import databases, make


def shop(database):
    """A shop with people, an order and its papers; the sums of its tables."""
    world = make.world()
    make.order(world.account)
    with table_copy.reading(database.url) as tables:
        return tables.sums()


def test_a_table_has_its_rows_and_one_sum_whatever_their_order():
    rows = [(1, "ñ", None), (2, "ไทย", 1)]
    assert table_copy.summed(["id", "name"], rows) == table_copy.summed(["id", "name"], rows[::-1])
    assert table_copy.summed(["id", "name"], rows * 2) != table_copy.summed(["id", "name"], rows)
    assert table_copy.summed(["id", "name"], [*rows, rows[0], rows[0]]).sha256 != (
        table_copy.summed(["id", "name"], [*rows, rows[1], rows[1]]).sha256
    )


def test_all_rows_go_from_one_database_into_the_other_and_back(tmp_path, database, postgres_session):
    fresh = postgres_session.url(postgres_session.fresh())
    there = fresh if database.kind == "sqlite" else databases.sqlite_database(tmp_path)
    store.open(database.url)
    before = shop(database)
    assert before["account"].rows and before["order_line"].rows
    with table_copy.reading(database.url) as source:
        table_loading.copy(source, there)
    with table_copy.reading(there) as source:
        assert list(table_copy.differences(before, source.sums())) == []
        table_loading.copy(source, database.url)
    with table_copy.reading(database.url) as tables:
        assert list(table_copy.differences(before, tables.sums())) == []
    make.order()  # ids go on above those that were copied


def test_nothing_is_written_when_a_row_names_one_that_is_not_there(database):
    before = shop(database)
    with pytest.raises(table_loading.BrokenReferences), table_loading.writing(database.url) as target:
        target.empty("account")
    with table_copy.reading(database.url) as tables:
        assert list(table_copy.differences(before, tables.sums())) == []


def test_what_is_read_is_of_one_moment(database):
    shop(database)
    with table_copy.reading(database.url) as tables:
        before = tables.sums()["team"]
        with store.connection():
            make.team("Opened meanwhile")
        assert tables.sums()["team"] == before
