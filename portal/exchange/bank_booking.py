"""What people do with bank lines: accept, book otherwise, link, ignore, take back; each line once."""

import time
from dataclasses import replace

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound, Refusal
from portal.exchange import bank_taking
from portal.exchange.bank_lines import NOTE, WAITING, BankBooking, BankLine
from portal.sales import payments
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.values import Money

SECONDS = 20  # one press accepts as many sure lines as fit into this; then it says how many are left
TOGETHER = 25  # in one transaction
MOST_PARTS = 12


def accept(line, *, by, seen=None, now=None):
    """Do what the line's plan says: record the payment with what it settles, or link the one recorded by hand.

    `seen` is the print of the plan that the person saw; another one by now is refused. Raises Invalid on "line":
    bank-line-done, bank-plan-moved, bank-plan-none, and as `payments.record`.
    """
    with audit.change(by, "bank_line.accepted", line, now=now) as change:
        fresh = _hold(line, change, "booked", by)
        if seen is not None and seen != plan_print(fresh):
            raise Invalid(line="bank-plan-moved")
        if fresh.plan.get("payment"):
            _link(fresh, Payment.get_by_id(fresh.plan["payment"]))
        elif fresh.parts:
            _pay(fresh, fresh.parts, by, now)
        else:
            raise Invalid(line="bank-plan-none")
    return line


def accept_sure(*, by, statement=None, now=None, seconds=SECONDS):
    """Accept every line that is sure; returns (accepted, refused, left).

    One that cannot be booked any more is matched anew and waits; the others go on.
    """
    until, accepted, refused = time.monotonic() + seconds, 0, []
    while time.monotonic() < until:
        rows = BankLine.select().where((BankLine.state == "matched") & BankLine.id.not_in(refused))
        rows = rows.where(BankLine.statement == statement) if statement else rows
        lines = list(rows.order_by(BankLine.booked_on, BankLine.id).limit(TOGETHER))
        if not lines:
            break
        with audit.change(by, "bank.accepted", statement, now=now) as change:
            _hold_all(lines)
            for line in lines:
                try:
                    with store.db.atomic():
                        accept(line, by=by, now=now)
                    accepted += 1
                except Refusal:
                    refused.append(line.id)
            change.record("lines", None, len(lines))
        by = replace(by, form=None)  # the first batch carried the form
    if refused:
        bank_taking.look_again(by=replace(by, form=None), lines=refused, now=now)
    left = BankLine.select().where((BankLine.state == "matched") & BankLine.id.not_in(refused))
    left = left.where(BankLine.statement == statement) if statement else left
    return accepted, len(refused), left.count()


def _hold_all(lines):
    """Lock lines, their accounts and invoices, lowest id first, before the first is booked.

    Line by line two who accept two statements of the same payers at once would wait for each other.
    """
    if store.is_sqlite():
        return
    parts = [part for line in lines for part in line.parts]
    wanted = (
        (BankLine, {line.id for line in lines}), (Account, {account for account, _, _ in parts}),
        (Invoice, {invoice for _, invoice, _ in parts if invoice}),
    )  # fmt: skip
    for model, ids in wanted:
        rows = model.select(model.id).where(store.among(model.id, ids)).order_by(model.id)
        list(rows.for_update("FOR NO KEY UPDATE").tuples())


def book(line, *, by, parts, now=None):
    """Book a line as a person says: `parts` is [(target, amount)] as typed, see `read_parts`.

    Raises Invalid by field of a part ("target_0", "amount_0"), on "line" bank-line-done, bank-parts-sum.
    """
    wanted = read_parts(line, parts)
    with audit.change(by, "bank_line.booked", line, now=now) as change:
        fresh = _hold(line, change, "booked", by)
        _pay(fresh, wanted, by, now)
    return line


def link(line, *, by, payment, now=None):
    """The line is this payment (its number), which somebody recorded by hand before.

    Raises Invalid on "payment": bank-payment-unknown, bank-payment-other, bank-payment-linked.
    """
    try:
        known = Payment.get_or_none(Payment.by_number((payment or "").strip().upper()))
    except NotFound:
        known = None
    if known is None:
        raise Invalid(payment="bank-payment-unknown")
    with audit.change(by, "bank_line.linked", line, now=now) as change:
        _link(_hold(line, change, "booked", by), known)
    return line


def ignore(line, *, by, note="", now=None):
    """The line is none of ours: a transfer between own accounts, interest. It stays where it is, out of the queue."""
    note = NOTE.clean(note)
    with audit.change(by, "bank_line.ignored", line, now=now) as change:
        _hold(line, change, "ignored", by)
        BankLine.update(note=note).where(BankLine.id == line.id).execute()
        change.record("note", None, note)
    return line


def reopen(line, *, by, reason="", now=None):
    """Take back what was done: the payment it made is cancelled, a linked one let go; the line waits again.

    Raises Invalid on "line": bank-line-waits; as `payments.cancel` when money of it was paid back.
    """
    with audit.change(by, "bank_line.reopened", line, now=now) as change:
        undone = BankLine.update(state="unknown", note="", decided_by="", decided_at=None)
        change.guard(
            undone.where((BankLine.id == line.id) & BankLine.state.in_(("booked", "ignored"))),
            Invalid(line="bank-line-waits"),
        )
        change.record("state", line.state, "unknown")
        for booking in line.bookings:
            if not booking.is_linked and booking.payment.cancelled_at is None:
                payments.cancel(booking.payment, by=by, reason=reason, now=now)
        BankBooking.delete().where(BankBooking.line == line).execute()
    bank_taking.look_again(by=replace(by, form=None), lines=[line.id], now=now)
    return line


def follow_cancelled(now=None):
    """Lines whose payment was taken back elsewhere wait again: a job of the worker."""
    gone = BankBooking.select(BankBooking.line).join(Payment).where(Payment.cancelled_at.is_null(False))
    for line in list(BankLine.select().where(BankLine.id.in_(gone)).limit(100)):
        whole = all(booking.payment.cancelled_at for booking in line.bookings)
        if whole:  # of a line split over several accounts the other parts hold
            reopen(line, by=values.system("bank"), now=now)


def plan_print(line):
    """What tells one plan from another, for the form that accepts it."""
    return store.canonical(line.plan)


def _hold(line, change, state, by):
    """Claim a waiting line for what is done with it: of two people one gets it. Returns the line as it stands."""
    fields = {"state": state, "decided_by": by.name, "decided_at": change.now}
    claim = BankLine.update(fields).where((BankLine.id == line.id) & BankLine.state.in_(WAITING))
    if not claim.execute():
        now = BankLine.get_by_id(line.id)
        raise Invalid(line=("bank-line-done", {"by": now.decided_by, "number": now.number}))
    change.record("state", line.state, state)
    return BankLine.get_by_id(line.id)


def _pay(line, parts, by, now):
    """One payment per account, with what it settles."""
    wanted = {}
    for account, invoice, minor in parts:
        total, invoices = wanted.setdefault(account, [0, {}])
        wanted[account][0] = total + minor
        if invoice is not None:
            invoices[invoice] = invoices.get(invoice, 0) + minor
    for account, (total, invoices) in wanted.items():
        made = payments.record(
            Account.get_by_id(account), by=by, amount_minor=total, currency=line.currency, paid_on=line.booked_on,
            reference=line.reference or line.number, note=line.words[:500], allocate=invoices, is_another=True,
            source="bank", cause=line, now=now,
        )  # fmt: skip
        BankBooking.create(line=line, payment=made, amount_minor=total)
    first = next(iter(wanted))
    BankLine.update(account=first).where(BankLine.id == line.id).execute()


def _link(line, payment):
    if payment.cancelled_at or (payment.amount_minor, payment.currency) != (line.amount_minor, line.currency):
        raise Invalid(payment=("bank-payment-other", {"number": payment.number}))
    with store.taken(payment=("bank-payment-linked", {"number": payment.number})), store.db.atomic():
        BankBooking.create(line=line, payment=payment, amount_minor=payment.amount_minor, is_linked=True)
    BankLine.update(account=payment.account_id).where(BankLine.id == line.id).execute()


# What a person types


def read_parts(line, typed):
    """[(account, invoice or None, minor)] from [(number of an invoice, order or account, amount)] as typed.

    An amount left blank is the rest; of an invoice at most what is open, what is over stays with its account.
    Raises Invalid by field: bank-target-unknown, bank-target-other-currency, amount-…, bank-parts-sum on "line".
    """
    rows = [
        (n, t.strip(), (a or "").strip()) for n, (t, a) in enumerate(typed[:MOST_PARTS]) if (t or a or "").strip()
    ]
    if not rows:
        raise Invalid(target_0="bank-target-needed")
    rest, found, problems = line.amount_minor, [], {}
    for n, target, amount in rows:
        try:
            account, invoices = _target(line, target, f"target_{n}")
            minor = Money.of(amount, line.currency, field=f"amount_{n}").minor if amount else rest
            if minor <= 0:
                raise Invalid(**{f"amount_{n}": "amount-too-small"})
        except Invalid as fault:
            problems |= fault.problems
            continue
        rest -= minor
        found += _over(account, invoices, minor)
    if problems:
        raise Invalid(**problems)
    if rest:
        params = {"rest": Money(abs(rest), line.currency)}
        raise Invalid(line=("bank-parts-over" if rest < 0 else "bank-parts-sum", params))
    return found


def _over(account, invoices, minor):
    """An amount over some invoices in their order; what no invoice takes stays with the account."""
    parts = []
    for invoice in invoices:
        some = min(minor, invoice.open_minor)
        if some:
            parts.append((account, invoice.id, some))
            minor -= some
    return [*parts, (account, None, minor)] if minor else parts


def _target(line, text, field):
    """(account id, invoices that it pays): of an invoice itself, of an order its open ones, of an account none."""
    upper = text.upper()
    invoice = Invoice.get_or_none((Invoice.number == upper[:30]) & (Invoice.kind == "invoice"))
    if invoice:
        if invoice.currency != line.currency:
            raise Invalid(**{field: ("bank-target-other-currency", {"currency": invoice.currency})})
        return invoice.account_id, [invoice]
    try:
        if upper.startswith("SO-"):
            order = Order.get_or_none(Order.by_number(upper))
            rows = Invoice.select().where(
                (Invoice.order == order) & Invoice.unpaid() & (Invoice.currency == line.currency)
            )
            if order:
                return order.account_id, list(rows.order_by(Invoice.due_on, Invoice.id))
        elif text.isdigit():
            account = Account.get_or_none(Account.by_number(text))
            if account:
                return account.id, []
    except NotFound:
        pass
    raise Invalid(**{field: ("bank-target-unknown", {"text": text[:40]})})
