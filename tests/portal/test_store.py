"""The two doors: nothing is written past them, and both are transactions."""

import pytest

from portal import store
from portal.errors import NotFound
from portal.people.attempts import Attempt
from portal.people.teams import Team
from portal.sales.orders import Order
from portal.values import now


def test_a_write_outside_both_doors_is_refused(database):
    for write in (
        lambda: Team.create(name="North"),
        lambda: Team.update(name="x").execute(),
        lambda: Team.delete().execute(),
        lambda: store.db.execute_sql("  insert into team (name, version) values ('x', 1)"),
        lambda: store.db.execute_sql("WITH a AS (SELECT 1) UPDATE team SET name = 'x'"),
        lambda: store.db.execute_sql("DROP TABLE team"),
        lambda: store.db.execute_sql("/* hidden */ DELETE FROM team"),
    ):
        with pytest.raises(store.WriteOutsideDoor):
            write()
    assert Team.select().count() == 0


def test_housekeeping_writes_its_own_tables_and_no_other(database):
    with store.housekeeping("attempts"):
        Attempt.create(key="a", since_at=now())
        with pytest.raises(store.WriteOutsideDoor):
            Team.create(name="North")
    assert Attempt.select().count() == 1


def test_an_error_inside_a_door_leaves_nothing(database):
    with pytest.raises(RuntimeError), store.housekeeping("attempts"):
        Attempt.create(key="a", since_at=now())
        raise RuntimeError
    assert Attempt.select().count() == 0
    assert not store.is_writing()


def test_the_door_is_closed_again_after_use(database):
    with store.writing():
        Team.create(name="North")
    with pytest.raises(store.WriteOutsideDoor):
        Team.create(name="South")


@pytest.mark.parametrize(
    "text", ["", "12", "SO-", "SO-12", "SO-0000012", "SO-٣", "XX-000012", "SO-000012'", "SO-" + "9" * 40]
)
def test_a_number_that_was_never_printed_is_not_found(text):
    with pytest.raises(NotFound):
        Order.by_number(text)


def test_a_printed_number_is_found():
    assert Order.by_number(Order(id=12).number)


def test_sqlite_keeps_what_it_acknowledged(database):
    if database.kind != "sqlite":
        pytest.skip("SQLite's pragmas")
    assert (store.db.pragma("journal_mode"), store.db.pragma("synchronous")) == ("wal", 2)
    assert store.db.pragma("foreign_keys") == 1
