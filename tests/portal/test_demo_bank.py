"""The demo's bank shows each kind of line and a history of reminders."""

from datetime import timedelta

import pytest

from portal import demo_bank, store, values
from portal.exchange.bank_lines import BankLine
from portal.sales.invoices import Invoice
from portal.sales.reminders import ReminderLetter
from portal.whole import invariants
from tests.portal.test_payments import invoice_of

pytestmark = pytest.mark.usefixtures("folder")


def test_each_kind_of_line_and_some_reminders_are_there(world):
    today = values.shop_day()
    for n in range(10):
        invoice = invoice_of(world, 500 + n, days_ago=9 + 4 * n)
        with store.writing():
            Invoice.update(due_on=today - timedelta(days=4 * n)).where(Invoice.id == invoice.id).execute()
    demo_bank.fill(values.system("demo"), values.now())
    states = {line.state for line in BankLine.select()}
    assert states == {"booked", "matched", "suggested", "unknown", "outgoing"}
    assert ReminderLetter.select().count() >= 2
    assert list(invariants.broken(with_files=False)) == []


def test_a_shop_without_invoices_has_a_statement_all_the_same(world):
    demo_bank.fill(values.system("demo"), values.now())
    assert {line.state for line in BankLine.select()} == {"unknown", "outgoing"}
