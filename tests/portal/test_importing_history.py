"""Two whole shops come in, and what they sold, to whom, by whom and when is what their tables say, to the cent."""

import json
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import pytest

from portal import store
from portal.exchange.runs import ImportRun
from portal.outbox import Outbox
from portal.people.links import Link
from portal.sales.catalogue import Product
from portal.sales.stock import StockMovement
from portal.whole import invariants
from tests import apps, databases, history, make

pytestmark = pytest.mark.data


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


@pytest.fixture(scope="module")
def told(imported):
    """What the staff face's .json says of both shops, by noun; read by an admin."""
    databases.opened(imported.url, "data")
    app = apps._create_app(apps.settings_for(imported.url, imported.folder))
    app.test_client_class = apps.Client
    client = app.test_client().sign_in(make.staff_actor(make.employee("Ada Lim", "admin")))
    yield SimpleNamespace(
        app=app,
        ada=client,
        orders=orders_in(read(client, "/staff/orders.json")),
        accounts=read(client, "/staff/accounts.json"),
        contacts=read(client, "/staff/contacts.json"),
        products=read(client, "/staff/catalogue.json"),
        employees=read(client, "/staff/settings/employees.json"),
    )
    databases.shut()


def read(client, address):
    """The rows of a list, all of them."""
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status}"
    return json.loads(answer.data)["rows"]


def orders_in(rows):
    """{source: {number: what Suki says of the order, in the words of tests/history.py}}."""
    found = {"adventureworks": {}, "northwind": {}}
    for row in rows:
        shop = "adventureworks" if row["external_number"].startswith("SO") else "northwind"
        amounts = {name: cents(row[name]) for name in ("subtotal", "tax", "freight", "rounding", "total")}
        found[shop][row["external_number"]] = amounts | {
            "account": row["account_name"],
            "number": row["account"],
            "rep": row["rep"],
            "on": row["placed_at"][:10],
            "lines": [(line["code"], line["quantity"], cents(line["net"])) for line in row["lines"]],
            "state": row["state"],
        }
    return found


def cents(text):
    """Minor units of an amount as feeds write it: exact, nothing is rounded here."""
    amount = Decimal(text) * 100
    assert amount == int(amount)
    return int(amount)


def of(rows, source):
    """The rows that a shop knows, each with the values it calls them by."""
    named = [(row, [name["value"] for name in row["external_ids"] if name["source"] == source]) for row in rows]
    return [(row, values) for row, values in named if values]


@pytest.mark.parametrize("source", ["adventureworks", "northwind"])
def test_every_order_and_line_is_what_the_tables_say(told, source):
    expected = getattr(history, source)()
    found = told.orders[source]
    assert len(found) == len(expected)
    wrong = [number for number, order in expected.items() if order != {name: found[number][name] for name in order}]
    assert [(expected[n], found[n]) for n in wrong[:2]] == []
    for order in found.values():
        assert order["subtotal"] == history.goods(order)
        parts = (order[name] for name in ("subtotal", "tax", "freight", "rounding"))
        assert order["total"] == sum(parts)


def test_adventureworks_adds_up_to_its_facts(told):
    facts, orders = history.facts("adventureworks"), told.orders["adventureworks"]
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
    facts, orders = history.facts("adventureworks"), told.orders["adventureworks"]
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
    facts, orders = history.facts("northwind"), told.orders["northwind"]
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


def test_customers_and_people_are_all_there_once(told):
    accounts = of(told.accounts, "adventureworks")
    assert Counter(account["kind"] for account, _ in accounts) == {"household": 18484, "company": 701}
    people = of(told.contacts, "adventureworks")
    assert len(people) == 18484 + 753
    called = {value: person for person, values in people for value in values}
    assert called["29818"]["account"] == "Brakes and Gears"
    stores = {account["name"] for account, _ in accounts if account["kind"] == "company"}
    assert sum(value.isdigit() and person["account"] in stores for value, person in called.items()) == 635
    northwind = of(told.accounts, "northwind")
    assert (len(northwind), len(of(told.contacts, "northwind"))) == (91, 91)
    bought = {order["number"] for order in told.orders["northwind"].values()}
    idle = [values[0] for account, values in northwind if account["number"] not in bought]
    assert sorted(idle) == sorted(history.facts("northwind")["customers_without_orders"])
    assert len(told.employees) == 290 + 9 + 1  # and Ada, who reads all this
    assert len(told.products) == 504 + 77


def test_people_and_stores_are_linked_searched_and_listed_by_what_is_known_of_them(told):
    customers = list(history.rows("adventureworks/customers.csv.gz"))
    kinds = Counter(row["store_business_type"] for row in customers if row["customer_type"] == "store")
    assert sum(row["tag"] == "Bike store" for row in told.accounts) == kinds["BS"] > 100
    incomes = Counter(row["yearly_income_band"] for row in customers if row["customer_type"] == "individual")
    highest = read(told.ada, "/staff/contacts.json?income_band=highest")
    assert len(highest) == incomes["greater than 100000"] == 1627
    link = next(iter(history.rows("adventureworks/contacts.csv")))
    page = told.ada.get(f"/staff/search?q={link['email']}", follow_redirects=True).text
    assert (link["last_name"] in page, link["store_name"] in page) == (True, True)


def test_accounts_buy_as_often_as_the_facts_say(told):
    facts = history.facts("adventureworks")
    counts = Counter(order["number"] for order in told.orders["adventureworks"].values())
    assert len(counts) == facts["customers_with_orders"]
    assert sum(count > 1 for count in counts.values()) == facts["customers_with_repeat_orders"]
    called = {account["number"]: values for account, values in of(told.accounts, "adventureworks")}
    most, ids = facts["max_orders_by_one_customer"]
    best = [number for number, count in counts.items() if count == most]
    assert (max(counts.values()), sorted(int(called[number][0]) for number in best)) == (most, ids)


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
    before = [model.select().count() for model in store.tables() if model is not ImportRun]
    again = [files for files in history.FILES if files[0] in ("employees", "accounts", "orders")]
    done = history.bring_in(shops.url, shops.folder, again)
    assert set(done.states) == {0}
    assert [model.select().count() for model in store.tables() if model is not ImportRun] == before


def test_a_customer_of_long_ago_is_invited_sees_what_she_bought_and_orders_again(told, shops):
    [nichole] = [person for person, names in of(told.contacts, "adventureworks") if "12301" in names]
    page = f"/staff/contacts/{nichole['number']}/invite"
    assert told.ada.send(page, page, role="buyer").status_code == 303
    her = told.app.test_client()
    assert her.send(Link.get().path, password="tsinelas sa ulan").status_code == 303
    mine = {row["external_number"]: row for row in her.get("/orders.json").json["rows"]}
    assert {n: cents(row["total"]) for n, row in mine.items()} == {
        number: order["total"]
        for number, order in history.adventureworks().items()
        if order["account"] == "Nichole Nara" and number in mine
    }
    assert {row["placed_at"][:4] for row in mine.values()} <= {"2011", "2012", "2013", "2014"}
    for row in mine.values():
        shown = her.get(f"/orders/{row['number']}")
        assert shown.status_code == 200 and row["lines"][0]["name"] in shown.text
    reviewed = her.send("/orders/new", "/orders/new/review", **{"quantity:CA-1098": "2"})
    place = next(form for form in apps.Forms(reviewed.text).found if form.action == "/orders/new/place")
    placed = her.post(place.action, data=place.fields)
    assert (placed.status_code, her.get(placed.location).status_code) == (303, 200)
    newest = her.get("/orders.json").json["rows"][0]
    assert (newest["state"], newest["lines"][0]["code"]) == ("placed", "CA-1098")
    assert list(invariants.broken()) == []
