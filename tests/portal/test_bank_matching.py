"""Matching of bank lines: a labelled made-up set, and that no sum ever goes astray."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exchange.bank_lines import payer_key
from portal.exchange.bank_matching import Books, Owed, Recorded, invoice_numbers, match, order_ids

DOLOR, BERTO, CHUA, CHUA_TOO, PIYA = 1, 2, 3, 4, 5
DAY = date(2026, 11, 10)
D1 = (DOLOR, 1, 120_000)


def owed(number, account, minor, order=None, currency="PHP"):
    due = date(2026, 11, 1 + number % 9)
    return Owed(number, f"INV-2026-{number:06d}", account, currency, minor, due, order)


OPEN = [
    owed(1, DOLOR, 120_000, order=1001),
    owed(2, DOLOR, 80_000, order=1002),
    owed(3, BERTO, 55_500, order=1003),
    owed(4, CHUA, 99_900),
    owed(5, PIYA, 965_000, currency="THB"),
    owed(6, CHUA_TOO, 99_900),
    owed(7, BERTO, 0, order=1004),
]


def books(**more):
    made = Books(
        invoices={o.number: o for o in OPEN},
        orders={1001: DOLOR, 1002: DOLOR, 1003: BERTO, 1004: BERTO, 1005: CHUA},
        accounts={
            DOLOR: "Panaderya Dolor",
            BERTO: "Ka Berto",
            CHUA: "Chua Trading",
            CHUA_TOO: "Chua Trading",
            PIYA: "ปิยะ ศรีสุข",
        },
        names={"panaderya dolor": {DOLOR}, "ka berto": {BERTO}, "chua trading": {CHUA, CHUA_TOO}, "ปิยะ ศรีสุข": {PIYA}},
        payers={"name:maria santos": {BERTO}, "account:1234567890": {DOLOR}},
        recorded={
            ("PHP", 55_500): [Recorded(31, "PAY-000031", BERTO, "PHP", 55_500, date(2026, 11, 8), "GC-778812")]
        },
    )
    for each in OPEN:
        if each.open_minor:
            made.owed.setdefault(each.account, []).append(each)
            made.by_amount.setdefault((each.currency, each.open_minor), []).append(each)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def line(minor, text="", payer="", reference="", currency="PHP", payer_account="", day=DAY):
    return SimpleNamespace(
        amount_minor=minor, text=text, payer=payer, reference=reference, currency=currency,
        payer_account=payer_account, booked_on=day,
    )  # fmt: skip


# (line, state, why, what it settles: (account, invoice, minor))
LABELLED = [
    (line(120_000, "INSTAPAY INV-2026-000001"), "matched", "number-exact", [(DOLOR, 1, 120_000)]),
    (line(120_000, "payment inv 2026 1 thanks"), "matched", "number-exact", [(DOLOR, 1, 120_000)]),
    (line(120_000, "INV2026000001"), "matched", "number-exact", [(DOLOR, 1, 120_000)]),
    (line(120_000, reference="2026-000001"), "matched", "number-exact", [(DOLOR, 1, 120_000)]),
    (line(120_000, "INV-๒๐๒๖-๐๐๐๐๐๑"), "matched", "number-exact", [(DOLOR, 1, 120_000)]),
    (line(50_000, "part of INV-2026-000001"), "matched", "number-part", [(DOLOR, 1, 50_000)]),
    (line(125_000, "INV-2026-000001"), "matched", "number-over", [(DOLOR, 1, 120_000), (DOLOR, None, 5_000)]),
    (line(200_000, "INV-2026-000001 + INV-2026-000002"), "matched", "number-exact", [D1, (DOLOR, 2, 80_000)]),
    (line(175_500, "INV-2026-000001/INV-2026-000003"), "matched", "number-exact", [D1, (BERTO, 3, 55_500)]),
    (line(150_000, "INV-2026-000001/INV-2026-000003"), "suggested", "several-accounts", [D1, (BERTO, 3, 30_000)]),
    (line(10_000, "INV-2026-000007"), "suggested", "paid-already", [(BERTO, None, 10_000)]),
    (line(120_000, "SO-001001"), "matched", "order-exact", [(DOLOR, 1, 120_000)]),
    (line(110_000, "for SO-001001"), "suggested", "order", [(DOLOR, 1, 110_000)]),
    (line(5_000, "SO-001005"), "suggested", "order-ahead", [(CHUA, None, 5_000)]),
    (line(80_000, "Panaderya Dolor"), "suggested", "name-amount", [(DOLOR, 2, 80_000)]),
    (line(200_000, "FR PANADERYA  DOLOR QC"), "suggested", "name-all", [(DOLOR, 2, 80_000), (DOLOR, 1, 120_000)]),
    (line(70_000, payer="PANADERYA DOLOR"), "suggested", "name", [(DOLOR, 1, 70_000)]),
    (line(55_400, payer="Maria Santos"), "suggested", "before", [(BERTO, 3, 55_400)]),
    (line(80_000, payer="X", payer_account="1234-567890"), "suggested", "before-amount", [(DOLOR, 2, 80_000)]),
    (line(965_000, payer="นาย ปิยะ ศรีสุข", currency="THB"), "suggested", "name-amount", [(PIYA, 5, 965_000)]),
    (line(80_000, "cash deposit"), "suggested", "amount", [(DOLOR, 2, 80_000)]),
    (line(99_900, "cash deposit"), "unknown", "amount-several", []),
    (line(99_900, "chua trading"), "unknown", "several-names", []),
    (line(1_234, "salamat"), "unknown", "nothing", []),
    (line(965_000, "INV-2026-000005"), "unknown", "nothing", []),  # pesos for an invoice in baht
    (line(120_000, "XINV-2026-000001"), "suggested", "amount", [(DOLOR, 1, 120_000)]),
    (line(120_000, "INV-2026-0000011"), "suggested", "amount", [(DOLOR, 1, 120_000)]),
    (line(-120_000, "INV-2026-000001"), "outgoing", "outgoing", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given_line", "state", "why", "parts"), LABELLED, ids=[f"{n}-{c[2]}" for n, c in enumerate(LABELLED)]
)
def test_a_labelled_line_settles_what_its_label_says(given_line, state, why, parts):
    found = match(given_line, books(recorded={}))
    if why == "name-all":
        parts = [(DOLOR, 1, 120_000), (DOLOR, 2, 80_000)]
    assert (found.state, found.why[0]) == (state, f"bank-why-{why}")
    assert sorted(found.parts, key=str) == sorted(parts, key=str)


def test_a_payment_recorded_by_hand_is_linked_and_not_booked_again():
    by_reference = match(line(55_500, "GCASH GC-778812"), books())
    assert (by_reference.state, by_reference.payment, by_reference.parts) == ("matched", 31, ())
    paid = books(left={3: 0})
    assert match(line(55_500, "INV-2026-000003"), paid)[:1] + (
        match(line(55_500, "INV-2026-000003"), paid).payment,
    ) == ("matched", 31)
    still_open = match(line(55_500, "INV-2026-000003"), books())
    assert (still_open.state, still_open.payment) == ("suggested", 31)
    too_late = match(line(55_500, "INV-2026-000003", day=date(2026, 12, 30)), books())
    assert (too_late.state, too_late.payment) == ("matched", None)


def test_of_two_equal_lines_the_second_is_not_the_same_recorded_payment_nor_the_same_invoice():
    known = books()
    first = match(line(55_500, "GC-778812 INV-2026-000003"), known)
    known.take(first)
    second = match(line(55_500, "GC-778812 INV-2026-000003"), known)
    assert (first.payment, second.payment) == (31, None)
    known.take(second)
    third = match(line(55_500, "GC-778812 INV-2026-000003"), known)
    assert third.why[0] == "bank-why-paid-already"


def test_a_reference_that_a_customer_told_finds_its_invoice():
    known = books(told={"gc-99x12": [OPEN[0]], "gc-99x13": [OPEN[0], OPEN[2]]})
    exact = match(line(120_000, "GCASH GC-99X12"), known)
    assert (exact.state, exact.why[0], exact.parts) == ("matched", "bank-why-told-exact", (D1,))
    assert match(line(50_000, "GCASH gc-99x12"), known)[:2] == (
        "suggested", ("bank-why-told", {"numbers": "INV-2026-000001"})
    )  # fmt: skip
    assert match(line(1_000, "GC-99X13"), known).why[0] == "bank-why-nothing"  # told of two accounts


def test_numbers_are_found_however_the_bank_spaced_them():
    assert invoice_numbers("Inv. no: 2026/45, INVOICE#2026-000046") == ["INV-2026-000045", "INV-2026-000046"]
    assert invoice_numbers("ref 20260000451") == []
    assert order_ids("SO-000123 so 4567 SOSO-999999 so 12") == [123, 4567]


def test_a_payer_is_known_by_account_before_name():
    assert payer_key("Maria", "12-345-6789") == "account:123456789"
    assert payer_key("Maria Peña", "12") == "name:maria pena"
    assert payer_key("M", "") == ""


TEXTS = st.lists(
    st.sampled_from(["INV-2026-000001", "INV-2026-000002", "INV-2026-000003", "SO-001002", "Panaderya Dolor",
                     "Ka Berto", "GC-778812", "deposit", "Chua Trading"]), max_size=4
).map(" ".join)  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 300_000), TEXTS), min_size=1, max_size=12))
def test_whatever_comes_in_each_part_adds_up_and_no_invoice_is_settled_twice(lines):
    known, settled = books(), {}
    for minor, text in lines:
        found = match(line(minor, text), known)
        known.take(found)
        if found.parts:
            assert sum(part[2] for part in found.parts) == minor
            assert all(part[2] > 0 for part in found.parts)
        for _, invoice, part in found.parts:
            if invoice:
                settled[invoice] = settled.get(invoice, 0) + part
    opened = {each.id: each.open_minor for each in OPEN}
    assert all(settled[invoice] <= opened[invoice] for invoice in settled)
