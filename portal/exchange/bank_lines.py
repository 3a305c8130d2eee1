"""Lines of bank statements: what came in, what it would settle and why, and what was done with it."""

import peewee

from portal import search, store, values
from portal.customers.accounts import Account
from portal.exchange.bank_statements import BankAccount, BankStatement
from portal.fields import MANAGERS, Field, Table
from portal.people import policy
from portal.sales.payments import Payment
from portal.values import Money

STATES = ("matched", "suggested", "unknown", "outgoing", "ignored", "booked")
WAITING = ("matched", "suggested", "unknown")
# How each state is drawn: waits for somebody, under way, done, closed.
KIND_OF = {
    "matched": "run",
    "suggested": "wait",
    "unknown": "needs",
    "outgoing": "closed",
    "ignored": "closed",
    "booked": "done",
}

FIELDS = Table(
    "bank_line",
    Field("number", read=MANAGERS, sort=True),
    Field("statement", "link", MANAGERS, filter=True),
    Field("bank_account", "link", MANAGERS, filter=True),
    Field("booked_on", "date", MANAGERS, sort=True),
    Field("amount_minor", "money", MANAGERS, sort=True),
    Field("currency", "currency", MANAGERS),
    Field("payer", read=MANAGERS),
    Field("payer_account", read=MANAGERS),
    Field("text", read=MANAGERS),
    Field("reference", read=MANAGERS),
    Field("state", "choice", MANAGERS, filter=True, choices=STATES),
    Field("account", "link", MANAGERS),
    Field("payments", read=MANAGERS),
    Field("note", read=MANAGERS),
    Field("decided_by", read=MANAGERS),
    Field("decided_at", "moment", MANAGERS),
)
NOTE = Field("note", longest=200)


class BankLine(store.Model):
    """One line of a statement. `plan` is what accepting it would do: {"parts": [[account, invoice or null, minor]],
    "payment": a payment recorded by hand that this is, or null}; `why` says how we came to it: [message id, {…}]."""

    NUMBER = "BL-{:06d}"

    statement = peewee.ForeignKeyField(BankStatement)
    bank_account = peewee.ForeignKeyField(BankAccount, index=False)
    line = peewee.IntegerField()  # the row of the file
    print = peewee.CharField(max_length=64)  # what this line has in every file: see Row.print_of
    copy = peewee.IntegerField(default=0)  # 1 for the second of two equal lines of one file
    booked_on = peewee.DateField()
    amount_minor = peewee.BigIntegerField()
    currency = peewee.CharField(max_length=3)
    text = peewee.CharField(max_length=500, default="")
    reference = peewee.CharField(max_length=140, default="")
    payer = peewee.CharField(max_length=200, default="")
    payer_account = peewee.CharField(max_length=60, default="")
    payer_key = peewee.CharField(max_length=200, default="", index=True)
    balance_minor = peewee.BigIntegerField(null=True)
    state = peewee.CharField(max_length=10)
    account = peewee.ForeignKeyField(Account, null=True)
    plan = store.JSONText(default=dict)
    why = store.JSONText(default=list)
    note = peewee.CharField(max_length=200, default="")  # why it was ignored
    decided_by = peewee.CharField(max_length=200, default="")
    decided_at = store.MomentField(null=True)
    created_at = store.MomentField(default=values.now)

    class Meta:
        indexes = (
            (("bank_account", "print", "copy"), True),
            (("state", "booked_on"), False),
            (("booked_on",), False),
            (("amount_minor",), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of all lines, for whoever keeps the books."""
        rows = cls.select(cls, BankStatement, BankAccount).join(BankStatement).switch(cls).join(BankAccount)
        return rows if actor.is_system or actor.role in policy.MANAGERS else rows.where(peewee.SQL("1 = 0"))

    @classmethod
    def listed_for(cls, actor):
        """`visible_to` with the account of each line, so that a list names it without asking again."""
        rows = cls.visible_to(actor).select_extend(Account).switch(cls)
        return rows.join(Account, peewee.JOIN.LEFT_OUTER, on=(cls.account == Account.id))

    @property
    def amount(self):
        return Money(self.amount_minor, self.currency)

    @property
    def words(self):
        """All that the bank says about it."""
        return " ".join(filter(None, (self.payer, self.text, self.reference)))

    @property
    def kind(self):
        """How the state is drawn."""
        return KIND_OF[self.state]

    @property
    def is_waiting(self):
        return self.state in WAITING

    @property
    def parts(self):
        """[(account id, invoice id or None, minor units)] that accepting it would settle."""
        return [tuple(part) for part in self.plan.get("parts", ())]

    @property
    def bookings(self):
        """What it became: its bookings with their payments and accounts, in one query."""
        rows = BankBooking.select(BankBooking, Payment, Account).join(Payment).join(Account)
        return list(rows.where(BankBooking.line == self).order_by(BankBooking.id))

    @property
    def search_entry(self):
        """The line as the search holds it, for those who keep the books."""
        return search.Entry(self.id, [self.number, self.payer, self.text, self.reference], right="bank.see")

    @classmethod
    def search_entries(cls, after, most):
        """The next lines as the search index holds them, for its rebuilding."""
        return [row.search_entry for row in cls.select().where(cls.id > after).order_by(cls.id).limit(most)]


class BankBooking(store.Model):
    """So much of a line is that payment; a payment stands on a bank's statement once."""

    line = peewee.ForeignKeyField(BankLine)
    payment = peewee.ForeignKeyField(Payment, unique=True)
    amount_minor = peewee.BigIntegerField(
        constraints=[peewee.Check("amount_minor > 0", name="bank_booking_amount_positive")]
    )
    is_linked = peewee.BooleanField(default=False)  # the payment was there before, recorded by hand


def payer_key(payer, payer_account):
    """How a payer is known again: the number of his account, else his name; "" when the bank tells neither."""
    digits = "".join(c for c in payer_account if c.isalnum()).lower()
    if len(digits) >= 6:
        return f"account:{digits}"[:200]
    name = search.fold(payer)
    return f"name:{name}"[:200] if len(name) >= 4 else ""


def sums(query):
    """{currency: {state: (lines, minor units)}} of a query of lines, in one statement."""
    found = {}
    rows = query.select(
        BankLine.currency, BankLine.state, peewee.fn.COUNT(BankLine.id), peewee.fn.SUM(BankLine.amount_minor)
    )
    for currency, state, count, minor in store.db.execute(rows.group_by(BankLine.currency, BankLine.state)):
        found.setdefault(currency, {})[state] = (count, int(minor))
    return found


def faults():
    """What does not fit among lines, bookings and payments, one English sentence each: for the invariants."""
    booked = peewee.fn.COALESCE(peewee.fn.SUM(BankBooking.amount_minor), 0)
    rows = BankLine.select(BankLine.id, BankLine.state, BankLine.amount_minor, booked.alias("booked"))
    rows = rows.join(BankBooking, peewee.JOIN.LEFT_OUTER).group_by(BankLine.id, BankLine.state, BankLine.amount_minor)
    wrong = ((BankLine.state == "booked") & (booked != BankLine.amount_minor)) | (
        (BankLine.state != "booked") & (booked != 0)
    )
    for row in rows.having(wrong).iterator():
        yield f"bank line {row.number}: {row.state} with {row.amount_minor}, its bookings make {row.booked}"
    other = (
        BankBooking.select(BankBooking, Payment).join(Payment).where(Payment.amount_minor != BankBooking.amount_minor)
    )
    for row in other.iterator():
        yield f"bank line {row.line_id}: payment {row.payment.number} has another amount"
