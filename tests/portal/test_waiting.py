"""Waiting: what is ordered beyond the shelf has a day, keeps its place in line, and its people hear of both."""

from datetime import timedelta

import pytest

from portal import outbox, store, values
from portal.errors import Invalid, Stale
from portal.sales import placing, quotes, receiving, waiting
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from portal.whole import invariants
from tests import make

TODAY = values.shop_day()
SOON, LATER = TODAY + timedelta(days=5), TODAY + timedelta(days=9)


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=4, allows_backorder=True, expected_on=SOON)
    make.address(world.account, is_default_shipping=True)
    return world


def place(shop, *lines):
    wanted = [Wanted(*line) for line in lines]
    quote, _ = placing.prepare(shop.carol, shop.account, wanted, now=None)
    shown = {"shown_total_minor": quote.total_minor, "shown_currency": quote.currency}
    return placing.place(by=shop.carol, account=shop.account, lines=wanted, **shown)


def told(template):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "inbox"))
    return {row.name: row.params for row in rows}


def test_a_line_beyond_the_shelf_says_how_much_waits_and_until_when(shop):
    quote = quotes.compute(shop.account, [Wanted("RICE", 6)], by=shop.carol, ship_to={"country": "PH"})
    (line,) = quote.lines
    assert (line.problem, line.waiting, line.promised_on) == (None, 2, SOON) and quote.can_be_placed
    order = place(shop, ("RICE", 6))
    (line,) = order.lines
    assert (line.reserved, line.waiting, line.promised_on) == (4, 2, SOON)
    assert told("order_placed")["Carol Dizon"]["lines"][0]["waiting"] == 2
    assert told("order_placed")["Carol Dizon"]["lines"][0]["promised_on"] == SOON.isoformat()
    assert waiting.per_product([shop.rice]) == {shop.rice.id: 2}
    assert list(invariants.broken(with_files=False)) == []


def test_a_day_that_has_passed_is_promised_to_nobody(shop):
    product = make.product("OIL", stock=0, allows_backorder=True, expected_on=TODAY - timedelta(days=1))
    order = place(shop, (product.code, 1))
    assert [line.promised_on for line in order.lines] == [None]
    assert told("order_placed")["Carol Dizon"]["lines"][0]["promised_on"] is None


def test_two_lines_of_one_product_share_what_is_there(shop):
    lines = [Wanted("RICE", 3), Wanted("RICE", 3, 500)]
    quote = quotes.compute(shop.account, lines, by=shop.rhea, ship_to={"country": "PH"})
    assert [line.waiting for line in quote.lines] == [0, 2]


def test_without_the_permission_to_wait_the_shelf_decides(shop):
    make.product("OIL", stock=4)
    quote = quotes.compute(shop.account, [Wanted("OIL", 5)], by=shop.carol, ship_to={"country": "PH"})
    assert quote.lines[0].problem[0] == "stock-short"


def test_a_promise_is_moved_and_told_from_when_to_when(shop):
    order = place(shop, ("RICE", 6))
    (line,) = order.lines
    waiting.promise(order, {line.id: LATER.isoformat()}, by=shop.rhea)
    assert order.lines[0].promised_on == LATER
    (told_line,) = told("order_promised")["Carol Dizon"]["lines"]
    assert (told_line["old"], told_line["promised_on"]) == (SOON.isoformat(), LATER.isoformat())
    waiting.promise(order, {line.id: ""}, by=shop.rhea)
    assert order.lines[0].promised_on is None


@pytest.mark.parametrize("day", ["soon", "2020-01-01", (TODAY - timedelta(days=1)).isoformat()])
def test_a_day_that_cannot_be_promised_is_refused_at_its_line(shop, day):
    order = place(shop, ("RICE", 6))
    (line,) = order.lines
    with pytest.raises(Invalid) as refused:
        waiting.promise(order, {line.id: day}, by=shop.rhea)
    assert list(refused.value.problems) == [f"line_{line.id}"]
    assert order.lines[0].promised_on == SOON


def test_nothing_is_promised_for_what_is_on_the_shelf(shop):
    order = place(shop, ("RICE", 2))
    with pytest.raises(Invalid) as refused:
        waiting.promise(order, {order.lines[0].id: LATER}, by=shop.rhea)
    assert refused.value.problems["lines"][0] == "nothing-waits"


def test_when_more_is_expected_later_all_who_wait_on_that_day_hear_it(shop):
    orders = [place(shop, ("RICE", 6)), place(shop, ("RICE", 1)), place(shop, ("RICE", 1))]
    waiting.promise(orders[2], {orders[2].lines[0].id: TODAY}, by=shop.rhea)
    product = Product.get_by_id(shop.rice.id)
    given = {"low_at": "10", "allows_backorder": True, "expected_on": LATER.isoformat()}
    waiting.plan(product, by=shop.rhea, version=product.version, **given)
    assert [order.lines[0].promised_on for order in orders] == [LATER, LATER, TODAY]
    assert Product.get_by_id(product.id).low_at == 10
    with pytest.raises(Stale):
        waiting.plan(product, by=shop.mona, version=1, expected_on="")
    with pytest.raises(Invalid) as refused:
        waiting.plan(product, by=shop.mona, version=product.version, expected_on="2020-01-01", low_at="-3")
    assert list(refused.value.problems) == ["low_at"]


def test_lists_tell_what_can_go_what_waits_and_what_is_late(shop):
    late, soon = place(shop, ("RICE", 6)), place(shop, ("RICE", 1))
    ready = make.order(shop.account, state="confirmed")

    def found(where):
        return set(Order.select().where(where))

    assert found(waiting.waiting()) == {late, soon} and found(waiting.ready()) == {ready}
    assert found(waiting.overdue(TODAY)) == set()
    assert found(waiting.overdue(SOON + timedelta(days=1))) == {late, soon}
    late.confirm(by=shop.rhea)
    assert found(waiting.ready()) == {ready, late}


def test_what_comes_in_goes_to_the_oldest_order_first_and_everybody_hears_it(shop):
    orders = [place(shop, ("RICE", 6)), place(shop, ("RICE", 3)), place(shop, ("RICE", 3))]
    product = Product.get_by_id(shop.rice.id)
    got = receiving.receive([(product, 4)], by=shop.mona, reason="Delivery note 88")
    assert [(order.id, parts[0][1]) for order, parts in got.items()] == [(orders[0].id, 2), (orders[1].id, 2)]
    assert [order.lines[0].waiting for order in orders] == [0, 1, 3]
    product = Product.get_by_id(product.id)
    assert (product.stock, product.free) == (8, 0)
    assert set(told("order_goods_in")) == {"Carol Dizon", "Rhea Cruz"}
    assert list(invariants.broken(with_files=False)) == []


def test_a_pasted_delivery_is_read_line_by_line(shop):
    make.product("OIL", stock=1)
    make.product("FIX")
    pieces, faults = receiving.read("RICE 40\nOIL,1,200\n\nNOPE 3\nRICE many\nFIX 2\nRICE\t5\nloose")
    assert [(product.code, quantity) for product, quantity in pieces] == [("RICE", 40), ("RICE", 5)]
    assert [(line, message) for line, message, _ in faults] == [
        ("OIL,1,200", "product-unknown"), ("NOPE 3", "product-unknown"), ("RICE many", "quantity-malformed"),
        ("FIX 2", "stock-unlimited"), ("loose", "product-unknown"),
    ]  # fmt: skip
    assert receiving.read("OIL;7")[0][0][1] == 7 and receiving.read("OIL, 7")[0][0][1] == 7
    assert len(receiving.read("OIL 1\n" * 501)[1]) == 1


def test_nothing_or_too_much_is_not_received(shop):
    rice, endless = Product.get_by_id(shop.rice.id), make.product()
    for pieces, field in (
        ([], "lines"),
        ([(rice, 0)], "quantity"),
        ([(rice, 2**31)], "quantity"),
        ([(endless, 1)], "code"),
    ):
        with pytest.raises(Invalid) as refused:
            receiving.receive(pieces, by=shop.rhea)
        assert list(refused.value.problems) == [field]
    assert Product.get_by_id(rice.id).stock == 4


@pytest.mark.parametrize("asked", [waiting.waiting, lambda: waiting.overdue(TODAY)])
def test_who_waits_is_asked_among_the_open_lines_only(database, asked):
    sql, params = Order.select(Order.id).where(asked()).sql()
    with store.connection():
        if store.is_sqlite():
            plan = store.db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        else:
            store.db.execute_sql("SELECT set_config('enable_seqscan', 'off', false)")
            plan = store.db.execute_sql(f"EXPLAIN {sql}", params).fetchall()
            store.db.execute_sql("SELECT set_config('enable_seqscan', 'on', false)")
    assert "orderline_open" in str(plan)
