"""Letters about orders: what, where and how much, each in the language and on the face of its reader."""

import pytest

from portal import outbox
from portal.activity import inbox
from portal.sales import placing
from portal.sales.quotes import Wanted
from portal.web import mail
from tests import make

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")


def letters(template):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return {
        row.name: mail.render(
            row.template, row.params, inbox.recipient_of(row), SHOP, for_staff=inbox.is_for_staff(row)
        )
        for row in rows
    }


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
    order.ship(by=world.mona)
    order.deliver(by=world.rhea)
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
    order.ship(by=world.rhea)
    letter = letters("order_shipped")["Carol Dizon"]
    assert letter.subject == "Order SO-000001 is ready to be picked up" and "Cubao" in letter.text


def test_a_cancellation_says_who_and_why(world, order):
    order.cancel(by=world.carol, reason="Too much <rice>")
    letter = letters("order_cancelled")["Rhea Cruz"]
    assert "Carol Dizon cancelled order SO-000001" in letter.text and "Too much <rice>" in letter.text
