"""Reminders for customers: on the page of the invoice that they were about."""

from portal.sales import reminders
from portal.web import panels, speech


def _of_invoice(invoice, actor):
    """When we reminded of it, while something of it is open."""
    letters = reminders.of_invoice(invoice) if invoice.open_minor and not invoice.is_credit_note else []
    return {"days": [speech.wording().day(letter.sent_on) for letter in letters]} if letters else None


PIECE = "selfservice/reminders/_of_invoice.html"
panels.show_on("portal", "invoice", "reminders", PIECE, _of_invoice, may="reminders.see", rank=60)
