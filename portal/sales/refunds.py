"""Refunds: money paid back to an account, out of what was open of a payment or a credit note."""

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.people import policy
from portal.sales import payments
from portal.sales.invoices import Invoice
from portal.sales.payments import Payment

policy.allow("payments.refund", policy.MANAGERS)


class Refund(store.Model):
    """Money paid back to an account, out of what was open of a payment or a credit note."""

    NUMBER = "RF-{:06d}"

    account = peewee.ForeignKeyField(Account)
    payment = peewee.ForeignKeyField(Payment, null=True)
    credit_note = peewee.ForeignKeyField(Invoice, null=True)
    currency = peewee.CharField(max_length=3)
    amount_minor = peewee.BigIntegerField(
        constraints=[peewee.Check("amount_minor > 0", name="refund_amount_positive")]
    )
    method = peewee.CharField(max_length=12, default="bank")
    paid_on = peewee.DateField()
    reference = peewee.CharField(max_length=140, default="")
    by_name = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField(default=values.now)

    @property
    def amount(self):
        return values.Money(self.amount_minor, self.currency)


def pay(source, *, by, amount_minor, paid_on, method="bank", reference="", now=None):
    """Pay money back out of what is open of a payment or credit note. Raises Invalid as `payments.record` does."""
    fields = payments.FIELDS.clean({"paid_on": paid_on, "method": method, "reference": reference})
    kind = "payment" if isinstance(source, Payment) else "credit_note"
    with audit.change(by, "refund.paid", about=source.account, now=now) as change:
        first = source.paid_on if kind == "payment" else source.issued_on
        payments.check_day(fields["paid_on"], values.shop_day(change.now), first)
        payments.take_open(source, payments.positive(amount_minor), "amount_minor")
        if kind == "payment":
            more = Payment.refunded_minor + amount_minor
            Payment.update(refunded_minor=more).where(Payment.id == source.id).execute()
        about = {kind: source, "account": source.account, "currency": source.currency, "by_name": by.name}
        paid = Refund.create(amount_minor=amount_minor, created_at=change.now, **about | fields)
        change.subject, change.result = paid.ref, source.ref
        change.record("amount_minor", None, amount_minor)
        change.record("source", None, source.number)
        about = {"account": source.account.name, "account_number": source.account.number}
        change.tell(source.account.people_for("invoices", by), "refund_paid", source=source.number, **about,
                    amount={"minor": amount_minor, "currency": source.currency})  # fmt: skip
    return paid


def of(record):
    """What was paid back out of a payment or credit note."""
    column = Refund.payment if isinstance(record, Payment) else Refund.credit_note
    return list(Refund.select().where(column == record).order_by(Refund.id))
