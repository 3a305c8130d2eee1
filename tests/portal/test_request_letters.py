"""Letters about requests and moves: each step for its reader, on his face, with what it is from and to."""

from datetime import timedelta

import pytest

from portal import values
from portal.customers import moves
from portal.sales import move_orders
from portal.service import request_asking, request_deciding, requests
from tests import make
from tests.letters import letters

pytestmark = pytest.mark.usefixtures("folder")


def test_each_step_of_a_request_is_told_on_the_readers_own_face(world):
    made = make.request(world.carol, legal_name="Dizon <b> Inc.", terms_days="45", reason="We grew")
    asked = letters("request_asked")
    assert "https://shop.example/staff/requests/CR-000001" in asked["Rhea Cruz"].html
    assert "It was not you?" in asked["Carol Dizon"].text and "It was not you?" not in asked["Rhea Cruz"].text
    assert "Please bring a paper" in asked["Carol Dizon"].text and "Dizon <b> Inc." in asked["Carol Dizon"].text
    request_asking.prove(made, by=world.carol, files=[make.sent(name="SEC.txt")])
    assert "SEC.txt" in letters("request_proven")["Rhea Cruz"].text
    request_deciding.ask_proof(made, by=world.rhea, reply="The 2026 one, please")
    proof = letters("request_proof")["Carol Dizon"]
    assert "The 2026 one, please" in proof.text and "/account/requests/CR-000001#proof" in proof.html
    saw = requests.seen(made.record(), made.items)
    request_deciding.approve(made, by=world.mona, saw=saw, fields=["legal_name"], reply="30 days it is")
    decided = letters("request_decided")["Carol Dizon"]
    assert decided.subject == "Changed as you asked: CR-000001"
    assert decided.text.index("Dizon <b> Inc.") < decided.text.index("Not changed") < decided.text.index("30 days it")


def test_a_withdrawal_a_planned_change_and_one_that_went_stale_are_told(world):
    day = values.shop_day() + timedelta(days=9)
    made = make.request(world.carol, billing_email="books@kitchen.example", valid_from=day)
    request_deciding.approve(made, by=world.mona, saw=requests.seen(made.record(), made.items))
    assert letters("request_decided")["Carol Dizon"].subject.startswith("Approved for ")
    type(world.account).get_by_id(world.account.id).edit(by=world.mona, billing_email="b@kitchen.example")
    request_deciding.run(now=values.shop_midnight(day))
    assert "Nothing was done" in letters("request_stale")["Rhea Cruz"].text
    request_asking.withdraw(requests.ChangeRequest.visible_to(world.carol).get(), by=world.carol)
    assert "Everything stays as it is" in letters("request_withdrawn")["Rhea Cruz"].text


def test_a_move_is_told_when_planned_done_and_cancelled_and_of_each_order_that_follows(world):
    move = make.move(world.account, world.carol)
    order = make.order(world.account, ship_to=move.old.snapshot | {"address": move.old_id})
    planned = letters("move_planned")["Carol Dizon"]
    assert move.new.one_line in planned.text and "https://shop.example/account/moves/MV-000001" in planned.html
    move_orders.decide(move, order, by=world.carol, choice="new")
    assert move.new.line1 in letters("order_redirected")["Rhea Cruz"].text
    moves.run(now=values.shop_midnight(move.from_on))
    assert "From today" in letters("move_done")["Rhea Cruz"].subject
    make.move(world.account, world.carol).cancel(by=world.carol)
    assert "The old address stays." in letters("move_cancelled")["Rhea Cruz"].text
