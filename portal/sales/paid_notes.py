"""Paid notes: a customer says that an invoice is paid; it books no money, and whoever looks after him hears of it."""

from portal import audit, values
from portal.errors import Invalid
from portal.fields import BUYERS, EVERYONE, Field, Table
from portal.people import policy
from portal.sales.invoices import Invoice
from portal.sales.payments import EARLIEST

policy.allow("invoices.say_paid", policy.BUYERS)

FIELDS = Table(
    "paid_note",
    Field("paid_on", "date", EVERYONE, BUYERS, is_required=True),
    Field("reference", "text", EVERYONE, BUYERS, longest=140, is_required=True),
    Field("note", "words", EVERYONE, BUYERS, longest=500),
)


def say_paid(invoice, *, by, paid_on, reference, note="", now=None):
    """The customer says when and under which reference the invoice was paid; it stands in its story.

    Raises Invalid: invoice-settled on "invoice", date-not-between on "paid_on", field-needed on both.
    """
    told = FIELDS.clean({"paid_on": paid_on, "reference": reference, "note": note})
    with audit.change(by, "invoice.said_paid", invoice, about=invoice.account, now=now) as change:
        today = values.shop_day(change.now)
        if not today - EARLIEST <= told["paid_on"] <= today:
            raise Invalid(paid_on=("date-not-between", {"first": today - EARLIEST, "last": today}))
        if not Invoice.select().where((Invoice.id == invoice.id) & Invoice.unpaid()).exists():
            raise Invalid(invoice=("invoice-settled", {"number": invoice.number}))
        for name, value in told.items():
            if value:
                change.record(name, None, value)
        said = {"paid_on": told["paid_on"].isoformat(), "reference": told["reference"], "note": told["note"]}
        change.tell(invoice.account.staff_for(by), "invoice_said_paid", by=by.name, **said, **invoice.told())
    return invoice
