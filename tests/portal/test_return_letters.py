"""Letters about returns and files: each step for its reader, in his language and on his face."""

import pytest

from portal.service import return_asking, return_deciding
from tests import make
from tests.letters import letters

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def order(world):
    return make.order(world.account, (make.product("RICE", stock=9, name="Rice & <grain>"), 6), state="delivered")


def asked(world, order, **given):
    line = order.lines[0].id
    return return_asking.ask(
        order, by=world.carol, goods={line: 2}, **{"reason": "damaged", "words": "Torn <b>"} | given
    )


def test_asking_reaches_both_sides_each_on_their_face(world, order):
    asked(world, order)
    found = letters("return_asked")
    assert set(found) == {"Carol Dizon", "Rhea Cruz"}
    assert found["Rhea Cruz"].subject == "Return RT-000001 for order SO-000001"
    assert "2 to send back" in found["Rhea Cruz"].text and "It came damaged" in found["Rhea Cruz"].text
    assert "<b>" not in found["Rhea Cruz"].html and "Rice & <grain>" in found["Rhea Cruz"].text
    assert "https://shop.example/staff/returns/RT-000001" in found["Rhea Cruz"].html
    assert "https://shop.example/returns/RT-000001" in found["Carol Dizon"].html


def test_each_step_says_what_comes_next(world, order):
    made = asked(world, order, wish="replacement")
    return_deciding.approve(made, by=world.rhea, reply="Bring it to Cubao")
    approved = letters("return_approved")["Carol Dizon"]
    assert "Bring it to Cubao" in approved.text and "write RT-000001 on the parcel" in approved.text
    return_deciding.receive(made, by=world.rhea, restock={order.lines[0].id: 1}, scrap={order.lines[0].id: 1})
    assert "2 came back" in letters("return_received")["Carol Dizon"].text
    return_deciding.replace(made, by=world.rhea)
    assert "as order SO-000002" in letters("return_settled")["Carol Dizon"].text


def test_a_refusal_says_why_and_a_withdrawal_who(world, order):
    return_deciding.decline(asked(world, order), by=world.rhea, reply="They were opened")
    assert "They were opened" in letters("return_declined")["Carol Dizon"].text
    return_deciding.withdraw(asked(world, order), by=world.carol)
    assert "Carol Dizon withdrew return RT-000002" in letters("return_withdrawn")["Rhea Cruz"].text


def test_pieces_to_cancel_are_named(world):
    order = make.order(world.account, (make.product("OIL", stock=9), 4), state="confirmed")
    made = return_asking.ask(order, by=world.carol, unsent={order.lines[0].id: 3}, reason="late")
    assert "3 to cancel" in letters("return_asked")["Rhea Cruz"].text
    return_deciding.approve(made, by=world.rhea)
    approved = letters("return_approved")["Carol Dizon"].text
    assert "3 cancelled" in approved and "parcel" not in approved


def test_files_are_told_with_a_link_to_their_record(world, order):
    make.attachment(order, world.carol)
    (letter,) = letters("files_brought").values()
    assert letter.subject == "1 file from Carol Dizon: Order SO-000001" and "note.txt" in letter.text
    assert "https://shop.example/staff/orders/SO-000001" in letter.html
