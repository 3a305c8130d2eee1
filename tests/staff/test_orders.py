"""Orders in the staff face over the wire: found, moved on, written for a customer; refused and raced."""

import json
from datetime import timedelta

import pytest

from portal import store, values
from portal.customers.accounts import Account
from portal.sales import cancelling
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from tests import make
from tests.selfservice.test_order_pad import form_in, press


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=40, list_minor=137_500, name="Sinandomeng rice", unit="sack")
    make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    return world


@pytest.fixture
def rhea(client, shop):
    return client.sign_in(shop.rhea)


def stored(order):
    return Order.get_by_id(order.id)


def test_the_list_shows_the_orders_of_ones_own_accounts(rhea, shop):
    mine, theirs = make.order(shop.account), make.order(shop.other_account)
    page = rhea.get("/staff/orders").text
    assert mine.number in page and theirs.number not in page


def test_filters_are_words_in_the_address(rhea, shop):
    old = make.order(shop.account, state="delivered", placed_at=values.now() - timedelta(days=40))
    new = make.order(shop.account, rep=shop.employees["rhea"])
    day = (values.shop_day() - timedelta(days=7)).isoformat()

    def shown(query):
        page = rhea.get(f"/staff/orders?{query}").text
        return {order.number for order in (old, new) if order.number in page}

    assert shown("state=delivered") == {old.number}
    assert shown("state=open") == {new.number}
    assert shown(f"from={day}") == {new.number}
    assert shown(f"to={day}") == {old.number}
    assert shown("rep=me") == {new.number} and shown("rep=none") == {old.number}
    assert shown(f"account={shop.account.number}") == {old.number, new.number}
    assert shown("state=nonsense&from=soon&rep=x") == set()


def test_the_json_holds_the_lines_and_exact_amounts(rhea, shop):
    order = make.order(shop.account, (shop.rice, 3))
    (row,) = json.loads(rhea.get("/staff/orders.json").text)["rows"]
    assert (row["number"], row["account"], row["total"]) == (order.number, shop.account.number, "4125.00")
    assert row["lines"] == [
        {
            "position": 1, "code": "RICE", "name": "Sinandomeng rice", "unit": "piece", "quantity": 3,
            "price": "1375.00", "discount_percent": "0", "net": "4125.00", "tax": "0.00", "reserved": 3, "shipped": 0,
            "cancelled": 0, "promised_on": None,
        }
    ]  # fmt: skip
    assert rhea.get("/staff/orders.csv").text.splitlines()[1].startswith(order.number)


def test_a_list_of_any_length_costs_the_same_questions(rhea, shop):
    for _ in range(30):
        make.order(shop.account, rep=shop.employees["rhea"])
    before = store.queries()
    assert rhea.get("/staff/orders").status_code == 200
    assert store.queries() - before <= 8


def test_an_order_goes_its_way_step_by_step(rhea, shop):
    order = make.order(shop.account)
    here = f"/staff/orders/{order.number}"
    for verb, state in (("confirm", "confirmed"), ("ship", "shipped"), ("deliver", "delivered")):
        assert rhea.send(here, f"{here}/{verb}").location == here
        assert stored(order).state == state
    assert "Order delivered" in rhea.get(here).text


def test_scripts_get_the_order_as_a_piece_with_who_knows(rhea, shop):
    order = make.order(shop.account)
    here = f"/staff/orders/{order.number}"
    answer = rhea.send(here, f"{here}/confirm", htmx=True)
    assert answer.status_code == 200 and answer.text.lstrip().startswith('<div class="stack" id="order">')
    assert "The order is confirmed." in answer.text and "Carol Dizon know" in answer.text


def test_a_step_that_came_too_late_changes_nothing_and_shows_how_it_stands(rhea, shop):
    order = make.order(shop.account)
    here = f"/staff/orders/{order.number}"
    form = rhea.form(here, f"{here}/confirm")
    cancelling.cancel(stored(order), by=shop.carol, reason="Too much")
    answer = rhea.post(f"{here}/confirm", data=form.fields)
    assert answer.status_code == 422 and "has moved on in the meantime" in answer.text
    assert "Too much" in answer.text and stored(order).state == "cancelled"


def test_cancelling_asks_for_a_reason_and_keeps_what_was_typed(rhea, shop):
    order = make.order(shop.account, state="confirmed")
    here = f"/staff/orders/{order.number}"
    assert rhea.send(here, f"{here}/cancel", reason=" ").status_code == 422
    long = rhea.send(here, f"{here}/cancel", reason="x" * 501)
    assert long.status_code == 422 and "x" * 501 in long.text
    assert rhea.send(here, f"{here}/cancel", reason="Wet sacks").status_code == 303
    assert stored(order).cancel_reason == "Wet sacks"


def test_another_teams_order_is_not_there(client, shop):
    order = make.order(shop.account)
    client.sign_in(shop.owen)
    assert client.get(f"/staff/orders/{order.number}").status_code == 404
    assert client.post(f"/staff/orders/{order.number}/confirm").status_code in (400, 404)
    assert stored(order).state == "placed"


def test_staff_write_an_order_with_a_discount_within_their_limit(rhea, shop):
    page = f"/staff/orders/new?account={shop.account.number}"
    fields = form_in(rhea.get(page), "/staff/orders/new/review").fields
    answer = press(rhea, "/staff/orders/new/review", fields, **{"quantity:RICE": "2", "discount:RICE": "10"})
    assert answer.status_code == 200 and "₱2,475" in answer.text
    placed = press(rhea, "/staff/orders/new/place", form_in(answer, "/staff/orders/new/place").fields)
    order = Order.get()
    assert placed.location == f"/staff/orders/{order.number}"
    assert (order.source, order.discount_minor, order.account_id) == ("staff", 27_500, shop.account.id)
    for wrong in ("11", "-5", "x", "1e9"):
        again = press(rhea, "/staff/orders/new/review", fields, **{"quantity:RICE": "2", "discount:RICE": wrong})
        kept = form_in(again, "/staff/orders/new/review").fields
        assert (again.status_code, kept["discount:RICE"]) == (422, wrong)


def test_whose_order_it_is_is_asked_first(rhea, shop):
    with store.writing():
        Account.get_by_id(shop.account.id).index()
    page = rhea.get("/staff/orders/new?q=kitch")
    assert f"account={shop.account.number}" in page.text
    assert "Dave Ramos" not in rhea.get("/staff/orders/new").text
    assert rhea.get(f"/staff/orders/new?account={shop.other_account.number}").status_code == 404
    assert rhea.post("/staff/orders/new/place", data={"account": shop.other_account.number}).status_code in (400, 404)


def test_a_draft_of_staff_is_gone_on_with(rhea, shop):
    fields = form_in(rhea.get(f"/staff/orders/new?account={shop.account.number}"), "/staff/orders/new/review").fields
    kept = press(rhea, "/staff/orders/new/draft", fields, **{"quantity:RICE": "2", "discount:RICE": "5"})
    draft = Order.get()
    assert kept.location == f"/staff/orders/{draft.number}" and draft.discount_minor == 13_750
    again = form_in(rhea.get(f"/staff/orders/new?draft={draft.number}"), "/staff/orders/new/review").fields
    assert (again["quantity:RICE"], again["discount:RICE"]) == ("2", "5")
    assert Product.get_by_id(shop.rice.id).free == 40
