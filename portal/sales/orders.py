"""Orders: one purchase by one account, from draft to delivered or cancelled, with snapshots of what was agreed."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.people.employees import Employee
from portal.sales.branches import Branch
from portal.sales.catalogue import Product

STATES = ("draft", "placed", "confirmed", "shipped", "delivered", "cancelled")


class Order(store.Versioned):
    """One purchase. Names, addresses and prices are copies: later edits elsewhere never change it."""

    NUMBER = "SO-{:06d}"

    account = peewee.ForeignKeyField(Account)
    state = peewee.CharField(max_length=12, default="draft")
    account_name = peewee.CharField(max_length=200)
    contact = peewee.ForeignKeyField(Contact, null=True)
    rep = peewee.ForeignKeyField(Employee, null=True)  # who gets the credit
    placed_by = peewee.CharField(max_length=200, default="")
    source = peewee.CharField(max_length=10, default="portal")  # portal, staff, import
    external_number = peewee.CharField(max_length=60, default="", index=True)
    currency = peewee.CharField(max_length=3)
    po_number = peewee.CharField(max_length=60, default="")
    note = peewee.TextField(default="")  # the customer's words to us
    delivery = peewee.CharField(max_length=10, default="ship")  # ship, pickup
    branch = peewee.ForeignKeyField(Branch, null=True)
    ship_to = store.JSONText(default=dict)
    bill_to = store.JSONText(default=dict)
    subtotal_minor = peewee.BigIntegerField(default=0)  # sum of the lines after discounts
    discount_minor = peewee.BigIntegerField(default=0)  # what the discounts took off, for show
    tax_minor = peewee.BigIntegerField(default=0)  # tax added on top
    tax_included_minor = peewee.BigIntegerField(default=0)  # tax already inside the lines
    freight_minor = peewee.BigIntegerField(default=0)
    rounding_minor = peewee.BigIntegerField(default=0)  # imported documents: printed total less the sum of its parts
    total_minor = peewee.BigIntegerField(default=0)
    requested_on = peewee.DateField(null=True)
    placed_at = store.MomentField(null=True)
    confirmed_at = store.MomentField(null=True)
    shipped_at = store.MomentField(null=True)
    delivered_at = store.MomentField(null=True)
    cancelled_at = store.MomentField(null=True)
    cancel_reason = peewee.CharField(max_length=500, default="")
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "placed_at"), False), (("state", "id"), False), (("placed_at",), False))


class OrderLine(store.Model):
    """One product of an order at the price that was shown; `net_minor` = quantity × price less discount."""

    order = peewee.ForeignKeyField(Order, on_delete="CASCADE")
    position = peewee.IntegerField()
    product = peewee.ForeignKeyField(Product)
    code = peewee.CharField(max_length=60)
    name = peewee.CharField(max_length=200)
    unit = peewee.CharField(max_length=40, default="piece")
    quantity = peewee.IntegerField(constraints=[peewee.Check("quantity > 0", name="orderline_quantity_positive")])
    price_minor = peewee.BigIntegerField()
    discount_bp = peewee.IntegerField(default=0)
    net_minor = peewee.BigIntegerField()
    tax_bp = peewee.IntegerField(default=0)
    tax_minor = peewee.BigIntegerField(default=0)
    is_tax_included = peewee.BooleanField(default=True)
    cost_minor = peewee.BigIntegerField(default=0)  # cost of one unit on that day

    class Meta:
        indexes = ((("order", "position"), True), (("product",), False))
