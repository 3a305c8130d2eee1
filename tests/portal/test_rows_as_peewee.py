"""Our shortcut into peewee writes the SQL and makes the rows that peewee would, for every shape of query."""

import importlib.util
import re
import types
from datetime import date, datetime, timedelta
from importlib.metadata import version
from operator import and_, invert, or_

import peewee
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal import rows, store
from portal.customers.accounts import Account
from portal.people.attempts import Attempt
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.people.teams import Team
from portal.sales.branches import Branch
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from tests import make

LATELY = datetime(2026, 3, 4, 5, 6, 7, 89)
Rep, Doer = Employee.alias("rep"), Login.alias()


def untouched():
    """{"Field": function, …}: peewee's own `__sql__`, read anew from its file, at home in the peewee we use."""
    spec = importlib.util.find_spec("peewee")
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    return {
        name: types.FunctionType(getattr(fresh, name).__sql__.__code__, vars(peewee))
        for name in ("Field", "Expression")
    }


OWN = untouched()


@pytest.fixture
def by_peewee(monkeypatch):
    """Runs a function as if portal/rows.py were not there."""

    def run(function):
        with monkeypatch.context() as patch:
            for name, own in OWN.items():
                patch.setattr(getattr(peewee, name), "__sql__", own)
            patch.delattr(rows.Select, "_get_model_cursor_wrapper")
            patch.delattr(rows.Insert, "_generate_insert")
            return function()

    return run


def shown(found, seen=()):
    """All there is to know of a row: class, values and their types, joined rows, extras, what counts as changed."""
    if isinstance(found, dict):
        return {key: shown(value, seen) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return type(found).__name__, [shown(value, seen) for value in found]
    if not isinstance(found, peewee.Model):
        return type(found).__name__, found
    if any(found is one for one in seen):
        return "again", type(found).__name__
    return type(found).__name__, {name: shown(value, (*seen, found)) for name, value in vars(found).items()}


def answer(query):
    sql, parameters = query.sql()
    return sql, [shown(value) for value in parameters], [shown(row) for row in query.clone().execute()]


@pytest.fixture
def shop(database):
    """Orders with and without branch, rep and lines, so that joins find something and nothing."""
    north = make.team("North")
    rhea, owen = make.employee("Rhea", team=north), make.employee("Owen")
    rice, salt = make.product("RICE", stock=9), make.product("SALT", stock=0)
    shop, home = make.account("Sari-sari", owner=rhea, team=north), make.account("ห้องแถว")
    there = make.branch("Main")
    made = [
        make.order(shop, (rice, 3), (salt, 1), rep=rhea, branch=there, note='50% "off"'),
        make.order(shop, (salt, 2), state="draft", rep=owen, ship_to={"city": "Cebu", "lines": [1, None]}),
        make.order(home, state="cancelled", cancelled_at=LATELY),
    ]
    make.contact(shop, "Lina")
    return made


def joined(*columns):
    """Lines with their order, its account, branch and rep, each of which may be missing."""
    query = OrderLine.select(*columns or (OrderLine, Order, Account, Branch, Rep)).join(Order).join(Account)
    query = query.switch(Order).join(Branch, peewee.JOIN.LEFT_OUTER, on=Order.branch == Branch.id)
    return query.switch(Order).join(Rep, peewee.JOIN.LEFT_OUTER, on=Order.rep == Rep.id).order_by(OrderLine.id)


def latest():
    return Order.select(peewee.fn.MAX(Order.id).alias("last"), Order.account).group_by(Order.account).alias("latest")


def in_tree():
    """A WITH RECURSIVE: numbers up to three, and the lines of that position."""
    first = peewee.Select(columns=(peewee.Value(1).alias("n"),)).cte("up", recursive=True, columns=("n",))
    up = first.union_all(peewee.Select([first], [first.c.n + 1]).where(first.c.n < 3))
    return OrderLine.select(OrderLine, up.c.n).join(up, on=up.c.n == OrderLine.quantity, attr="up").with_cte(up)


SHAPES = {
    "whole rows": lambda: Order.select().order_by(Order.id),
    "some columns": lambda: Order.select(Order.id, Order.state, Order.placed_at, Order.ship_to).order_by(Order.id),
    "moments, dates, yes and no": lambda: Product.select().order_by(Product.id),
    "nothing found": lambda: Order.select().where(Order.state == "lost"),
    "joins": joined,
    "joins of which only the far end is taken": lambda: joined(OrderLine.id, Branch.name, Rep.name, Order.id),
    "a join by a name of its own": lambda: (
        Order.select(Order, Doer.name)
        .join(Employee, peewee.JOIN.LEFT_OUTER, on=Order.rep == Employee.id, attr="seller")
        .join(Doer, peewee.JOIN.LEFT_OUTER, on=Employee.login == Doer.id, attr="who")
        .order_by(Order.id)
    ),
    "a table with itself": lambda: (
        Rep.select(Rep, Employee)
        .join(Employee, peewee.JOIN.LEFT_OUTER, on=(Rep.team == Employee.team) & (Rep.id != Employee.id))
        .order_by(Rep.id, Employee.id)
    ),
    "backwards": lambda: (
        Order.select(Order, OrderLine)
        .join(OrderLine, peewee.JOIN.LEFT_OUTER, on=OrderLine.order == Order.id)
        .order_by(Order.id, OrderLine.id)
    ),
    "extra columns": lambda: joined(
        OrderLine,
        Order,
        peewee.fn.COALESCE(Rep.name, "nobody").alias("seller"),
        (OrderLine.quantity * 2).alias("twice"),
        Order.placed_at.alias("moment"),
        Order.ship_to.alias("where"),
        peewee.Value(None).alias("nothing"),
    ),
    "an extra column that is bound to a joined row": lambda: joined(
        OrderLine, Order, peewee.fn.UPPER(Order.state).alias("loud").bind_to(Order)
    ),
    "dicts": lambda: joined().dicts(),
    "objects": lambda: joined(OrderLine.id, Order.state).objects(),
    "groups": lambda: (
        OrderLine.select(OrderLine.product, peewee.fn.SUM(OrderLine.quantity).alias("pieces"))
        .group_by(OrderLine.product)
        .having(peewee.fn.COUNT(OrderLine.id) >= 1)
        .order_by(OrderLine.product)
    ),
    "in a subquery": lambda: (
        Order.select()
        .where(Order.account.in_(Account.select(Account.id).where(Account.name == "Sari-sari")))
        .order_by(Order.id)
    ),
    "exists, of the row outside": lambda: Order.select().where(
        peewee.fn.EXISTS(OrderLine.select(1).where((OrderLine.order == Order.id) & (OrderLine.quantity > 2)))
    ),
    "a subquery as a column": lambda: Order.select(
        Order.id, OrderLine.select(peewee.fn.COUNT(OrderLine.id)).where(OrderLine.order == Order.id).alias("how_many")
    ).order_by(Order.id),
    "a subquery joined": lambda: (
        lambda last: (
            Order.select(Order, last.c.last).join(last, on=last.c.last == Order.id, attr="found").order_by(Order.id)
        )
    )(latest()),
    "the same table within": lambda: Order.select().where(
        Order.id.in_(Order.select(Order.id).where(Order.state == "placed").order_by(Order.id))
    ),
    "a subquery selected from": lambda: peewee.Select([latest()], [peewee.SQL("latest.last")]).bind(store.db),
    "with": lambda: (
        lambda open_: Order.select(Order).join(open_, on=open_.c.id == Order.id).with_cte(open_).order_by(Order.id)
    )(Order.select(Order.id).where(Order.state == "placed").cte("open_ones")),
    "with, over and over": in_tree,
    "union": lambda: (Order.select(Order.id, Order.account_name) | Account.select(Account.id, Account.name)).order_by(
        peewee.SQL("1, 2")
    ),
    "union of joins": lambda: (
        joined(OrderLine.id, Order.state) + joined(OrderLine.id, Rep.name).where(Rep.name == "Rhea")
    ),
    "case": lambda: Order.select(
        Order.id,
        peewee.Case(Order.state, (("draft", 1), ("placed", 2)), 3).alias("rank"),
        peewee.Case(None, (((Order.state == "draft") & (Order.rep == 1), "a"),), "b").alias("sort"),
    ).order_by(peewee.Case(None, ((Order.state == "draft", 0),), 1), Order.id),
    "window": lambda: Order.select(
        Order.id, peewee.fn.ROW_NUMBER().over(partition_by=[Order.account], order_by=[Order.id.desc()]).alias("n")
    ).order_by(Order.id),
    "filter of a sum": lambda: Order.select(peewee.fn.COUNT(Order.id).filter(Order.state == "draft").alias("drafts")),
    "cast and function on the left": lambda: (
        Order.select(Order.id)
        .where((peewee.fn.LOWER(Order.state) == "draft") | (Order.id.cast("text") == "1"))
        .order_by(Order.id)
    ),
    "nothing first, in pages": lambda: (
        Order.select().order_by(Order.placed_at.desc(nulls="last"), Order.id).limit(2).offset(1)
    ),
    "tables side by side": lambda: (
        Order.select(Order, Account).from_(Order, Account).where(Order.account == Account.id).order_by(Order.id)
    ),
}

CONDITIONS = {
    "a text": lambda: Order.state == "placed",
    "a row for its key": lambda: Order.account == Account.get(Account.name == "Sari-sari"),
    "a key": lambda: Order.account == 1,
    "a column": lambda: Order.subtotal_minor == Order.total_minor,
    "a column and a sum": lambda: Order.total_minor == Order.subtotal_minor + Order.freight_minor * 2,
    "a value and a column": lambda: peewee.Value("placed") == Order.state,
    "a function": lambda: Order.state == peewee.fn.LOWER("PLACED"),
    "nothing": lambda: Order.rep == None,  # noqa: E711
    "not nothing": lambda: Order.rep != None,  # noqa: E711
    "is null": lambda: Order.branch.is_null() & Order.rep.is_null(False),
    "JSON": lambda: Order.ship_to == {"city": "Cebu", "lines": [1, None]},
    "a moment": lambda: Order.placed_at <= LATELY + timedelta(days=9),
    "a day of a moment": lambda: Order.placed_at.between(LATELY - timedelta(days=9), LATELY + timedelta(days=9)),
    "a date": lambda: Order.requested_on == date(2026, 1, 2),
    "among": lambda: Order.state.in_(["placed", "draft"]) & Order.id.not_in((7, 8)),
    "among none": lambda: Order.state.in_([]) | Order.id.not_in([]),
    "a value as a node": lambda: (Order.state == peewee.Value("placed")) & (Order.id < peewee.Value(9)),
    "JSON as a node": lambda: Order.ship_to == peewee.Value({"city": "Cebu", "lines": [1, None]}),
    "a node that converts by itself": lambda: Order.state == peewee.Value("PLACED", str.lower),
    "a node that takes it as it is": lambda: Order.ship_to == peewee.Value("{}", False),
    "many values as a node": lambda: Order.state.in_(peewee.Value(["placed", "draft"])),
    "a node in a node": lambda: Order.state == peewee.Value(peewee.fn.LOWER("PLACED"), False),
    "among rows": lambda: Order.account.in_(list(Account.select())),
    "yes": lambda: (Account.is_active == True) & (Account.is_active != False),  # noqa: E712
    "a bare yes": lambda: Account.is_active & ~(Order.state == "lost"),
    "not": lambda: ~((Order.state == "lost") & (Order.id == 3)) | ~Account.is_active,
    "parts": lambda: Order.state.contains("la%") | Order.note.startswith("50%") | (Order.note % "50*"),
    "sql by hand": lambda: (peewee.SQL("1 = 1") & (Order.state == "placed")) | (Order.state == peewee.SQL("'draft'")),
    "written out": lambda: rows.as_indexed((Order.state == "a") & (Order.rep == peewee.Value(1))),
    "many ands": lambda: (
        (Order.state == "a") & ((Order.id > 1) | ((Order.id <= 9) & (Order.note == ""))) & (Order.id == 2)
    ),
    "a tuple": lambda: peewee.Tuple(Order.state, Order.id) == ("placed", 1),
    "a place of the other table": lambda: Order.rep == Account.owner,
    "an unlike value": lambda: Order.state == 7,
}


def assert_same(query, by_peewee):
    ours, own = answer(query()), by_peewee(lambda: answer(query()))
    assert ours == own
    return ours


@pytest.mark.parametrize("shape", SHAPES)
def test_a_query_of_this_shape_is_written_and_read_as_peewee_would(shape, shop, by_peewee):
    with store.connection():
        *_, found = assert_same(SHAPES[shape], by_peewee)
    assert found or shape == "nothing found"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_of_this_shape_is_written_as_peewee_would(condition, shop, by_peewee):
    with store.connection():
        assert_same(lambda: Order.select().join(Account).where(CONDITIONS[condition]()).order_by(Order.id), by_peewee)


def simple(column, value):
    return some.sampled_from([column == value, column != value, column < value, column.is_null(), column == column])


VALUES = {Order.id: 2, Order.state: "placed", Order.total_minor: 100, Order.rep: 1, Order.placed_at: LATELY}
VALUES |= {Account.name: "Sari-sari", Account.is_active: True, Branch.name: "Main", Rep.name: "Rhea"}
LEAVES = some.one_of(*(simple(column, value) for column, value in VALUES.items()))
TREES = some.recursive(
    LEAVES,
    lambda tree: some.builds(and_, tree, tree) | some.builds(or_, tree, tree) | some.builds(invert, tree),
    max_leaves=6,
)
FIELDS = [getattr(of, name) for of in (OrderLine, Order, Account, Branch) for name in of._meta.fields]
EXTRAS = [
    Rep.name,
    Rep.login,
    Order.state.alias("said"),
    Order.ship_to.alias("sent"),
    peewee.fn.LENGTH(Rep.name).alias("long"),
]
COLUMNS = some.one_of(some.sampled_from((OrderLine, Order, Account, Branch, Rep)), some.sampled_from(FIELDS + EXTRAS))
COLUMNS = some.lists(COLUMNS, min_size=1, max_size=6, unique_by=id)


def test_chance_finds_no_query_that_is_written_or_read_otherwise(shop, by_peewee):
    @settings(max_examples=150)
    @given(COLUMNS, TREES)
    def hold(columns, tree):
        assert_same(lambda: joined(*columns).where(tree), by_peewee)

    with store.connection():
        hold()


WRITES = {
    "an update": lambda: Order.update(state="confirmed", note=Order.note + "!", ship_to={"b": 1}).where(
        Order.id == 1
    ),
    "a count up": lambda: Order.update({Order.version: Order.version + 1}).where(
        (Order.id == 1) & (Order.version == 1)
    ),
    "an update that returns rows": lambda: (
        Order.update(placed_at=LATELY.replace(microsecond=0)).where(Order.state == "placed").returning(Order)
    ),
    "an update by a subquery": lambda: (
        Order.update(
            total_minor=OrderLine.select(peewee.fn.SUM(OrderLine.quantity)).where(OrderLine.order == Order.id)
        )
        .where(Order.id.in_(OrderLine.select(OrderLine.order)))
        .returning(Order.id, Order.total_minor)
    ),
    "a delete": lambda: OrderLine.delete().where(OrderLine.quantity >= 2).returning(OrderLine.id, OrderLine.product),
}


@pytest.mark.parametrize("kind", WRITES)
def test_a_change_of_rows_is_written_and_answered_as_peewee_would(kind, shop, by_peewee):
    def run():
        with store.writing(), store.db.atomic() as change:
            query = WRITES[kind]()
            sql, parameters = query.sql()
            result = query.execute()
            result = result if isinstance(result, int) else [shown(row) for row in result]
            change.rollback()
        return sql, [shown(value) for value in parameters], result

    assert run() == by_peewee(run)


def pairs(insert):
    """The rows of an INSERT as {column: value}: in which order its columns stand is ours to choose."""
    sql, values = insert.sql()
    head, names, rest = re.fullmatch(r'(INSERT INTO "\w+") \((.*?)\) VALUES (.*)', sql).groups()
    names = names.split(", ")
    returning = rest.partition(" RETURNING")[2]
    return head, returning, [dict(zip(names, values[n:], strict=False)) for n in range(0, len(values), len(names))]


INSERTS = {
    "one row": lambda: Team.insert(name="South"),
    "what has defaults of its own": lambda: Attempt.insert(key="a", since_at=datetime(2026, 1, 2)),
    "a row for its key, JSON, a column by its field": lambda: Order.insert(
        {
            Order.account: Account.get(),
            "account_name": "x",
            "ship_to": {"b": [1], "a": None},
            "currency": "PHP",
            "created_at": LATELY,
        }
    ),
    "many rows": lambda: Team.insert_many([{"name": "South"}, {"name": "West"}]),
    "many rows that name other columns": lambda: Team.insert_many(
        [{"name": "South"}, {"name": "West", "version": 4}]
    ),
    "an expression": lambda: Team.insert(name=peewee.fn.UPPER("south")),
}


@pytest.mark.parametrize("kind", INSERTS)
def test_new_rows_are_written_as_peewee_would(kind, shop, by_peewee):
    def run():
        with store.writing(), store.db.atomic() as change:
            query = INSERTS[kind]()
            written = pairs(query) if kind != "an expression" else query.sql()
            query.execute()
            table = query.model.select().order_by(query.model._meta.primary_key.desc()).limit(2)
            left = [shown(row) for row in table]
            change.rollback()
        return written, [{**row[1], "__data__": {**row[1]["__data__"], "id": None}} for row in left]

    assert run() == by_peewee(run)


def test_tables_and_their_partial_indexes_are_created_as_peewee_would(database, by_peewee):
    def run():
        return [query.query() for model in store.tables() for query in model._schema._create_indexes()]

    assert len(ours := run()) > 100
    assert ours == by_peewee(run)


def test_a_question_made_once_answers_as_the_query_it_stands_for(shop, by_peewee):
    def of(state, account):
        return joined().where((Order.state == state) & (Order.account == account))

    asked = rows.Asked(of)
    with store.connection():
        for state, account in (("placed", 1), ("draft", 1), ("placed", 2), ("draft", 1)):
            expected = by_peewee(lambda given=(state, account): [shown(row) for row in of(*given)])
            assert [shown(row) for row in asked(state, account)] == expected
        assert len(asked("placed", 1)) == 2


def test_this_is_the_peewee_that_the_shortcut_was_read_against():
    """A newer one: read how it writes Field, Expression and INSERT and makes rows, mend rows.py, then say so here."""
    assert version("peewee") == "4.5.3"
