"""Statements: what an account owes: its balance, how old its debts are, and the account of it day by day."""

from datetime import timedelta
from typing import NamedTuple

from peewee import Case, Value, fn

from portal import store, values
from portal.people import policy
from portal.sales.invoices import IS_OPEN, Invoice
from portal.sales.payments import IS_OPEN as HAS_CREDIT
from portal.sales.payments import Allocation, Payment
from portal.sales.refunds import Refund
from portal.values import Money

AGES = ((0, "current"), (30, "to_30"), (60, "to_60"), (90, "to_90"), (None, "older"))  # days late at most

policy.allow("statements.see", policy.SIGNED_IN)


class Balance(NamedTuple):
    """What an account owes in one currency, in minor units: open invoices, those overdue, and credit not used."""

    currency: str
    owes_minor: int = 0
    overdue_minor: int = 0
    credit_minor: int = 0
    invoices: int = 0
    next_due_on: object = None

    @property
    def minor(self):
        """Owed less credit: below zero when the shop owes."""
        return self.owes_minor - self.credit_minor

    @property
    def total(self):
        return Money(self.minor, self.currency)

    def money(self, name):
        """One of the amounts as Money: balance.money("overdue")."""
        return Money(getattr(self, f"{name}_minor"), self.currency)


def balances(accounts, today=None):
    """{account id: [Balance, one per currency]} of those with something open, in one query."""
    today = today or values.shop_day()
    ids = [getattr(account, "id", account) for account in accounts]
    owed = Case(None, [(Invoice.kind == "invoice", Invoice.open_minor)], 0)
    late = Case(None, [((Invoice.kind == "invoice") & (Invoice.due_on < today), Invoice.open_minor)], 0)
    unused = Case(None, [(Invoice.kind == "credit_note", Invoice.open_minor)], 0)
    is_invoice = Case(None, [(Invoice.kind == "invoice", 1)], 0)
    due = fn.MIN(Case(None, [(Invoice.kind == "invoice", Invoice.due_on)], None))
    papers = Invoice.select(
        Invoice.account, Invoice.currency, *(fn.SUM(x) for x in (owed, late, unused, is_invoice)), due
    )
    papers = papers.where(Invoice.account.in_(ids) & IS_OPEN).group_by(Invoice.account, Invoice.currency)
    nothing = fn.MIN(Case(None, [(Payment.id < 0, Payment.paid_on)], None))
    paid = Payment.select(
        Payment.account, Payment.currency, Value(0), Value(0), fn.SUM(Payment.open_minor), Value(0), nothing
    )
    paid = paid.where(Payment.account.in_(ids) & HAS_CREDIT).group_by(Payment.account, Payment.currency)
    found = {}
    for account, currency, *sums, due_on in store.db.execute(papers.union_all(paid)):
        so_far = found.setdefault(account, {}).setdefault(currency, Balance(currency))
        sums = [a + int(b) for a, b in zip(so_far[1:5], sums, strict=True)]
        found[account][currency] = Balance(currency, *sums, _day(due_on) or so_far.next_due_on)
    return {account: list(by_currency.values()) for account, by_currency in found.items()}


class Row(NamedTuple):
    """One line of a statement: what it was, what it added to (or took off) the debt, and the debt after it."""

    day: object
    kind: str  # invoice, credit_note, payment, payment_cancelled, refund
    number: str
    id: int
    reference: str
    due_on: object
    minor: int
    balance_minor: int


class Statement(NamedTuple):
    """The account of one currency from a day to a day."""

    currency: str
    first: object
    last: object
    opening_minor: int
    rows: list
    ages: dict  # {"current": minor units, "to_30": …, "older": …, "credit": what is not used, below zero}

    @property
    def closing_minor(self):
        return self.rows[-1].balance_minor if self.rows else self.opening_minor

    def money(self, minor):
        return Money(minor, self.currency)


def statement(account, first, last):
    """[Statement, one per currency] of an account, both days in it, in three queries.

    An account that was invoiced 100.00 on the 1st and paid 60.00 on the 5th stands, from the 3rd to the 9th, at an
    opening of 100.00, one payment of -60.00 and a closing of 40.00, which is what its ages add up to.
    """
    opening = _opening(account, first)
    by_currency = {}
    for day, _, kind, id, number, reference, due_on, minor, currency in _movements(account, first, last):
        rows = by_currency.setdefault(currency, [])
        before = rows[-1].balance_minor if rows else opening.get(currency, 0)
        rows.append(Row(_day(day), kind, number, id, reference, _day(due_on), int(minor), before + int(minor)))
    aged = ages(account, last)
    return [
        Statement(
            currency, first, last, opening.get(currency, 0), by_currency.get(currency, []),
            aged.get(currency) or dict.fromkeys([*(name for _, name in AGES), "credit"], 0),
        )
        for currency in sorted({*opening, *by_currency, *aged} or {account.currency})
    ]  # fmt: skip


def _movements(account, first, last):
    """All that moved the debt from a day to a day, in the order of the days."""
    parts = [part.where(day.between(first, last)) for part, day in _parts(account)]
    query = parts[0]
    for part in parts[1:]:
        query = query.union_all(part)
    return sorted(store.db.execute(query), key=lambda row: (str(row[0]), row[1], row[3]))


def _opening(account, first):
    """{currency: debt before a day}."""
    parts = [part.where(day < first) for part, day in _parts(account)]
    query = parts[0]
    for part in parts[1:]:
        query = query.union_all(part)
    inner = query.alias("moved")
    total = inner.select_from(inner.c.currency, fn.SUM(inner.c.minor)).group_by(inner.c.currency)
    return {currency: int(minor) for currency, minor in store.db.execute(total) if minor}


def _parts(account):
    """[(query, the day of its rows)]: documents, payments, payments that came to nothing, refunds."""
    sign = Case(None, [(Invoice.kind == "invoice", Invoice.total_minor)], Invoice.total_minor * -1)
    rank = Case(None, [(Invoice.kind == "invoice", 0)], 1)
    blank = Value("")
    papers = Invoice.select(
        Invoice.issued_on.alias("day"), rank.alias("rank"), Invoice.kind.alias("kind"), Invoice.id.alias("id"),
        Invoice.number.alias("number"), Invoice.order_number.alias("reference"), Invoice.due_on.alias("due_on"),
        sign.alias("minor"), Invoice.currency.alias("currency"),
    )  # fmt: skip
    no_day = Case(None, [(Payment.id < 0, Payment.paid_on)], None)
    paid = Payment.select(
        Payment.paid_on, Value(2), Value("payment"), Payment.id, blank, Payment.reference, no_day,
        Payment.amount_minor * -1, Payment.currency,
    )  # fmt: skip
    bounced = Payment.select(
        Payment.cancelled_on, Value(3), Value("payment_cancelled"), Payment.id, blank, Payment.reference, no_day,
        Payment.amount_minor, Payment.currency,
    )  # fmt: skip
    never = Case(None, [(Refund.id < 0, Refund.paid_on)], None)
    back = Refund.select(
        Refund.paid_on, Value(4), Value("refund"), Refund.id, blank, Refund.reference, never,
        Refund.amount_minor, Refund.currency,
    )  # fmt: skip
    return [
        (papers.where(Invoice.account == account), Invoice.issued_on),
        (paid.where(Payment.account == account), Payment.paid_on),
        (bounced.where((Payment.account == account) & Payment.cancelled_on.is_null(False)), Payment.cancelled_on),
        (back.where(Refund.account == account), Refund.paid_on),
    ]


def ages(account, day):
    """{currency: {"current": …, "to_30": …, "to_60": …, "to_90": …, "older": …, "credit": …}} as of a day.

    What was open of each invoice by then, by the days it was late; `credit` is what was paid or credited by then and
    not used, as an amount below zero, so that all of it adds up to the balance of the day.
    """
    found = {}
    for currency, kind, due_on, minor in store.db.execute(_open_on(account, day)):
        minor = int(minor)
        if not minor:
            continue
        by_age = found.setdefault(currency, dict.fromkeys([*(name for _, name in AGES), "credit"], 0))
        if kind == "invoice":
            by_age[age(_day(due_on), day)] += minor
        else:
            by_age["credit"] -= minor
    return found


def age(due_on, day):
    """How late an invoice is on a day: age(date(2026, 3, 1), date(2026, 4, 5)) == "to_60" (35 days)."""
    late = (day - due_on).days
    return next(name for most, name in AGES if most is None or late <= most)


def _open_on(account, day):
    """What was open of each document and payment at the end of a day.

    An allocation counts from the day on which both its sides exist: a payment noted late has paid on its own day.
    """
    source = Invoice.alias()
    used = fn.COALESCE(fn.SUM(Allocation.amount_minor), 0)
    by_money = Allocation.select(used).join(Payment, on=(Allocation.payment == Payment.id))
    by_money = by_money.where((Allocation.invoice == Invoice.id) & (Payment.paid_on <= day))
    by_note = Allocation.select(used).join(source, on=(Allocation.credit_note == source.id))
    by_note = by_note.where((Allocation.invoice == Invoice.id) & (source.issued_on <= day))
    target = Invoice.alias()
    settled = (
        Allocation.select(used).join(target, on=(Allocation.invoice == target.id)).where(target.issued_on <= day)
    )
    back = Refund.select(fn.COALESCE(fn.SUM(Refund.amount_minor), 0)).where(Refund.paid_on <= day)
    note_left = Invoice.total_minor - settled.where(Allocation.credit_note == Invoice.id)
    note_left -= back.where(Refund.credit_note == Invoice.id)
    left = Case(None, [(Invoice.kind == "invoice", Invoice.total_minor - by_money - by_note)], note_left)
    papers = Invoice.select(Invoice.currency, Invoice.kind, Invoice.due_on, left)
    papers = papers.where((Invoice.account == account) & (Invoice.issued_on <= day))
    money_left = Payment.amount_minor - settled.where(Allocation.payment == Payment.id)
    money_left -= back.where(Refund.payment == Payment.id)
    valid = Payment.cancelled_on.is_null() | (Payment.cancelled_on > day)
    paid = Payment.select(Payment.currency, Value("payment"), Payment.paid_on, money_left)
    paid = paid.where((Payment.account == account) & (Payment.paid_on <= day) & valid)
    return papers.union_all(paid)


def _day(value):
    """A date of a UNION, which SQLite gives back as text."""
    return Invoice.due_on.python_value(value) if value else None


def back_to(last):
    """Where a statement begins when nobody says: three months before its end."""
    return last - timedelta(days=91)
