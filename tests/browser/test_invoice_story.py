"""The third story: an invoice, a part of it paid, a part of it credited, and a statement that balances."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal import store, values
from portal.sales.invoices import Invoice
from portal.sales.orders import OrderLine
from portal.sales.statements import statement
from portal.whole import invariants
from tests import make
from tests.browsers import BOTH_MOODS


@pytest.fixture
def order(world):
    make.address(world.account, is_default_shipping=True, is_default_billing=True)
    rice = make.product(code="RICE-25", name="Dinorado rice, 25 kg", list_minor=158_000)
    order = make.order(world.account, (rice, 4), state="shipped", freight_minor=15_000, total_minor=647_000)
    assert OrderLine.get().shipped == 4
    return order


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_an_invoice_is_paid_in_part_credited_and_the_statement_balances(live, page, open_page, world, order):
    desk = live.sign_in(open_page(scripts=page.evaluate("!!window.htmx")), world.mona)
    desk.goto(f"{live.url}/staff/orders/{order.number}")
    desk.get_by_role("button", name="Invoice what was shipped").click()
    expect(desk.get_by_role("heading", name="Invoice INV-")).to_be_visible()
    invoice = Invoice.get()

    desk.get_by_role("link", name="Record a payment").click()
    desk.get_by_label("Amount", exact=True).fill("2000")
    desk.get_by_label(f"Amount for {invoice.number}").fill("2500")
    desk.get_by_label("Reference").fill("GC 7712")
    desk.get_by_role("button", name="Record the payment").click()
    expect(desk.get_by_text("Write that much or less").first).to_be_visible()
    desk.get_by_label(f"Amount for {invoice.number}").fill("2000")
    desk.get_by_role("button", name="Record the payment").click()
    expect(desk.get_by_role("heading", name="Payment PAY-")).to_be_visible()

    desk.goto(f"{live.url}/staff/invoices/{invoice.number}")
    desk.get_by_role("link", name="Credit it").click()
    desk.get_by_label("How many to credit, Dinorado rice, 25 kg").fill("1")
    desk.get_by_label("Why?").fill("One sack was torn")
    desk.get_by_role("button", name="Issue the credit note").click()
    expect(desk.get_by_role("heading", name="Credit note CN-")).to_be_visible()

    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/")
    expect(page.get_by_text("₱2,890.00 to pay")).to_be_visible()
    page.get_by_role("link", name="See what is open").click()
    page.get_by_role("link", name=invoice.number).first.click()
    expect(page.get_by_text("₱2,890.00 to pay")).to_be_visible()
    expect(page.get_by_text("GC 7712")).to_be_visible()
    page.goto(f"{live.url}/statement")
    expect(page.get_by_text("₱2,890.00 owed", exact=True)).to_be_visible()

    with store.connection():
        today = values.shop_day()
        (balance,) = statement(world.account, today - timedelta(days=1), today)
        assert balance.closing_minor == sum(balance.ages.values()) == 289_000
        assert Invoice.get_by_id(invoice.id).open_minor == 289_000
        assert list(invariants.broken(with_files=False)) == []
