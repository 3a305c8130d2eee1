"""Invoicing: parts that add up to the order, numbers without a gap, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import audit, outbox, search, store, values
from portal.errors import Invalid
from portal.sales import cancelling, credit_notes, invoicing, shipments
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.orders import Order, OrderLine
from portal.sales.series import Series
from portal.sales.shipments import Shipment
from portal.whole import invariants
from tests import make
from tests.races import at_once


def amount_of(order, name="total_minor"):
    """What the invoices of an order, less the credit notes that take them back, come to."""
    papers = Invoice.select().where((Invoice.order == order) & ((Invoice.kind == "invoice") | Invoice.reopens))
    return sum(getattr(paper, name) * (-1 if paper.is_credit_note else 1) for paper in papers)


def lines_of(order):
    return list(OrderLine.select().where(OrderLine.order == order).order_by(OrderLine.position))


def shipment(order, *quantities):
    pieces = {line.id: quantity for line, quantity in zip(lines_of(order), quantities, strict=True)}
    return shipments.ship(Order.get_by_id(order.id), pieces, by=values.system("test"))


@pytest.fixture
def order(world):
    """Carol's order over three sacks and ten tins, 450.00 with 150.00 of freight."""
    sack, tin = make.product("SACK", list_minor=10_000), make.product("TIN", list_minor=1_500)
    return make.order(
        world.account, (sack, 3), (tin, 10), state="confirmed", freight_minor=15_000, total_minor=60_000
    )


def test_an_invoice_of_all_is_the_order(world, order):
    world.account.terms_days = 14
    order.account = world.account
    invoice = invoicing.issue(order, by=world.rhea)
    today = values.shop_day()
    assert invoice.number == f"INV-{today.year}-000001"
    assert (invoice.total_minor, invoice.open_minor, invoice.freight_minor) == (60_000, 60_000, 15_000)
    assert (invoice.issued_on, invoice.due_on, invoice.state()) == (today, today + timedelta(days=14), "open")
    assert [(line.kind, line.quantity, line.net_minor) for line in invoice.lines] == [
        ("goods", 3, 30_000),
        ("goods", 10, 15_000),
        ("freight", 1, 15_000),
    ]
    assert [line.invoiced for line in lines_of(order)] == [3, 10]
    assert list(invariants.broken(with_files=False)) == []


def test_the_customer_is_told_and_it_is_found(world, order):
    invoice = invoicing.issue(order, by=world.rhea)
    row = outbox.Outbox.get(outbox.Outbox.recipient == str(world.carol.ref), outbox.Outbox.channel == "mail")
    assert row.template == "invoice_issued"
    assert search.find(invoice.number, kinds=["invoice"], actor=world.rhea)["invoice"].records == [invoice.id]


def test_freight_stands_on_the_first_invoice_only(world, order):
    sack, tin = lines_of(order)
    first = invoicing.issue(order, by=world.rhea, lines={sack: 1})
    second = invoicing.issue(order, by=world.rhea, lines={sack.id: 2, tin.id: 10})
    assert (first.total_minor, second.total_minor) == (25_000, 35_000)
    assert (first.freight_minor, second.freight_minor) == (15_000, 0)


def test_a_shipment_is_invoiced_once_and_with_its_pieces(world, order):
    sent = shipment(order, 2, 0)
    invoice = invoicing.issue(order, by=world.rhea, shipment=sent)
    assert [(line.kind, line.quantity) for line in invoice.lines] == [("goods", 2), ("freight", 1)]
    with pytest.raises(Invalid) as refused:
        invoicing.issue(order, by=world.rhea, shipment=sent)
    assert refused.value.problems["shipment"][0] == "shipment-invoiced"


def test_a_shipment_that_was_undone_meanwhile_is_not_invoiced(world, order):
    sent = shipment(order, 2, 0)
    with store.writing():
        Shipment.update(state="undone").where(Shipment.id == sent.id).execute()
    with pytest.raises(Invalid, match="shipment-foreign"):
        invoicing.issue(order, by=world.rhea, shipment=sent)


def test_what_was_shipped_is_invoiced_by_one_word(world, order):
    shipment(order, 1, 4)
    invoicing.issue(order, by=world.rhea, lines="shipped")
    shipment(order, 1, 0)
    second = invoicing.issue(order, by=world.rhea, lines="shipped")
    assert [(line.code, line.quantity) for line in second.lines] == [("SACK", 1)]
    with pytest.raises(Invalid) as refused:
        invoicing.issue(order, by=world.rhea, lines="shipped")
    assert refused.value.problems["order"][0] == "nothing-to-invoice"


def test_what_will_not_come_is_not_invoiced(world, order):
    sack, tin = lines_of(order)
    cancelling.cancel_lines(order, {tin.id: 4}, by=world.rhea, reason="Too many")
    invoice = invoicing.issue(order, by=world.rhea)
    assert [line.quantity for line in invoice.lines] == [3, 6, 1]
    assert invoice.total_minor == Order.get().owed.minor == 54_000


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_an_order_that_is_not_owed_is_not_invoiced(world, state):
    order = make.order(world.account, state=state)
    with pytest.raises(Invalid) as refused:
        invoicing.issue(order, by=world.rhea)
    assert refused.value.problems["order"] == ("order-not-owed", {"number": order.number, "state": state})
    assert Invoice.select().count() == audit.Entry.select().count() == 0


@pytest.mark.parametrize(
    ("lines", "field", "message"),
    [
        ({}, "order", "nothing-to-invoice"),
        ({0: 4}, "lines", "more-than-left"),
        ({0: -1}, "lines", "quantity-too-small"),
        ({999_999: 1}, "lines", "line-foreign"),
    ],
)
def test_lines_that_do_not_fit_are_refused_and_nothing_stays(world, order, lines, field, message):
    rows = lines_of(order)
    wanted = {(rows[n].id if n < 2 else n): quantity for n, quantity in lines.items()}
    with pytest.raises(Invalid) as refused:
        invoicing.issue(order, by=world.rhea, lines=wanted)
    assert refused.value.problems[field][0] == message
    assert [line.invoiced for line in lines_of(order)] == [0, 0]
    assert Series.select().count() == 0


@pytest.mark.parametrize(
    ("field", "days"), [("issued_on", 1), ("issued_on", -800), ("due_on", -1), ("due_on", 500), ("due_on", "31.2.26")]
)
def test_days_that_cannot_be_are_refused_at_their_field(world, order, field, days):
    day = days if isinstance(days, str) else values.shop_day() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        invoicing.issue(order, by=world.rhea, **{field: day})
    assert list(refused.value.problems) == [field]


def test_names_and_addresses_of_an_invoice_are_copies(world, order):
    address = make.address(world.account)
    invoice = invoicing.issue(order, by=world.rhea)
    world.account.edit(by=world.rhea, name="Another name", tax_number="999")
    address.edit(by=world.rhea, line1="Elsewhere 1")
    again = Invoice.get_by_id(invoice.id)
    assert (again.account_name, again.tax_number) == ("Carol’s Kitchen", "")
    assert "Sampaguita" in again.bill_to["line1"]


def test_a_failed_change_gives_its_number_back(world, order):
    def fail():
        with audit.change(world.rhea, "order.confirmed", order):
            invoicing.issue(order, by=world.rhea)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert invoicing.issue(order, by=world.rhea).number.endswith("-000001")


def test_numbers_begin_anew_each_year_of_the_day_of_issue(world, order):
    sack, tin = lines_of(order)
    now = values.shop_midnight(date(2026, 1, 2))
    invoicing.issue(order, by=world.rhea, lines={sack: 1}, now=now)
    old = invoicing.issue(order, by=world.rhea, lines={sack: 1}, issued_on=date(2025, 12, 31), now=now)
    assert old.number == "INV-2025-000001"
    assert invoicing.issue(order, by=world.rhea, now=now).number == "INV-2026-000002"


# Adding up

ORDER_LINES = st.lists(
    st.tuples(
        st.integers(1, 40), st.integers(0, 99_999), st.integers(0, 3_333), st.integers(0, 2_500), st.booleans()
    ),
    min_size=1,
    max_size=5,
)


def built(world, product, lines, freight, rounding, whole_tax):
    """An order of (quantity, price, discount, tax rate, tax inside); imported ones know their tax as a whole."""
    order = make.row(Order, account=world.account, account_name="x", currency="PHP", state="confirmed")
    subtotal = tax = 0
    for position, (quantity, price, discount, bp, inside) in enumerate(lines, 1):
        net = quantity * price - values.share(quantity * price, discount)
        due = 0 if whole_tax else (values.inside if inside else values.share)(net, bp)
        make.row(
            OrderLine, order=order, position=position, product=product, code="P", name="P", quantity=quantity,
            price_minor=price, discount_bp=discount, net_minor=net, tax_bp=bp, tax_minor=due, is_tax_included=inside,
        )  # fmt: skip
        subtotal, tax = subtotal + net, tax + (0 if inside else due)
    tax = whole_tax or tax
    rounding = max(rounding, -(subtotal + tax))
    total = subtotal + tax + freight + rounding
    with store.writing():
        sums = {"subtotal_minor": subtotal, "tax_minor": tax, "freight_minor": freight}
        Order.update(rounding_minor=rounding, total_minor=total, **sums).where(Order.id == order.id).execute()
    return Order.get_by_id(order.id)


@settings(max_examples=20)
@given(
    lines=ORDER_LINES,
    freight=st.integers(0, 20_000),
    rounding=st.integers(-99, 99),
    whole_tax=st.sampled_from([0, 0, 1, 1_234_567]),
    chance=st.randoms(use_true_random=False),
)
def test_however_it_is_split_the_invoices_add_up_to_the_order(world, lines, freight, rounding, whole_tax, chance):
    order = built(world, make.product(), lines, freight, rounding, whole_tax)
    for _ in range(40):
        rows = lines_of(order)
        left = {line: invoicing.left_of(line) for line in rows if invoicing.left_of(line)}
        if not left:
            break
        wanted = {line: chance.randint(0, most) for line, most in left.items()}
        invoice = invoicing.issue(order, by=world.rhea, lines=wanted if any(wanted.values()) else None)
        if chance.random() < 0.2:
            credit_notes.credit(invoice, by=world.mona, reason="wrong", reopens=True)
    else:
        invoicing.issue(order, by=world.rhea)
    for name in ("total", "subtotal", "tax", "freight", "rounding"):
        assert amount_of(order, f"{name}_minor") == getattr(order, f"{name}_minor"), name
    for paper in Invoice.select().where(Invoice.order == order):
        of_rates = sum(rate["tax_minor"] for rate in paper.taxes)
        assert of_rates == paper.tax_minor + paper.tax_included_minor
        assert paper.total_minor == sum(line.gross_minor for line in paper.lines)
    assert [line.invoiced for line in lines_of(order)] == [line.quantity for line in lines_of(order)]


# Races


def test_parallel_invoices_leave_no_gap_and_no_double(postgres):
    world, product = make.world(), make.product()
    orders = [make.order(world.account, (product, 2), state="confirmed") for _ in range(6)]

    def issue(number):
        if number % 3 == 2:  # every third change fails after the number was drawn
            with audit.change(world.rhea, "order.confirmed", orders[number]):
                invoicing.issue(orders[number], by=world.rhea)
                raise Invalid(order="order-not-owed")
        return invoicing.issue(orders[number], by=world.rhea)

    at_once(6, issue)
    numbers = sorted(invoice.number[-6:] for invoice in Invoice.select())
    assert numbers == ["000001", "000002", "000003", "000004"]
    assert Series.get().last == 4


def test_the_same_pieces_are_not_invoiced_twice_at_once(postgres):
    world = make.world()
    order = make.order(world.account, (make.product(), 5), state="confirmed", freight_minor=500, total_minor=50_500)
    found = at_once(4, lambda number: invoicing.issue(order, by=world.rhea, lines={lines_of(order)[0]: 2}))
    made = [one for one in found if isinstance(one, Invoice)]
    assert len(made) == 2
    assert sorted(one.freight_minor for one in made) == [0, 500]
    assert lines_of(order)[0].invoiced == 4
    assert InvoiceLine.select().where(InvoiceLine.kind == "goods").count() == 2


def test_cancelling_and_invoicing_at_once_does_one_of_them(postgres):
    world = make.world()
    for _ in range(4):
        order = make.order(world.account, (make.product(), 5), state="placed")

        def act(number, order=order):
            mine = Order.get_by_id(order.id)
            if number % 2:
                return cancelling.cancel(mine, by=world.rhea, reason="Twice")
            return invoicing.issue(mine, by=world.rhea)

        found = at_once(2, act)
        assert sum(not isinstance(one, Invalid) for one in found) == 1, found
        is_invoiced = Invoice.select().where(Invoice.order == order).exists()
        assert is_invoiced == (Order.get_by_id(order.id).state == "placed")
    assert list(invariants.broken(with_files=False)) == []


def test_what_bears_no_tax_is_one_row_of_the_summary_whether_prices_hold_tax_or_not():
    goods = {"kind": "goods", "quantity": 1, "price_minor": 500, "net_minor": 500, "is_tax_included": False}
    freight = {"kind": "freight", "quantity": 1, "price_minor": 35, "net_minor": 35}
    (row,) = invoicing.sums([goods, freight])["taxes"]
    assert (row["net_minor"], row["tax_minor"]) == (535, 0)
