"""The customer's deliveries over the wire: what came, what is on its way, what is still to come and when."""

from datetime import timedelta

import pytest

from portal import values
from portal.sales import cancelling, shipments, waiting
from portal.sales.orders import Order
from portal.sales.shipments import Shipment
from tests import make


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=4, allows_backorder=True, name="Sinandomeng rice")
    world.order = make.order(world.account, (world.rice, 6), (make.product("OIL", name="Palm oil"), 1))
    world.page = f"/orders/{world.order.number}"
    return world


@pytest.fixture
def carol(client, shop):
    return client.sign_in(shop.carol)


def test_the_order_shows_each_delivery_and_what_is_still_to_come(carol, shop):
    day = values.shop_day() + timedelta(days=3)
    waiting.promise(shop.order, {shop.order.lines[0].id: day}, by=shop.rhea)
    shipments.ship(shop.order, by=shop.rhea, carrier="LBC", tracking_url="https://lbc.example/77", note="Ring twice")
    page = carol.get(shop.page).text
    assert 'id="DN-000001"' in page and 'href="https://lbc.example/77"' in page and "Ring twice" in page
    assert "4 shipped · 2 to come on" in page and "Part shipped" in page
    assert "/shipments/DN-000001.pdf" in page and "Undo" not in page
    home = carol.get("/").text
    assert "On their way to you" in home and f"{shop.page}#DN-000001" in home
    Shipment.get().deliver(by=shop.rhea, received_by="Guard")
    assert "Received by Guard" in carol.get(shop.page).text and "On their way to you" not in carol.get("/").text


def test_what_is_undone_was_never_there_for_the_customer(carol, shop):
    shipments.ship(shop.order, by=shop.rhea).undo(by=shop.rhea, reason="Wrong van")
    page = carol.get(shop.page).text
    assert "DN-000001" not in page


def test_what_waits_at_a_branch_says_when_somebody_is_there(carol, shop, count_queries):
    branch = make.branch("Cubao")
    order = make.order(shop.account, delivery="pickup", branch=branch, branch_name="Cubao")
    shipments.ship(order, by=shop.rhea)
    home = carol.get("/").text
    assert "One thing needs you." in home or "things need you." in home
    assert "Cubao" in home and "Sat 08:00–12:00" in home
    here = f"/orders/{order.number}"
    assert "Sat 08:00–12:00" in carol.get(here).text and count_queries(lambda: carol.get(here)) <= 8


def test_a_part_is_cancelled_while_it_is_not_confirmed(carol, shop):
    rice, _ = shop.order.lines
    to = f"{shop.page}/cancel-lines"
    assert rice.id and carol.send(shop.page, to, reason="Too much", **{f"pieces:{rice.id}": "9"}).status_code == 422
    assert carol.send(shop.page, to, reason="Too much", **{f"pieces:{rice.id}": "5"}).status_code == 303
    assert "5 cancelled" in carol.get(shop.page).text
    Order.get().confirm(by=shop.rhea)
    assert "cancel-lines" not in carol.get(shop.page).text


def test_the_pad_says_when_more_comes_and_takes_the_order(carol, shop):
    day = values.shop_day() + timedelta(days=3)
    product = type(shop.rice).get_by_id(shop.rice.id)
    waiting.plan(product, by=shop.rhea, version=product.version, expected_on=day.isoformat(), allows_backorder=True)
    page = carol.get("/catalogue/RICE").text
    assert "Comes" in page and "Out of stock" not in page
    make.address(shop.account, is_default_shipping=True)
    form = carol.form("/orders/new", "/orders/new/review")
    answer = carol.post("/orders/new/review", data=form.fields | {"quantity:RICE": "3"})
    assert answer.status_code == 200 and "3 to come on" in answer.text


def test_pages_of_shipped_orders_ask_the_database_little(carol, shop, count_queries):
    shipments.ship(shop.order, by=shop.rhea)
    assert count_queries(lambda: carol.get("/")) <= 8
    assert count_queries(lambda: carol.get(shop.page)) <= 8


def test_a_cancelled_part_stands_below_the_sum(carol, shop):
    cancelling.cancel_lines(shop.order, {shop.order.lines[0].id: 1}, by=shop.rhea, reason="Too much")
    page = carol.get(shop.page).text
    assert "Cancelled pieces" in page and "₱600" in page
