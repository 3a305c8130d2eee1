"""A move over the wire: planned on one page, open orders decided about with one press, cancelled."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.sales.orders import Order
from tests import make

TYPED = {"line1": "88 J.P. Rizal St.", "district": "Sto. Niño", "city": "Marikina", "postal_code": "1800"}


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


@pytest.fixture
def old(world):
    old = make.address(world.account, label="Store")
    old.account = world.account
    return old


def test_a_move_is_planned_on_one_page_and_stands_where_addresses_stand(carol, world, old):
    here, day = f"/account/addresses/{old.number}/move", values.shop_day() + timedelta(days=30)
    assert "We move" in carol.get("/account/addresses").text
    answer = carol.send(here, here, from_on=day.isoformat(), **TYPED)
    move = AddressMove.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/account/moves/{move.number}")
    assert (move.from_on, Address.get_by_id(move.new_id).city) == (day, "Marikina")
    for page in ("/account/addresses", "/account", "/", f"/account/moves/{move.number}"):
        assert "88 J.P. Rizal St." in carol.get(page).text or move.number in carol.get(page).text, page
    assert carol.get(here).headers["Location"] == f"/account/moves/{move.number}", "one move at a time"


@pytest.mark.parametrize("typed, field", [
    ({"from_on": ""}, "from_on"), ({"from_on": "yesterday"}, "from_on"), ({"line1": ""}, "line1"),
    ({"new": "999"}, "new"), ({"new": "nonsense"}, "new"), ({"city": "\0"}, "city"),
])  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(carol, world, old, typed, field):
    make.address(world.account)
    here, day = f"/account/addresses/{old.number}/move", values.shop_day() + timedelta(days=30)
    answer = carol.send(here, here, **{"from_on": day.isoformat()} | TYPED | typed)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert 'value="1800"' in answer.text and AddressMove.select().count() == 0


def test_an_open_order_is_decided_about_with_one_press(carol, world, old):
    order, other = (make.order(world.account, ship_to=old.snapshot) for _ in range(2))
    confirmed = make.order(world.account, state="confirmed", ship_to=old.snapshot)
    new = make.address(world.account, line1="9 Roxas Blvd.")
    move = make.row(AddressMove, account=world.account, old=old, new=new, from_on=values.shop_day() + timedelta(9))
    here = f"/account/moves/{move.number}"
    before = store.queries()
    page = carol.get(here).text
    assert store.queries() - before <= 8
    assert "2 open orders would go to the old address" in page and "Call us when it should go elsewhere" in page
    to = f"{here}/orders/{order.number}"
    form = carol.form(here, to).fields
    assert carol.post(to, data=form | {"choice": "new"}).status_code == 303
    assert Order.get_by_id(order.id).ship_to["line1"] == "9 Roxas Blvd."
    page = carol.get(here).text
    assert "Goes to the new address" in page and "One open order would go to the old address" in page
    refused = carol.post(f"{here}/orders/{confirmed.number}", data=form | {"choice": "new", "form_key": "x" * 20})
    assert refused.status_code == 422 and "can no longer be changed here" in refused.text
    elsewhere = make.order(world.other_account)
    assert carol.post(f"{here}/orders/{elsewhere.number}", data=form).status_code == 404
    assert carol.send(here, f"{here}/cancel").status_code == 303
    assert (AddressMove.get().state, Order.get_by_id(other.id).ship_to["address"]) == ("cancelled", old.id)


def test_a_viewer_sees_the_move_and_decides_nothing(client, world, old):
    move = make.move(world.account, world.carol)
    make.order(world.account, ship_to=move.old.snapshot | {"address": move.old_id})
    cora = client.sign_in(world.cora)
    page = cora.get(f"/account/moves/{move.number}").text
    assert "We stay" not in page and 'name="choice"' not in page
