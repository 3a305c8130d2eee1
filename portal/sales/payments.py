"""Payments: money that came in, what it was for, and what is left of it."""

import peewee

from portal import store, values
from portal.customers.accounts import Account
from portal.sales.invoices import Invoice

METHODS = ("bank", "promptpay", "qrph", "cash", "cheque", "card", "other")


class Payment(store.Versioned):
    """Money received from an account; `open_minor` is not allocated to invoices yet (paid in excess or ahead)."""

    NUMBER = "PAY-{:06d}"

    account = peewee.ForeignKeyField(Account)
    currency = peewee.CharField(max_length=3)
    amount_minor = peewee.BigIntegerField(
        constraints=[peewee.Check("amount_minor > 0", name="payment_amount_positive")]
    )
    open_minor = peewee.BigIntegerField(constraints=[peewee.Check("open_minor >= 0", name="payment_open_whole")])
    method = peewee.CharField(max_length=12, default="bank")
    paid_on = peewee.DateField()
    reference = peewee.CharField(max_length=140, default="")
    note = peewee.CharField(max_length=500, default="")
    source = peewee.CharField(max_length=10, default="staff")  # staff, bank, import
    cause = peewee.CharField(max_length=40, default="")  # Ref of the bank line it was matched from
    by_name = peewee.CharField(max_length=200, default="")
    cancelled_at = store.MomentField(null=True)  # recorded by mistake, bounced
    cancel_reason = peewee.CharField(max_length=500, default="")
    created_at = store.MomentField(default=values.now)


class Allocation(store.Model):
    """So much of a payment, or of a credit note, settles so much of an invoice."""

    invoice = peewee.ForeignKeyField(Invoice)
    payment = peewee.ForeignKeyField(Payment, null=True)
    credit_note = peewee.ForeignKeyField(Invoice, null=True)
    amount_minor = peewee.BigIntegerField(
        constraints=[peewee.Check("amount_minor > 0", name="allocation_amount_positive")]
    )
    at = store.MomentField(default=values.now)
