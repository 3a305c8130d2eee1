"""A move for staff over the wire: planned for a customer, shown on the account, open orders decided about."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.customers.moves import AddressMove
from portal.sales.orders import Order
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def test_staff_plan_a_move_and_send_a_confirmed_order_along(rhea, world):
    old, new = make.address(world.account), make.address(world.account, line1="9 Roxas Blvd.")
    old.account = world.account
    order = make.order(world.account, state="confirmed", ship_to=old.snapshot)
    here, day = f"/staff/addresses/{old.number}/move", values.shop_day() + timedelta(days=30)
    assert rhea.send(here, here, from_on=day.isoformat(), new=str(new.id)).status_code == 303
    move = AddressMove.get()
    page = rhea.get(f"/staff/accounts/{world.account.number}").text
    assert f"/staff/moves/{move.number}" in page
    shown = f"/staff/moves/{move.number}"
    before = store.queries()
    assert "one to decide" in rhea.get(shown).text
    assert store.queries() - before <= 8
    to = f"{shown}/orders/{order.number}"
    assert rhea.post(to, data=rhea.form(shown, to).fields | {"choice": "new"}).status_code == 303
    assert Order.get_by_id(order.id).ship_to["address"] == new.id
    assert rhea.send(shown, f"{shown}/cancel").status_code == 303
    assert AddressMove.get().state == "cancelled"
