"""The third story: a customer of many years comes over from another system, is invited, and goes on ordering."""

import csv

import pytest
from playwright.sync_api import expect

from portal import store
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from portal.people import links
from portal.sales.orders import Order
from tests import history
from tests.browsers import BOTH_MOODS

pytestmark = pytest.mark.data
PASSWORD = "bicycle bells in the morning"
BUYER = "29825"  # a person who ordered for a store in each of the years 2011–2014


def copy(folder, table, wanted):
    """The rows of a sample table that `wanted` picks, as a file of their own."""
    found = [row for row in history.rows(f"adventureworks/{table}") if wanted(row)]
    path = folder / table.removesuffix(".gz")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, found[0].keys())
        writer.writeheader()
        writer.writerows(found)
    return path, found


@pytest.fixture
def shop(world, database, tmp_path):
    """Our seven people, and one store of AdventureWorks with everything it ever ordered."""
    if history.missing():
        pytest.skip(history.missing())
    people = {row["customer_id"]: row for row in history.rows("adventureworks/customers.csv.gz")}
    mine = people[BUYER]
    stores = {mine["store_id"]}
    customers, _ = copy(tmp_path, "customers.csv.gz", lambda r: r["store_id"] in stores)
    orders, ordered = copy(tmp_path, "orders.csv", lambda r: r["customer_id"] == BUYER)
    numbers = {row["order_id"] for row in ordered}
    lines, _ = copy(tmp_path, "order_lines.csv.gz", lambda r: r["order_id"] in numbers)
    addresses, _ = copy(tmp_path, "addresses.csv", lambda r: r["business_entity_id"] == mine["store_id"])
    files = (
        ("products", "adventureworks/products.csv", "adventureworks-products"),
        ("accounts", customers, "adventureworks-accounts"),
        ("contacts", customers, "adventureworks-customers"),
        ("addresses", addresses, "adventureworks-addresses"),
        ("orders", orders, "adventureworks-orders"),
        ("order-lines", lines, "adventureworks-order-lines"),
    )
    done = history.bring_in(database.url, tmp_path, files)
    assert Outbox.select().count() == 0, "an import tells nobody"
    world.ordered, world.said = ordered, done.text
    return world


def invitation():
    store.db.connect(reuse_if_open=True)
    return links.Link.select().where(links.Link.purpose == "invite").get().path


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_of_many_years_is_invited_sees_them_all_and_orders_again(live, page, open_page, shop):
    buyer = Contact.select().join(Order).get()
    desk = live.sign_in(open_page(), shop.ada)
    desk.goto(f"{live.url}/staff/contacts/{buyer.number}/invite")
    expect(desk.get_by_text(buyer.email).first, "staff see who will get the letter").to_be_visible()
    desk.get_by_role("button", name=f"Send to {buyer.email}").click()
    desk.get_by_text("on its way").first.wait_for()

    page.goto(live.url + invitation())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Accept the invitation").click()
    page.goto(f"{live.url}/orders")
    years = {row["order_date"][:4] for row in shop.ordered}
    assert years == {"2011", "2012", "2013", "2014"}
    for row in shop.ordered:
        order = Order.get(Order.external_number == row["order_number"])
        assert order.total_minor == history.cents(row["total_due"])
        expect(page.get_by_text(order.number).first).to_be_visible()
    first = Order.select().order_by(Order.placed_at).first()
    page.goto(f"{live.url}/orders/{first.number}")
    expect(page.get_by_text(str(first.placed_at.year)).first).to_be_visible()

    page.goto(f"{live.url}/orders/new")
    page.get_by_label("Paste or type a list").fill("BK-R79Y-42 1")
    page.get_by_role("button", name="Read my list").click()
    page.get_by_role("button", name="Review order").first.click()
    page.get_by_role("button", name="Place order").click()
    newest = Order.select().order_by(Order.id.desc()).first()
    assert (newest.state, newest.contact_id, newest.currency) == ("placed", buyer.id, "USD")
    assert page.url.endswith(f"/orders/{newest.number}")
