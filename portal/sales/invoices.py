"""Invoices and credit notes: issued from shipments or orders, numbered without gaps, never changed once issued."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.sales.orders import Order, OrderLine
from portal.sales.shipments import Shipment

KINDS = ("invoice", "credit_note")


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
    open_minor = peewee.BigIntegerField(constraints=[peewee.Check("open_minor >= 0", name="invoice_open_whole")])
    terms_days = peewee.IntegerField(default=0)
    issued_on = peewee.DateField()
    due_on = peewee.DateField()
    paid_at = store.MomentField(null=True)
    issued_by = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "issued_on"), False), (("due_on",), False))

    @classmethod
    def by_number(cls, text):
        """Its number is its own, not that of its row: rows may leave gaps, numbers may not."""
        if len(text) > 30:
            raise NotFound()
        return cls.number == text

    @property
    def total(self):
        return values.Money(self.total_minor, self.currency)

    @property
    def open(self):
        return values.Money(self.open_minor, self.currency)


class InvoiceLine(store.Model):
    """One line: of an order line (in part or whole), of freight, or free words with an amount."""

    invoice = peewee.ForeignKeyField(Invoice, on_delete="CASCADE", index=False)
    position = peewee.IntegerField()
    order_line = peewee.ForeignKeyField(OrderLine, null=True)
    credits = peewee.ForeignKeyField("self", null=True)  # the line of the invoice that a credit note takes back
    kind = peewee.CharField(max_length=10, default="goods")  # goods, freight, words
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
    credited = peewee.IntegerField(default=0)  # pieces already taken back
    credited_minor = peewee.BigIntegerField(default=0)

    class Meta:
        indexes = ((("invoice", "position"), True),)
