"""Credit notes: taken back in whole or in part, never more than is left, and what becomes of the money."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import store, values
from portal.errors import Invalid
from portal.people import policy
from portal.sales import credit_notes, invoicing, payments
from portal.sales.invoices import Invoice
from portal.sales.orders import OrderLine
from portal.whole import invariants
from tests import make
from tests.portal.test_invoicing import built, lines_of
from tests.races import at_once


@pytest.fixture
def order(world):
    """Carol's order over three sacks and ten tins, 450.00 with 150.00 of freight."""
    sack, tin = make.product("SACK", list_minor=10_000), make.product("TIN", list_minor=1_500)
    return make.order(
        world.account, (sack, 3), (tin, 10), state="confirmed", freight_minor=15_000, total_minor=60_000
    )


@pytest.fixture
def invoice(world, order):
    return invoicing.issue(order, by=world.rhea)


def again(invoice):
    return Invoice.get_by_id(invoice.id)


def test_one_piece_taken_back_settles_that_much_of_the_invoice(world, invoice):
    note = credit_notes.credit(invoice, by=world.mona, lines={invoice.lines[0]: 1}, reason="One was torn")
    assert note.number == f"CN-{values.shop_day().year}-000001"
    assert (note.kind, note.total_minor, note.open_minor, note.state()) == ("credit_note", 10_000, 0, "used")
    assert (again(invoice).open_minor, again(invoice).credited_minor) == (50_000, 10_000)
    assert [line.credited for line in invoice.lines] == [1, 0, 0]
    assert list(invariants.broken(with_files=False)) == []


def test_of_a_paid_invoice_the_credit_stays_with_the_account(world, invoice):
    payments.record(
        world.account, by=world.rhea, amount_minor=60_000, currency="PHP", paid_on=values.shop_day(),
        allocate={invoice: 60_000},
    )  # fmt: skip
    note = credit_notes.credit(invoice, by=world.mona, lines={invoice.lines[0]: 2}, reason="Torn")
    assert (note.open_minor, note.state()) == (20_000, "credit")
    assert again(invoice).state() == "paid"


def test_all_that_is_left_is_taken_back_when_nothing_is_named(world, invoice):
    credit_notes.credit(invoice, by=world.mona, lines={invoice.lines[1]: 4}, reason="Too many")
    credit_notes.credit(invoice, by=world.mona, amount_minor=7_777, words="For the trouble", reason="Late")
    note = credit_notes.credit(invoice, by=world.mona, reason="Never came")
    assert note.total_minor == 60_000 - 6_000 - 7_777
    assert [line.kind for line in note.lines] == ["goods", "goods", "freight", "earlier"]
    assert (again(invoice).open_minor, again(invoice).state()) == (0, "credited")
    with pytest.raises(Invalid) as refused:
        credit_notes.credit(invoice, by=world.mona, reason="Once more")
    assert refused.value.problems["invoice"][0] == "nothing-to-credit"


def test_an_invoice_that_was_wrong_can_be_issued_again(world, order, invoice):
    credit_notes.credit(invoice, by=world.mona, reason="Wrong day", reopens=True)
    assert [line.invoiced for line in lines_of(order)] == [0, 0]
    second = invoicing.issue(order, by=world.rhea)
    assert (second.total_minor, second.freight_minor) == (60_000, 15_000)
    assert list(invariants.broken(with_files=False)) == []


def test_goods_that_came_back_are_not_invoiced_again(world, order, invoice):
    credit_notes.credit(invoice, by=world.mona, reason="All came back")
    with pytest.raises(Invalid) as refused:
        invoicing.issue(order, by=world.rhea)
    assert refused.value.problems["order"][0] == "nothing-to-invoice"


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"amount_minor": 60_001}, "amount_minor", "credit-above-invoice"),
        ({"amount_minor": 0}, "amount_minor", "amount-too-small"),
        ({"amount_minor": -5}, "amount_minor", "amount-too-small"),
        ({"lines": {0: 4}}, "lines", "more-than-invoiced"),
        ({"lines": {0: -1}}, "lines", "quantity-too-small"),
        ({"lines": {999_999: 1}}, "lines", "line-foreign"),
        ({"lines": {}}, "invoice", "nothing-to-credit"),
        ({"amount_minor": 5, "reason": " "}, "reason", "field-needed"),
        ({"lines": {0: 3}, "amount_minor": 30_001}, "amount_minor", "credit-above-invoice"),
    ],
)
def test_a_credit_that_does_not_fit_is_refused_and_nothing_stays(world, order, invoice, given, field, message):
    if "lines" in given:
        given = given | {"lines": {(invoice.lines[n].id if n < 9 else n): q for n, q in given["lines"].items()}}
    with pytest.raises(Invalid) as refused:
        credit_notes.credit(invoice, by=world.mona, **{"reason": "Why not"} | given)
    assert refused.value.problems[field][0] == message
    assert Invoice.select().count() == 1
    assert (again(invoice).open_minor, [line.credited for line in invoice.lines]) == (60_000, [0, 0, 0])


def test_a_credit_note_is_not_credited(world, invoice):
    note = credit_notes.credit(invoice, by=world.mona, reason="Wrong")
    with pytest.raises(Invalid) as refused:
        credit_notes.credit(note, by=world.mona, reason="Wrong too")
    assert refused.value.problems["invoice"][0] == "not-an-invoice"


def test_credits_are_given_by_managers(world, invoice):
    assert [policy.may(who, "invoices.credit", invoice) for who in (world.rhea, world.mona, world.carol)] == [
        False,
        True,
        False,
    ]


@settings(max_examples=15)
@given(
    lines=st.lists(
        st.tuples(
            st.integers(1, 9), st.integers(1, 99_999), st.just(0), st.sampled_from([0, 700, 1_200]), st.booleans()
        ),
        min_size=1,
        max_size=4,
    ),
    rounding=st.integers(-9, 9),
    chance=st.randoms(use_true_random=False),
)
def test_however_it_is_taken_back_the_credits_add_up_to_the_invoice(world, lines, rounding, chance):
    order = built(world, make.product(), lines, 5_000, rounding, 0)
    invoice = invoicing.issue(order, by=world.rhea)
    for _ in range(chance.randint(0, 4)):
        rows = invoice.lines
        wanted = {line: chance.randint(0, line.left) for line in rows}
        amount = chance.choice([None, chance.randint(1, max(1, invoice.total_minor // 3))])
        try:
            credit_notes.credit(invoice, by=world.mona, reason="x", lines=wanted, amount_minor=amount)
        except Invalid as refused:
            assert {message for message, _ in refused.problems.values()} <= {
                "nothing-to-credit",
                "credit-above-invoice",
            }
    try:
        credit_notes.credit(invoice, by=world.mona, reason="the rest")
    except Invalid as refused:  # all pieces are back already, so that only the words' money may be left
        assert set(refused.problems) <= {"invoice", "lines"}
        return
    notes = Invoice.select().where(Invoice.credits == invoice)
    for name in ("total", "tax", "tax_included", "freight", "rounding"):
        assert sum(getattr(note, f"{name}_minor") for note in notes) == getattr(invoice, f"{name}_minor"), name
    assert (again(invoice).open_minor, again(invoice).credited_minor) == (0, invoice.total_minor)


def test_two_who_credit_the_same_at_once_do_not_credit_it_twice(postgres):
    world = make.world()
    order = make.order(world.account, (make.product(), 3), state="confirmed")
    invoice = invoicing.issue(order, by=world.rhea)
    first = invoice.lines[0]
    found = at_once(4, lambda n: credit_notes.credit(again(invoice), by=world.mona, lines={first: 2}, reason="Torn"))
    assert sum(isinstance(one, Invoice) for one in found) == 1
    assert again(invoice).credited_minor == 20_000
    assert list(invariants.broken(with_files=False)) == []


def test_invoicing_and_taking_back_at_once_leaves_no_piece_counted_twice(postgres):
    world = make.world()
    order = make.order(world.account, (make.product(), 4), state="confirmed")
    with store.connection():
        first = invoicing.issue(order, by=world.rhea, lines={lines_of(order)[0]: 2})

    def act(number):
        if number:
            return invoicing.issue(order, by=world.rhea)
        return credit_notes.credit(again(first), by=world.mona, reason="Wrong", reopens=True)

    at_once(3, act)
    assert OrderLine.get().invoiced in (2, 4)
    assert list(invariants.broken(with_files=False)) == []
