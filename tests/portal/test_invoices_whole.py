"""The invariants of invoices and money see each fault they are there for, and nothing in a sound shop."""

import pytest

from portal import store, values
from portal.sales import credit_notes, invoicing, refunds
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.orders import OrderLine
from portal.sales.payments import Allocation, Payment
from portal.sales.series import Series
from portal.whole import invariants
from tests import make


@pytest.fixture
def shop(world):
    """An invoice paid in part and credited in part, and a payment of which something is open."""
    order = make.order(world.account, (make.product(), 3), state="delivered")
    invoice = invoicing.issue(order, by=world.rhea)
    payment = make.payment(world.account, 150, allocate={invoice: 10_000})
    credit_notes.credit(invoice, by=world.mona, lines={invoice.lines[0]: 1}, reason="Torn")
    refunds.pay(payment, by=world.mona, amount_minor=1_000, paid_on=values.shop_day())
    return world


def test_a_sound_shop_breaks_nothing(shop):
    assert list(invariants.broken(with_files=False)) == []


NOTE = Invoice.kind == "credit_note"


@pytest.mark.parametrize(
    ("fault", "sign"),
    [
        (lambda: Invoice.update(open_minor=9_999).where(~NOTE).execute(), "9999 open, its parts leave 10000"),
        (lambda: Invoice.update(open_minor=1).where(NOTE).execute(), "1 open, its parts leave 0"),
        (lambda: Allocation.delete().where(Allocation.payment.is_null(False)).execute(), "open, its parts leave"),
        (lambda: Payment.update(open_minor=5_000).execute(), "5000 open, its parts leave 4000"),
        (lambda: Payment.update(cancelled_at=values.now()).execute(), "4000 open, its parts leave -11000"),
        (lambda: Invoice.update(credited_minor=9_999).where(~NOTE).execute(), "9999 credited"),
        (lambda: InvoiceLine.update(credited=2).where(InvoiceLine.credited == 1).execute(), "2 pieces credited"),
        (lambda: OrderLine.update(invoiced=2).execute(), "2 of 3 invoiced"),
        (lambda: InvoiceLine.update(net_minor=29_999).where(InvoiceLine.quantity == 3).execute(), "its lines make"),
        (lambda: Series.update(last=2).where(Series.name.startswith("invoice")).execute(), "2 numbers drawn"),
        (lambda: Invoice.update(number="INV-1999-000007").where(~NOTE).execute(), "0 documents"),
        (lambda: Payment.update(cause="bank_line:77").execute(), "names bank_line:77"),
    ],
)
def test_each_fault_is_seen(shop, fault, sign):
    with store.writing():
        fault()
    found = list(invariants.broken(with_files=False))
    assert any(sign in sentence for sentence in found), found
