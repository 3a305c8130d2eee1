"""Lists of invoices and of payments: filters by how they stand, and feeds that hold lines and what was settled."""

from functools import reduce
from operator import or_

from portal.sales.invoices import FIELDS, KIND_OF, Invoice, InvoiceLine
from portal.sales.payments import FIELDS as PAYMENT_FIELDS
from portal.sales.payments import KIND_OF as PAYMENT_KIND_OF
from portal.sales.payments import Allocation, Payment
from portal.web import finding, lists
from portal.web.terms.marks import N_

MONEY = ("subtotal", "discount", "tax", "tax_included", "freight", "rounding", "total", "credited", "open")


class Standing(lists.Choice):
    """One of the states that a document has by its sums and days: `state=overdue`, several by commas."""

    may_group = False

    def __init__(self, noun, field, model, groups):
        super().__init__(noun, field, None, groups)
        self.model = model

    def where(self, text, actor):
        wanted = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            wanted += self.groups[part][1] if part in self.groups else [self.value(part)]
        return reduce(or_, map(self.model.in_state, dict.fromkeys(wanted)))


def _amount(name):
    return lists.Column(f"{name}_minor", lambda row: row.money(name), name)


def invoice_list(filters=None, **options):
    """The list of invoices and credit notes of a face, with filters of its own besides the common ones."""
    return lists.List(
        "invoice",
        FIELDS,
        columns=[
            *map(lists.Column, ("number", "kind")),
            lists.Column("state", lambda invoice: invoice.state()),
            lists.Column("account", lambda invoice: invoice.account.number),
            *map(lists.Column, ("account_name", "tax_number", "order_number", "po_number", "reason", "currency")),
            *map(_amount, MONEY),
            *map(lists.Column, ("issued_on", "due_on", "paid_at", "issued_by")),
        ],
        sorts={
            "number": lists.Sort(Invoice.id),
            "issued": lists.Sort(Invoice.issued_on),
            "due": lists.Sort(Invoice.due_on),
            "total": lists.Sort(Invoice.total_minor),
        },
        default_sort="-number",
        filters={"state": Standing("invoice", FIELDS["state"], Invoice, UNPAID)} | (filters or {}),
        search=finding.found_in(Invoice),
        expand=_lines,
        drawn={"state": KIND_OF},
        shown=("number", "account_name", "state", "issued_on", "due_on", "total", "open"),
        said=("state",),
        **options,
    )


# `state=unpaid` is all of which something is owed.
UNPAID = {"unpaid": (N_("not paid"), ("open", "part", "overdue"))}


def payment_list(**options):
    """The list of payments."""
    return lists.List(
        "payment",
        PAYMENT_FIELDS,
        columns=[
            lists.Column("number"),
            lists.Column("account", lambda payment: payment.account.number),
            lists.Column("account_name"),
            *map(lists.Column, ("state", "paid_on", "currency")),
            *map(_amount, ("amount", "open")),
            *map(lists.Column, ("method", "reference", "note", "source", "by_name", "cancelled_at", "cancel_reason")),
            lists.Column("created_at"),
        ],
        sorts={
            "number": lists.Sort(Payment.id),
            "paid": lists.Sort(Payment.paid_on),
            "amount": lists.Sort(Payment.amount_minor),
        },
        default_sort="-number",
        filters={"state": Standing("payment", PAYMENT_FIELDS["state"], Payment, {})},
        search=finding.found_in(Payment),
        expand=_settled,
        drawn={"state": PAYMENT_KIND_OF},
        shown=("number", "account_name", "state", "paid_on", "method", "reference", "amount", "open"),
        said=("state", "method"),
        **options,
    )


def _lines(invoices):
    """{invoice id: {"lines": […], "taxes": […]}} for the .json of a batch, in one query."""
    by_id = {invoice.id: invoice for invoice in invoices}
    found = {id: {"lines": [], "taxes": invoice.taxes} for id, invoice in by_id.items()}
    rows = InvoiceLine.select().where(InvoiceLine.invoice.in_(list(by_id)))
    for line in rows.order_by(InvoiceLine.invoice, InvoiceLine.position):
        line.invoice = by_id[line.invoice_id]
        found[line.invoice_id]["lines"].append(_line(line))
    return found


def _line(line):
    names = ("position", "kind", "code", "name", "unit", "quantity", "credited")
    copied = {name: getattr(line, name) for name in names}
    money = {name: str(line.money(name).decimal) for name in ("price", "net", "tax", "rounding")}
    rates = {"discount_percent": f"{line.discount_bp / 100:g}", "tax_percent": f"{line.tax_bp / 100:g}"}
    return copied | money | rates | {"tax_name": line.tax_name, "tax_included": line.is_tax_included}


def _settled(payments):
    """{payment id: {"settles": […]}} for the .json of a batch, in one query."""
    found = {payment.id: {"settles": []} for payment in payments}
    rows = Allocation.select(Allocation, Invoice).join(Invoice, on=Allocation.invoice)
    for row in rows.where(Allocation.payment.in_(list(found))).order_by(Allocation.id):
        found[row.payment_id]["settles"].append({"invoice": row.invoice.number, "amount": str(row.amount.decimal)})
    return found
