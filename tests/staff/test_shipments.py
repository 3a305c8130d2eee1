"""Shipments over the wire: an order leaves in parts, is followed, delivered, or comes back."""

import pytest

from portal import store
from portal.sales import invoicing, shipments
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.shipments import Shipment
from tests import make


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=4, allows_backorder=True, name="Sinandomeng rice")
    world.oil = make.product("OIL", stock=9, name="Palm oil")
    world.order = make.order(world.account, (world.rice, 6), (world.oil, 3), state="confirmed")
    world.page = f"/staff/orders/{world.order.number}"
    return world


@pytest.fixture
def rhea(client, shop):
    return client.sign_in(shop.rhea)


def stored(order):
    return Order.get_by_id(order.id)


def test_the_form_offers_what_is_kept_and_ships_it_with_one_press(rhea, shop):
    rice, oil = shop.order.lines
    form = rhea.form(shop.page, f"{shop.page}/ship")
    assert (form.fields[f"pieces:{rice.id}"], form.fields[f"pieces:{oil.id}"]) == ("4", "3")
    assert "2 to come, we will tell you the day" in rhea.get(shop.page).text
    assert rhea.send(shop.page, f"{shop.page}/ship", carrier="LBC").location == shop.page
    assert stored(shop.order).state == "part_shipped" and Shipment.get().carrier == "LBC"
    page = rhea.get(shop.page).text
    assert "DN-000001" in page and "Part shipped" in page and "4 × Sinandomeng rice" in page


def test_a_quantity_that_cannot_leave_stays_with_a_sentence_at_its_line(rhea, shop):
    rice, oil = shop.order.lines
    answer = rhea.send(shop.page, f"{shop.page}/ship", **{f"pieces:{rice.id}": "9", f"pieces:{oil.id}": "2"})
    assert answer.status_code == 422 and f'id="ship-{rice.id}-error"' in answer.text
    assert "Up to 6 of Sinandomeng rice are still to go." in answer.text and 'value="9"' in answer.text
    assert rhea.send(shop.page, f"{shop.page}/ship", **{f"pieces:{rice.id}": "many"}).status_code == 422
    link = rhea.send(shop.page, f"{shop.page}/ship", tracking_url="http://lbc.example")
    assert link.status_code == 422 and "begins with https://" in link.text
    assert Shipment.select().count() == 0 and Product.get_by_id(shop.rice.id).stock == 4


def test_scripts_get_the_order_again_as_a_piece(rhea, shop):
    answer = rhea.send(shop.page, f"{shop.page}/ship", htmx=True)
    assert answer.status_code == 200 and "It is on its way." in answer.text and "DN-000001" in answer.text


def test_a_shipment_is_followed_delivered_and_listed(rhea, shop):
    shipments.ship(shop.order, by=shop.rhea)
    here = "/staff/shipments/DN-000001"
    assert (
        rhea.send(here, f"{here}/track", tracking_number="A-77", tracking_url="lbc.example/A-77").status_code == 303
    )
    page = rhea.get(here).text
    assert 'href="https://lbc.example/A-77"' in page and "Palm oil" in page
    assert "DN-000001" in rhea.get("/staff/shipments?q=a-77").text
    assert rhea.get("/staff/search?q=A-77").location == here
    assert rhea.send(here, f"{here}/deliver", received_by="Guard").location == shop.page
    rows = rhea.get("/staff/shipments.json?state=delivered").json["rows"]
    assert [(row["number"], row["order"], row["received_by"]) for row in rows] == [
        ("DN-000001", shop.order.number, "Guard")
    ]
    assert rhea.get("/staff/shipments.json?to=2020-01-01").json["rows"] == []
    assert rhea.get("/staff/shipments.csv").text.count("DN-000001") == 1


def test_a_mistake_is_undone_with_a_reason(rhea, shop):
    shipments.ship(shop.order, by=shop.rhea)
    here = "/staff/shipments/DN-000001"
    assert rhea.send(here, f"{here}/undo", reason=" ").status_code == 422
    assert rhea.send(here, f"{here}/undo", reason="Wrong van").status_code == 303
    assert stored(shop.order).state == "confirmed" and Product.get_by_id(shop.rice.id).stock == 4
    page = rhea.get(here).text
    assert "Undone" in page and "Undo this shipment" not in page


def test_what_is_invoiced_is_not_undone_and_the_page_says_why(rhea, shop):
    invoicing.issue(shop.order, by=shop.rhea, shipment=shipments.ship(shop.order, by=shop.rhea))
    here = "/staff/shipments/DN-000001"
    answer = rhea.send(here, f"{here}/undo", reason="Wrong van")
    assert answer.status_code == 422
    assert "These pieces are on an invoice. Write a credit note first." in answer.text and "%(" not in answer.text


def test_another_teams_shipment_is_not_there(client, shop):
    shipments.ship(shop.order, by=shop.rhea)
    client.sign_in(shop.owen)
    assert client.get("/staff/shipments/DN-000001").status_code == 404
    assert "DN-000001" not in client.get("/staff/shipments").text


def test_a_part_is_cancelled_and_the_sum_says_what_is_owed(rhea, shop):
    rice, _ = shop.order.lines
    to = f"{shop.page}/cancel-lines"
    assert rhea.send(shop.page, to, reason="Too much").status_code == 422
    assert rhea.send(shop.page, to, reason="", **{f"pieces:{rice.id}": "2"}).status_code == 422
    assert rhea.send(shop.page, to, reason="Too much", **{f"pieces:{rice.id}": "2"}).status_code == 303
    page = rhea.get(shop.page).text
    assert "2 cancelled" in page and "₱700" in page and stored(shop.order).cancelled_minor == 20_000


def test_a_day_is_promised_and_moved(rhea, shop):
    rice, _ = shop.order.lines
    to = f"{shop.page}/promise"
    assert rhea.send(shop.page, to, **{f"pieces:{rice.id}": "2020-01-01"}).status_code == 422
    assert rhea.send(shop.page, to, **{f"pieces:{rice.id}": "2199-01-05"}).status_code == 303
    assert OrderLine.get_by_id(rice.id).promised_on.year == 2199
    assert "2 to come on" in rhea.get(shop.page).text


def test_pages_ask_the_database_little(rhea, shop, count_queries):
    shipments.ship(shop.order, by=shop.rhea)
    for _ in range(12):
        shipments.ship(make.order(shop.account), by=shop.rhea)
    assert count_queries(lambda: rhea.get("/staff/shipments")) <= 8
    assert count_queries(lambda: rhea.get("/staff/shipments/DN-000001")) <= 8


def test_lists_of_orders_are_asked_by_their_goods(rhea, shop):
    plain = make.order(shop.account)
    numbers = [row["number"] for row in rhea.get("/staff/orders.json?goods=ready").json["rows"]]
    assert numbers == [shop.order.number]
    assert [r["number"] for r in rhea.get("/staff/orders.json?goods=waiting").json["rows"]] == [shop.order.number]
    assert rhea.get("/staff/orders.json?goods=overdue").json["rows"] == []
    assert rhea.get("/staff/orders.json?goods=nonsense").status_code == 422
    assert plain.number in rhea.get("/staff/orders").text


def test_an_order_to_be_picked_up_is_put_ready_and_handed_over(rhea, shop):
    order = make.order(shop.account, delivery="pickup", branch_name="Cubao")
    here = f"/staff/orders/{order.number}"
    assert "Put it ready at the branch" in rhea.get(here).text
    rhea.send(here, f"{here}/ship")
    assert Shipment.get().state == "ready" and "Ready to be picked up" in rhea.get(here).text
    rhea.send(here, "/staff/shipments/DN-000001/deliver")
    assert stored(order).state == "delivered"
    with store.writing():
        assert Shipment.get().received_by == ""
