"""Matching: what a line of a bank statement would settle, how sure that is, and why; arithmetic without a query."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from portal import search
from portal.exchange.bank_cells import plain
from portal.exchange.bank_lines import payer_key

SAME_PAYMENT_DAYS = 10  # a payment recorded by hand and its line on the statement lie this far apart at most
LONGEST_NAME = 7  # words
SHORTEST_NAME = 6  # letters
SHORTEST_REFERENCE = 5  # a shorter one stands in many lines by chance
_INVOICE = re.compile(
    r"(?<![A-Z0-9])INV(?:OICE)?[\s.#:/_-]*(?:NO\b)?[\s.#:/_-]*(20\d\d)[\s./_-]*(\d{1,6})(?!\d)"
    r"|(?<![A-Z0-9-])(20\d\d)-(\d{6})(?!\d)"
)
_ORDER = re.compile(r"(?<![A-Z0-9])SO[\s.#:/_-]*(\d{4,9})(?!\d)")
_ACCOUNT = re.compile(
    r"(?:CUSTOMER|CUST|CLIENT|ACCT|SUKI|KOSTUMER|ลูกค้า)[\s.#:-]*(?:NO\b|NUMBER|เลขที่)?[\s.#:-]*0*(\d{1,9})(?!\d)"
)


class Owed(NamedTuple):
    """An open invoice as matching needs it."""

    id: int
    number: str
    account: int
    currency: str
    open_minor: int
    due_on: date
    order: int | None = None


class Recorded(NamedTuple):
    """A payment recorded by hand that stands on no statement yet."""

    id: int
    number: str
    account: int
    currency: str
    amount_minor: int
    paid_on: date
    reference: str = ""


@dataclass
class Books:
    """What is known about a batch of lines; `left` is what earlier lines of it have not settled of each invoice."""

    invoices: dict = field(default_factory=dict)  # number -> Owed, also when nothing is open any more
    orders: dict = field(default_factory=dict)  # id -> account
    accounts: dict = field(default_factory=dict)  # id -> name
    names: dict = field(default_factory=dict)  # folded name of an account or contact -> {account ids}
    payers: dict = field(default_factory=dict)  # payer key -> {account ids} of lines booked before
    owed: dict = field(default_factory=dict)  # account id -> [Owed], due first comes first
    by_amount: dict = field(default_factory=dict)  # (currency, minor) -> [Owed]
    told: dict = field(default_factory=dict)  # reference a customer told of a payment, folded -> [Owed]
    recorded: dict = field(default_factory=dict)  # (currency, minor) -> [Recorded]
    left: dict = field(default_factory=dict)  # invoice id -> minor
    linked: set = field(default_factory=set)  # payments that an earlier line is

    def open(self, invoice):
        """What is open of it after the lines matched so far, in minor units of its currency."""
        return self.left.get(invoice.id, invoice.open_minor)

    def take(self, match):
        """What this match settles is not there for the next line."""
        for _, invoice, minor in match.parts:
            if invoice is not None:
                known = self.left.get(invoice)
                self.left[invoice] = (self._minors[invoice] if known is None else known) - minor
        if match.payment:
            self.linked.add(match.payment)

    @cached_property
    def _minors(self):
        """{invoice id: what was open of it when the books were read}."""
        every = [self.invoices.values(), *self.owed.values(), *self.by_amount.values(), *self.told.values()]
        return {owed.id: owed.open_minor for rows in every for owed in rows}


class Match(NamedTuple):
    """matched (sure), suggested, unknown or outgoing; `why` is (message id, {…}), a part account, invoice, minor."""

    state: str
    why: tuple
    account: int | None = None
    parts: tuple = ()
    payment: int | None = None  # a payment that was recorded by hand before

    @property
    def plan(self):
        """What a line keeps of it: {"parts": [[account id, invoice id, minor]], "payment": id or None}."""
        return {"parts": [list(part) for part in self.parts], "payment": self.payment}


# What a line names


def invoice_numbers(words):
    """Numbers of invoices in a text, however the bank spaced them: "inv 2026 123" is INV-2026-000123."""
    found = [(y or year, n or number) for year, number, y, n in _INVOICE.findall(plain(words).upper())]
    return list(dict.fromkeys(f"INV-{year}-{int(number):06d}" for year, number in found))


def order_ids(words):
    """Ids of the orders that a text names by number, each once."""
    return list(dict.fromkeys(int(number) for number in _ORDER.findall(plain(words).upper())))


def account_ids(words):
    """Ids of the accounts that a text names by number, each once."""
    return list(dict.fromkeys(int(number) for number in _ACCOUNT.findall(plain(words).upper())))


def reference_key(text):
    """A reference as it is compared: folded, without blanks."""
    return search.fold(text).replace(" ", "")


def possible_names(line):
    """Folded runs of words of a line that might be the name of an account or a person."""
    found = []
    for text in (line.payer, line.text, line.reference):
        words = search.fold(text).split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
                name = " ".join(words[start:end])
                if len(name) >= SHORTEST_NAME:
                    found.append(name)
    return list(dict.fromkeys(found))


# The decision


def match(line, books):
    """What a line would settle. `line` has amount_minor, currency, booked_on, payer, payer_account, text, reference.

    Sure is only what names its invoice or order: 1,200.00 with INV-2026-000007, of which 1,200.00 are open. A name,
    a payer seen before or an amount alone is suggested, and a person decides.
    """
    if line.amount_minor < 0:
        return Match("outgoing", ("bank-why-outgoing", {}))
    words = " ".join((line.payer, line.text, line.reference))
    named = [books.invoices[n] for n in invoice_numbers(words) if n in books.invoices]
    named = [invoice for invoice in named if invoice.currency == line.currency]
    return (
        _recorded_by_hand(line, words, named, books)
        or _by_invoices(line, named, books)
        or _by_told(line, words, books)
        or _by_orders(line, words, books)
        or _by_account(line, words, books)
        or _by_amount(line, books)
        or Match("unknown", ("bank-why-nothing", {}))
    )


def _recorded_by_hand(line, words, named, books):
    """The payment is in our books already: sure by its reference, or when the invoice it names is paid by it."""
    near = [
        paid
        for paid in books.recorded.get((line.currency, line.amount_minor), ())
        if abs((paid.paid_on - line.booked_on).days) <= SAME_PAYMENT_DAYS and paid.id not in books.linked
    ]
    folded = reference_key(words)
    same = [p for p in near if len(ref := reference_key(p.reference)) >= SHORTEST_REFERENCE and ref in folded]
    accounts = {invoice.account for invoice in named} or _accounts(line, words, books)[0]
    theirs = [paid for paid in near if paid.account in accounts]
    is_paid = bool(named) and not any(books.open(invoice) for invoice in named)
    found = (same or theirs)[:1]
    if not found or (len(same or theirs) > 1 and not same):
        return None
    paid = found[0]
    why = ("bank-why-recorded", {"number": paid.number, "day": paid.paid_on.isoformat()})
    return Match("matched" if (same and not (accounts and paid.account not in accounts)) or is_paid else "suggested",
                 why, paid.account, payment=paid.id)  # fmt: skip


def _by_invoices(line, named, books):
    if not named:
        return None
    owed = [invoice for invoice in named if books.open(invoice) > 0]
    numbers = ", ".join(invoice.number for invoice in (owed or named)[:5])
    if not owed:
        parts = ((named[0].account, None, line.amount_minor),)
        return Match("suggested", ("bank-why-paid-already", {"numbers": numbers}), named[0].account, parts)
    total = sum(books.open(invoice) for invoice in owed)
    accounts = {invoice.account for invoice in owed}
    if len(accounts) > 1 and total != line.amount_minor:
        why = ("bank-why-several-accounts", {"numbers": numbers})
        return Match("suggested", why, owed[0].account, _spread(line, owed, books))
    kind = "exact" if total == line.amount_minor else "part" if line.amount_minor < total else "over"
    why = (f"bank-why-number-{kind}", {"numbers": numbers})
    return Match("matched", why, owed[0].account, _spread(line, owed, books))


def _by_told(line, words, books):
    """The reference is one that a customer told with "I have paid": sure when the amount fits too."""
    folded = reference_key(words)
    owed = {o.id: o for ref, rows in books.told.items() if ref in folded for o in rows if o.currency == line.currency}
    owed = [invoice for invoice in owed.values() if books.open(invoice) > 0]
    if not owed or len({invoice.account for invoice in owed}) > 1:
        return None
    is_exact = sum(books.open(invoice) for invoice in owed) == line.amount_minor
    why = ("bank-why-told-exact" if is_exact else "bank-why-told", {"numbers": ", ".join(o.number for o in owed[:5])})
    return Match("matched" if is_exact else "suggested", why, owed[0].account, _spread(line, owed, books))


def _by_orders(line, words, books):
    known = [order for order in order_ids(words) if order in books.orders]
    if not known:
        return None
    account = books.orders[known[0]]
    owed = [o for o in books.owed.get(account, ()) if o.order in known and o.currency == line.currency]
    owed = [invoice for invoice in owed if books.open(invoice) > 0]
    params = {"number": f"SO-{known[0]:06d}"}
    if not owed:
        return Match("suggested", ("bank-why-order-ahead", params), account, ((account, None, line.amount_minor),))
    is_exact = sum(books.open(invoice) for invoice in owed) == line.amount_minor
    why = ("bank-why-order-exact" if is_exact else "bank-why-order", params)
    return Match("matched" if is_exact else "suggested", why, account, _spread(line, owed, books))


def _accounts(line, words, books):
    """({account ids}, how they are known) by the surest sign there is."""
    by_number = {number for number in account_ids(words) if number in books.accounts}
    if by_number:
        return by_number, "number"
    seen = books.payers.get(payer_key(line.payer, line.payer_account))
    if seen:
        return seen, "before"
    hits = [(len(name), books.names[name]) for name in possible_names(line) if name in books.names]
    longest = max((size for size, _ in hits), default=0)
    return set().union(*(found for size, found in hits if size == longest)), "name"


def _by_account(line, words, books):
    accounts, how = _accounts(line, words, books)
    if not accounts:
        return None
    fitting = [
        o for o in books.by_amount.get((line.currency, line.amount_minor), ()) if books.open(o) == line.amount_minor
    ]
    fitting = [invoice for invoice in fitting if invoice.account in accounts]
    if len(accounts) > 1 and len(fitting) != 1:
        names = ", ".join(sorted(books.accounts.get(a, "") for a in accounts)[:5])
        return Match("unknown", ("bank-why-several-names", {"names": names}))
    account = fitting[0].account if len(accounts) > 1 else next(iter(accounts))
    params = {"name": books.accounts.get(account, "")}
    if fitting:
        params["number"] = fitting[0].number
        parts = ((account, fitting[0].id, line.amount_minor),)
        return Match("suggested", (f"bank-why-{how}-amount", params), account, parts)
    owed = [o for o in books.owed.get(account, ()) if books.open(o) > 0 and o.currency == line.currency]
    is_all = sum(books.open(invoice) for invoice in owed) == line.amount_minor
    return Match(
        "suggested",
        (f"bank-why-{how}{'-all' if is_all else ''}", params),
        account,
        _spread(line, owed, books, account),
    )


def _by_amount(line, books):
    fitting = [
        o for o in books.by_amount.get((line.currency, line.amount_minor), ()) if books.open(o) == line.amount_minor
    ]
    if len(fitting) > 1:
        return Match("unknown", ("bank-why-amount-several", {"count": len(fitting)}))
    if not fitting:
        return None
    only = fitting[0]
    why = ("bank-why-amount", {"number": only.number, "name": books.accounts.get(only.account, "")})
    return Match("suggested", why, only.account, ((only.account, only.id, line.amount_minor),))


def _spread(line, owed, books, account=None):
    """The amount over these invoices in their order; what is left stays open with the account."""
    parts, rest = [], line.amount_minor
    for invoice in owed:
        minor = min(rest, books.open(invoice))
        if minor > 0:
            parts.append((invoice.account, invoice.id, minor))
            rest -= minor
    if rest:
        parts.append((account or owed[0].account, None, rest))
    return tuple(parts)
