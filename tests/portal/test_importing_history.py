"""Two whole shops come in, and what they sold, to whom, by whom and when is what their tables say, to the cent."""

from collections import Counter
from types import SimpleNamespace

import pytest

from portal import externals, store
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from portal.people.employees import Employee
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.stock import StockMovement
from portal.whole import invariants
from tests import databases, history

pytestmark = [pytest.mark.data, pytest.mark.xdist_group("history")]  # one worker brings the shops in, once


@pytest.fixture(scope="module")
def imported(request, tmp_path_factory):
    """Both shops in one database, brought in once by the command."""
    if history.missing():
        pytest.skip(history.missing())
    folder = tmp_path_factory.mktemp("history")
    if request.config.getoption("--database") == "sqlite":
        url, drop = databases.sqlite_database(folder), lambda: None
    else:
        server = request.getfixturevalue("postgres_session")
        name = server.fresh()
        url, drop = server.url(name), lambda: server.drop(name)
    done = history.bring_in(url, folder)
    yield SimpleNamespace(url=url, folder=folder, done=done)
    drop()


@pytest.fixture
def shops(imported):
    databases.opened(imported.url, "data")
    yield imported
    databases.shut()


def orders_of(source):
    """{number: what Suki says of it}, in the words of tests/history.py."""
    found = {}
    names = {e.id: e.name for e in Employee.select()}
    rows = Order.select().join(
        externals.ExternalId, on=(externals.ExternalId.record == Order.id) & (externals.ExternalId.kind == "order")
    )
    for order in rows.where(externals.ExternalId.source == source).iterator():
        found[order.id] = {
            "number": order.external_number,
            "account": order.account_name,
            "rep": names.get(order.rep_id),
            "on": order.placed_at.date().isoformat(),
            "lines": [],
            "tax": order.tax_minor,
            "freight": order.freight_minor,
            "total": order.total_minor,
            "parts": order.subtotal_minor + order.tax_minor + order.freight_minor + order.rounding_minor,
            "state": order.state,
        }
    for line in OrderLine.select().order_by(OrderLine.order, OrderLine.position).iterator():
        if line.order_id in found:
            found[line.order_id]["lines"].append((line.code, line.quantity, line.net_minor))
    return {order.pop("number"): order for order in found.values()}


@pytest.fixture(scope="module")
def told(imported):
    """What Suki says of the orders of both shops."""
    databases.opened(imported.url, "data")
    yield {source: orders_of(source) for source in ("adventureworks", "northwind")}
    databases.shut()


@pytest.mark.parametrize("source", ["adventureworks", "northwind"])
def test_every_order_and_line_is_what_the_tables_say(told, source):
    expected = getattr(history, source)()
    found = told[source]
    assert len(found) == len(expected)
    wrong = [number for number, order in expected.items() if order != {name: found[number][name] for name in order}]
    assert [(expected[n], found[n]) for n in wrong[:2]] == []
    assert all(order["parts"] == order["total"] for order in found.values())


def test_adventureworks_adds_up_to_its_facts(told):
    facts, orders = history.facts("adventureworks"), told["adventureworks"]
    assert (len(orders), sum(len(order["lines"]) for order in orders.values())) == (31465, 121317)
    assert facts["orders"] == 31465
    totals = history.summed(orders, lambda order: order["on"][:4], lambda order: order["total"])
    sales = history.summed(orders, lambda order: order["on"][:4])
    for year, fact in facts["by_year"].items():
        assert abs(totals[year] - history.cents(str(fact["total_due"]))) <= fact["orders"]
        assert abs(sales[year] - history.cents(str(fact["sub_total"]))) <= fact["orders"] * 3
    counts = Counter(order["on"][:4] for order in orders.values())
    assert counts == {year: fact["orders"] for year, fact in facts["by_year"].items()}
    months = history.summed(orders, lambda order: order["on"][:7])
    assert sorted(months) == sorted(facts["by_month_sub_total"])
    online = [order for order in orders.values() if order["rep"] is None]
    assert (len(online), len(orders) - len(online)) == (facts["online_orders"], facts["offline_orders"])


def test_adventureworks_ranks_as_its_facts(told):
    facts, orders = history.facts("adventureworks"), told["adventureworks"]
    by_account = list(history.summed(orders, lambda order: order["account"]))
    assert by_account[:5] == [name for _, name, _ in facts["top_customers_by_sub_total"]]
    codes = {row["product_id"]: row["product_number"] for row in history.rows("adventureworks/products.csv")}
    for what, fact in ((2, "top_products_by_revenue"), (1, "top_products_by_quantity")):
        assert list(history.sold(orders, what))[:5] == [codes[str(id)] for id, *_ in facts[fact]]
    assert list(history.sold(orders, 1).values())[:5] == [pieces for *_, pieces in facts["top_products_by_quantity"]]
    assert len(history.sold(orders, 1)) == facts["products_sold"]
    assert sum(history.sold(orders, 1).values()) == facts["quantity_total"]
    by_rep = Counter(order["rep"] for order in orders.values() if order["rep"])
    assert by_rep == {rep["name"]: rep["orders"] for rep in facts["rep_totals"].values()}
    ranked = sorted(facts["rep_totals"].values(), key=lambda rep: -rep["sub_total"])
    by_sales = list(history.summed({n: o for n, o in orders.items() if o["rep"]}, lambda order: order["rep"]))
    assert by_sales == [rep["name"] for rep in ranked]


def test_northwind_adds_up_to_its_facts(told):
    facts, orders = history.facts("northwind"), told["northwind"]
    assert (len(orders), sum(len(order["lines"]) for order in orders.values())) == (830, 2155)
    assert abs(sum(map(history.goods, orders.values())) - history.cents(str(facts["net_after_discount"]))) <= 100
    assert sum(order["freight"] for order in orders.values()) == history.cents(str(facts["freight"]))
    by_account = list(history.summed(orders, lambda order: order["account"]))
    assert by_account[:5] == [name for _, name, _ in facts["top_customers"]]
    by_rep = history.summed(orders, lambda order: order["rep"].split()[-1])
    assert list(by_rep) == list(facts["by_employee"])
    best = list(history.sold(orders, 2))[:5]
    assert best == [f"NW-{id}" for id, *_ in facts["top_products"]]
    assert Counter(order["state"] for order in orders.values())["confirmed"] == facts["unshipped_orders"]


def test_customers_and_people_are_all_there_once(shops):
    def of(model, source):
        named = externals.ExternalId.select(externals.ExternalId.record).where(
            (externals.ExternalId.kind == model._meta.table_name) & (externals.ExternalId.source == source)
        )
        return model.select().where(model.id.in_(named))

    kinds = Counter(a.kind for a in of(Account, "adventureworks"))
    assert kinds == {"household": 18484, "company": 701}
    assert of(Contact, "adventureworks").count() == 18484 + 753
    assert [of(model, "northwind").count() for model in (Account, Contact, Employee, Product)] == [91, 91, 9, 77]
    assert [of(model, "adventureworks").count() for model in (Employee, Product)] == [290, 504]
    assert Employee.select().where(Employee.manager.is_null()).count() == 2
    idle = of(Account, "northwind").where(Account.id.not_in(Order.select(Order.account)))
    assert sorted(a.name for a in idle) == ["FISSA Fabrica Inter. Salchichas S.A.", "Paris spécialités"]
    person = externals.record_of("adventureworks", "contact", "29818")
    assert Contact.get_by_id(person).account.name == "Brakes and Gears"


def test_history_moved_no_stock_told_nobody_and_fits_together(shops):
    assert {m.reason for m in StockMovement.select()} == {"start"}
    assert StockMovement.select(StockMovement.quantity).count() == Product.select().where(Product.stock > 0).count()
    assert Outbox.select().count() == 0
    assert list(invariants.broken()) == []


def test_it_came_in_whole_fast_and_in_little_memory(imported):
    print(imported.done.text)
    assert set(imported.done.states) == {0}
    assert imported.done.peak_mb <= 200


def test_the_same_files_again_change_nothing(shops):
    before = [model.select().count() for model in store.tables() if model.__name__ != "ImportRun"]
    again = [files for files in history.FILES if files[0] in ("employees", "accounts", "orders")]
    done = history.bring_in(shops.url, shops.folder, again)
    assert set(done.states) == {0}
    assert [model.select().count() for model in store.tables() if model.__name__ != "ImportRun"] == before
