"""The demo shop gets paid: invoices for what was shipped, most of them paid, some in part, late or not at all."""

import random
from datetime import timedelta

from portal import values
from portal.sales import credit_notes, invoicing, payments
from portal.sales.invoices import Invoice

SEED = 20150802
PAID_AFTER = (21, 8)  # days, and how much they vary
SLOW, SLOW_AFTER = (3, 9, 14), (44, 12)  # accounts that pay late
IN_PART, IN_EXCESS = 0.06, 0.03
TORN = (5, 12)  # accounts whose last invoice of a fortnight ago was credited for one piece
WAYS = {"PHP": ("qrph", "bank", "bank", "cash", "cheque"), "THB": ("promptpay", "promptpay", "bank")}
MARKS = {"qrph": "GC", "promptpay": "PP", "bank": "TR", "cheque": "CHQ", "cash": "OR"}


def steps(number, account, shipped_at, now):
    """[(moment, verb)] of the order `number` of an account (its index) after it was shipped."""
    chance = random.Random(f"{SEED}:{number}")  # noqa: S311 invented data, not secrets
    yield shipped_at + timedelta(minutes=30), "invoice"
    after = max(1.0, chance.gauss(*(SLOW_AFTER if account in SLOW else PAID_AFTER)))
    paid_at = shipped_at + timedelta(days=after)
    if account in TORN and now - timedelta(days=16) < shipped_at < now - timedelta(days=3):
        yield shipped_at + timedelta(days=2), "take back"
    if paid_at < now:
        yield paid_at, "pay"


def invoice(order, *, by, now):
    """All that was shipped is invoiced."""
    return invoicing.issue(order, by=by, lines="shipped", now=now)


def pay(order, *, by, now):
    """The customer pays what is open, or a part of it, or too much."""
    owed = Invoice.get_or_none((Invoice.order == order) & Invoice.unpaid())
    if owed is None:
        return
    chance = random.Random(f"{SEED}:{order.id}:paid")  # noqa: S311 invented data, not secrets
    dice, amount = chance.random(), owed.open_minor
    if dice < IN_PART:
        amount = max(1, amount // 200 * 100)
    elif dice < IN_PART + IN_EXCESS:
        amount = -(-amount // 50_000) * 50_000
    method = chance.choice(WAYS[owed.currency])
    reference = f"{MARKS[method]} {chance.randrange(100_000, 999_999)}"
    payments.record(
        order.account, by=by, amount_minor=amount, currency=owed.currency, paid_on=values.shop_day(now),
        method=method, reference=reference, now=now, is_another=True,
        allocate={owed.id: min(amount, owed.open_minor)},
    )  # fmt: skip


def take_back(order, *, by, now):
    """One piece came torn."""
    paper = Invoice.get_or_none((Invoice.order == order) & (Invoice.kind == "invoice"))
    if paper is not None and not paper.credited_minor:
        first = paper.lines[0]
        credit_notes.credit(
            paper, by=by, lines={first.id: 1}, reason="One arrived torn; thank you for the photo.", now=now
        )


VERBS = {"invoice": invoice, "pay": pay, "take back": take_back}
