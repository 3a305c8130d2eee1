"""Payments: money that came in, what it was for, and what is left of it."""

from datetime import timedelta

import peewee

from portal import audit, search, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.sales.invoices import Invoice
from portal.sales.orders import REASON

METHODS = ("bank", "promptpay", "qrph", "cash", "cheque", "card", "other")
SOURCES = ("staff", "bank", "import")
STATES = ("open", "used", "cancelled")
KIND_OF = {"open": "wait", "used": "done", "cancelled": "closed"}  # how each state is drawn
EARLIEST = timedelta(days=3 * 366)  # a payment of longer ago is a slip of the pen

policy.allow("payments.see", policy.STAFF)
policy.allow("payments.record", policy.STAFF)
policy.allow("payments.allocate", policy.STAFF)
policy.allow("payments.cancel", policy.MANAGERS)

FIELDS = Table(
    "payment",
    Field("number", read=EVERYONE, sort=True),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=EVERYONE),
    Field("state", "choice", STAFF, filter=True, choices=STATES),
    Field("paid_on", "date", EVERYONE, STAFF, sort=True, filter=True, is_required=True),
    Field("currency", "currency", EVERYONE, STAFF, filter=True, is_required=True),
    Field("amount_minor", "money", EVERYONE, STAFF, sort=True, filter=True, is_required=True),
    Field("open_minor", "money", EVERYONE, filter=True),
    Field("method", "choice", EVERYONE, STAFF, filter=True, choices=METHODS, is_required=True),
    Field("reference", "text", EVERYONE, STAFF, filter=True, longest=140),
    Field("note", "text", STAFF, STAFF, longest=500),
    Field("source", "choice", STAFF, filter=True, choices=SOURCES),
    Field("by_name", read=STAFF),
    Field("cancelled_at", "moment", EVERYONE),
    Field("cancel_reason", read=EVERYONE),
    Field("created_at", "moment", STAFF),
)


class Payment(store.Versioned):
    """Money received from an account; `open_minor` is not allocated to invoices yet (paid in excess or ahead)."""

    NUMBER = "PAY-{:06d}"

    account = peewee.ForeignKeyField(Account)
    currency = peewee.CharField(max_length=3)
    amount_minor = peewee.BigIntegerField(
        constraints=[peewee.Check("amount_minor > 0", name="payment_amount_positive")]
    )
    open_minor = peewee.BigIntegerField(constraints=[peewee.Check("open_minor >= 0", name="payment_open_whole")])
    refunded_minor = peewee.BigIntegerField(default=0)
    method = peewee.CharField(max_length=12, default="bank")
    paid_on = peewee.DateField()
    reference = peewee.CharField(max_length=140, default="")
    note = peewee.CharField(max_length=500, default="")
    source = peewee.CharField(max_length=10, default="staff")
    cause = peewee.CharField(max_length=40, default="")  # Ref of the bank line it was matched from
    by_name = peewee.CharField(max_length=200, default="")
    cancelled_at = store.MomentField(null=True)  # recorded by mistake, bounced
    cancelled_on = peewee.DateField(null=True)
    cancel_reason = peewee.CharField(max_length=500, default="")
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("account", "paid_on"), False), (("paid_on",), False), (("amount_minor",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the payments a person may see, each with its account."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def in_state(cls, state):
        """Where-expression of the payments that stand like this; see `state`."""
        valid = cls.cancelled_at.is_null()
        return {"open": IS_OPEN, "used": valid & (cls.open_minor == 0), "cancelled": ~valid}[state]

    @property
    def state(self):
        """open while something of it can still settle an invoice, then used; or cancelled."""
        return "cancelled" if self.cancelled_at else "open" if self.open_minor else "used"

    def money(self, name):
        """One of the amounts as Money: payment.money("open")."""
        return values.Money(getattr(self, f"{name}_minor"), self.currency)

    @property
    def account_name(self):
        return self.account.name

    @property
    def amount(self):
        return self.money("amount")

    @property
    def open(self):
        return self.money("open")

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "account": self.account.name,
            "amount": {"minor": self.amount_minor, "currency": self.currency},
            "open": {"minor": self.open_minor, "currency": self.currency},
            "paid_on": self.paid_on.isoformat(),
            "reference": self.reference,
        }

    def index(self):
        """Put it into the search, inside the change that wrote it."""
        search.put(self.ref, self._texts(self.account.name), self.account_id, self.account.team_id)

    def _texts(self, name):
        return [self.number, self.reference, name]

    @classmethod
    def search_entries(cls, after, most):
        """The next payments as the search index holds them, for its rebuilding."""
        columns = (cls.id, cls.reference, cls.account, Account.name.alias("named"), Account.team)
        rows = cls.select(*columns).join(Account).where(cls.id > after).order_by(cls.id).limit(most).objects()
        return [search.Entry(row.id, row._texts(row.named), row.account_id, row.team) for row in rows]


# The number is written out, or SQLite does not see that the index fits.
IS_OPEN = Payment.open_minor > peewee.SQL("0")
Payment.add_index(peewee.ModelIndex(Payment, (Payment.account,), where=IS_OPEN, name="payment_open_account"))


class Allocation(store.Model):
    """So much of a payment, or of a credit note, settles so much of an invoice."""

    invoice = peewee.ForeignKeyField(Invoice)
    payment = peewee.ForeignKeyField(Payment, null=True)
    credit_note = peewee.ForeignKeyField(Invoice, null=True, backref="uses")
    amount_minor = peewee.BigIntegerField(
        constraints=[peewee.Check("amount_minor > 0", name="allocation_amount_positive")]
    )
    at = store.MomentField(default=values.now)

    @property
    def amount(self):
        return values.Money(self.amount_minor, self.invoice.currency)


def record(account, *, by, amount_minor, currency, paid_on, method="bank", reference="", note="", allocate=None,
           is_another=False, source="staff", cause=None, now=None):  # fmt: skip
    """Money came in. `allocate`: {invoice or its id: minor units} it settles, "oldest" for what is due first, or None
    to keep all of it as credit; what no invoice takes stays open.

    The same account, amount, day and reference once more is asked about first. Raises Invalid: amount-too-small and
    amount-too-large on "amount_minor", date-not-between on "paid_on", payment-known on "is_another", by field as the
    field table says, and as `allocate`. Returns the Payment.
    """
    typed = {"currency": currency, "paid_on": paid_on, "method": method, "reference": reference, "note": note}
    fields = FIELDS.clean(typed) | {"amount_minor": positive(amount_minor)}
    with audit.change(by, "payment.recorded", about=account, now=now) as change:
        check_day(fields["paid_on"], values.shop_day(change.now))
        _hold(account)
        if not is_another:
            _refuse_known(account, fields)
        payment = Payment.create(
            account=account, open_minor=amount_minor, source=source, by_name=by.name,
            cause=str(getattr(cause, "ref", cause) or ""), created_at=change.now, **fields,
        )  # fmt: skip
        change.subject = change.result = payment.ref
        for name in ("amount_minor", "paid_on", "method", "reference", "note"):
            if getattr(payment, name):
                change.record(name, None, getattr(payment, name))
        if allocate == "oldest":
            allocate = oldest_first(account, payment.open_minor, payment.currency)
        _use(change, payment, allocate or {}, payment=payment)
        payment.index()
        change.tell(account.people_for("invoices", by), "payment_received", **payment.told())
    return payment


def allocate(source, *, by, invoices, now=None):
    """Settle invoices out of what is open of a payment or credit note: {invoice or its id: minor units}, or "oldest".

    Raises Invalid: nothing-to-allocate, invoice-foreign, other-currency, amount-too-small, more-than-owed and
    more-than-open on "invoices", payment-cancelled on "payment".
    """
    kind = "payment" if isinstance(source, Payment) else "credit_note"
    with audit.change(by, f"{kind}.allocated", source, about=source.account, now=now) as change:
        if invoices == "oldest":
            invoices = oldest_first(source.account, source.open_minor, source.currency)
        if not invoices:
            raise Invalid(invoices="nothing-to-allocate")
        _use(change, source, invoices, **{kind: source})
    return source


def cancel(payment, *, by, reason, now=None):
    """It bounced, or was recorded by mistake: what it settled is owed again.

    Raises Invalid: reason-needed on "reason", payment-cancelled or payment-refunded on "payment".
    """
    reason = REASON.clean(reason)
    with audit.change(by, "payment.cancelled", payment, about=payment.account, now=now) as change:
        day = values.shop_day(change.now)
        fields = {"cancelled_at": change.now, "cancelled_on": day, "cancel_reason": reason, "open_minor": 0}
        still = Payment.cancelled_at.is_null() & (Payment.refunded_minor == 0)
        gone = Payment.update(version=Payment.version + 1, **fields).where((Payment.id == payment.id) & still)
        if not gone.execute():
            why = "payment-refunded" if Payment.get_by_id(payment.id).refunded_minor else "payment-cancelled"
            raise Invalid(payment=(why, {"number": payment.number}))
        for freed in Allocation.select(Allocation, Invoice).join(Invoice).where(Allocation.payment == payment):
            change.record("allocated", f"{freed.invoice.number}: {freed.amount.decimal}", None)
        _free(payment)
        change.record("cancel_reason", None, reason)
        for name, value in fields.items():
            setattr(payment, name, value)
        change.tell(payment.account.people_for("invoices", by), "payment_cancelled", reason=reason, **payment.told())
    return payment


def release(source, *, by, invoice, now=None):
    """What a payment or credit note settled of one invoice is open again on both sides, to be used elsewhere.

    Raises Invalid: nothing-to-release on "invoices".
    """
    kind = "payment" if isinstance(source, Payment) else "credit_note"
    with audit.change(by, f"{kind}.released", source, about=source.account, now=now) as change:
        model = type(source)
        model.update(version=model.version + 1).where(model.id == source.id).execute()  # hold it, as take_open does
        ours = (getattr(Allocation, kind) == source) & (Allocation.invoice == invoice)
        freed = sum(row.amount_minor for row in Allocation.delete().where(ours).returning(Allocation.amount_minor))
        if not freed:
            raise Invalid(invoices=("nothing-to-release", {"number": source.number, "invoice": invoice.number}))
        model.update(open_minor=model.open_minor + freed).where(model.id == source.id).execute()
        more = {"open_minor": Invoice.open_minor + freed, "paid_at": None, "version": Invoice.version + 1}
        Invoice.update(more).where(Invoice.id == invoice.id).execute()
        source.open_minor, source.version = source.open_minor + freed, source.version + 1
        change.record("allocated", f"{invoice.number}: {values.Money(freed, invoice.currency).decimal}", None)
    return source


def uses_of(record):
    """What a payment or credit note settled, or what settled an invoice: Allocations with all sides; one query."""
    note = Invoice.alias()
    column = Allocation.payment if isinstance(record, Payment) else Allocation.invoice
    column = Allocation.credit_note if getattr(record, "kind", "") == "credit_note" else column
    rows = Allocation.select(Allocation, Payment, note, Invoice).join(Payment, peewee.JOIN.LEFT_OUTER)
    rows = rows.switch(Allocation).join(
        note, peewee.JOIN.LEFT_OUTER, on=(Allocation.credit_note == note.id), attr="credit_note"
    )
    rows = rows.switch(Allocation).join(Invoice, on=(Allocation.invoice == Invoice.id), attr="invoice")
    return list(rows.where(column == record).order_by(Allocation.id))


def oldest_first(account, minor, currency):
    """{invoice id: minor units}: how far an amount goes over the open invoices of an account, by the day due."""
    found = {}
    rows = Invoice.select(Invoice.id, Invoice.open_minor).where(
        (Invoice.account == account) & (Invoice.currency == currency) & Invoice.unpaid()
    )
    for invoice, owed in rows.order_by(Invoice.due_on, Invoice.id).tuples():
        if minor <= 0:
            break
        found[invoice] = min(minor, owed)
        minor -= found[invoice]
    return found


def settle(invoice, minor, *, now, **source):
    """So much of an invoice is settled by payment=… or credit_note=…, inside the caller's change; guarded.

    `minor` is in minor units; `invoice.open_minor` is what the caller read under its lock, or not used. Raises
    Invalid(invoices=("more-than-owed", {"number", "left", "id"})).
    """
    if not minor:
        return
    less = less_open(minor, now) | {"version": Invoice.version + 1}
    fits = (Invoice.id == invoice.id) & (Invoice.kind == "invoice") & (Invoice.open_minor >= minor)
    if not Invoice.update(less).where(fits).execute():
        owed = Invoice.select(Invoice.open_minor).where(Invoice.id == invoice.id).scalar()
        params = {"number": invoice.number, "left": values.Money(owed, invoice.currency), "id": invoice.id}
        raise Invalid(invoices=("more-than-owed", params))
    Allocation.create(invoice=invoice, amount_minor=minor, at=now, **source)
    invoice.open_minor -= minor
    invoice.version += 1


def less_open(minor, now):
    """The columns of an UPDATE of an invoice that takes off what is settled; with the last of it, it is paid."""
    paid_at = peewee.Case(None, [(Invoice.open_minor == minor, peewee.Value(now, converter=False))], None)
    return {"open_minor": Invoice.open_minor - minor, "paid_at": paid_at}


def _use(change, source, wanted, **kind):
    """Allocate {invoice or id: minor} out of `source`, guarded on both sides, invoices in the order of their ids."""
    wanted = {getattr(invoice, "id", invoice): minor for invoice, minor in wanted.items()}
    if not wanted:
        return
    if any(minor <= 0 for minor in wanted.values()):
        raise Invalid(invoices="amount-too-small")
    rows = list(Invoice.select().where(Invoice.id.in_(list(wanted))).order_by(Invoice.id))
    if len(rows) != len(wanted) or any(row.account_id != source.account_id or row.is_credit_note for row in rows):
        raise Invalid(invoices="invoice-foreign")
    for row in rows:
        if row.currency != source.currency:
            raise Invalid(invoices=("other-currency", {"number": row.number, "currency": row.currency, "id": row.id}))
    take_open(source, sum(wanted.values()), "invoices")
    for row in rows:
        settle(row, wanted[row.id], now=change.now, **kind)
        change.record("allocated", None, f"{row.number}: {values.Money(wanted[row.id], row.currency).decimal}")


def take_open(source, minor, field):
    """Take an amount in minor units out of what is open of a payment or credit note, guarded.

    Raises Invalid: more-than-open on `field`, payment-cancelled on "payment".
    """
    model = type(source)
    less = {"open_minor": model.open_minor - minor, "version": model.version + 1}
    fits = (model.id == source.id) & (model.open_minor >= minor)
    if model is Invoice:
        fits &= Invoice.kind == "credit_note"
    if not model.update(less).where(fits).execute():
        now = model.get_by_id(source.id)
        if getattr(now, "cancelled_at", None):
            raise Invalid(payment=("payment-cancelled", {"number": now.number}))
        params = {"number": now.number, "left": now.open}
        raise Invalid(**{field: ("more-than-open", params)})
    source.open_minor -= minor
    source.version += 1


def _free(payment):
    """Give back what a payment settled: the invoices are open by that much again."""
    sums = Allocation.select(Allocation.invoice, peewee.fn.SUM(Allocation.amount_minor))
    sums = sums.where(Allocation.payment == payment).group_by(Allocation.invoice).tuples()
    for invoice, minor in sorted((invoice, int(minor)) for invoice, minor in sums):
        more = {"open_minor": Invoice.open_minor + minor, "paid_at": None, "version": Invoice.version + 1}
        Invoice.update(more).where(Invoice.id == invoice).execute()
    Allocation.delete().where(Allocation.payment == payment).execute()


def positive(minor):
    """An amount above zero in minor units, or Invalid on "amount_minor"."""
    if not isinstance(minor, int) or isinstance(minor, bool):
        raise Invalid(amount_minor="amount-not-a-number")
    if minor <= 0:
        raise Invalid(amount_minor="amount-too-small")
    if minor > values.BIGGEST_MINOR:
        raise Invalid(amount_minor="amount-too-large")
    return minor


def check_day(day, today, first=None):
    """Refuse a day of money that is still to come or absurdly long ago: date-not-between on "paid_on"."""
    first = first or today - EARLIEST
    if not first <= day <= today:
        raise Invalid(paid_on=("date-not-between", {"first": first, "last": today}))


def _hold(account):
    """Of two people who record the same payment at once the second must see the first's."""
    Account.update(version=Account.version).where(Account.id == account.id).execute()


def _refuse_known(account, fields):
    same = {name: fields[name] for name in ("amount_minor", "currency", "paid_on", "reference")}
    rows = Payment.select().where((Payment.account == account) & Payment.cancelled_at.is_null())
    for name, value in same.items():
        rows = rows.where(getattr(Payment, name) == value)
    known = rows.first()
    if known:
        raise Invalid(is_another=("payment-known", {"number": known.number, "by": known.by_name}))
