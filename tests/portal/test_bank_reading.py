"""Bank files: cells, layouts and rows, as banks write them and as hypothesis turns them."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.exchange import bank_cells, bank_layouts, bank_reading
from portal.exchange.bank_reading import LeftOut, Row
from portal.web import terms

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "mark", "exact"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ",", "1234.50"),
        ("(12.00)", ".", "-12.00"),
        ("12.00-", ".", "-12"),
        ("−12", ".", "-12"),
        ("THB 1,200.00", ".", "1200"),
        ("₱1,200", ".", "1200"),
        ("P1,000.00", ".", "1000"),
        ("500.00 DR", ".", "-500"),
        ("CR 500.00", ".", "500"),
        ("๑,๒๓๔.๕๐", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("1,23,456.00", ".", "123456"),
        (".50", ".", "0.50"),
    ],
)
def test_amounts_are_read_in_the_marks_banks_use(text, mark, exact):
    assert bank_cells.amount(text, mark) == Decimal(exact)


@pytest.mark.parametrize("text", ["", "  ", "-", "–"])
def test_a_blank_or_a_dash_is_no_amount(text):
    assert bank_cells.amount(text) is None


@pytest.mark.parametrize("text", ["abc", "1,2", "12-3", "--2", "1.2.3", "2026-11-03", "1e5", "NaN", "1" * 200, "+-1"])
def test_what_is_no_amount_is_said_so(text):
    with pytest.raises(Invalid) as refusal:
        bank_cells.amount(text)
    assert refusal.value.problems["cell"][0] == "bank-amount-unreadable"


def test_an_absurd_amount_is_refused_and_so_is_one_too_fine():
    with pytest.raises(Invalid, match="amount-too-large"):
        bank_cells.minor(Decimal("1e20"), "PHP")
    with pytest.raises(Invalid, match="bank-amount-too-fine"):
        bank_cells.minor(Decimal("1.005"), "PHP")


STYLES = {
    "plain": lambda d: f"{d:.2f}",
    "thousands": lambda d: f"{d:,.2f}",
    "continental": lambda d: f"{d:,.2f}".translate(str.maketrans(",.", ".,")),
    "brackets": lambda d: f"({-d:,.2f})" if d < 0 else f"{d:,.2f}",
    "behind": lambda d: f"{abs(d):,.2f}{'-' if d < 0 else ''}",
    "baht": lambda d: f"{'-' if d < 0 else ''}฿{abs(d):,.2f}",
    "sides": lambda d: f"{abs(d):,.2f} {'DR' if d < 0 else 'CR'}",
    "thai": lambda d: f"{d:,.2f}".translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
}


@given(st.decimals(Decimal("-9999999999"), Decimal("9999999999"), places=2), st.sampled_from(sorted(STYLES)))
def test_every_amount_comes_back_from_every_way_of_writing_it(exact, style):
    assert bank_cells.amount(STYLES[style](exact), "," if style == "continental" else ".") == exact


@given(st.text(max_size=30))
def test_no_text_whatever_breaks_the_readers_of_cells(text):
    for read in (lambda: bank_cells.amount(text), lambda: bank_cells.day(text)):
        try:
            read()
        except Invalid:
            continue


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
THAI = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
DAYS = {  # style: (order, era, writer)
    "iso": ("dmy", "gregorian", lambda d: d.isoformat()),
    "dmy": ("dmy", "gregorian", lambda d: f"{d:%d/%m/%Y}"),
    "mdy": ("mdy", "gregorian", lambda d: f"{d:%m/%d/%Y}"),
    "points": ("dmy", "gregorian", lambda d: f"{d:%d.%m.%y}"),
    "names": ("dmy", "gregorian", lambda d: f"{d.day} {MONTHS[d.month - 1]} {d:%y}"),
    "american": ("mdy", "gregorian", lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}"),
    "thai": ("dmy", "gregorian", lambda d: f"{d.day} {THAI[d.month - 1]} {d.year + 543}"),
    "buddhist": ("dmy", "gregorian", lambda d: f"{d:%d/%m}/{d.year + 543}"),
    "short buddhist": ("dmy", "buddhist", lambda d: f"{d:%d/%m}/{(d.year + 543) % 100:02d}"),
    "bare": ("ymd", "gregorian", lambda d: f"{d:%Y%m%d}"),
    "timed": ("dmy", "gregorian", lambda d: f"{d:%d/%m/%Y} 14:05:59"),
}


@given(st.dates(date(2001, 1, 1), date(2040, 12, 31)), st.sampled_from(sorted(DAYS)))
def test_every_day_comes_back_from_every_way_of_writing_it(day, style):
    order, era, write = DAYS[style]
    assert bank_cells.day(write(day), order, era) == day


def test_the_order_of_days_is_seen_and_what_could_be_either_is_not_sure():
    assert bank_cells.days_are(["03/11/2026", "14/11/2026"], TODAY) == ("dmy", "gregorian", True)
    assert bank_cells.days_are(["11/03/2026", "11/14/2026"], TODAY) == ("mdy", "gregorian", True)
    assert bank_cells.days_are(["03/11/2569", "20/11/2569"], TODAY)[:2] == ("dmy", "gregorian")
    assert bank_cells.days_are(["3/4/69", "15/4/69"], TODAY)[:2] == ("dmy", "buddhist")
    assert bank_cells.days_are(["03/11/2026"], TODAY)[2] is False


BPI = """BANK OF THE ISLANDS
Account No.,1234-5678-90
Statement Period,01 Nov 2026 - 30 Nov 2026

Transaction Date,Posting Date,Description,Reference No.,Debit,Credit,Running Balance
11/03/2026,11/03/2026,"INSTAPAY FR PANADERYA DOLOR
INV-2026-000123",778812,,"12,345.50","112,345.50"
11/14/2026,11/14/2026,SERVICE CHARGE,,15.00,,"112,330.50"
Total,,,,15.00,"12,345.50",
"""
KBANK = (
    "วันที่\tรายการ\tถอนเงิน\tฝากเงิน\tคงเหลือ\tรายละเอียด\n"
    "03/11/69\tโอนเงิน\t\t9,650.00\t19,650.00\tจาก X1234 นาย ปิยะ ศรีสุข\n"
    "15/11/69\tชำระเงิน\t500.00\t\t19,150.00\tค่าไฟ\n"
)
SPARKASSE = (
    'Buchungstag;Verwendungszweck Memo;Betrag\n03.11.26;"Miete; Laden";-1.234,50\n17.11.26;INV-2026-000007;2.000,00\n'
)
SIDES = "Date|Particulars|Amount|DR/CR\n2026-11-03|Deposit|500.00|CR\n2026-11-20|Fee|10.00|DR\n"
BARE = "2026-11-03,Deposit from Dolor,500.00,1500.00\n2026-11-04,Fee,-10.00,1490.00\n"
LAYOUTS = [
    ("bpi", BPI, "utf-8", [("2026-11-03", 1234550), ("2026-11-14", -1500)]),
    ("bpi with BOM", BPI, "utf-8-sig", [("2026-11-03", 1234550), ("2026-11-14", -1500)]),
    ("kbank", KBANK, "cp874", [("2026-11-03", 965000), ("2026-11-15", -50000)]),
    ("kbank in unicode", KBANK, "utf-16", [("2026-11-03", 965000), ("2026-11-15", -50000)]),
    ("continental", SPARKASSE, "cp1252", [("2026-11-03", -123450), ("2026-11-17", 200000)]),
    ("sides", SIDES, "utf-8", [("2026-11-03", 50000), ("2026-11-20", -1000)]),
    ("no header", BARE, "utf-8", [("2026-11-03", 50000), ("2026-11-04", -1000)]),
]


@pytest.mark.parametrize(("name", "text", "encoding", "expected"), LAYOUTS, ids=[case[0] for case in LAYOUTS])
def test_common_layouts_are_read_without_a_word_from_anybody(name, text, encoding, expected):
    data = text.encode(encoding)
    layout = bank_layouts.guess(data, TODAY)
    assert layout.problems() == {}
    found = list(bank_reading.rows(io.BytesIO(data), layout, "PHP"))
    lines = [row for row in found if isinstance(row, Row)]
    assert [(row.booked_on.isoformat(), row.amount_minor) for row in lines] == expected


def test_a_row_keeps_its_words_and_what_is_left_out_says_why():
    found = list(bank_reading.rows(io.BytesIO(BPI.encode()), bank_layouts.guess(BPI.encode(), TODAY), "PHP"))
    assert found[0].text == "INSTAPAY FR PANADERYA DOLOR INV-2026-000123"
    assert (found[0].reference, found[0].balance_minor) == ("778812", 11234550)
    assert isinstance(found[-1], LeftOut) and found[-1].problem == "bank-day-unreadable"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "file-empty"),
        (b"\xff\xfe\n", "file-empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "bank-file-not-table"),
        (b"%PDF-1.7\n" + bytes(range(256)), "bank-file-pdf"),
        (b"PK\x03\x04" + bytes(range(256)) * 4, "bank-file-workbook"),
        (b"<html><body>no</body></html>", "bank-file-not-table"),
        (bytes(range(1, 32)) * 50, "bank-file-not-table"),
    ],
)
def test_a_picture_a_workbook_or_noise_is_refused_in_words(data, problem):
    with pytest.raises(Invalid) as refusal:
        bank_layouts.check_is_text(data)
    assert refusal.value.problems["file"][0] == problem


def test_a_file_without_amounts_says_what_is_missing():
    data = b"Order date,Customer,SKU,Quantity\n2026-11-03,Dolor,RICE,4\n"
    assert bank_layouts.guess(data, TODAY).problems() == {"amount": "bank-layout-no-amount"}
    data = b"SKU,Quantity\nRICE,four\n"
    assert set(bank_layouts.guess(data, TODAY).problems()) == {"amount", "day"}


def test_a_layout_comes_back_from_what_is_kept_of_it():
    layout = bank_layouts.guess(KBANK.encode("cp874"), TODAY)
    assert bank_layouts.Layout.of(layout.kept()) == layout


def test_the_summary_adds_up_to_the_rows():
    data = BPI.encode()
    found = bank_reading.summary(io.BytesIO(data), bank_layouts.guess(data, TODAY), "PHP")
    assert (found.lines, found.in_minor, found.out_minor, found.left_out_count) == (2, 1234550, -1500, 1)
    assert (found.first_on, found.last_on) == (date(2026, 11, 3), date(2026, 11, 14))


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([("10", "110"), ("-5", "105"), ("20", "125")], "fit"),
        ([("20", "125"), ("-5", "105"), ("10", "110")], "fit"),
        ([("10", "110"), ("-5", "105"), ("20", "130")], "jump"),
        ([("-10", "110"), ("5", "105"), ("-20", "125")], "turned"),
        ([("10", "")], ""),
    ],
)
def test_balances_tell_whether_a_line_is_missing_or_a_sign_is_wrong(rows, word):
    data = "".join(["Date,Amount,Balance\n", *(f"2026-11-03,{amount},{balance}\n" for amount, balance in rows)])
    layout = bank_layouts.Layout(header=1, roles=("day", "amount", "balance"))
    assert bank_reading.summary(io.BytesIO(data.encode()), layout, "PHP").balances == word


def test_every_message_of_the_bank_has_its_words():
    kinds = "file|no|statement|account|layout|row|amount|day|line|plan|target|parts|payment|why"
    texts = [path.read_text() for path in Path("portal/exchange").glob("bank_*.py")]
    named = {name for text in texts for name in re.findall(rf'"(bank-(?:{kinds})-[a-z-]+)"', text)}
    assert len(named) > 30 and named <= terms.MESSAGES.keys()
    for how in ("number", "before", "name"):
        assert {f"bank-why-{how}{what}" for what in ("", "-all", "-amount")} <= terms.MESSAGES.keys()


ROWS = st.lists(
    st.tuples(
        st.dates(date(2024, 1, 1), date(2027, 1, 1)),
        st.integers(-(10**9), 10**9).filter(bool),
        st.text("abcXYZ ,;\"'ก๑\n", max_size=20),
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-16", "cp874"]))
def test_whatever_is_written_as_a_statement_is_read_again(rows, delimiter, encoding):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Date", "Description", "Amount"])
    for day, minor, text in rows:
        writer.writerow([day.isoformat(), text, f"{Decimal(minor) / 100:.2f}"])
    data = out.getvalue().encode(encoding)
    layout = bank_layouts.Layout(encoding, delimiter, 1, ("day", "text", "amount"))
    found = list(bank_reading.rows(io.BytesIO(data), layout, "PHP"))
    assert [(row.booked_on, row.amount_minor) for row in found] == [(day, minor) for day, minor, _ in rows]
