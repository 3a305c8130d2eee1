"""Taking a statement in: its lines are written once, whatever overlaps or breaks off, and each is matched."""

import time
from collections import Counter
from dataclasses import replace

import peewee

from portal import audit, store
from portal.errors import Invalid
from portal.exchange import bank_layouts, bank_reading, importing_index
from portal.exchange.bank_books import books_for
from portal.exchange.bank_lines import WAITING, BankLine, payer_key
from portal.exchange.bank_matching import match
from portal.exchange.bank_reading import LeftOut
from portal.exchange.bank_statements import ACCOUNT_CURRENCY, ACCOUNT_NAME, BankAccount, BankStatement

BATCH = 500
SECONDS = 25  # one press takes in what fits into this; the next goes on where it stood
MOST_PROBLEMS = 200  # kept and shown; the others are counted


def take(statement, *, by, layout, bank_account, currency, now=None):
    """Write the lines of a statement as `layout` reads them, and match them; returns the statement.

    Lines that an earlier statement of this bank account held are counted and passed over. A large file is "reading"
    still when the time of one press is over; after that, as after a cut, the same call goes on where it stood.
    Raises Invalid: bank-layout-… on the columns, bank-no-lines on "file", bank-statement-taken on "state", and on
    "bank_account" and "currency" as their fields say.
    """
    name, currency = ACCOUNT_NAME.clean(bank_account), ACCOUNT_CURRENCY.clean(currency)
    if layout.problems():
        raise Invalid(**layout.problems())
    rows, found = statement.look(layout, currency)
    if not found.lines:
        raise Invalid(file="bank-no-lines")
    with audit.change(by, "bank.taken", statement, now=now) as change:
        account = BankAccount.named(name, currency, change)
        fields = {"state": "reading", "bank_account": account, "layout": layout.kept(), "left_out": 0, "problems": []}
        open_still = BankStatement.update(version=BankStatement.version + 1, **fields).where(
            (BankStatement.id == statement.id) & BankStatement.state.in_(("draft", "reading"))
        )
        change.guard(open_still, Invalid(state="bank-statement-taken"))
        change.record("lines", None, found.lines)
        account.remember(bank_layouts.own_signature(layout, rows), layout)
        statement.bank_account = account
    _read_in(statement, account, layout, replace(by, form=None), now)
    return BankStatement.get_by_id(statement.id)


def _read_in(statement, account, layout, by, now):
    counts, problems, seen, held = Counter(), [], Counter(), ({}, set())
    until = time.monotonic() + SECONDS
    with statement.open() as stream:
        for batch in bank_reading.batches(stream, layout, account.currency, BATCH):
            left_out = [row for row in batch if isinstance(row, LeftOut)]
            problems += [[r.line, r.problem, r.params] for r in left_out][: MOST_PROBLEMS - len(problems)]
            counts["left_out"] += len(left_out)
            rows = [(row, *_print(row, account, seen)) for row in batch if not isinstance(row, LeftOut)]
            with audit.change(by, "bank.lines", statement, now=now) as change:
                _write(statement, account, rows, held, change.now)
            if time.monotonic() > until and len(batch) == BATCH:
                return
    mine = BankLine.select(
        peewee.fn.COUNT(BankLine.id), peewee.fn.MIN(BankLine.booked_on), peewee.fn.MAX(BankLine.booked_on)
    )
    lines, first, last = mine.where(BankLine.statement == statement).tuples()[0]
    with audit.change(by, "bank.read", statement, now=now) as change:
        done = {
            "state": "read",
            "lines": lines,
            "known": sum(seen.values()) - lines,
            "first_on": first,
            "last_on": last,
        }
        done |= {"left_out": counts["left_out"], "problems": problems, "read_at": change.now}
        fresh = BankStatement.get_by_id(statement.id)
        change.update(fresh, **done)


def _print(row, account, seen):
    """(what the line has in every file, 0 for the first of equal lines of this file, 1 for the second …)."""
    text = row.print_of(str(account.id))
    seen[text] += 1
    return text, seen[text] - 1


def _write(statement, account, rows, held, now):
    """Write those of a batch that are new, matched; the bank account's row keeps two statements apart."""
    BankAccount.update(version=BankAccount.version).where(BankAccount.id == account.id).execute()
    prints = {text for _, text, _ in rows}
    there = BankLine.select(BankLine.print, BankLine.copy).where(
        (BankLine.bank_account == account) & store.among(BankLine.print, prints)
    )
    there = set(there.tuples())
    new = [(row, text, copy) for row, text, copy in rows if (text, copy) not in there]
    lines = [_line(statement, account, row, text, copy, now) for row, text, copy in new]
    books = books_for(lines, *held)
    for line in lines:
        _decide(line, books)
    names = [name for name in BankLine._meta.fields if name != "id"]
    store.insert_rows(BankLine, [{name: line.__data__.get(name) for name in names} for line in lines])
    numbers = {line.line for line in lines}
    kept = BankLine.select().where((BankLine.statement == statement) & store.among(BankLine.line, numbers))
    importing_index.put("bank_line", [line.search_entry for line in kept])


def _line(statement, account, row, text, copy, now):
    return BankLine(
        statement=statement, bank_account=account, line=row.line, print=text, copy=copy, booked_on=row.booked_on,
        amount_minor=row.amount_minor, currency=account.currency, text=row.text, reference=row.reference,
        payer=row.payer, payer_account=row.payer_account, payer_key=payer_key(row.payer, row.payer_account),
        balance_minor=row.balance_minor, created_at=now,
    )  # fmt: skip


def _decide(line, books):
    found = match(line, books)
    books.take(found)
    line.state, line.account_id, line.plan, line.why = found.state, found.account, found.plan, list(found.why)


def look_again(*, by, lines=None, now=None):
    """Match what waits once more: invoices were issued, payments recorded and payers learnt meanwhile.

    `lines` are ids (None: all that wait). Returns how many changed.
    """
    waiting = BankLine.state.in_(WAITING)
    rows = BankLine.select().where(waiting if lines is None else waiting & store.among(BankLine.id, lines))
    ids = [line for (line,) in rows.select(BankLine.id).order_by(BankLine.booked_on, BankLine.id).tuples()]
    held, changed = ({}, set()), 0
    for start in range(0, len(ids), BATCH):
        with audit.change(by, "bank.looked_again", now=now) as change:
            moved = _again(ids[start : start + BATCH], held)
            if moved:
                change.record("lines", None, moved)
        changed, by = changed + moved, replace(by, form=None)  # the first batch carried the form
    return changed


def _again(ids, held):
    lines = BankLine.select().where(store.among(BankLine.id, ids)).order_by(BankLine.booked_on, BankLine.id)
    lines, changed = list(lines), 0
    books = books_for(lines, *held)
    for line in lines:
        before = (line.state, line.account_id, line.plan, line.why)
        _decide(line, books)
        now = (line.state, line.account_id, line.plan, line.why)
        if now != before:
            fields = {"state": line.state, "account": line.account_id, "plan": line.plan, "why": line.why}
            changed += BankLine.update(fields).where((BankLine.id == line.id) & BankLine.state.in_(WAITING)).execute()
    return changed
