"""Cells are read as the map says, or refused with a reason; nothing else ever happens to them."""

import contextlib
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.exchange import importing_guesses as guesses
from portal.exchange import importing_values as read
from portal.exchange.importing_files import Records, Shape
from portal.exchange.importing_maps import Map
from tests.imports import PRODUCTS, table

PLAIN = read.Formats()
COMMA = read.Formats(decimal=",")


@pytest.mark.parametrize(
    ("text", "formats", "number"),
    [
        ("1250.50", PLAIN, "1250.50"),
        ("1,250.50", PLAIN, "1250.50"),
        ("-7", PLAIN, "-7"),
        ("₱1,250", PLAIN, "1250"),
        ("12 ฿", PLAIN, "12"),
        ("1.250,5", COMMA, "1250.5"),
        ("1 250", PLAIN, None),
        ("1\u00a0250,5", COMMA, "1250.5"),
        ("1,25", PLAIN, None),
        ("12,34,567", PLAIN, None),
        ("1e9", PLAIN, None),
        ("1_000", PLAIN, None),
        ("NaN", PLAIN, None),
        ("٣", PLAIN, None),
        ("9" * 31, PLAIN, None),
        ("", PLAIN, None),
    ],
)
def test_numbers(text, formats, number):
    if number is None:
        with pytest.raises(Invalid):
            read.exact(text, formats)
    else:
        assert read.exact(text, formats) == Decimal(number)


@pytest.mark.parametrize(
    ("rounding", "amount", "minor"),
    [("half-even", "2.005", 200), ("half-even", "2.015", 202), ("half-up", "2.005", 201), ("none", "2.00", 200)],
)
def test_amounts_are_rounded_once_as_the_map_says(rounding, amount, minor):
    assert read.minor(Decimal(amount), read.Formats(rounding=rounding), "USD") == minor


def test_an_amount_finer_than_its_currency_is_refused_unless_the_map_says_how_to_round():
    with pytest.raises(Invalid):
        read.minor(Decimal("2.005"), PLAIN, "USD")
    with pytest.raises(Invalid):
        read.minor(Decimal("2.5"), PLAIN, "JPY")


@pytest.mark.parametrize(
    ("text", "settings", "moment"),
    [
        ("2014-06-30", {}, datetime(2014, 6, 30, 12)),
        ("2014-06-30 08:15", {"zone": "Asia/Manila"}, datetime(2014, 6, 30, 0, 15)),
        ("2014-06-30T08:15:00+02:00", {}, datetime(2014, 6, 30, 6, 15)),
        ("30/06/2557", {"date": "%d/%m/%Y", "calendar": "buddhist"}, datetime(2014, 6, 30, 12)),
        ("29/02/2567", {"date": "%d/%m/%Y", "calendar": "buddhist"}, datetime(2024, 2, 29, 12)),
        ("30.06.2014 00:00:00", {"date": "%d.%m.%Y"}, datetime(2014, 6, 30, 12)),
        ("2014-06-31", {}, None),
        ("0000-00-00", {}, None),
        ("0014-06-30", {}, None),
        ("2557-06-30", {}, None),
    ],
)
def test_moments(text, settings, moment):
    formats = read.Formats(**settings)
    if moment is None:
        with pytest.raises(Invalid):
            read.moment(text, formats)
    else:
        assert read.moment(text, formats) == moment


def test_words_of_other_systems():
    names = ("de", "Germany", "USA", "UK", "thailand")
    assert [read.country(name, PLAIN) for name in names] == ["DE", "DE", "US", "GB", "TH"]
    assert [read.yes(text, PLAIN) for text in ("1", "No", "TRUE", "")] == [True, False, True, False]
    assert read.language("tl-PH", PLAIN) == "fil"
    assert read.day("2014-06-30", PLAIN) == date(2014, 6, 30)
    assert read.basis_points("0.15", PLAIN) == (1500, Decimal("0.15"))
    assert read.basis_points("15 %", read.Formats(discount="percent"))[0] == 1500


@pytest.mark.parametrize("text", ["a\x01b", "a\u202eb", "a\ud800b", "x" * 61])
def test_text_that_cannot_be_shown_is_refused_not_mended(text):
    with pytest.raises(Invalid):
        read.line(60)(text, PLAIN)
    with pytest.raises(Invalid):
        read.paragraphs(text * 100, PLAIN)


def test_blanks_and_forms_of_letters_are_made_one():
    assert read.line(60)("  Wolski \t\r\n Zajazd ", PLAIN) == "Wolski Zajazd"
    assert read.line(60)("Pen\u0303a", PLAIN) == "Peña"
    assert read.paragraphs("soft\r\nand\rwhite\n", PLAIN) == "soft\nand\nwhite"


def test_an_address_that_needs_no_change_is_checked_once_per_domain():
    assert read.email(" ken0@adventure-works.com ", PLAIN) == "ken0@adventure-works.com"
    assert read.email("maría@Example.COM", PLAIN) == "maría@example.com"
    for text in ("a@b", "a..b@example.com", "a@b@example.com", "@example.com", "a@exa mple.com", "a@b.test"):
        with pytest.raises(Invalid):
            read.email(text, PLAIN)


READERS = (
    read.line(60), read.paragraphs, read.choice("a", "b"), read.yes, read.email, read.phone, read.exact, read.whole(),
    read.basis_points, read.day, read.moment, read.grams, read.country, read.currency, read.language,
)  # fmt: skip


@given(text=st.text(max_size=60), reader=st.sampled_from(READERS), formats=st.sampled_from([PLAIN, COMMA]))
def test_no_cell_does_anything_but_be_read_or_refused(text, reader, formats):
    try:
        reader(text, formats)
    except Invalid as refusal:
        assert len(refusal.problems) == 1


@given(data=st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_read_or_refused(data, tmp_path_factory):
    path = table(tmp_path_factory.getbasetemp(), data, "fuzz.csv")
    try:
        shape, _ = guesses.shape(path, {})
        header, rows = guesses.sample(path, shape)
        guesses.date_format([cell for row in rows for cell in row])
    except Invalid:
        pass


@given(text=st.text(alphabet='a,";\n\r\t\x00é', max_size=200))
def test_every_line_is_in_a_record_or_reported(text):
    found = list(Records(io.StringIO(text, newline=""), Shape()))
    lines = [record.line for record in found]
    assert lines == sorted(set(lines))
    assert all(record.cells or record.problem for record in found)


MAP_LINE = st.from_regex(r"(source|key|columns|case|when|values)\s*=\s*[\[\]{}\"a-z0-9=, ]{0,40}", fullmatch=True)


@given(text=st.text(max_size=100) | MAP_LINE)
def test_no_map_does_anything_but_be_taken_or_refused(text):
    for body in (text, PRODUCTS + text, text + "\n" + PRODUCTS):
        with contextlib.suppress(Invalid):
            Map(body, "products").bind(["no", "what", "price"])
