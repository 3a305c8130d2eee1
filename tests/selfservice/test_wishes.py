"""Wishes over the wire: asked where nothing was found, answered where customers read it; searches in vain kept."""

import pytest

from portal.sales import missed, wishes
from portal.sales.missed import MissedSearch
from portal.sales.wishes import Wish
from tests import make


@pytest.fixture
def shop(world):
    world.rice = make.found_by(make.product("RICE", stock=4, name="Sinandomeng rice"))
    make.address(world.account, line1="7 Sampaguita St.")
    return world


@pytest.fixture
def carol(client, shop):
    return client.sign_in(shop.carol)


def looked_for():
    rows = MissedSearch.select(MissedSearch.words, MissedSearch.source, MissedSearch.asks, MissedSearch.quantity)
    return list(rows.order_by(MissedSearch.id).tuples())


def test_a_search_without_result_offers_to_ask_and_is_kept(carol, shop):
    page = carol.get("/catalogue?q=Brown+sugar")
    assert "ask us for it" in page.text and 'value="Brown sugar"' in page.text
    sent = carol.send("/catalogue?q=Brown+sugar", "/wishes", quantity="12", wanted_by="")
    assert sent.location == "/wishes" and "We look for it" in carol.get("/wishes").text
    assert (Wish.get().words, Wish.get().quantity, Wish.get().account_id) == ("Brown sugar", 12, shop.account.id)
    carol.get("/catalogue?q=sinandomeng"), carol.get("/catalogue?category=99&q=nothing")
    assert looked_for() == [("Brown sugar", "catalogue", 2, 0), ("nothing", "catalogue", 1, 0)]


def test_what_the_pad_cannot_give_is_kept_too(carol, shop):
    pad = carol.form("/orders/new", "/orders/new/review").fields
    carol.post("/orders/new", data=pad | {"q": "zebra", "paste": "bananas 2\nRICE 1\n1,200 candles"})
    carol.send("/orders/new", "/orders/new/review", **{"quantity:RICE": "9"})
    assert looked_for() == [
        ("bananas", "list", 1, 2), ("candles", "list", 1, 1200), ("zebra", "pad", 1, 0),
        ("Sinandomeng rice", "stock", 1, 5),
    ]  # fmt: skip


def test_a_wish_that_cannot_be_read_is_said_at_its_field_and_stays(carol):
    refused = carol.send("/wishes", quantity="a few", words="Brown sugar")
    assert refused.status_code == 422 and "Write a whole number" in refused.text and "Brown sugar" in refused.text
    assert not Wish.select().exists()


def test_the_answer_stands_where_the_account_asked_and_nowhere_else(carol, client, shop):
    wish = wishes.ask(by=shop.carol, account=shop.account, words="Brown rice")
    wishes.answer([wish], by=shop.rhea, state="found", product="RICE", words="Try this one.")
    page = carol.get("/wishes")
    assert "Here it is" in page.text and "/catalogue/RICE" in page.text and "Try this one." in page.text
    assert "Brown rice" in carol.get("/wishes.csv").text
    client.sign_in(shop.cora)
    assert "Brown rice" in client.get("/wishes").text
    client.sign_in(shop.dave)
    assert "Brown rice" not in client.get("/wishes").text


def test_nothing_of_the_person_is_kept_with_a_search(carol, shop):
    carol.get("/catalogue?q=zebra")
    assert set(MissedSearch._meta.fields) == {"id", "account", "key", "words", "source", "on", "asks", "quantity"}
    assert missed.SOURCES == ("catalogue", "pad", "list", "stock")
