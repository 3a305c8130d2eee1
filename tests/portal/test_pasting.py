"""Pasted lists: codes and names with a number before or after, and lines that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import store
from portal.sales import pasting
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


def test_a_list_has_an_end(shelf):
    found = pasting.read("BIG-25 1\n" * 501, shelf.carol)
    assert len(found.wanted) == 500 and found.unread == [("BIG-25 1", "list-too-long", {"most": 500})]
    assert pasting.read("BIG-25 1\n" * 503, shelf.carol).rest == ["BIG-25 1"] * 2


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    for line in text.splitlines():
        assert all(isinstance(what, str) for what, _ in pasting._guesses(line))
