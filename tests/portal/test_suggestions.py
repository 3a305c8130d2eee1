"""Suggested orders: only where asked for, at the usual time, at today's prices and stock, placed once."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from portal import store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.sales import suggestions
from portal.sales.catalogue import Product
from portal.sales.habits import habits
from portal.sales.orders import Order
from portal.sales.suggestions import Suggestion, SuggestionSwitch
from tests import make
from tests.races import at_once

NOON = datetime(2026, 11, 17, 4)  # of the shop in Manila


def prepare(world):
    """Carol's account buys six sacks every 14 days, the last time 12 days ago, and wants to be reminded."""
    make.address(world.account)
    rice = make.product("RICE", stock=100)
    for days in (40, 26, 12):
        make.order(world.account, (rice, 6), state="delivered", placed_at=NOON - timedelta(days=days))
    suggestions.switch(world.account, by=world.carol, is_on=True, now=NOON)
    return SimpleNamespace(**vars(world), rice=rice)


@pytest.fixture
def shop(world):
    return prepare(world)


def suggested(shop, now=NOON):
    assert suggestions.run(now) == 1
    return Suggestion.open_for(shop.account)


def place(suggestion, by, total=60_000):
    return suggestion.settle(
        by=by, decision="place", shown_total_minor=total, shown_currency="PHP", now=NOON + timedelta(hours=1)
    )


def test_the_usual_order_is_suggested_some_days_before_to_each_who_may_order(shop):
    found = suggested(shop)
    assert [(line["code"], line["quantity"]) for line in found.lines] == [("RICE", 6)]
    letters = Outbox.select().where((Outbox.template == "order_suggested") & (Outbox.channel == "mail"))
    assert [(row.name, row.params["total"]["minor"]) for row in letters] == [("Carol Dizon", 60_000)]


def test_nobody_gets_one_who_did_not_ask_nor_at_night_nor_long_before_nor_twice(shop):
    assert suggestions.run(NOON - timedelta(hours=8)) == 0
    suggested(shop)
    assert suggestions.run(NOON + timedelta(days=1)) == 0
    suggestions.switch(shop.account, by=shop.carol, is_on=False, now=NOON)
    with store.writing():
        Suggestion.delete().execute()
    assert suggestions.run(NOON) == 0


def test_long_before_its_time_an_account_is_looked_at_again_when_it_comes(shop):
    make.order(shop.account, (shop.rice, 6), state="delivered", placed_at=NOON)
    assert suggestions.run(NOON) == 0
    assert SuggestionSwitch.get().look_on == values.shop_day(NOON) + timedelta(days=7)


def test_placing_it_makes_the_order_at_what_was_shown_and_once(shop):
    found = suggested(shop)
    place(found, shop.carol)
    order = Order.select().order_by(Order.id.desc()).get()
    assert (order.state, order.total_minor, order.placed_by) == ("placed", 60_000, "Carol Dizon")
    assert Suggestion.get().order_id == order.id
    with pytest.raises(Invalid) as refusal:
        place(found, shop.carol)
    assert refusal.value.problems["state"][0] == "suggestion-settled"
    assert Order.select().where(Order.state == "placed").count() == 1


def test_a_moved_price_is_shown_before_anything_is_placed(shop):
    found = suggested(shop)
    with store.writing():
        Product.update(list_minor=11_000).execute()
    with pytest.raises(Invalid) as refusal:
        place(found, shop.carol)
    assert refusal.value.problems["total"][1]["now"] == 66_000
    assert Suggestion.get().state == "sent"
    place(found, shop.carol, total=66_000)


def test_what_is_short_is_lowered_and_what_is_gone_is_left_out(shop):
    oil = make.product("OIL", stock=5)
    for days in (26, 12):
        make.order(shop.account, (oil, 2), state="delivered", placed_at=NOON - timedelta(days=days))
    found = suggested(shop)
    with store.writing():
        Product.update(stock=4, reserved=0).where(Product.code == "RICE").execute()
        Product.update(on_sale_to=values.shop_day(NOON) - timedelta(days=1)).where(Product.code == "OIL").execute()
    now = suggestions.offer(found, shop.carol, NOON)
    assert [(line.code, line.quantity) for line in now.quote.lines] == [("RICE", 4)]
    assert {problem[0] for _, problem in now.left_out} == {"stock-lowered", "product-not-sold"}


def test_skipped_it_comes_again_with_the_next_rhythm_and_not_before(shop):
    suggested(shop).settle(by=shop.carol, decision="skip", now=NOON)
    assert suggestions.run(NOON + timedelta(days=13)) == 0
    assert suggestions.run(NOON + timedelta(days=14)) == 1


def test_not_answered_while_its_links_hold_it_lapses_and_keeps_quiet_as_if_skipped(shop):
    suggested(shop)
    assert suggestions.run(NOON + timedelta(days=7)) == 0
    assert Suggestion.get().state == "lapsed"
    assert SuggestionSwitch.get().look_on == values.shop_day(NOON) + timedelta(days=21)


def test_stopping_switches_it_off_for_the_account(shop):
    suggested(shop).settle(by=shop.carol, decision="stop", now=NOON)
    assert not SuggestionSwitch.get().is_on
    with pytest.raises(Invalid):
        Suggestion.get().settle(by=shop.carol, decision="eat", now=NOON)


def test_a_rhythm_asks_again_after_its_day_until_nobody_waits_for_it(shop):
    habit = habits(shop.account, NOON)[shop.rice.id]
    assert habit.next_on(habit.due_on - timedelta(days=3)) == habit.due_on
    assert habit.next_on(habit.due_on + timedelta(days=1)) == habit.due_on + timedelta(days=14)
    assert habit.next_on(habit.due_on + timedelta(days=43)) is None


def test_two_workers_and_two_colleagues_at_once_make_one_letter_and_one_order(postgres):
    shop = prepare(make.world())
    at_once(3, lambda number: suggestions.run(NOON))
    found = Suggestion.get()
    assert Outbox.select().where((Outbox.template == "order_suggested") & (Outbox.channel == "mail")).count() == 1
    account = Account.get_by_id(shop.account.id)
    at_once(3, lambda number: place(Suggestion.open_for(account) or found, shop.carol))
    assert Order.select().where(Order.state == "placed").count() == 1
