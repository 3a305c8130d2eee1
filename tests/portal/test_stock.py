"""Stock: the shelf is the sum of its movements, never below zero, whoever takes from it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, store, values
from portal.errors import Invalid
from portal.sales import stock
from portal.sales.catalogue import Product
from portal.sales.stock import StockMovement
from portal.whole import invariants
from tests import make


def on_shelf(product):
    return Product.select(Product.stock).where(Product.id == product.id).scalar()


def take(lines, by):
    with audit.change(by, "order.placed") as change:
        stock.take(lines, now=change.now)


def test_what_is_ordered_leaves_the_shelf_and_comes_back(world):
    rice, oil, advice = make.product(stock=10), make.product(stock=5), make.product(kind="service")
    lines = make.order(world.account, (oil, 5), (rice, 3), (advice, 7)).lines
    take(lines, world.carol)
    assert (on_shelf(rice), on_shelf(oil), on_shelf(advice)) == (7, 0, None)
    with audit.change(world.rhea, "order.cancelled") as change:
        stock.give_back(lines, now=change.now)
        stock.give_back(lines, now=change.now)
    assert (on_shelf(rice), on_shelf(oil), on_shelf(advice)) == (10, 5, None)
    assert list(invariants.stock()) == []


def test_more_than_there_is_takes_nothing_at_all(world):
    rice, oil = make.product("RICE", stock=10), make.product("OIL", stock=5)
    lines = make.order(world.account, (rice, 3), (oil, 6), state="draft").lines
    with pytest.raises(Invalid) as refused:
        take(lines, world.carol)
    assert refused.value.problems == {"lines": ("stock-ran-out", {"code": "OIL", "name": "Rice OIL", "left": 5})}
    assert (on_shelf(rice), on_shelf(oil)) == (10, 5)
    assert list(invariants.stock()) == []


def test_two_lines_of_one_product_are_added_up(world):
    rice = make.product(stock=10)
    lines = make.order(world.account, (rice, 6), (rice, 6), state="draft").lines
    with pytest.raises(Invalid):
        take(lines, world.carol)
    take(lines[:1], world.carol)
    assert on_shelf(rice) == 4


def test_a_count_says_who_and_why(world):
    rice = make.product(stock=10)
    stock.correct(rice, by=world.rhea, counted=8, reason="Two sacks were wet")
    assert on_shelf(rice) == 8
    newest = stock.movements(rice).get()
    assert (newest.quantity, newest.note, newest.by_name) == (-2, "Two sacks were wet", "Rhea Cruz")
    stock.correct(rice, by=world.rhea, difference=5, reason="Found behind the oil")
    assert on_shelf(rice) == 13
    assert list(invariants.stock()) == []


def test_counting_starts_ends_and_starts_again(world):
    rice = make.product()
    stock.correct(rice, by=world.ada, counted=20, reason="First count")
    line = make.order(world.account, (rice, 5)).lines
    take(line, world.carol)
    stock.correct(rice, by=world.ada, unlimited=True, reason="Made to order now")
    assert on_shelf(rice) is None
    with audit.change(world.rhea, "order.cancelled") as change:
        stock.give_back(line, now=change.now)
    stock.correct(rice, by=world.ada, counted=3, reason="Counted again")
    assert on_shelf(rice) == 3
    assert list(invariants.stock()) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"counted": 5, "reason": " "}, "reason"),
        ({"reason": "why"}, "counted"),
        ({"counted": 1, "difference": 1, "reason": "why"}, "counted"),
        ({"counted": -1, "reason": "why"}, "counted"),
        ({"counted": 2**63, "reason": "why"}, "counted"),
        ({"difference": -11, "reason": "why"}, "difference"),
        ({"difference": 2**31, "reason": "why"}, "difference"),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(world, given, field):
    rice = make.product(stock=10)
    with pytest.raises(Invalid) as refused:
        stock.correct(rice, by=world.rhea, **given)
    assert list(refused.value.problems) == [field]
    assert on_shelf(rice) == 10 and StockMovement.select().count() == 1


def test_a_new_product_comes_with_its_first_count(world):
    given = {"code": "N1", "name": "Nails", "unit": "1 kg", "list_minor": 8_600}
    product = stock.add_product(by=world.mona.with_form("key", "hash"), counted=40, **given)
    assert on_shelf(product) == 40
    assert audit.SentForm.get().result == str(product.ref)
    assert list(invariants.broken(with_files=False)) == []


def test_forty_buyers_at_once_take_exactly_what_is_there(postgres):
    account, scarce, other = make.account(), make.product(stock=100), make.product(stock=1000)
    pairs = [((scarce, 3), (other, 1)), ((other, 1), (scarce, 3))] * 20
    lines = [make.order(account, *pair, state="draft").lines for pair in pairs]

    def buy(own):
        with store.connection():
            try:
                take(own, values.system("race"))
            except Invalid:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        bought = sum(pool.map(buy, lines))
    assert bought == 33
    assert (on_shelf(scarce), on_shelf(other)) == (1, 967)
    assert list(invariants.stock()) == []
