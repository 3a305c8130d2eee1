"""Figures of Today in a very large shop come from what the worker counted, within the reach of whoever asks."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.insight import kept_figures, numbers
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from tests import make


@pytest.fixture
def large(monkeypatch):
    """A shop is large from three rows of a figure on."""
    monkeypatch.setattr(kept_figures, "LARGE", 2)


@pytest.fixture
def orders(world):
    """Three orders, two of them of Rhea's account, and as many invoices that are late."""
    late = values.shop_day() - timedelta(days=3)
    for account in (world.account, world.account, make.account("South Store", team=world.south)):
        make.order(account, state="cancelled")
        make.invoice(account)
    with store.writing():
        Invoice.update(due_on=late).execute()
        Order.update(state="placed").where(Order.state == "delivered").execute()


def worth(person):
    """{number: (how many, their worth)} of those that grow with the shop."""
    return {n.name: (n.count, n.worth) for n in numbers.of(person) if n.name in ("month", "overdue")}


def test_what_the_worker_counted_is_what_pages_count_themselves(world, orders, large):
    people = (world.ada, world.rhea, world.owen, world.mona)
    counted = [worth(person) for person in people]
    numbers.keep()
    assert [worth(person) for person in people] == counted
    assert [[count for count, _ in worth(person).values()] for person in people] == [[3, 3], [2, 2], [0, 0], [2, 2]]
    assert all(number.counted_at for number in numbers.of(world.ada)[:2])


def test_until_the_worker_counts_again_its_numbers_stand(world, orders, large):
    numbers.keep()
    make.order(world.account)
    assert worth(world.ada)["month"][0] == 3
    numbers.keep()
    assert worth(world.ada)["month"][0] == 4


def test_a_shop_that_is_not_large_counts_itself(world, orders):
    numbers.keep()
    make.order(world.account)
    assert (worth(world.ada)["month"][0], numbers.of(world.ada)[0].counted_at) == (4, None)


def test_today_says_when_it_was_counted_and_its_queues_are_those_of_the_worker(client, world, orders, large):
    numbers.keep()
    make.order(world.account)
    page = client.sign_in(world.ada).get("/staff/").text
    assert "were counted at" in page and "3 orders to confirm" in page
