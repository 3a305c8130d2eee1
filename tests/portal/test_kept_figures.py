"""Figures of Today in a very large shop come from what the worker counted, within the reach of whoever asks."""

from datetime import timedelta

import pytest

from portal import values
from portal.insight import kept_figures, today
from tests import make


@pytest.fixture
def large(monkeypatch):
    """A shop is large from three rows of a figure on."""
    monkeypatch.setattr(kept_figures, "LARGE", 2)


@pytest.fixture
def orders(world):
    late = values.shop_day() - timedelta(days=3)
    for account in (world.account, world.account, make.account("South Store", team=world.south)):
        make.order(account)
        make.invoice(account, due_on=late)


def test_what_the_worker_counted_is_what_pages_count_themselves(world, orders, large):
    people = (world.ada, world.rhea, world.owen)
    counted = [today.figures(person) for person in people]
    today.keep_figures()
    kept = [today.figures(person) for person in people]
    assert [figures._replace(counted_at=None) for figures in kept] == counted
    assert [figures.orders for figures in kept] == [3, 2, 1]
    assert all(figures.counted_at for figures in kept)


def test_until_the_worker_counts_again_its_numbers_stand(world, orders, large):
    today.keep_figures()
    make.order(world.account)
    assert today.figures(world.ada).orders == 3
    today.keep_figures()
    assert today.figures(world.ada).orders == 4


def test_a_shop_that_is_not_large_counts_itself(world, orders):
    today.keep_figures()
    make.order(world.account)
    assert (today.figures(world.ada).orders, today.figures(world.ada).counted_at) == (4, None)


def test_today_says_when_it_was_counted(client, world, orders, large):
    today.keep_figures()
    assert "were counted at" in client.sign_in(world.ada).get("/staff/").text
