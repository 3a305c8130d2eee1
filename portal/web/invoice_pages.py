"""What the page of an invoice or credit note shows on either face."""

from portal import audit, values
from portal.sales import payments, refunds
from portal.sales.invoices import KIND_OF, Invoice
from portal.sales.orders import Order
from portal.values import Money, Ref
from portal.web import forms, order_sums, panels, places, speech


def about(invoice, actor, **shown):
    """Lines, sums, taxes, what settled it, its credit notes, panels and story; five queries besides the panels."""
    beside = panels.of(invoice, actor)
    today = values.shop_day()
    order = Ref("order", invoice.order_id) if invoice.order_id else None
    uses = payments.uses_of(invoice) if invoice.open_minor < invoice.total_minor else []
    notes = _notes(invoice) if invoice.credited_minor and not invoice.is_credit_note else []
    paid = [use.payment.ref for use in uses if use.payment_id]
    return {
        "invoice": invoice,
        "state": state_of(invoice),
        "taxes": _taxes(invoice),
        "late": invoice.days_late(today),
        "lines": invoice.lines,
        "sums": order_sums.of_document(invoice),
        "uses": uses,
        "one_click": forms.OneClick(formdata=None),
        "refunds": refunds.of(invoice) if invoice.is_credit_note else [],
        "notes": notes,
        "order_url": places.address_of(order),
        "order_number": invoice.order_number or (Order.NUMBER.format(order.id) if order else ""),
        "ship_to": order_sums.place(invoice.ship_to),
        "bill_to": order_sums.place(invoice.bill_to),
        "story": audit.story(invoice, [*panels.refs(beside), *paid, *(note.ref for note in notes)]),
        "panels": beside,
    } | shown


def _taxes(invoice):
    """[(rate, Money before tax, Money of tax)] of a document that holds any tax."""
    if not (invoice.tax_minor or invoice.tax_included_minor):
        return []
    money = [[Money(rate[f"{name}_minor"], invoice.currency) for name in ("net", "tax")] for rate in invoice.taxes]
    return [(rate, *both) for rate, both in zip(invoice.taxes, money, strict=True)]


def _notes(invoice):
    """The credit notes of an invoice."""
    return list(Invoice.select().where(Invoice.credits == invoice).order_by(Invoice.id))


def state_of(invoice):
    """(kind, word) for `ui.state`."""
    state = invoice.state()
    return KIND_OF[state], speech.term("invoice", "state", state)


def drawn(papers):
    """[(document, its address on this face, (kind, word) of its state)] for panels."""
    return [(paper, places.address_of(paper.ref), state_of(paper)) for paper in papers]
