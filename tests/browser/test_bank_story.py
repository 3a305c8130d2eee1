"""The bank: a statement becomes a paid invoice, on a desk with scripts and without."""

import pytest
from playwright.sync_api import expect

from portal.exchange.bank_lines import BankLine
from portal.sales.invoices import Invoice
from tests import bank
from tests.browsers import BOTH_MOODS
from tests.portal.test_payments import invoice_of


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_statement_is_looked_at_confirmed_accepted_and_the_invoice_is_paid(live, page, world):
    invoice = invoice_of(world, 500)
    odd = bank.csv_of((f"IPAY {invoice.number}", "500.00"), ("salamat po", "70.00")).replace("Amount", "Magkano")
    live.sign_in(page, world.mona)
    page.goto(f"{live.url}/staff/bank")
    page.get_by_role("link", name="Bring a statement").first.click()
    page.get_by_label("Statement of the bank").set_input_files(
        {"name": "bank.csv", "mimeType": "text/csv", "buffer": odd.encode()}
    )
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("Say which column holds the amounts")).to_be_visible()
    page.get_by_label("Column 3 holds").select_option(label="amount")
    page.get_by_label("Bank account", exact=True).fill("BPI current")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("₱570.00 came in")).to_be_visible()
    assert BankLine.select().count() == 0
    page.get_by_role("button", name="Take 2 lines in").click()
    page.goto(f"{live.url}/staff/bank")
    expect(page.get_by_text("and the amount fits")).to_be_visible()
    page.get_by_role("button", name="Accept all that is sure").click()
    page.get_by_text("1 line is booked.").wait_for()
    assert Invoice.get_by_id(invoice.id).open_minor == 0
    page.get_by_role("link", name="Say what it is").click()
    page.get_by_label("Invoice, order or account 1").fill(world.account.number)
    page.get_by_role("button", name="Book it this way").click()
    page.get_by_text("No line waits").wait_for()
    assert {line.state for line in BankLine.select()} == {"booked"}
