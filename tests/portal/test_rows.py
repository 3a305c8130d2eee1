"""What goes through portal/rows.py means what it says; that it is what peewee would write: test_rows_as_peewee.py."""

import peewee

from portal import rows, store
from portal.customers.accounts import Account
from portal.people.teams import Team


def test_conditions_mean_the_same_in_every_combination(world):
    north = Account.team == world.north
    named = Account.name.in_(["Dave Ramos", "Nobody"])
    for where, found in (
        (north, 1),
        (north | named, 2),
        (north & named, 0),
        (~(north | named), 0),
        ((Account.id > 0) & ((Account.kind == "household") | (Account.owner == world.employees["rhea"])), 2),
        (Account.owner.is_null() | (Account.version >= 1), 2),
        (peewee.fn.LOWER(Account.name) == "dave ramos", 1),
        (Account.is_active == True, 2),  # noqa: E712 SQL
        (Account.since_on.is_null(False), 0),
        (Account.id.in_([]), 0),
    ):
        assert Account.select().where(where).count() == found


def test_rows_are_written_with_their_defaults_and_expressions(database):
    with store.writing():
        Team.insert_many([{"name": "One"}, {"name": "Two"}]).execute()
        Team.insert(name=peewee.fn.UPPER("three")).execute()
        assert Team.create(name="Four").id == 4
        assert [row.name for row in Team.insert_many([{"name": "Five"}]).returning(Team).execute()] == ["Five"]
    assert [(team.name, team.version) for team in Team.select().order_by(Team.id)] == [
        (name, 1) for name in ("One", "Two", "THREE", "Four", "Five")
    ]


def test_a_query_that_is_made_once_takes_new_values_each_time(world):
    asked = rows.Asked(lambda kind, least: Account.select().where((Account.kind == kind) & (Account.id >= least)))
    assert [account.name for account in asked("household", 0)] == ["Dave Ramos"]
    assert [account.name for account in asked("company", 0)] == ["Carol’s Kitchen"]
    assert asked("company", 10**6) == []
    assert asked("company", 0)[0] is not asked("company", 0)[0]
