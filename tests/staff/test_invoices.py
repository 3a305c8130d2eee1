"""Invoices and payments at the desk: from the order to money that settles it, and what is refused at its field."""

from datetime import timedelta

import pytest

from portal import values
from portal.sales import cancelling, credit_notes, invoicing
from portal.sales.invoices import Invoice
from portal.sales.payments import Payment
from tests import make

TODAY = values.shop_day()


@pytest.fixture
def order(world):
    """Carol's order over three sacks and ten tins, 450.00 with 150.00 of freight."""
    sack, tin = make.product("SACK", list_minor=10_000), make.product("TIN", list_minor=1_500)
    sums = {"freight_minor": 15_000, "total_minor": 60_000}
    return make.order(world.account, (sack, 3), (tin, 10), state="confirmed", **sums)


@pytest.fixture
def rhea(world, client):
    client.sign_in(world.rhea)
    return client


@pytest.fixture
def mona(world, client):
    client.sign_in(world.mona)
    return client


def test_an_order_is_invoiced_by_one_press(world, rhea, order):
    page = rhea.get(f"/staff/orders/{order.number}").text
    assert "Invoice all that is left" in page and "Invoice what was shipped" not in page
    answer = rhea.send(f"/staff/orders/{order.number}", action=f"/staff/orders/{order.number}/invoice/all")
    invoice = Invoice.get()
    assert answer.status_code == 303 and answer.location == f"/staff/invoices/{invoice.number}"
    page = rhea.get(answer.location).text
    assert "₱600" in page and "Invoice issued" in page
    page = rhea.get(f"/staff/orders/{order.number}").text
    assert invoice.number in page and "Everything that will come is invoiced" in page


def test_lines_and_days_are_chosen(world, rhea, order):
    here = f"/staff/orders/{order.number}/invoice"
    sack, tin = [line.id for line in order.lines]
    typed = {f"line_{sack}": "1", f"line_{tin}": "", "due_on": (TODAY + timedelta(days=5)).isoformat()}
    rhea.send(here, action=here, **typed)
    invoice = Invoice.get()
    assert (invoice.total_minor, invoice.due_on) == (25_000, TODAY + timedelta(days=5))


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [("4", "3 are left"), ("-1", "one"), ("many", "number"), ("99999999999999999999999", "At most")],
)
def test_pieces_that_do_not_fit_are_said_at_their_line(rhea, order, pieces, sentence):
    here = f"/staff/orders/{order.number}/invoice"
    sack = order.lines[0].id
    answer = rhea.send(here, action=here, **{f"line_{sack}": pieces})
    assert answer.status_code == 422 and f'id="line_{sack}-error"' in answer.text
    assert Invoice.select().count() == 0


def test_a_cancelled_order_offers_no_invoice_and_refuses_one(world, rhea, order):
    page = f"/staff/orders/{order.number}"
    rhea.get(page)
    cancelling.cancel(order, by=world.mona, reason="Twice")
    assert "Invoice all" not in rhea.get(page).text
    answer = rhea.send(f"{page}/invoice", action=f"{page}/invoice")
    assert answer.status_code == 422 and "nothing is owed for it" in answer.text


def test_a_payment_in_part_from_the_invoice(world, rhea, order):
    invoice = invoicing.issue(order, by=world.rhea)
    here = f"/staff/accounts/{world.account.number}/payments/new"
    page = f"{here}?invoice={invoice.number}"
    form = rhea.form(page, here)
    assert form.fields["amount"] == form.fields[f"for_{invoice.id}"] == "600.00"
    answer = rhea.send(page, action=here, amount="200", reference="GC 7", **{f"for_{invoice.id}": "200"})
    payment = Payment.get()
    assert answer.location == f"/staff/payments/{payment.number}"
    assert "GC 7" in rhea.get(answer.location).text
    assert "Paid in part" in rhea.get(f"/staff/invoices/{invoice.number}").text
    answer = rhea.send(page, action=here, amount="200", reference="GC 7", use="oldest")
    assert (
        answer.status_code == 422 and "recorded this payment already" in answer.text and "is_another" in answer.text
    )
    rhea.send(page, action=here, amount="200", reference="GC 7", use="oldest", is_another="y")
    assert Invoice.get().open_minor == 20_000


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "-5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "lots"}, "amount"),
        ({"amount": "9" * 40}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"paid_on": "2199-01-01"}, "paid_on"),
        ({"paid_on": "1999-01-01"}, "paid_on"),
        ({"paid_on": "yesterday"}, "paid_on"),
        ({"currency": "XXQ"}, "currency"),
        ({"method": "shells"}, "method"),
        ({"for": "601"}, "for"),
        ({"for": "-1"}, "for"),
        ({"for": "0.001"}, "for"),
    ],
)
def test_a_payment_that_cannot_be_is_said_at_its_field(world, rhea, order, typed, field):
    invoice = invoicing.issue(order, by=world.rhea)
    here = f"/staff/accounts/{world.account.number}/payments/new"
    row = f"for_{invoice.id}"
    typed = {(row if name == "for" else name): text for name, text in typed.items()}
    answer = rhea.send(f"{here}?invoice={invoice.number}", action=here, **{"amount": "700"} | typed)
    assert answer.status_code == 422
    assert f'id="{row if field == "for" else field}-error"' in answer.text
    assert Payment.select().count() == 0


def test_managers_credit_and_reps_do_not(world, rhea, order):
    invoice = invoicing.issue(order, by=world.rhea)
    assert "Credit it" not in rhea.get(f"/staff/invoices/{invoice.number}").text
    assert rhea.get(f"/staff/invoices/{invoice.number}/credit").status_code == 403


def test_a_credit_note_from_the_invoice(world, mona, order):
    invoice = invoicing.issue(order, by=world.rhea)
    here = f"/staff/invoices/{invoice.number}/credit"
    first = invoice.lines[0].id
    answer = mona.send(
        here, action=here, reason="One torn", amount="20.50", words="Trouble", **{f"line_{first}": "1"}
    )
    note = Invoice.get(Invoice.kind == "credit_note")
    assert answer.location == f"/staff/invoices/{note.number}" and note.total_minor == 12_050
    assert "One torn" in mona.get(answer.location).text
    assert note.number in mona.get(f"/staff/invoices/{invoice.number}").text
    answer = mona.send(here, action=here, reason="All of it", amount="5,000", what="part")
    assert answer.status_code == 422 and "₱479.50 are left" in answer.text.replace("\xa0", " ")
    assert 'id="amount-error"' in answer.text
    answer = mona.send(here, action=here, reason="", what="all")
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text
    mona.send(here, action=here, reason="All of it", what="all")
    assert Invoice.get_by_id(invoice.id).state() == "credited"


def test_what_is_open_of_a_payment_is_used_paid_back_and_cancelled(world, mona, order):
    payment = make.payment(world.account, 900)
    invoice = invoicing.issue(order, by=world.rhea)
    page = f"/staff/payments/{payment.number}"
    mona.send(f"{page}/use", action=f"{page}/use", use="chosen", **{f"for_{invoice.id}": "100"})
    assert Invoice.get().open_minor == 50_000
    answer = mona.send(f"{page}/use", action=f"{page}/use", use="chosen", **{f"for_{invoice.id}": "501"})
    assert answer.status_code == 422 and f'id="for_{invoice.id}-error"' in answer.text
    answer = mona.send(page, action=f"{page}/refund", amount="801")
    assert answer.status_code == 422 and "₱800.00 are left" in answer.text.replace("\xa0", " ")
    answer = mona.send(page, action=f"{page}/cancel", reason="Bounced")
    assert answer.status_code == 303 and Invoice.get().open_minor == 60_000
    assert "Bounced" in mona.get(page).text


def test_a_payment_is_freed_from_the_wrong_invoice(world, rhea, order):
    invoice = invoicing.issue(order, by=world.rhea)
    payment = make.payment(world.account, 100, allocate={invoice: 10_000})
    page = f"/staff/payments/{payment.number}"
    rhea.send(page, action=f"{page}/release")
    assert (Payment.get().open_minor, Invoice.get().open_minor) == (10_000, 60_000)


def test_money_is_paid_back_out_of_a_payment(world, mona):
    payment = make.payment(world.account, 900)
    page = f"/staff/payments/{payment.number}"
    mona.send(page, action=f"{page}/refund", amount="100.50", reference="BPI 1")
    assert Payment.get().open_minor == 79_950
    assert "BPI 1" in mona.get(page).text


def test_credit_is_used_and_paid_back_from_its_credit_note(world, mona):
    paid, other = make.invoice(world.account), make.invoice(world.account)
    make.payment(world.account, 100, allocate={paid: 10_000})
    note = credit_notes.credit(paid, by=world.mona, reason="Back")
    page = f"/staff/invoices/{note.number}"
    assert "Use this credit" in mona.get(page).text
    mona.send(f"{page}/use", action=f"{page}/use", use="chosen", **{f"for_{other.id}": "40"})
    mona.send(f"{page}/refund", action=f"{page}/refund", amount="60")
    assert (Invoice.get_by_id(other.id).open_minor, Invoice.get_by_id(note.id).open_minor) == (6_000, 0)
    assert "paid back" in mona.get(page).text


def test_lists_answer_by_state_account_and_day_and_as_files(world, rhea):
    old = make.invoice(world.account)
    make.invoice(world.account)
    foreign = make.invoice(world.other_account)
    make.payment(world.account, 100, allocate={old: 10_000}, reference="GC 9")
    page = rhea.get("/staff/invoices").text
    assert old.number in page and foreign.number not in page
    assert old.number not in rhea.get("/staff/invoices?state=unpaid").text
    assert old.number in rhea.get(f"/staff/invoices?state=paid&account={world.account.number}&issued_on=today").text
    assert rhea.get("/staff/invoices?state=rich").status_code == 422
    assert "Nothing fits" in rhea.get(f"/staff/invoices?q={foreign.number}").text
    rows = rhea.get("/staff/invoices.json?state=paid").json["rows"]
    assert [(row["number"], row["open"], row["lines"][0]["quantity"]) for row in rows] == [(old.number, "0.00", 1)]
    assert old.number in rhea.get("/staff/invoices.csv").text
    assert rhea.get("/staff/payments.json?reference=GC").json["rows"][0]["settles"] == [
        {"invoice": old.number, "amount": "100.00"}
    ]
    assert rhea.get("/staff/payments?state=used").status_code == 200


def test_pages_cost_few_statements(world, rhea, order, count_queries):
    invoice = invoicing.issue(order, by=world.rhea)
    payment = make.payment(world.account, 100, allocate={invoice: 10_000})
    for page in (
        "/staff/invoices", f"/staff/invoices/{invoice.number}",
        "/staff/payments", f"/staff/payments/{payment.number}",
        f"/staff/orders/{order.number}/invoice", f"/staff/accounts/{world.account.number}/payments/new",
    ):  # fmt: skip
        rhea.get(page)
        assert count_queries(lambda page=page: rhea.get(page)) <= 10, page


def test_the_search_finds_invoices_and_the_references_of_payments(world, rhea):
    invoice, payment = make.invoice(world.account), make.payment(world.account, 5, reference="BPI 887766")
    foreign = make.invoice(world.other_account)
    answer = rhea.get(f"/staff/search?q={invoice.number}")
    assert answer.status_code == 303 and answer.location == f"/staff/invoices/{invoice.id}"
    assert rhea.get(answer.location).status_code == 200
    assert rhea.get("/staff/search?q=887766").location == f"/staff/payments/{payment.number}"
    assert "Nothing found" in rhea.get(f"/staff/search?q={foreign.number}").text
