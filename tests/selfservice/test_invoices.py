"""Invoices on the customer's side: what is open and when, what was paid, the statement, and nobody else's."""

from datetime import timedelta

import pytest

from portal import values
from portal.outbox import Outbox
from portal.sales import credit_notes, invoicing
from tests import make
from tests.letters import letters

TODAY = values.shop_day()


@pytest.fixture
def carol(world, client):
    client.sign_in(world.carol)
    return client


def issued(world, days_ago=0, **fields):
    order = make.order(world.account, state="delivered", **fields)
    return invoicing.issue(order, by=world.rhea, issued_on=TODAY - timedelta(days=days_ago))


def test_what_is_open_comes_first_and_then_all(world, carol):
    late, paid, new = issued(world, 40), issued(world, 20), issued(world)
    make.payment(world.account, 100, allocate={paid: 10_000})
    page = carol.get("/invoices").text
    assert page.index("To pay") < page.index(late.number) < page.index(new.number) < page.index(paid.number)
    page = carol.get("/invoices?state=overdue").text
    assert late.number in page and new.number not in page
    assert paid.number in carol.get("/invoices.csv?state=paid").text
    page = carol.get(f"/invoices?q={late.number}").text
    assert late.number in page and new.number not in page
    assert "No invoice fits" in carol.get("/invoices?q=INV-1999-999999").text


def test_an_invoice_says_what_is_open_and_what_was_paid(world, carol):
    invoice = issued(world)
    make.payment(world.account, 40, allocate={invoice: 4_000}, reference="GC 7")
    note = credit_notes.credit(invoice, by=world.mona, amount_minor=1_000, reason="Dented")
    page = carol.get(f"/invoices/{invoice.number}").text
    assert "₱50" in page and "GC 7" in page and note.number in page and "To be paid by" in page
    page = carol.get(f"/invoices/{note.number}").text
    assert "Dented" in page and invoice.number in page


def test_the_order_shows_its_invoices(world, carol):
    invoice = issued(world)
    page = carol.get(f"/orders/{invoice.order.number}").text
    assert invoice.number in page and "Invoice issued" in page


def test_home_says_what_is_owed_and_when(world, carol):
    assert "to pay" not in carol.get("/").text
    issued(world, 5)
    page = carol.get("/").text
    assert "₱100" in page and "1 invoice, due" in page
    issued(world, 40)
    assert "should have been paid already" in carol.get("/").text


def test_the_statement_ends_where_the_balance_stands(world, carol):
    invoice = issued(world, 40)
    make.payment(world.account, 30, allocate={invoice: 3_000})
    page = carol.get("/statement").text
    assert "₱70" in page and "1–30 days late" in page and invoice.number in page
    rows = carol.get(f"/statement.json?from={TODAY - timedelta(days=10)}").json["rows"]
    assert [(row["kind"], row["amount"], row["balance"]) for row in rows] == [
        ("opening", None, "100.00"),
        ("payment", "-30.00", "70.00"),
        ("closing", None, "70.00"),
    ]
    assert carol.get("/statement.csv").status_code == 200


@pytest.mark.parametrize("days", ["from=soon", "to=2199-01-01", "from=2026-05-05&to=2026-05-01", "from=1066-01-01"])
def test_days_that_cannot_be_are_said(carol, days):
    answer = carol.get(f"/statement?{days}")
    assert answer.status_code == 422 and "These days cannot be read" in answer.text
    assert carol.get(f"/statement.csv?{days}").status_code == 422


def test_nobody_sees_the_invoices_of_others(world, client):
    invoice = issued(world)
    client.sign_in(world.dave)
    assert client.get(f"/invoices/{invoice.number}").status_code == 404
    assert client.get(f"/invoices/{invoice.id}").status_code == 404
    assert client.get("/invoices/INV-1-" + "0" * 300).status_code == 404
    assert invoice.number not in client.get("/invoices").text
    assert invoice.number not in client.get("/statement").text


def test_pages_cost_few_statements(world, carol, count_queries):
    invoice = issued(world)
    make.payment(world.account, 40, allocate={invoice: 4_000})
    for page in ("/", "/invoices", f"/invoices/{invoice.number}", "/statement", f"/orders/{invoice.order.number}"):
        carol.get(page)
        assert count_queries(lambda page=page: carol.get(page)) <= 10, page


def test_a_customer_says_that_it_is_paid_and_the_rep_hears_of_it(world, carol):
    invoice = issued(world, 40)
    page = f"/invoices/{invoice.number}"
    answer = carol.send(page, action=f"{page}/paid#paid", reference="GC 7712", note="By my son")
    assert answer.status_code == 303 and "We look for the payment" in carol.get(answer.location).text
    assert invoicing.Invoice.get_by_id(invoice.id).open_minor == 10_000
    row = Outbox.get(Outbox.template == "invoice_said_paid", Outbox.channel == "mail")
    assert row.recipient == str(world.rhea.ref)
    assert "GC 7712" in letters("invoice_said_paid")["Rhea Cruz"].text
    carol.sign_in(world.rhea)
    assert "says that it is paid" in carol.get(f"/staff{page}").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"reference": " "}, "reference"), ({"paid_on": "2199-01-01"}, "paid_on"), ({"paid_on": "soon"}, "paid_on")],
)
def test_what_cannot_have_been_paid_like_this_is_said_at_its_field(world, carol, typed, field):
    page = f"/invoices/{issued(world).number}"
    answer = carol.send(page, action=f"{page}/paid#paid", **{"reference": "GC 1"} | typed)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text


def test_who_only_looks_is_not_asked_and_a_settled_invoice_takes_no_note(world, client):
    invoice = issued(world)
    page = f"/invoices/{invoice.number}"
    client.sign_in(world.cora)
    assert "I have paid" not in client.get(page).text
    client.sign_in(world.carol)
    form = client.form(page, f"{page}/paid#paid")
    make.payment(world.account, 100, allocate={invoice: 10_000})
    answer = client.post(f"{page}/paid", data=form.fields | {"reference": "GC 1"})
    assert answer.status_code == 422 and "Nothing is open of" in answer.text
