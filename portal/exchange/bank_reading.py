"""Reading a bank's file by its layout, row by row: what came in and went out, or why a row is left out."""

import hashlib
import io
import re
from collections import Counter
from datetime import date
from itertools import islice
from typing import NamedTuple

from portal import search, values
from portal.errors import Invalid
from portal.exchange import bank_cells, bank_layouts

LONGEST = {"text": 500, "reference": 140, "payer": 200, "payer_account": 60}
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\udc80-\udcff]+")


class Row(NamedTuple):
    """One line of a statement; what went out of the account is negative."""

    line: int  # of the file, as its rows are counted
    booked_on: date
    amount_minor: int
    text: str = ""
    reference: str = ""
    payer: str = ""
    payer_account: str = ""
    balance_minor: int | None = None

    def print_of(self, account):
        """What the same line has in every file of this bank account; equal lines of one day need a count besides."""
        words = sorted(search.fold(" ".join((self.text, self.reference, self.payer, self.payer_account))).split())
        parts = [account, self.booked_on.isoformat(), str(self.amount_minor), str(self.balance_minor), *words]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class LeftOut(NamedTuple):
    """A row that is no line of the statement, and why: a message id with its parameters."""

    line: int
    cells: list
    problem: str
    params: dict


def rows(stream, layout, currency):
    """Every row below the header as a Row or as LeftOut, one at a time; blank rows are passed over.

    `stream` is the file, open for reading bytes.
    """
    text = io.TextIOWrapper(stream, encoding=layout.encoding, errors="suki-broken", newline="")
    try:
        for line, cells in enumerate(bank_layouts.rows_of(text, layout.delimiter), 1):
            if line > layout.header and any(cells):
                yield _read(line, cells, layout, currency)
    finally:
        text.detach()


def batches(stream, layout, currency, size):
    """The same in lists of up to `size`."""
    found = rows(stream, layout, currency)
    while batch := list(islice(found, size)):
        yield batch


def _read(line, cells, layout, currency):
    found = {}
    for role, cell in zip(layout.roles, cells, strict=False):
        if role and cell:
            found.setdefault(role, []).append(cell)
    try:
        day = bank_cells.day(found["day"][0], layout.order, layout.era) if "day" in found else None
        if day is None:
            return LeftOut(line, cells[:8], "bank-row-no-day", {})
        minor = _amount(found, layout, currency)
    except Invalid as fault:
        (problem, params), *_ = fault.problems.values()
        return LeftOut(line, cells[:8], problem, params)
    if not minor:
        return LeftOut(line, cells[:8], "bank-row-no-amount", {})
    words = {name: shown(" ".join(found.get(name, ())), longest) for name, longest in LONGEST.items()}
    return Row(line, day, minor, balance_minor=_balance(found, layout, currency), **words)


def shown(text, longest):
    """Text of a bank as it can be shown: on one line, without control and direction marks, cut."""
    return values.one_line(_UNSHOWABLE.sub(" ", text), longest) or ""


def _amount(found, layout, currency):
    """Minor units with their sign; None or 0 when the row has no amount."""

    def read(role):
        exact = bank_cells.amount(found[role][0], layout.mark) if role in found else None
        return 0 if exact is None else bank_cells.minor(exact, currency)

    credit, debit, minor = read("credit"), read("debit"), read("amount")
    if credit and debit:
        raise Invalid(cell="bank-row-both")
    if "side" in found and minor:
        is_out = search.fold(found["side"][0])[:1] in ("d", "w", "-") or "ถอน" in found["side"][0]
        minor = -abs(minor) if is_out else abs(minor)
    minor = minor or credit or -abs(debit)
    return -minor if layout.is_flipped else minor


def _balance(found, layout, currency):
    """The balance after the line; nothing depends on it, so one that cannot be read is left out."""
    try:
        exact = bank_cells.amount(found["balance"][0], layout.mark) if "balance" in found else None
        return None if exact is None else bank_cells.minor(exact, currency)
    except Invalid:
        return None


class Summary(NamedTuple):
    """What a file holds, before anything is written."""

    lines: int
    first_on: date | None
    last_on: date | None
    in_minor: int
    out_minor: int
    sample: list  # the first Rows
    left_out: list  # the first rows that stay out
    left_out_count: int
    balances: str = ""  # fit, jump (a line is missing or an amount wrong), turned (the signs are); "": unknown


def summary(stream, layout, currency, rows_shown=8, most_left_out=20):
    """Read the whole file once and say what is in it."""
    sample, left_out, days = [], [], []
    counts, balances = Counter(), _Balances()
    for row in rows(stream, layout, currency):
        if isinstance(row, LeftOut):
            counts["left_out"] += 1
            if len(left_out) < most_left_out:
                left_out.append(row)
            continue
        counts["lines"] += 1
        balances.add(row)
        counts["in" if row.amount_minor > 0 else "out"] += row.amount_minor
        days = [min([row.booked_on, *days]), max([row.booked_on, *days])]
        if len(sample) < rows_shown:
            sample.append(row)
    first, last = (days[0], days[-1]) if days else (None, None)
    sums = (counts["in"], counts["out"])
    return Summary(counts["lines"], first, last, *sums, sample, left_out, counts["left_out"], balances.word)


class _Balances:
    """Whether each balance is the one before and the amount between: lines stand oldest first, or newest first."""

    def __init__(self):
        self.before, self.steps, self.fits = None, 0, Counter()

    def add(self, row):
        before, self.before = self.before, row
        if before is None or None in (before.balance_minor, row.balance_minor):
            return
        self.steps += 1
        step = row.balance_minor - before.balance_minor
        for name, fits in (
            ("up", step == row.amount_minor),
            ("down", -step == before.amount_minor),
            ("up-turned", -step == row.amount_minor),
            ("down-turned", step == before.amount_minor),
        ):
            self.fits[name] += fits

    @property
    def word(self):
        if not self.steps:
            return ""
        if self.steps in (self.fits["up"], self.fits["down"]):
            return "fit"
        return "turned" if self.steps in (self.fits["up-turned"], self.fits["down-turned"]) else "jump"
