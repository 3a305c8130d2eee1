"""Crediting: which invoices billed pieces that came back, so that each is credited for its own."""

from portal.sales import credit_notes
from portal.sales.invoices import Invoice, InvoiceLine


def billed(account, wanted, refusal):
    """[(invoice, {invoice line id: pieces})] that billed `wanted` {order line id: pieces} to this account.

    What was credited already does not count; raises `refusal` when less was billed than is wanted. The invoices are
    held until the end of the caller's change.
    """
    rows = InvoiceLine.select(InvoiceLine, Invoice).join(Invoice).where(InvoiceLine.order_line.in_(list(wanted)))
    rows = rows.where((Invoice.kind == "invoice") & (InvoiceLine.credited < InvoiceLine.quantity))
    left, found = dict(wanted), {}
    for line in rows.where(Invoice.account == account).order_by(Invoice.id.desc(), InvoiceLine.position):
        pieces = min(left[line.order_line_id], line.quantity - line.credited)
        if pieces:
            left[line.order_line_id] -= pieces
            invoice, lines = found.setdefault(line.invoice_id, (line.invoice, {}))
            lines[line.id] = pieces
    if any(left.values()):
        raise refusal
    credit_notes.hold([invoice for invoice, _ in found.values()])
    for invoice, _ in found.values():
        invoice.account = account
    return [found[number] for number in sorted(found)]
