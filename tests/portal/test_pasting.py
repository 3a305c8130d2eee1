"""Pasted lists: codes and names with a number before or after, and lines that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import store
from portal.sales import pasted_lines, pasting
from tests import make


@pytest.fixture
def shelf(world):
    goods = {"BIG-25": "Sinandomeng rice", "BIG-50": "Dinorado rice", "17": "Palm oil 17 L", "TH-1": "ข้าวหอมมะลิ"}
    products = [make.product(code, name=name) for code, name in goods.items()]
    make.product("HIDDEN", name="Baht rice", currency="THB")
    with store.writing():
        for product in products:
            product.index()
    return world


@pytest.mark.parametrize(
    ("line", "code", "count"),
    [
        ("BIG-25 6", "BIG-25", "6"),
        ("big-25\t6", "BIG-25", "6"),
        ("BIG-25, 1,200", "BIG-25", "1,200"),
        ("BIG-25 x6", "BIG-25", "6"),
        ("BIG-25; 6 pcs", "BIG-25", "6"),
        ("6 BIG-25", "BIG-25", "6"),
        ("6 x BIG-25", "BIG-25", "6"),
        ("6×BIG-25", "BIG-25", "6"),
        ("BIG-25", "BIG-25", "1"),
        ("17 3", "17", "3"),
        ("17", "17", "1"),
        ("6 sinandomeng", "BIG-25", "6"),
        ("Dinorado rice 4", "BIG-50", "4"),
        ("3 ข้าวหอม", "TH-1", "3"),
        ("  big-25\t\t6  ", "BIG-25", "6"),
        ("BIG-25 ๑๒", "BIG-25", "12"),
        ("BIG-25 x 3", "BIG-25", "3"),
        ("BIG-25 3 sacks", "BIG-25", "3"),
        ("3 sacks of big-25", "BIG-25", "3"),
        ("BIG-25 3 tubigan", "BIG-25", "3"),
        ("BIG-25 - 6", "BIG-25", "6"),
        ("BIG-25,100", "BIG-25", "100"),
        ('"BIG-25";"6"', "BIG-25", "6"),
        ("BIG-25\tSinandomeng rice\tsack\t6\t1375.00\t8,250.00", "BIG-25", "6"),
        ("6.00\tBIG-25\tSinandomeng rice", "BIG-25", "6"),
        ("Sinandomeng rice\t6 ถุง", "BIG-25", "6"),
        ("Palm oil 17 L", "17", "1"),
    ],
)
def test_a_line_is_read_however_it_is_written(shelf, line, code, count):
    found = pasting.read(line, shelf.carol)
    assert ([(wanted.code, wanted.quantity) for wanted in found.wanted], found.unread) == ([(code, count)], [])


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(shelf):
    found = pasting.read("BIG-25 2\n\n  \n5 rice\r\nwhatever 3\nHIDDEN 1\n9 9 9", shelf.carol)
    assert [wanted.code for wanted in found.wanted] == ["BIG-25"]
    assert [(line, message) for line, message, _ in found.unread] == [
        ("5 rice", "list-ambiguous"), ("whatever 3", "list-unknown"), ("HIDDEN 1", "list-unknown"),
        ("9 9 9", "list-unknown"),
    ]  # fmt: skip
    assert found.unread[0][2]["names"] == "Sinandomeng rice, Dinorado rice"


def test_a_sheet_with_headings_and_numbers_before_its_rows_is_read_by_its_columns(shelf):
    sheet = "No.\tPrice\tQty\tItem code\n1\t1,375\t6\tBIG-25\n2\t1,580\t2\tBIG-50\n3\t90\t\tTH-1"
    found = pasting.read(sheet, shelf.carol)
    assert [(wanted.code, wanted.quantity) for wanted in found.wanted] == [("BIG-25", "6"), ("BIG-50", "2")]
    assert [line for line, *_ in found.unread] == ["3 90 TH-1"]
    plain = pasting.read("1. BIG-25, Sinandomeng, 6\n2. BIG-50, Dinorado, 2", shelf.carol)
    assert [(wanted.code, wanted.quantity) for wanted in plain.wanted] == [("BIG-25", "6"), ("BIG-50", "2")]
    not_numbered = pasting.read("1 BIG-25\n2 BIG-50", shelf.carol)
    assert [(wanted.code, wanted.quantity) for wanted in not_numbered.wanted] == [("BIG-25", "1"), ("BIG-50", "2")]


def test_names_beyond_what_is_looked_up_at_a_time_are_said_to_wait(shelf):
    found = pasting.read("\n".join(f"mystery {n}x" for n in range(pasting.MOST_NAMES + 1)), shelf.carol)
    assert {message for _, message, _ in found.unread[:-1]} == {"list-unknown"}
    assert found.unread[-1][1] == "list-names-many"


def test_a_line_that_is_too_long_is_said_so_and_the_others_are_read(shelf):
    line = ",;" * 100_000 + " 6"
    found = pasting.read(f"BIG-25 6\n{line}\nBIG-25\t4\t{'very ' * 80}\nBIG-25 {'.' * 1_000} 2", shelf.carol)
    assert [wanted.quantity for wanted in found.wanted] == ["6", "4"]
    assert [(kept, said) for kept, said, _ in found.unread] == [
        (line, "list-line-long"), (f"BIG-25 {'.' * 1_000} 2", "list-line-long"),
    ]  # fmt: skip


def test_a_list_has_an_end(shelf):
    found = pasting.read("BIG-25 1\n" * 501, shelf.carol)
    assert len(found.wanted) == 500 and found.unread == [("BIG-25 1", "list-too-long", {"most": 500})]
    assert pasting.read("BIG-25 1\n" * 503, shelf.carol).rest == ["BIG-25 1"] * 2


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    for line in pasted_lines.read(text.splitlines()):
        assert all(isinstance(meant.what, str) for meant in line.meanings)
