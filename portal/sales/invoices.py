"""Invoices and credit notes as they stand: what is owed, what is owed back, and of which lines; never changed."""

import peewee

from portal import search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.fields import EVERYONE, Field, Table
from portal.people import policy
from portal.sales.orders import Order, OrderLine
from portal.sales.shipments import Shipment

KINDS = ("invoice", "credit_note")
STATES = ("open", "part", "overdue", "paid", "credited", "credit", "used")
# How each state is drawn.
KIND_OF = {
    "open": "wait",
    "part": "run",
    "overdue": "needs",
    "paid": "done",
    "credited": "closed",
    "credit": "wait",
    "used": "done",
}

policy.allow("invoices.see", policy.SIGNED_IN)
attachments.take("invoice", "/invoices/{}", customers_add=True)

FIELDS = Table(
    "invoice",
    Field("number", read=EVERYONE, sort=True),
    Field("kind", "choice", EVERYONE, filter=True, choices=KINDS),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=EVERYONE),
    Field("tax_number", read=EVERYONE),
    Field("order_number", read=EVERYONE, filter=True),
    Field("po_number", read=EVERYONE),
    Field("reason", read=EVERYONE),
    Field("currency", "currency", EVERYONE, filter=True),
    Field("subtotal_minor", "money", EVERYONE),
    Field("discount_minor", "money", EVERYONE),
    Field("tax_minor", "money", EVERYONE),
    Field("tax_included_minor", "money", EVERYONE),
    Field("freight_minor", "money", EVERYONE),
    Field("rounding_minor", "money", EVERYONE),
    Field("total_minor", "money", EVERYONE, sort=True, filter=True),
    Field("credited_minor", "money", EVERYONE),
    Field("open_minor", "money", EVERYONE, filter=True),
    Field("issued_on", "date", EVERYONE, sort=True, filter=True),
    Field("due_on", "date", EVERYONE, sort=True, filter=True),
    Field("paid_at", "moment", EVERYONE),
    Field("issued_by", read=EVERYONE),
)


class Invoice(store.Versioned):
    """A document that is owed (invoice) or owed back (credit note); names, addresses and amounts are copies.

    `open_minor` is what is not paid (invoice) or not used (credit note) yet; allocations bring it down to 0.
    """

    number = peewee.CharField(max_length=30, unique=True)  # INV-2026-000001, CN-2026-000001: drawn from the series
    kind = peewee.CharField(max_length=12, default="invoice")
    account = peewee.ForeignKeyField(Account)
    order = peewee.ForeignKeyField(Order, null=True)
    shipment = peewee.ForeignKeyField(Shipment, null=True)
    credits = peewee.ForeignKeyField("self", null=True)  # the invoice a credit note takes back
    reason = peewee.CharField(max_length=500, default="")  # of a credit note
    reopens = peewee.BooleanField(default=False)  # what this credit note takes back will be invoiced again
    cause = peewee.CharField(max_length=40, default="")  # Ref of what led to it: the return of a credit note
    account_name = peewee.CharField(max_length=200)
    tax_number = peewee.CharField(max_length=60, default="")
    order_number = peewee.CharField(max_length=60, default="")
    po_number = peewee.CharField(max_length=60, default="")
    bill_to = store.JSONText(default=dict)
    ship_to = store.JSONText(default=dict)
    currency = peewee.CharField(max_length=3)
    subtotal_minor = peewee.BigIntegerField(default=0)
    discount_minor = peewee.BigIntegerField(default=0)
    tax_minor = peewee.BigIntegerField(default=0)
    tax_included_minor = peewee.BigIntegerField(default=0)
    freight_minor = peewee.BigIntegerField(default=0)
    rounding_minor = peewee.BigIntegerField(default=0)
    total_minor = peewee.BigIntegerField()
    taxes = store.JSONText(default=list)  # [{name, basis_points, is_included, net_minor, tax_minor}]
    credited_minor = peewee.BigIntegerField(
        default=0, constraints=[peewee.Check("credited_minor <= total_minor", name="invoice_credited_at_most")]
    )
    open_minor = peewee.BigIntegerField(constraints=[peewee.Check("open_minor >= 0", name="invoice_open_whole")])
    terms_days = peewee.IntegerField(default=0)
    issued_on = peewee.DateField()
    due_on = peewee.DateField()
    paid_at = store.MomentField(null=True)
    issued_by = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = (
            (("account", "issued_on"), False),
            (("issued_on",), False),
            (("due_on",), False),
            (("total_minor",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of the documents a person may see: staff by their accounts, customers their own account's.

        Joins the account, so that it costs no query of its own.
        """
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def by_number(cls, text):
        """Its number is its own, not that of its row: rows leave gaps, numbers may not. A bare number is a row."""
        if len(text) > 30:
            raise NotFound()
        return cls.id == int(text) if text.isascii() and text.isdigit() and len(text) < 10 else cls.number == text

    @classmethod
    def in_state(cls, state, today=None):
        """Where-expression of the documents that stand like this; see `state`."""
        late, whole = cls.due_on < (today or values.shop_day()), cls.credited_minor == cls.total_minor
        settled = (cls.kind == "invoice") & (cls.open_minor == 0)
        taken_back = whole & (cls.total_minor > 0)
        return {
            "open": cls.unpaid() & ~late & (cls.open_minor == cls.total_minor),
            "part": cls.unpaid() & ~late & (cls.open_minor < cls.total_minor),
            "overdue": cls.unpaid() & late,
            "paid": settled & ~taken_back,
            "credited": settled & taken_back,
            "credit": cls.unused(),
            "used": (cls.kind == "credit_note") & (cls.open_minor == 0),
        }[state]

    @classmethod
    def unpaid(cls):
        """Where-expression of invoices of which something is still owed."""
        return (cls.kind == "invoice") & IS_OPEN

    @classmethod
    def overdue(cls, today=None):
        """Where-expression of invoices that should have been paid before today."""
        return cls.unpaid() & (cls.due_on < (today or values.shop_day()))

    @classmethod
    def unused(cls):
        """Where-expression of credit notes of which something has not been used yet."""
        return (cls.kind == "credit_note") & IS_OPEN

    @property
    def is_credit_note(self):
        return self.kind == "credit_note"

    def state(self, today=None):
        """How it stands: open, part (paid in part), overdue, paid, credited; of a credit note credit or used."""
        if self.is_credit_note:
            return "credit" if self.open_minor else "used"
        if not self.open_minor:
            return "credited" if self.credited_minor and self.credited_minor == self.total_minor else "paid"
        if self.due_on < (today or values.shop_day()):
            return "overdue"
        return "part" if self.open_minor < self.total_minor else "open"

    def days_late(self, today=None):
        """Days since it was due, 0 while it is not."""
        return max(0, ((today or values.shop_day()) - self.due_on).days) if self.state(today) == "overdue" else 0

    def money(self, name):
        """One of the amounts as Money: invoice.money("open")."""
        return values.Money(getattr(self, f"{name}_minor"), self.currency)

    @property
    def total(self):
        return self.money("total")

    @property
    def open(self):
        return self.money("open")

    @property
    def credits_number(self):
        """The number of the invoice that a credit note takes back."""
        return self.credits.number if self.credits_id else ""

    @property
    def lines(self):
        """Its lines in their order; one query."""
        rows = list(InvoiceLine.select().where(InvoiceLine.invoice == self).order_by(InvoiceLine.position))
        for line in rows:
            line.invoice = self
        return rows

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "account": self.account_name,
            "order": self.order_number,
            "total": {"minor": self.total_minor, "currency": self.currency},
            "open": {"minor": self.open_minor, "currency": self.currency},
            "due_on": self.due_on.isoformat(),
        }

    def index(self):
        """Put it into the search, inside the change that wrote it."""
        search.put(self.ref, self._texts(self.account.name), self.account_id, self.account.team_id)

    def _texts(self, customer):
        """Nobody looks for a person who was erased, though the paper stays as it was issued."""
        named = self.account_name if customer != values.ERASED else ""
        return [self.number, self.order_number, self.po_number, named]

    @classmethod
    def search_entries(cls, after, most):
        """The next documents as the search index holds them, for its rebuilding."""
        columns = (cls.id, cls.number, cls.order_number, cls.po_number, cls.account, cls.account_name, Account.team)
        rows = cls.select(*columns, Account.name.alias("customer")).join(Account).where(cls.id > after)
        rows = rows.order_by(cls.id).limit(most).objects()
        return [search.Entry(row.id, row._texts(row.customer), row.account_id, row.team) for row in rows]


# What is still open, for lists and sums; the number is written out, or SQLite does not see that the index fits.
IS_OPEN = Invoice.open_minor > peewee.SQL("0")
for name, column in (("invoice_open_due", Invoice.due_on), ("invoice_open_account", Invoice.account)):
    Invoice.add_index(peewee.ModelIndex(Invoice, (column,), where=IS_OPEN, name=name))


class InvoiceLine(store.Model):
    """One line: of an order line (in part or whole), of freight, or free words with an amount."""

    invoice = peewee.ForeignKeyField(Invoice, on_delete="CASCADE", index=False)
    position = peewee.IntegerField()
    order_line = peewee.ForeignKeyField(OrderLine, null=True)
    credits = peewee.ForeignKeyField("self", null=True)  # the line of the invoice that a credit note takes back
    kind = peewee.CharField(max_length=10, default="goods")  # goods, freight; in credit notes also words, earlier
    code = peewee.CharField(max_length=60, default="")
    name = peewee.CharField(max_length=200)
    unit = peewee.CharField(max_length=40, default="")
    quantity = peewee.IntegerField()
    price_minor = peewee.BigIntegerField()
    discount_bp = peewee.IntegerField(default=0)
    net_minor = peewee.BigIntegerField()
    tax_name = peewee.CharField(max_length=40, default="")
    tax_bp = peewee.IntegerField(default=0)
    tax_minor = peewee.BigIntegerField(default=0)
    is_tax_included = peewee.BooleanField(default=True)
    rounding_minor = peewee.BigIntegerField(default=0)  # its share of what an imported order was rounded by
    credited = peewee.IntegerField(  # pieces already taken back
        default=0, constraints=[peewee.Check("credited <= quantity", name="invoiceline_credited_at_most")]
    )

    class Meta:
        indexes = ((("invoice", "position"), True),)

    def money(self, name):
        """One of the amounts as Money, in the currency of its document: line.money("net")."""
        return values.Money(getattr(self, f"{name}_minor"), self.invoice.currency)

    @property
    def left(self):
        """Pieces that no credit note took back yet."""
        return self.quantity - self.credited

    @property
    def gross_minor(self):
        """What is to be paid for it, tax and rounding with it."""
        return self.net_minor + self.rounding_minor + (0 if self.is_tax_included else self.tax_minor)
