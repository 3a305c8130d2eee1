"""Stock: the shelf and what is kept of it are sums of movements, never below zero, whoever reaches for it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, store, values
from portal.errors import Invalid
from portal.sales import cancelling, stock
from portal.sales.catalogue import Product
from portal.sales.orders import OrderLine
from portal.sales.stock import StockMovement
from portal.whole import invariants
from tests import make


def shelf(product):
    """(on the shelf, kept for orders)"""
    return Product.select(Product.stock, Product.reserved).where(Product.id == product.id).tuples().get()


def reserve(*pieces):
    pieces = [(Product.get_by_id(product.id), quantity) for product, quantity in pieces]
    with audit.change(values.system("test"), "order.placed"):
        return stock.reserve(pieces)


def reserved(order):
    return [line.reserved for line in order.lines]


def test_what_is_ordered_stays_on_the_shelf_and_is_kept_until_it_is_cancelled(world):
    rice, oil, advice = make.product(stock=10), make.product(stock=5), make.product(kind="service")
    order = make.order(world.account, (oil, 5), (rice, 3), (advice, 7))
    assert (shelf(rice), shelf(oil), shelf(advice)) == ((10, 3), (5, 5), (None, 0))
    assert reserved(order) == [5, 3, 7]
    cancelling.cancel(order, by=world.rhea, reason="Too much")
    assert (shelf(rice), shelf(oil), shelf(advice)) == ((10, 0), (5, 0), (None, 0))
    assert list(invariants.broken(with_files=False)) == []


def test_more_than_is_free_keeps_nothing_at_all(world):
    rice, oil = make.product("RICE", stock=10), make.product("OIL", stock=5)
    make.order(world.account, (oil, 2))
    with pytest.raises(Invalid) as refused:
        reserve((rice, 3), (oil, 4))
    assert refused.value.problems == {"lines": ("stock-ran-out", {"code": "OIL", "name": "Rice OIL", "left": 3})}
    assert (shelf(rice), shelf(oil)) == ((10, 0), (5, 2))


def test_two_lines_of_one_product_are_added_up(world):
    rice = make.product(stock=10)
    with pytest.raises(Invalid):
        reserve((rice, 6), (rice, 6))
    with store.writing():
        Product.update(allows_backorder=True).execute()
    assert reserve((rice, 6), (rice, 6)) == [6, 4]


def test_a_count_says_who_and_why(world):
    rice = make.product(stock=10)
    stock.correct(rice, by=world.rhea, counted=8, reason="Two sacks were wet")
    assert shelf(rice) == (8, 0)
    newest = stock.movements(rice).get()
    assert (newest.quantity, newest.note, newest.by_name) == (-2, "Two sacks were wet", "Rhea Cruz")
    stock.correct(rice, by=world.rhea, difference=5, reason="Found behind the oil")
    assert shelf(rice) == (13, 0)
    assert list(invariants.stock()) == []


@pytest.mark.parametrize("given", [{"counted": 3}, {"difference": -7}])
def test_a_count_below_what_is_kept_for_orders_is_refused_and_says_how_much_that_is(world, given):
    rice = make.product(stock=10)
    make.order(world.account, (rice, 4))
    with pytest.raises(Invalid) as refused:
        stock.correct(rice, by=world.rhea, reason="Counted", **given)
    assert list(refused.value.problems.values()) == [("stock-reserved", {"reserved": 4, "least": 4})]
    assert shelf(rice) == (10, 4)
    stock.correct(rice, by=world.rhea, counted=4, reason="Counted")
    assert shelf(rice) == (4, 4)


def test_counting_starts_ends_and_starts_again_under_open_orders(world):
    rice = make.product()
    order = make.order(world.account, (rice, 5))
    later = make.order(world.account, (rice, 5))
    stock.correct(rice, by=world.ada, counted=7, reason="First count")
    assert shelf(rice) == (7, 7) and (reserved(order), reserved(later)) == ([5], [2])
    stock.correct(rice, by=world.ada, unlimited=True, reason="Made to order now")
    assert shelf(rice) == (None, 0) and (reserved(order), reserved(later)) == ([5], [5])
    cancelling.cancel(order, by=world.rhea, reason="Too much")
    stock.correct(rice, by=world.ada, counted=3, reason="Counted again")
    assert shelf(rice) == (3, 3) and reserved(later) == [3]
    assert list(invariants.broken(with_files=False)) == []


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
    assert shelf(rice) == (10, 0) and StockMovement.select().count() == 1


def test_a_new_product_comes_with_its_first_count(world):
    given = {"code": "N1", "name": "Nails", "unit": "1 kg", "list_minor": 8_600}
    product = stock.add_product(by=world.mona.with_form("key", "hash"), counted=40, **given)
    assert shelf(product) == (40, 0)
    assert audit.SentForm.get().result == str(product.ref)
    assert list(invariants.broken(with_files=False)) == []


def test_goods_that_come_back_serve_who_waits_first(world):
    rice = make.product(stock=5, allows_backorder=True)
    sold = make.order(world.account, (rice, 2), state="delivered")
    waits = make.order(world.account, (rice, 8))
    assert reserved(waits) == [5]
    with audit.change(world.rhea, "return.received", sold) as change:
        got = stock.restock([(sold.lines[0], 2)], by=world.rhea, now=change.now)
    assert [(order.id, [pieces for _, pieces in parts]) for order, parts in got.items()] == [(waits.id, [2])]
    assert shelf(rice) == (7, 7) and reserved(waits) == [7]
    assert list(invariants.broken(with_files=False)) == []


def test_the_shelf_counts_as_low_by_what_is_free(world):
    rice = make.product(stock=10, low_at=6)
    oil = make.product(stock=10)
    assert list(Product.select().where(Product.low())) == [] and not rice.is_low
    make.order(world.account, (rice, 4), (oil, 10))
    make.product()
    assert set(Product.select().where(Product.low())) == {rice, oil} == {p for p in Product.select() if p.is_low}


def test_forty_buyers_at_once_keep_exactly_what_is_there(postgres):
    scarce, other = make.product(stock=100), make.product(stock=1000)
    pairs = [((scarce, 3), (other, 1)), ((other, 1), (scarce, 3))] * 20

    def buy(pair):
        with store.connection():
            try:
                reserve(*pair)
            except Invalid:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        bought = sum(pool.map(buy, pairs))
    assert bought == 33
    assert (shelf(scarce), shelf(other)) == ((100, 99), (1000, 33))


def test_who_cancels_and_who_waits_do_not_lose_a_piece_between_them(postgres):
    world = make.world()
    rice, oil = make.product(stock=20, allows_backorder=True), make.product(stock=20, allows_backorder=True)
    pairs = [((rice, 3), (oil, 2)), ((oil, 2), (rice, 3))] * 8
    orders = [make.order(world.account, *pair) for pair in pairs]

    def act(job):
        number, order = job
        with store.connection():
            if number % 2:
                cancelling.cancel(type(order).get_by_id(order.id), by=world.rhea, reason="Late")
            else:
                with audit.change(world.rhea, "product.received") as change:
                    stock.put_on_shelf([(rice, 1, ""), (oil, 1, "")], "received", by=world.rhea, now=change.now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, enumerate(orders)))
    assert shelf(rice)[0] == shelf(oil)[0] == 28
    assert sum(line.waiting for line in OrderLine.select()) == 0
    assert list(invariants.broken(with_files=False)) == []
