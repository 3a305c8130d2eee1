"""Unmet demand: wishes asked and answered, searches in vain kept within bounds, all of it grouped and counted."""

import threading
from datetime import date, datetime, timedelta

import pytest

from portal import outbox, store, values
from portal.errors import Invalid
from portal.insight import demand
from portal.sales import missed, wishes
from portal.sales.missed import MissedSearch
from portal.sales.wishes import Wish
from tests import make

NOW = datetime(2026, 5, 20, 4)
BY_MAIL = outbox.Outbox.channel == "mail"


@pytest.fixture
def shop(world):
    world.ben = make.member(world.account, "Ben Reyes", "buyer")
    return world


def ask(shop, words="Brown rice, 5 kg", by=None, **given):
    account = shop.other_account if by is shop.dave else shop.account
    return wishes.ask(by=by or shop.carol, account=account, words=words, **{"now": NOW} | given)


def counted(actor, **given):
    return [found[2:6] for found in demand.groups(actor, **{"now": NOW} | given)]


def test_a_wish_is_kept_and_whoever_looks_after_the_account_hears_of_it(shop):
    wish = ask(shop, quantity="๒๐", wanted_by="2026-06-01")
    assert (wish.key, wish.quantity, wish.wanted_by, wish.state) == ("5 brown kg rice", 20, date(2026, 6, 1), "open")
    told = outbox.Outbox.select(outbox.Outbox.template, outbox.Outbox.recipient).distinct().tuples()
    assert list(told) == [("wish_asked", str(shop.logins["rhea"].ref))]


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        ({"words": "  "}, "words", "field-needed"),
        ({"words": "?!"}, "words", "wish-needed"),
        ({"words": "x" * 121}, "words", "text-too-long"),
        ({"quantity": "some"}, "quantity", "quantity-malformed"),
        ({"quantity": "-2"}, "quantity", "quantity-too-small"),
        ({"wanted_by": "soon"}, "wanted_by", "date-malformed"),
        ({"wanted_by": "2026-05-19"}, "wanted_by", "day-passed"),
    ],
)
def test_what_is_no_wish_is_refused_at_its_field(shop, given, field, problem):
    with pytest.raises(Invalid) as refusal:
        ask(shop, **given)
    assert refusal.value.problems[field][0] == problem and not Wish.select().exists()


def test_an_account_has_only_so_many_wishes_that_wait(shop, monkeypatch):
    monkeypatch.setattr(wishes, "MOST_OPEN", 1)
    ask(shop)
    with pytest.raises(Invalid, match="wishes-too-many"):
        ask(shop, "Another thing")
    assert ask(shop, by=shop.dave).state == "open"


def test_all_who_asked_are_answered_at_once_and_each_is_told(shop):
    first, second = ask(shop), ask(shop, "rice BROWN 5kg".replace("5kg", "5 kg"), by=shop.dave)
    make.product("BRO", name="Brown rice")
    told = wishes.answer([first, second], by=shop.ada, state="found", product="bro", words="New since May.", now=NOW)
    assert len(told) == 2 and {wish.product.code for wish in Wish.select()} == {"BRO"}
    heard = outbox.Outbox.select(outbox.Outbox.recipient).where(outbox.Outbox.template == "wish_answered").distinct()
    assert {row.recipient for row in heard} == {str(shop.logins[name].ref) for name in ("carol", "dave")}
    with pytest.raises(Invalid, match="wish-answered"):
        wishes.answer([first], by=shop.rhea, state="declined", now=NOW)
    assert Wish.get_by_id(first.id).state == "found"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"state": "maybe"}, "choice-unknown"),
        ({"state": "found"}, "answer-product-needed"),
        ({"state": "found", "product": "NOPE"}, "product-unknown"),
        ({"state": "declined", "words": "x" * 501}, "text-too-long"),
    ],
)
def test_an_answer_that_says_nothing_is_refused(shop, given, problem):
    with pytest.raises(Invalid, match=problem):
        wishes.answer([ask(shop)], by=shop.rhea, **given)
    assert Wish.get().state == "open"


def test_two_who_answer_at_once_answer_once(postgres):
    shop = make.world()
    wish = ask(shop)
    ready, answered = threading.Barrier(2), []

    def say(by, state):
        with store.connection():
            mine = Wish.get_by_id(wish.id)
            ready.wait()
            try:
                wishes.answer([mine], by=by, state=state, now=NOW)
                answered.append(state)
            except Invalid:
                pass

    threads = [threading.Thread(target=say, args=pair) for pair in ((shop.rhea, "coming"), (shop.mona, "declined"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered == [Wish.get().state]
    assert (
        outbox.Outbox.select()
        .where(outbox.Outbox.template == "wish_answered", outbox.Outbox.channel == "mail")
        .count()
        == 1
    )


def test_searches_in_vain_are_counted_by_words_and_day_and_have_an_end(shop, monkeypatch):
    missed.note(shop.account, "catalogue", [("Brown Rice!", 0)], now=NOW)
    missed.note(shop.account, "catalogue", [("rice  brown", 0), ("ríce brown", 0)], now=NOW)
    missed.note(shop.account, "list", [("brown rice", 12), ("?", 1), ("x", 1)], now=NOW)
    rows = [
        (row.words, row.source, row.asks, row.quantity) for row in MissedSearch.select().order_by(MissedSearch.id)
    ]
    assert rows == [("Brown Rice!", "catalogue", 3, 0), ("brown rice", "list", 1, 12)]
    monkeypatch.setattr(missed, "MOST_A_DAY", 3)
    missed.note(shop.account, "pad", [(f"thing {n}", 0) for n in range(9)], now=NOW)
    assert MissedSearch.select().count() == 3
    missed.forget_old(now=NOW + timedelta(days=401))
    assert not MissedSearch.select().exists()


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Tins of brown Rice", "brown rice tin"),
        ("rice, brown: TIN", "brown rice tin"),
        ("Ríce (brown)", "brown rice"),
        ("กะทิกล่องเล็ก ๒๕๐ มล.", "250 กะทิกล่องเล็ก มล"),
        ("The", ""),
    ],
)
def test_the_same_wish_is_the_same_however_it_is_written(words, key):
    assert missed.key_of(words) == key


def test_what_is_wanted_is_grouped_by_its_words_and_counted_by_asks_accounts_and_pieces(shop):
    ask(shop, "Brown rice", quantity="5")
    ask(shop, "rice, brown", by=shop.dave, quantity="2")
    missed.note(shop.account, "catalogue", [("brown rice", 0)] * 3, now=NOW)
    missed.note(shop.account, "pad", [("candles", 0)], now=NOW - timedelta(days=60))
    assert counted(shop.ada) == [(5, 2, 7, 2), (1, 1, 0, 0)]
    assert counted(shop.ada, only_open=True) == counted(shop.ada, words="ric") == [(5, 2, 7, 2)]
    assert counted(shop.ada, days=30) == [(5, 2, 7, 2)]
    assert counted(shop.rhea) == [(4, 1, 5, 1), (1, 1, 0, 0)] and counted(shop.owen) == [(1, 1, 2, 1)]
    one = demand.group(shop.ada, "brown rice", now=NOW)
    assert one.last_on == values.shop_day(NOW)
    found, searched = demand.rows(shop.rhea, "brown rice", now=NOW)
    assert ([wish.words for wish in found], [row.asks for row in searched]) == (["Brown rice"], [3])
