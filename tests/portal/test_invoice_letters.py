"""Letters about invoices and money, for the customer and for whoever looks after him."""

from datetime import timedelta

from portal import values
from portal.sales import credit_notes, invoicing, payments, refunds
from tests import make
from tests.letters import letters

TODAY = values.shop_day()


def test_each_step_from_invoice_to_refund_is_told(world):
    order = make.order(world.account, (make.product(), 2), state="delivered")
    invoice = invoicing.issue(order, by=world.mona, due_on=TODAY + timedelta(days=3))
    issued = letters("invoice_issued")
    assert set(issued) == {"Carol Dizon", "Rhea Cruz"}
    assert issued["Carol Dizon"].subject == f"Invoice {invoice.number} over ₱200.00"
    assert f"https://shop.example/invoices/{invoice.number}" in issued["Carol Dizon"].html
    assert f"https://shop.example/staff/invoices/{invoice.number}" in issued["Rhea Cruz"].html

    payment = payments.record(
        world.account, by=world.mona, amount_minor=25_000, currency="PHP", paid_on=TODAY, reference="GC <7>",
        allocate="oldest",
    )  # fmt: skip
    received = letters("payment_received")["Carol Dizon"]
    assert "₱250.00" in received.subject and "GC <7>" in received.text and "GC <7>" not in received.html
    assert "₱50.00 of it is not used" in received.text.replace("\xa0", " ")

    refunds.pay(payment, by=world.mona, amount_minor=5_000, paid_on=TODAY)
    assert letters("refund_paid")["Rhea Cruz"].subject == "₱50.00 paid back to Carol’s Kitchen"

    credit_notes.credit(invoice, by=world.mona, lines={invoice.lines[0]: 1}, reason="Torn")
    credited = letters("credit_note_issued")["Carol Dizon"]
    assert "Torn" in credited.text and "₱100.00 of it can be used" in credited.text.replace("\xa0", " ")


def test_a_payment_that_bounced_is_told_with_its_reason(world):
    payment = payments.record(world.account, by=world.rhea, amount_minor=100, currency="PHP", paid_on=TODAY)
    payments.cancel(payment, by=world.mona, reason="The cheque bounced")
    letter = letters("payment_cancelled")["Carol Dizon"]
    assert letter.subject == "The payment of ₱1.00 came to nothing"
    assert "The cheque bounced" in letter.text
