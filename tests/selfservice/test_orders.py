"""The customer's orders and catalogue over the wire: found, read, cancelled, and never another's."""

import json
from datetime import timedelta

import pytest

from portal import store, values
from portal.sales.catalogue import Category, Product
from portal.sales.orders import Order
from tests import make


@pytest.fixture
def carol(client, world):
    world.rice = make.product("RICE", name="Sinandomeng rice", stock=40)
    with store.writing():
        world.rice.index()
    return client.sign_in(world.carol)


def indexed(order):
    with store.writing():
        order.index(order.lines)
    return order


def test_orders_are_found_by_number_product_day_and_state(carol, world):
    old = indexed(make.order(world.account, state="delivered", placed_at=values.now() - timedelta(days=40)))
    new = indexed(make.order(world.account, (world.rice, 2)))
    day = (values.shop_day() - timedelta(days=7)).isoformat()

    def shown(query):
        page = carol.get(f"/orders?{query}").text
        return {order.number for order in (old, new) if order.number in page}

    assert shown("") == {old.number, new.number}
    assert shown(f"q={old.number}") == {old.number}
    assert shown("q=domeng") == {new.number}
    assert shown("state=delivered") == {old.number} and shown("state=open") == {new.number}
    assert shown(f"from={day}") == {new.number} and shown(f"to={day}") == {old.number}
    assert "No order fits" in carol.get("/orders?q=zebra").text


def test_pages_of_many_orders_hang_together(carol, world):
    orders = [make.order(world.account) for _ in range(30)]
    first = carol.get("/orders").text
    assert orders[-1].number in first and orders[0].number not in first
    after = first.split('href="/orders?after=')[1].split('"')[0]
    assert orders[0].number in carol.get(f"/orders?after={after}").text
    assert carol.get("/orders?after=nonsense").status_code == 422


def test_feeds_hold_the_customers_own_orders(carol, world):
    mine, theirs = make.order(world.account), make.order(world.other_account)
    rows = json.loads(carol.get("/orders.json").text)["rows"]
    assert [row["number"] for row in rows] == [mine.number] and len(rows[0]["lines"]) == 1
    assert "source" not in rows[0] and theirs.number not in carol.get("/orders.csv").text


def test_anothers_order_is_not_there(carol, world):
    theirs = make.order(world.other_account)
    for address in (f"/orders/{theirs.number}", "/orders/SO-999999", "/orders/nonsense", "/orders/SO-1"):
        assert carol.get(address).status_code == 404


def test_a_draft_of_staff_is_not_shown(carol, world):
    draft = make.order(world.account, state="draft", source="staff")
    assert carol.get(f"/orders/{draft.number}").status_code == 404


def test_a_customer_cancels_with_a_reason_until_it_is_confirmed(carol, world):
    order = make.order(world.account)
    here = f"/orders/{order.number}"
    refused = carol.send(here, f"{here}/cancel", reason="")
    assert refused.status_code == 422 and Order.get().state == "placed"
    form = carol.form(here, f"{here}/cancel")
    Order.get_by_id(order.id).confirm(by=world.rhea)
    late = carol.post(f"{here}/cancel", data=form.fields | {"reason": "Changed my mind"})
    assert late.status_code == 422 and "can no longer be cancelled here" in late.text
    assert Order.get().state == "confirmed"
    other = make.order(world.account)
    sent = carol.send(f"/orders/{other.number}", f"/orders/{other.number}/cancel", reason="Changed my mind")
    assert sent.status_code == 303 and Order.get_by_id(other.id).state == "cancelled"
    assert "Changed my mind" in carol.get(f"/orders/{other.number}").text


def test_a_viewer_reads_and_cannot_cancel(client, world):
    order = make.order(world.account)
    client.sign_in(world.cora)
    page = client.get(f"/orders/{order.number}")
    assert page.status_code == 200 and "Cancel this order" not in page.text and "Order this again" not in page.text
    assert client.post(f"/orders/{order.number}/cancel").status_code in (400, 403)


def test_the_page_of_an_order_costs_the_same_for_many_lines(carol, world):
    order = make.order(world.account, *((make.product(), 1) for _ in range(30)))
    before = store.queries()
    assert carol.get(f"/orders/{order.number}").status_code == 200
    assert store.queries() - before <= 8


def test_the_catalogue_shows_what_is_on_sale_for_this_customer(carol, world):
    shelf = make.row(Category, name="Rice")
    with store.writing():
        Product.update(category=shelf).execute()
    make.product("BAHT", name="Baht rice", currency="THB")
    page = carol.get("/catalogue").text
    assert "Sinandomeng rice" in page and "Baht rice" not in page
    assert "Sinandomeng rice" in carol.get(f"/catalogue?category={shelf.id}&q=domeng").text
    assert "Nothing fits" in carol.get("/catalogue?category=999").text
    assert carol.get("/catalogue/rice").status_code == 200 and carol.get("/catalogue/BAHT").status_code == 404
    assert "cost" not in carol.get("/catalogue.json").text


def test_goods_go_from_the_catalogue_onto_the_pad(carol, world):
    answer = carol.send("/catalogue/RICE", "/orders/new", **{"quantity:RICE": "4"})
    assert answer.status_code == 200 and 'value="4"' in answer.text and "₱400" in answer.text
