"""Letters about orders: what, where and how much, each in the language and on the face of its reader."""

import pytest

from portal.sales import cancelling, placing, receiving, shipments, waiting
from portal.sales.quotes import Wanted
from tests import make
from tests.letters import letters


@pytest.fixture
def order(world):
    make.product("RICE", stock=40, list_minor=137_500, name="Rice & <grain>")
    make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    shown = {"shown_total_minor": 275_000, "shown_currency": "PHP"}
    return placing.place(by=world.carol, account=world.account, lines=[Wanted("RICE", 2)], note="Ring <b>", **shown)


def test_a_placed_order_reaches_the_customer_and_the_owner(order):
    found = letters("order_placed")
    assert set(found) == {"Carol Dizon", "Rhea Cruz"}
    assert found["Carol Dizon"].subject == "We have your order SO-000001"
    assert "2 × Rice & <grain>" in found["Carol Dizon"].text and "₱2,750.00" in found["Carol Dizon"].text
    assert "7 Sampaguita St." in found["Carol Dizon"].text and "<b>" not in found["Carol Dizon"].html
    assert "https://shop.example/orders/SO-000001" in found["Carol Dizon"].html
    assert found["Rhea Cruz"].subject == "Order SO-000001 from Carol’s Kitchen"
    assert "https://shop.example/staff/orders/SO-000001" in found["Rhea Cruz"].html


def test_each_step_is_told_to_the_customer_and_not_to_whoever_did_it(world, order):
    order.confirm(by=world.rhea)
    shipments.ship(order, by=world.mona)
    shipments.deliver_all(order, by=world.rhea)
    assert letters("order_confirmed")["Carol Dizon"].subject == "Order SO-000001 is confirmed"
    assert set(letters("order_confirmed")) == {"Carol Dizon"}
    assert set(letters("order_shipped")) == {"Carol Dizon", "Rhea Cruz"}
    assert letters("order_shipped")["Carol Dizon"].subject == "Order SO-000001 is on its way"
    assert letters("order_delivered")["Carol Dizon"].subject == "Order SO-000001 was delivered"


def test_an_order_to_be_picked_up_is_ready_at_its_branch(world):
    make.product("RICE")
    branch = make.branch("Cubao")
    shown = {"shown_total_minor": 10_000, "shown_currency": "PHP", "delivery": "pickup", "branch": branch.id}
    order = placing.place(by=world.carol, account=world.account, lines=[Wanted("RICE", 1)], **shown)
    order.confirm(by=world.rhea)
    shipments.ship(order, by=world.rhea)
    letter = letters("order_shipped")["Carol Dizon"]
    assert letter.subject == "Order SO-000001 is ready to be picked up" and "Cubao" in letter.text


def test_a_cancellation_says_who_and_why(world, order):
    cancelling.cancel(order, by=world.carol, reason="Too much <rice>")
    letter = letters("order_cancelled")["Rhea Cruz"]
    assert "Carol Dizon cancelled order SO-000001" in letter.text and "Too much <rice>" in letter.text


def test_each_turn_of_a_part_is_told_in_words(world):
    rice = make.product("RICE", stock=2, allows_backorder=True, name="Sinandomeng rice")
    make.address(world.account, is_default_shipping=True)
    shown = {"shown_total_minor": 50_000, "shown_currency": "PHP"}
    order = placing.place(by=world.carol, account=world.account, lines=[Wanted("RICE", 5)], **shown)
    assert "3 of them come later; we will tell you the day" in letters("order_placed")["Carol Dizon"].text
    (line,) = order.lines
    waiting.promise(order, {line.id: "2199-01-05"}, by=world.mona)
    assert "2199" in letters("order_promised")["Carol Dizon"].text
    url = "https://lbc.example/77"
    shipment = shipments.ship(order, by=world.mona, carrier="LBC", tracking_number="77", tracking_url=url)
    letter = letters("order_shipped")["Carol Dizon"]
    assert letter.subject == "A part of order SO-000001 is on its way" and url in letter.html
    assert "2 × Sinandomeng rice" in letter.text and "Still to come" in letter.text and "2199" in letter.text
    cancelling.cancel_lines(order, {line.id: 1}, by=world.mona, reason="Too much")
    assert "₱400.00 now; it was ₱500.00" in letters("order_part_cancelled")["Carol Dizon"].text
    receiving.receive([(rice, 2)], by=world.mona)
    assert letters("order_goods_in")["Carol Dizon"].subject == "What you waited for is here: order SO-000001"
    assert "can go now" in letters("order_goods_in")["Rhea Cruz"].text
    shipment.track(by=world.mona, version=1, carrier="J&T", tracking_number="78", tracking_url="")
    assert "J&T, 78" in letters("order_tracked")["Carol Dizon"].text
    shipment.undo(by=world.mona, reason="Wrong van")
    assert "Wrong van" in letters("order_unshipped")["Carol Dizon"].text
    shipments.ship(order, {line.id: 1}, by=world.mona).deliver(by=world.mona, received_by="Guard")
    letter = letters("order_delivered")["Carol Dizon"]
    assert letter.subject == "A part of order SO-000001 was delivered" and "Received by Guard" in letter.text
