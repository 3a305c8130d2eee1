"""Queries and rows are what peewee makes of them, only sooner."""

import peewee
import pytest

from portal import rows, store, values
from portal.customers.accounts import Account
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.sales.catalogue import Product
from tests import make


def as_peewee(query):
    """The rows of a query by peewee's own wrapper."""
    plain = peewee.ModelSelect(query.model, query._returning)
    plain.__dict__.update(query.__dict__)
    plain._cursor_wrapper = None
    return list(plain)


def told(row):
    """What stands in a row and in the rows that hang on it."""
    beside = {name: other and (other.__data__, sorted(other._dirty)) for name, other in row.__rel__.items()}
    return (type(row), row.__data__, sorted(row._dirty), beside)


@pytest.mark.parametrize(
    "query",
    [
        lambda: Account.select(),
        lambda: Account.select(Account.id, Account.name),
        lambda: Account.select(Account, Employee).join(Employee, peewee.JOIN.LEFT_OUTER),
        lambda: Account.select(Account, Employee, Team).join(Employee, peewee.JOIN.LEFT_OUTER).join(Team),
        lambda: Account.select(Account.name, Employee.name).join(Employee),
        lambda: Employee.select(Employee, Account.name.alias("shop")).join(Account, on=Account.owner),
        lambda: Product.select(Product, (Product.list_minor * 2).alias("double")),
        lambda: Employee.select(Employee, Team).join(Team, peewee.JOIN.LEFT_OUTER, attr="group_of"),
    ],
)
def test_rows_are_those_of_peewee(world, query):
    make.account("Nobody’s")
    make.product("RICE", stock=3, on_sale_from=values.shop_day())
    ours, theirs = list(query()), as_peewee(query())
    assert ours and [told(row) for row in ours] == [told(row) for row in theirs]
    for name in ("shop", "double", "group_of"):
        assert [getattr(row, name, None) for row in ours] == [getattr(row, name, None) for row in theirs]


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
