"""What must hold for invoices and money: open amounts, pieces invoiced, sums of documents, numbers without gaps."""

import peewee
from peewee import Case, fn

from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.orders import OrderLine
from portal.sales.payments import Allocation, Payment
from portal.sales.refunds import Refund
from portal.sales.series import Series

PREFIXES = {"invoice": "INV", "credit_note": "CN"}


def open_invoices():
    """What is open of an invoice is its total less what settled it, and of a credit note less what it settled."""
    of_invoice = _sum(Allocation, Allocation.invoice == Invoice.id)
    # A query + a query is a UNION: they are taken off one after the other.
    of_note = Invoice.total_minor - _sum(Allocation, Allocation.credit_note == Invoice.id)
    of_note -= _sum(Refund, Refund.credit_note == Invoice.id)
    left = Case(None, [(Invoice.kind == "invoice", Invoice.total_minor - of_invoice)], of_note)
    rows = Invoice.select(Invoice.number, Invoice.open_minor, left.alias("left"))
    for row in rows.where(Invoice.open_minor != left).dicts().iterator():
        yield "{number}: {open_minor} open, its parts leave {left}".format(**row)


def open_payments():
    """What is open of a payment is its amount less what it settled and what was paid back; of a cancelled one 0."""
    used = Case(None, [(Payment.cancelled_at.is_null(), Payment.amount_minor)], 0)
    left = used - _sum(Allocation, Allocation.payment == Payment.id) - _sum(Refund, Refund.payment == Payment.id)
    rows = Payment.select(Payment.id, Payment.open_minor, Payment.amount_minor, left.alias("left"))
    for row in rows.where(Payment.open_minor != left).iterator():
        yield f"{row.number}: {row.open_minor} open, its parts leave {row.left}"


def credited():
    """What was credited of an invoice, and of each of its lines, is what its credit notes say."""
    note, back = Invoice.alias(), InvoiceLine.alias()
    sums = note.select(fn.COALESCE(fn.SUM(note.total_minor), 0)).where(note.credits == Invoice.id)
    for row in Invoice.select().where((Invoice.kind == "invoice") & (Invoice.credited_minor != sums)).iterator():
        yield f"{row.number}: {row.credited_minor} credited, its credit notes make another sum"
    pieces = back.select(fn.COALESCE(fn.SUM(back.quantity), 0)).where(back.credits == InvoiceLine.id)
    for line in InvoiceLine.select().where(InvoiceLine.credited != pieces).iterator():
        yield f"invoice line {line.id}: {line.credited} pieces credited, its credit notes make another sum"


def invoiced():
    """Pieces of an order line that were invoiced are those of its invoices less those taken back to be invoiced."""
    sign = Case(None, [(Invoice.kind == "invoice", 1)], -1)
    counted = (InvoiceLine.order_line == OrderLine.id) & ((Invoice.kind == "invoice") | Invoice.reopens)
    pieces = InvoiceLine.select(fn.COALESCE(fn.SUM(InvoiceLine.quantity * sign), 0)).join(Invoice).where(counted)
    wrong = (OrderLine.invoiced != pieces) | (OrderLine.invoiced > OrderLine.quantity)
    touched = (OrderLine.invoiced != 0) | OrderLine.id.in_(InvoiceLine.select(InvoiceLine.order_line))
    for line in OrderLine.select().where(touched & wrong).iterator():
        yield f"order line {line.id}: {line.invoiced} of {line.quantity} invoiced, its invoices say otherwise"


def sums():
    """The total of a document is the sum of its lines, tax and rounding with them."""
    on_top = Case(None, [(InvoiceLine.is_tax_included, 0)], InvoiceLine.tax_minor)
    parts = fn.COALESCE(fn.SUM(InvoiceLine.net_minor + InvoiceLine.rounding_minor + on_top), 0)
    rows = Invoice.select(Invoice.number, Invoice.total_minor, parts.alias("parts"))
    rows = rows.join(InvoiceLine, peewee.JOIN.LEFT_OUTER).group_by(Invoice.number, Invoice.total_minor)
    for row in rows.having(parts != Invoice.total_minor).dicts().iterator():
        yield "{number}: total {total_minor}, its lines make {parts}".format(**row)


def numbers():
    """A series has drawn as many numbers as there are documents, and its last one is the highest."""
    for series in Series.select():
        kind, _, year = series.name.partition(":")
        prefix = f"{PREFIXES.get(kind, kind)}-{year}-"
        found = Invoice.select(fn.COUNT(Invoice.id), fn.MAX(Invoice.number)).where(Invoice.number.startswith(prefix))
        count, last = found.tuples().get()
        if count != series.last or last != f"{prefix}{series.last:06d}":
            yield f"series {series.name}: {series.last} numbers drawn, {count} documents, the last is {last}"


def _sum(model, where):
    return model.select(fn.COALESCE(fn.SUM(model.amount_minor), 0)).where(where)


CHECKS = (open_invoices, open_payments, credited, invoiced, sums, numbers)
