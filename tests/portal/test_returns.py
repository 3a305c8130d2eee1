"""Returns: never more back than was delivered, decided once, each piece shelved, scrapped, credited or replaced."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import audit, store, values
from portal.activity.attachments import Attachment
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.sales import credit_notes, invoicing, series, shipments
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order, OrderLine
from portal.service import return_asking, return_deciding
from portal.service.returns import Return, ReturnLine
from portal.whole import invariants, returns_whole
from tests import make
from tests.letters import told
from tests.races import in_line_behind, race
from tests.refusals import problems

pytestmark = pytest.mark.usefixtures("folder")


def on_shelf(product):
    return Product.get_by_id(product.id).stock


@pytest.fixture
def rice(world):
    return make.product("RICE", stock=10)


@pytest.fixture
def delivered(world, rice):
    """An order of Carol's over 6 bags of rice, all of them delivered."""
    return make.order(world.account, (rice, 6), state="delivered")


def asked(order, by, quantity=2, **given):
    (line, *_) = order.lines
    return return_asking.ask(order, by=by, **{"goods": {line.id: quantity}, "reason": "damaged"} | given)


def test_what_a_customer_asks_for_waits_for_staff_and_both_sides_hear_of_it(world, delivered):
    made = asked(delivered, world.carol, words="Two bags are torn", files=[make.sent()])
    assert (made.state, made.reason, made.wish, made.asked_by) == ("asked", "damaged", "credit", "Carol Dizon")
    assert [(row.asked, row.live) for row in made.lines] == [(2, 2)]
    assert told("return_asked") == ["Carol Dizon", "Rhea Cruz"]
    assert told("files_brought") == []
    assert Attachment.get().subject == str(made.ref)
    assert [r.number for r in Return.visible_to(world.cora)] == ["RT-000001"]
    assert Return.visible_to(world.rhea).exists() and Return.visible_to(world.ada).exists()
    assert not Return.visible_to(world.owen).exists() and not Return.visible_to(world.dave).exists()


def test_the_whole_way_to_the_shelf_the_scrap_and_the_credit_note(world, rice, delivered):
    invoice = invoicing.issue(delivered, by=world.mona)
    made = asked(delivered, world.carol, 3)
    return_deciding.approve(made, by=world.rhea, goods={made.lines[0].line_id: "2"}, reply="Two we take")
    assert [(row.approved, row.live) for row in made.lines] == [(2, 2)]
    return_deciding.receive(
        made, by=world.rhea, restock={made.lines[0].line_id: 1}, scrap={made.lines[0].line_id: "1"}
    )
    assert on_shelf(rice) == 11 and made.state == "received"
    return_deciding.credit(made, by=world.mona)
    note = Invoice.get(Invoice.kind == "credit_note")
    assert (note.cause, note.total_minor, note.credits_id) == (str(made.ref), 20_000, invoice.id)
    assert (made.state, made.settled_how) == ("settled", "credit")
    for letter in ("return_approved", "return_received"):
        assert "Carol Dizon" in told(letter)
    assert [e.event for e in audit.story(made)] == [
        "return.asked",
        "return.approved",
        "return.received",
        "return.settled",
    ]
    assert list(invariants.broken()) == []


def test_the_same_goods_come_again_for_nothing(world, rice, delivered):
    made = asked(delivered, world.carol, 2, wish="replacement")
    return_deciding.approve(made, by=world.rhea)
    return_deciding.receive(made, by=world.rhea, scrap={made.lines[0].line_id: 2})
    return_deciding.replace(made, by=world.rhea)
    order = Order.get_by_id(made.replacement_id)
    assert (order.state, order.source, order.total_minor, order.account_id) == ("confirmed", "replacement", 0, 1)
    assert [(ln.code, ln.quantity, ln.price_minor, ln.reserved) for ln in order.lines] == [("RICE", 2, 0, 2)]
    assert Product.get_by_id(rice.id).reserved == 2
    assert told("return_settled") == ["Carol Dizon"]
    assert list(Return.around(order)) == [made]
    assert list(returns_whole.returned()) == list(invariants.totals()) == []


def test_a_replacement_that_is_not_on_the_shelf_changes_nothing(world):
    scarce = make.product("LAST", stock=0)
    order = make.order(world.account, (scarce, 2), state="delivered")
    made = asked(order, world.carol, 2)
    return_deciding.approve(made, by=world.rhea)
    return_deciding.receive(made, by=world.rhea, scrap={made.lines[0].line_id: 2})
    assert problems(return_deciding.replace, made, by=world.rhea) == {"lines": "stock-ran-out"}
    assert Return.get().state == "received" and Order.select().count() == 1


def test_all_live_returns_together_never_exceed_what_was_delivered(world, delivered):
    first = asked(delivered, world.carol, 4)
    (line,) = delivered.lines
    assert problems(asked, delivered, world.carol, 3) == {f"goods_{line.id}": "return-too-many"}
    return_deciding.approve(first, by=world.rhea, goods={line.id: 1})
    second = asked(delivered, world.carol, 5)
    return_deciding.withdraw(second, by=world.carol)
    third = asked(delivered, world.carol, 5)
    return_deciding.decline(third, by=world.rhea, reply="They were fine")
    return_deciding.receive(first, by=world.rhea, restock={line.id: 1})
    asked(delivered, world.carol, 5)
    assert return_asking.choices(delivered) == []
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("quantity", ["0", "", "-1", "1.5", "x", "9" * 30, 0, -3, 7, "٣x"])
def test_quantities_that_make_no_sense_ask_for_nothing(world, delivered, quantity):
    assert problems(asked, delivered, world.carol, quantity)
    assert Return.select().count() == 0 and Outbox.select().count() == 0


def test_lines_of_others_and_undelivered_ones_do_not_come_back(world, rice, delivered):
    foreign = make.order(world.other_account, (rice, 1), state="delivered").lines[0]
    given = {"by": world.carol, "reason": "damaged"}
    assert problems(return_asking.ask, delivered, goods={foreign.id: 1}, **given) == {"lines": "return-line-foreign"}
    under_way = make.order(world.account, (rice, 2), state="confirmed")
    (line,) = under_way.lines
    assert problems(return_asking.ask, under_way, goods={line.id: 1}, **given) == {
        f"goods_{line.id}": "return-too-many"
    }
    assert problems(return_asking.ask, delivered, unsent={delivered.lines[0].id: 1}, **given) == {
        f"unsent_{delivered.lines[0].id}": "unsent-too-many"
    }


def test_what_is_asked_without_reason_or_words_says_so(world, delivered):
    wrong = {"reason": "", "wish": "money"}
    assert problems(asked, delivered, world.carol, **wrong) == {"reason": "choice-unknown", "wish": "choice-unknown"}
    assert problems(asked, delivered, world.carol, reason="other") == {"words": "return-words-needed"}
    assert problems(asked, delivered, world.carol, words="x" * 2001) == {"words": "text-too-long"}


def test_pieces_not_sent_yet_are_cancelled_when_staff_approve(world, rice):
    order = make.order(world.account, (rice, 4), state="part_shipped")
    (line,) = order.lines
    made = return_asking.ask(order, by=world.carol, goods={line.id: 1}, unsent={line.id: 2}, reason="too_many")
    (row,) = made.lines
    assert (row.asked, row.unsent_asked) == (1, 2)
    assert problems(return_asking.ask, order, by=world.carol, unsent={line.id: 2}, reason="late") == {
        f"unsent_{line.id}": "unsent-too-many"
    }
    return_deciding.approve(made, by=world.rhea)
    assert OrderLine.get_by_id(line.id).cancelled == 2 and made.state == "approved"
    assert list(invariants.broken()) == []


def test_a_customer_cancels_at_once_what_nobody_has_confirmed(world, rice):
    order = make.order(world.account, (rice, 4), state="placed")
    (line,) = order.lines
    made = return_asking.ask(order, by=world.carol, unsent={line.id: 3}, reason="too_many")
    assert (made.state, made.settled_how) == ("settled", "cancelled")
    assert OrderLine.get_by_id(line.id).cancelled == 3
    assert told("order_part_cancelled") == ["Carol Dizon", "Rhea Cruz"] and told("return_asked") == []


def test_cancelling_alone_is_settled_with_the_approval(world, rice):
    order = make.order(world.account, (rice, 4), state="confirmed")
    made = return_asking.ask(order, by=world.carol, unsent={order.lines[0].id: 4}, reason="late")
    assert made.state == "asked"
    return_deciding.approve(made, by=world.rhea)
    assert (made.state, made.settled_how, Order.get_by_id(order.id).state) == ("settled", "cancelled", "cancelled")


def test_what_was_shipped_meanwhile_can_no_longer_be_cancelled_and_nothing_changes(world, rice):
    order = make.order(world.account, (rice, 4), state="confirmed")
    (line,) = order.lines
    made = return_asking.ask(order, by=world.carol, unsent={line.id: 4}, reason="late")
    with store.writing():
        OrderLine.update(shipped=4, reserved=0).execute()
    assert problems(return_deciding.approve, made, by=world.rhea) == {f"line_{line.id}": "cancel-too-many"}
    assert Return.get().state == "asked" and [row.unsent_approved for row in ReturnLine] == [0]


def test_credit_needs_an_invoice_and_never_exceeds_it(world, delivered):
    made = asked(delivered, world.carol, 6)
    return_deciding.approve(made, by=world.rhea)
    return_deciding.receive(made, by=world.rhea, restock={made.lines[0].line_id: 6})
    assert problems(return_deciding.credit, made, by=world.mona) == {"state": "return-not-invoiced"}
    invoice = invoicing.issue(delivered, by=world.mona)
    credit_notes.credit(invoice, by=world.mona, reason="Two were late", lines={invoice.lines[0]: 2})
    made = Return.get()
    assert problems(return_deciding.credit, made, by=world.mona) == {"state": "return-not-invoiced"}
    assert Return.get().state == "received"
    return_deciding.settle(Return.get(), by=world.mona, reply="Four by credit, two were credited before")
    assert Return.get().settled_how == "words"


def test_pieces_billed_by_two_invoices_are_credited_on_both(world, delivered):
    (line,) = delivered.lines
    invoicing.issue(delivered, by=world.mona, lines={line: 2})
    invoicing.issue(delivered, by=world.mona, lines={line: 4})
    made = asked(delivered, world.carol, 5)
    return_deciding.approve(made, by=world.rhea)
    return_deciding.receive(made, by=world.rhea, restock={line.id: 5})
    return_deciding.credit(made, by=world.mona)
    notes = Invoice.select().where(Invoice.kind == "credit_note").order_by(Invoice.total_minor)
    assert [note.total_minor for note in notes] == [10_000, 40_000]
    assert list(invariants.broken()) == []


def test_what_never_left_after_all_does_not_come_back(world, rice):
    order = make.order(world.account, (rice, 4), state="confirmed")
    shipment = shipments.ship(order, by=world.rhea)
    made = asked(Order.visible_to(world.carol).where(Order.id == order.id).get(), world.carol, 2)
    shipment.undo(by=world.rhea, reason="The truck broke down")
    (row,) = made.lines
    assert problems(return_deciding.approve, made, by=world.rhea) == {f"goods_{row.line_id}": "return-too-many"}
    return_deciding.decline(Return.visible_to(world.rhea).get(), by=world.rhea, reply="It never left the house")
    assert list(returns_whole.returned()) == []


def test_a_shipment_of_which_goods_came_back_was_not_undone_as_well(world, rice):
    order = make.order(world.account, (rice, 4), state="confirmed")
    shipment = shipments.ship(order, by=world.rhea)
    made = asked(Order.visible_to(world.carol).where(Order.id == order.id).get(), world.carol, 2)
    return_deciding.approve(made, by=world.rhea)
    assert problems(shipment.undo, by=world.rhea, reason="Wrong van") == {"state": "shipment-not-in-state"}
    return_deciding.receive(made, by=world.rhea, restock={order.lines[0].id: 2})
    assert problems(shipment.undo, by=world.rhea, reason="Wrong van") == {"state": "shipment-not-in-state"}
    assert on_shelf(rice) == 8 and list(invariants.broken()) == []


def test_each_step_is_refused_out_of_its_turn(world, delivered):
    made = asked(delivered, world.carol)
    line = made.lines[0].line_id
    assert problems(return_deciding.receive, made, by=world.rhea, restock={line: 1}) == {
        "restock_1": "receive-too-many"
    }
    assert problems(return_deciding.credit, made, by=world.mona)
    return_deciding.approve(made, by=world.rhea)
    assert problems(return_deciding.withdraw, made, by=world.carol) == {"state": "return-moved-on"}
    assert problems(return_deciding.approve, made, by=world.rhea) == {"state": "return-moved-on"}
    assert problems(return_deciding.decline, made, by=world.rhea, reply="No") == {"state": "return-moved-on"}
    assert problems(return_deciding.give_up, made, by=world.rhea, reply=" ") == {"reply": "reason-needed"}
    nothing = {"restock": {line: ""}, "scrap": {line: "0"}}
    assert problems(return_deciding.receive, made, by=world.rhea, **nothing) == {"lines": "receive-nothing"}
    assert problems(return_deciding.receive, made, by=world.rhea, restock={line: 2}, scrap={line: 1}) == {
        f"restock_{line}": "receive-too-many"
    }
    return_deciding.give_up(made, by=world.rhea, reply="It never came")
    assert Return.get().state == "declined" and ReturnLine.get().live == 0


def test_approving_more_than_asked_or_nothing_is_refused(world, delivered):
    made = asked(delivered, world.carol, 2)
    line = made.lines[0].line_id
    assert problems(return_deciding.approve, made, by=world.rhea, goods={line: "3"}) == {
        f"goods_{line}": "approve-too-many"
    }
    assert problems(return_deciding.approve, made, by=world.rhea, goods={line: "0"}) == {"lines": "approve-nothing"}
    assert problems(return_deciding.approve, made, by=world.rhea, goods={line: "-2"}) == {
        f"goods_{line}": "quantity-malformed"
    }


def test_of_two_managers_who_decide_at_once_one_wins_and_the_other_is_told(postgres):
    people = make.world()
    order = make.order(people.account, (make.product(stock=9), 6), state="delivered")
    made = asked(order, people.carol)

    def decide(n):
        mine = Return.visible_to(people.mona).get()
        return (
            (lambda: return_deciding.approve(mine, by=people.mona))
            if n % 2
            else (lambda: return_deciding.decline(mine, by=people.ada, reply="No"))
        )

    assert race(6, decide) == ["done"] + ["return-moved-on"] * 5
    decided = ("return.approved", "return.declined")
    assert audit.Entry.select().where(audit.Entry.event.in_(decided)).count() == 1
    assert Return.get_by_id(made.id).state in ("approved", "declined")


def test_double_asking_at_once_never_exceeds_what_was_delivered(postgres):
    people = make.world()
    order = make.order(people.account, (make.product(stock=9), 6), state="delivered")
    results = race(6, lambda n: lambda: asked(order, people.carol, 2))
    assert results == ["done"] * 3 + ["return-too-many"] * 3
    assert sum(row.live for row in ReturnLine) == 6
    assert list(returns_whole.returned()) == []
    with store.writing():
        OrderLine.update(shipped=5).execute()
    assert list(returns_whole.returned()) == ["order SO-000001: 6 of line 1 claimed back, 5 delivered"]


def test_credit_given_twice_at_once_is_one_credit_note(postgres):
    people = make.world()
    order = make.order(people.account, (make.product(stock=9), 6), state="delivered")
    invoicing.issue(order, by=people.mona)
    made = asked(order, people.carol)
    return_deciding.approve(made, by=people.mona)
    return_deciding.receive(made, by=people.mona, restock={made.lines[0].line_id: 2})

    def give(n):
        mine = Return.visible_to(people.mona).get()
        return lambda: return_deciding.credit(mine, by=people.mona)

    assert race(4, give) == ["done"] + ["return-moved-on"] * 3
    assert Invoice.select().where(Invoice.kind == "credit_note").count() == 1


def test_credit_for_two_invoices_and_one_beside_it_do_not_wait_for_each_other(postgres):
    people = make.world()
    order = make.order(people.account, (make.product(stock=9), 6), state="delivered")
    (line,) = order.lines
    first, second = (invoicing.issue(order, by=people.mona, lines={line: 3}) for _ in range(2))
    made = asked(order, people.carol, 4)
    return_deciding.approve(made, by=people.mona)
    return_deciding.receive(made, by=people.mona, restock={line.id: 4})
    mine = Return.visible_to(people.mona).get()

    def beside(invoice):
        with contextlib.suppress(Invalid):  # of the second nothing is left by then
            credit_notes.credit(invoice, by=people.mona, reason="Late", amount_minor=100)

    in_line_behind(
        lambda: series.draw("credit_note", "CN", values.shop_day()),
        lambda: return_deciding.credit(mine, by=people.mona), lambda: beside(first), lambda: beside(second),
    )  # fmt: skip
    assert Invoice.select().where(Invoice.kind == "credit_note").count() == 3


@given(net=st.integers(1, 10**7), parts=st.lists(st.integers(1, 9), min_size=1, max_size=6), data=st.data())
@settings(max_examples=15)
def test_credit_in_any_parts_adds_up_to_the_invoice_to_the_cent(world, net, parts, data):
    order = make.order(world.account, (make.product(), sum(parts)), state="delivered")
    with store.writing():
        OrderLine.update(net_minor=net).where(OrderLine.order == order).execute()
        Order.update(subtotal_minor=net, total_minor=net).where(Order.id == order.id).execute()
    order = Order.visible_to(world.mona).where(Order.id == order.id).get()
    invoice = invoicing.issue(order, by=world.mona)
    (line,) = order.lines
    for pieces in parts:
        made = return_asking.ask(order, by=world.carol, goods={line.id: pieces}, reason="damaged")
        back = data.draw(st.integers(0, pieces))
        return_deciding.approve(made, by=world.rhea)
        return_deciding.receive(made, by=world.rhea, restock={line.id: back}, scrap={line.id: pieces - back})
        return_deciding.credit(made, by=world.mona)
    notes = Invoice.select().where(Invoice.credits == invoice)
    assert sum(note.total_minor for note in notes) == invoice.total_minor == net
    assert problems(return_asking.ask, order, by=world.carol, goods={line.id: 1}, reason="damaged")
    assert list(returns_whole.returned()) == []
