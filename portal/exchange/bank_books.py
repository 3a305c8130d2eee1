"""The books as a batch of bank lines needs them: a dozen queries, however many lines."""

import json
from datetime import timedelta

from portal import search, store, values
from portal.audit import Entry, EntryValue
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.exchange import bank_matching
from portal.exchange.bank_lines import BankBooking, BankLine, payer_key
from portal.exchange.bank_matching import SAME_PAYMENT_DAYS, SHORTEST_REFERENCE, Books, Owed, Recorded
from portal.sales.invoices import Invoice
from portal.sales.orders import NOT_PLACED, Order
from portal.sales.payments import Payment

TOLD_FOR = timedelta(days=60)
MOST_OWED = 5000  # open invoices looked at for one batch
COLUMNS = (
    Invoice.id, Invoice.number, Invoice.account, Invoice.currency, Invoice.open_minor, Invoice.due_on, Invoice.order,
)  # fmt: skip


def books_for(lines, left=None, linked=None):
    """The Books for some lines; `left` and `linked` are those of the batch before."""
    books = Books(left={} if left is None else left, linked=set() if linked is None else linked)
    lines = [line for line in lines if line.amount_minor > 0]
    if not lines:
        return books
    words = [" ".join((line.payer, line.text, line.reference)) for line in lines]
    _invoices(books, words)
    _orders(books, words)
    _names(books, lines, words)
    _payers(books, lines)
    _amounts(books, lines)
    _recorded(books, lines)
    _told(books)
    accounts = _candidates(books)
    _owed(books, accounts)
    _account_names(books, accounts)
    return books


def _owed_of(rows):
    return [Owed(*row) for row in rows.select(*COLUMNS).tuples()]


def _invoices(books, words):
    numbers = {number for text in words for number in bank_matching.invoice_numbers(text)}
    if numbers:
        found = _owed_of(Invoice.select().where(store.among(Invoice.number, numbers), Invoice.kind == "invoice"))
        books.invoices = {invoice.number: invoice for invoice in found}


def _orders(books, words):
    ids = {number for text in words for number in bank_matching.order_ids(text)}
    if ids:
        rows = Order.select(Order.id, Order.account).where(store.among(Order.id, ids), Order.state.not_in(NOT_PLACED))
        books.orders = dict(rows.tuples())


def _names(books, lines, words):
    """Accounts by number, and accounts and people by their whole name."""
    ids = {number for text in words for number in bank_matching.account_ids(text)}
    if ids:
        books.accounts |= dict(Account.select(Account.id, Account.name).where(store.among(Account.id, ids)).tuples())
    names = {name for line in lines for name in bank_matching.possible_names(line)}
    if not names:
        return
    whole = Account.select(Account.folded, Account.id).where(store.among(Account.folded, names))
    people = Contact.select(Contact.folded, Contact.account).where(store.among(Contact.folded, names))
    for name, account in store.db.execute(whole.union_all(people)):
        books.names.setdefault(name, set()).add(account)


def _payers(books, lines):
    keys = {key for line in lines if (key := payer_key(line.payer, line.payer_account))}
    if not keys:
        return
    rows = BankLine.select(BankLine.payer_key, Payment.account).join(BankBooking).join(Payment)
    seen = rows.where(store.among(BankLine.payer_key, keys), Payment.cancelled_at.is_null()).distinct()
    for key, account in seen.tuples():
        books.payers.setdefault(key, set()).add(account)


def _amounts(books, lines):
    amounts = {line.amount_minor for line in lines}
    rows = Invoice.select().where(Invoice.unpaid(), store.among(Invoice.open_minor, amounts))
    for invoice in _owed_of(rows.order_by(Invoice.due_on, Invoice.id).limit(MOST_OWED)):
        books.by_amount.setdefault((invoice.currency, invoice.open_minor), []).append(invoice)


def _recorded(books, lines):
    """Payments of these amounts about these days that people recorded and no statement shows yet."""
    first, last = min(line.booked_on for line in lines), max(line.booked_on for line in lines)
    days = timedelta(days=SAME_PAYMENT_DAYS)
    free = Payment.id.not_in(BankBooking.select(BankBooking.payment))
    rows = Payment.select(
        Payment.id, Payment.account, Payment.currency, Payment.amount_minor, Payment.paid_on, Payment.reference
    ).where(
        store.among(Payment.amount_minor, {line.amount_minor for line in lines}),
        Payment.paid_on.between(first - days, last + days),
        Payment.cancelled_at.is_null(),
        Payment.source != "bank",
        Payment.method.not_in(("cash", "card")),
        free,
    )
    for number, account, currency, minor, day, reference in rows.order_by(Payment.id).limit(MOST_OWED).tuples():
        paid = Recorded(number, Payment.NUMBER.format(number), account, currency, minor, day, reference)
        books.recorded.setdefault((currency, minor), []).append(paid)


def _told(books):
    """References that customers told lately with "I have paid", and the open invoices they told them of."""
    since = values.now() - TOLD_FOR
    rows = EntryValue.select(EntryValue.new, Entry.subject).join(Entry)
    by_customers = Entry.actor_role.in_(values.CUSTOMER_ROLES) & (Entry.at >= since)
    rows = rows.where(by_customers & (Entry.event == "invoice.said_paid") & (EntryValue.field == "reference"))
    found = {}
    for text, subject in rows.tuples():
        key, ref = bank_matching.reference_key(json.loads(text or '""')), values.Ref.parse(subject)
        if len(key) >= SHORTEST_REFERENCE and ref:
            found.setdefault(key, set()).add(ref.id)
    ids = {invoice for several in found.values() for invoice in several}
    rows = Invoice.select().where(Invoice.unpaid(), store.among(Invoice.id, ids)) if ids else None
    owed = {invoice.id: invoice for invoice in _owed_of(rows)} if ids else {}
    books.told = {key: known for key, several in found.items() if (known := [owed[i] for i in several if i in owed])}


def _candidates(books):
    found = (
        {invoice.account for invoice in books.invoices.values()} | set(books.orders.values()) | set(books.accounts)
    )
    found |= {account for ids in (*books.names.values(), *books.payers.values()) for account in ids}
    found |= {owed.account for rows in (*books.by_amount.values(), *books.told.values()) for owed in rows}
    return found | {paid.account for rows in books.recorded.values() for paid in rows}


def _owed(books, accounts):
    if accounts:
        rows = Invoice.select().where(Invoice.unpaid(), store.among(Invoice.account, accounts))
        for invoice in _owed_of(rows.order_by(Invoice.due_on, Invoice.id).limit(MOST_OWED)):
            books.owed.setdefault(invoice.account, []).append(invoice)


def _account_names(books, accounts):
    missing = accounts - set(books.accounts)
    if missing:
        rows = Account.select(Account.id, Account.name).where(store.among(Account.id, missing))
        books.accounts |= dict(rows.tuples())


def described(lines):
    """What lines would settle: {line id: [(Account, Invoice or None, minor)]} and {payment id: Payment}."""
    parts = [part for line in lines for part in line.parts]
    invoices = {invoice for _, invoice, _ in parts if invoice}
    known = {row.id: row for row in Invoice.select().where(Invoice.id.in_(invoices))} if invoices else {}
    accounts = {account for account, _, _ in parts}
    named = {row.id: row for row in Account.select().where(Account.id.in_(accounts))} if accounts else {}
    paid = {line.plan["payment"] for line in lines if line.plan.get("payment")}
    rows = Payment.select(Payment, Account).join(Account).where(Payment.id.in_(paid)) if paid else ()
    settles = {
        line.id: [(named[a], known.get(i), minor) for a, i, minor in line.parts if a in named] for line in lines
    }
    return settles, {row.id: row for row in rows}


def fitting(line, most=12):
    """Open invoices of exactly the amount of a line, each with its account."""
    rows = (
        Invoice.select(Invoice, Account)
        .join(Account)
        .where(Invoice.unpaid(), Invoice.open_minor == line.amount_minor, Invoice.currency == line.currency)
    )
    return list(rows.order_by(Invoice.due_on, Invoice.id).limit(most))


def looked_up(query, currency, most=12):
    """[(Account, [its open invoices in this currency])] that a query finds."""
    found = (
        list(
            Account.select()
            .where(Account.id.in_(search.matches("account", query)))
            .order_by(Account.folded)
            .limit(most)
        )
        if query
        else []
    )
    rows = Invoice.select().where(Invoice.unpaid(), Invoice.account.in_(found), Invoice.currency == currency)
    owed = {}
    for invoice in rows.order_by(Invoice.due_on, Invoice.id).limit(most * 5) if found else ():
        owed.setdefault(invoice.account_id, []).append(invoice)
    return [(account, owed.get(account.id, [])) for account in found]
