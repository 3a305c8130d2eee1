"""Cancelling in part: what is owed falls by what the pieces came to, to the cent, and the shelf is free again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import outbox, store
from portal.errors import Invalid
from portal.sales import cancelling, portions, shipments
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.values import Money
from portal.whole import invariants
from tests import make


def stored(order):
    return Order.get_by_id(order.id)


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=10, list_minor=1_000)
    world.oil = make.product("OIL", stock=10, list_minor=333)
    world.order = make.order(world.account, (world.rice, 6), (world.oil, 3))
    return world


def test_part_of_an_order_is_cancelled_and_its_total_stays_as_placed(shop):
    rice, oil = shop.order.lines
    cancelling.cancel_lines(shop.order, {rice.id: 2, oil.id: 0}, by=shop.carol, reason="Too much")
    order = stored(shop.order)
    assert (order.state, order.total_minor, order.cancelled_minor) == ("placed", 6_999, 2_000)
    assert order.owed == Money(4_999, "PHP")
    assert [(line.cancelled, line.reserved, line.kept) for line in order.lines] == [(2, 4, 4), (0, 3, 3)]
    assert Product.get_by_id(shop.rice.id).reserved == 4
    letters = {row.name: row.params for row in outbox.Outbox.select().where(outbox.Outbox.channel == "inbox")}
    assert letters["Rhea Cruz"]["reason"] == "Too much" and letters["Rhea Cruz"]["by"] == "Carol Dizon"
    assert letters["Carol Dizon"]["lines"] == [{"code": "RICE", "name": "Rice RICE", "quantity": 2, "unit": "piece"}]
    assert list(invariants.broken(with_files=False)) == []


def test_what_waits_is_cancelled_before_what_is_on_the_shelf(world):
    rice = make.product(stock=5, allows_backorder=True)
    order = make.order(world.account, (rice, 8))
    cancelling.cancel_lines(order, {order.lines[0].id: 4}, by=world.rhea, reason="Too much")
    assert [(line.reserved, line.waiting) for line in order.lines] == [(4, 0)]
    assert Product.get().reserved == 4


def test_what_becomes_free_goes_to_who_waits(world):
    rice = make.product(stock=5, allows_backorder=True)
    first, second = make.order(world.account, (rice, 5)), make.order(world.account, (rice, 3))
    cancelling.cancel(first, by=world.rhea, reason="Too much")
    assert [line.reserved for line in second.lines] == [3]
    told = {row.template for row in outbox.Outbox.select().where(outbox.Outbox.channel == "inbox")}
    assert told == {"order_cancelled", "order_goods_in"}
    assert list(invariants.broken(with_files=False)) == []


def test_cancelling_the_last_piece_cancels_the_order_with_its_delivery_fee(shop):
    with store.writing():
        Order.update(freight_minor=150, total_minor=Order.total_minor + 150).execute()
    order = stored(shop.order)
    rice, oil = order.lines
    cancelling.cancel_lines(order, {rice.id: 6}, by=shop.rhea, reason="Too much")
    assert stored(order).owed == Money(1_149, "PHP")
    cancelling.cancel_lines(order, {oil.id: 3}, by=shop.rhea, reason="That too")
    order = stored(order)
    assert (order.state, order.cancel_reason, order.owed.minor) == ("cancelled", "That too", 0)
    assert list(invariants.broken(with_files=False)) == []


@pytest.mark.parametrize("pieces", [{}, {0: 0}, {0: 7}, {0: -1}, {0: 2, 1: 4}])
def test_what_cannot_be_cancelled_changes_nothing(shop, pieces):
    lines = shop.order.lines
    with pytest.raises(Invalid) as refused:
        cancelling.cancel_lines(
            shop.order, {lines[n].id: quantity for n, quantity in pieces.items()}, by=shop.rhea, reason="Too much"
        )
    assert next(iter(refused.value.problems.values()))[0] in ("cancel-too-many", "lines-to-cancel")
    assert stored(shop.order).cancelled_minor == 0 and outbox.Outbox.select().count() == 0


def test_what_is_shipped_or_invoiced_is_not_cancelled(shop):
    rice, oil = shop.order.lines
    shipments.ship(shop.order, {rice.id: 4}, by=shop.rhea)
    with pytest.raises(Invalid):
        cancelling.cancel_lines(shop.order, {rice.id: 3}, by=shop.rhea, reason="Too much")
    with store.writing():
        OrderLine.update(invoiced=2).where(OrderLine.id == oil.id).execute()
    with pytest.raises(Invalid) as refused:
        cancelling.cancel_lines(shop.order, {oil.id: 2}, by=shop.rhea, reason="Too much")
    assert refused.value.problems["state"][0] == "order-invoiced"
    cancelling.cancel_lines(shop.order, {oil.id: 1}, by=shop.rhea, reason="Too much")
    with pytest.raises(Invalid):
        cancelling.cancel(shop.order, by=shop.rhea, reason="Too much")


@pytest.mark.parametrize(("is_there", "state"), [(True, "delivered"), (False, "shipped")])
def test_when_the_rest_is_cancelled_the_order_stands_where_what_left_of_it_stands(shop, is_there, state):
    rice, oil = shop.order.lines
    shipment = shipments.ship(shop.order, {rice.id: 6}, by=shop.rhea)
    if is_there:
        shipment.deliver(by=shop.rhea)
    order = stored(shop.order)
    cancelling.cancel_lines(order, {oil.id: 3}, by=shop.rhea, reason="We ran out")
    assert (stored(order).state, stored(order).delivered_at is not None) == (state, is_there)


def test_an_invoiced_order_is_not_cancelled_as_a_whole(shop):
    with store.writing():
        OrderLine.update(invoiced=1).where(OrderLine.product == shop.oil).execute()
    with pytest.raises(Invalid) as refused:
        cancelling.cancel(shop.order, by=shop.rhea, reason="Too much")
    assert refused.value.problems["state"][0] == "order-invoiced"
    assert stored(shop.order).state == "placed" and Product.get_by_id(shop.rice.id).reserved == 6


def test_a_customer_cancels_lines_until_it_is_confirmed(shop):
    shop.order.confirm(by=shop.rhea)
    order = stored(shop.order)
    assert not order.can("cancel_lines", shop.carol) and order.can("cancel_lines", shop.rhea)
    with pytest.raises(Invalid) as refused:
        cancelling.cancel_lines(order, {order.lines[0].id: 1}, by=shop.carol, reason="Too much")
    assert refused.value.problems["state"][0] == "order-not-cancellable"


@settings(deadline=None)
@given(
    amounts=st.lists(
        st.tuples(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(1, 30)), min_size=1, max_size=5
    ),
    rounding=st.integers(-3, 3),
    cuts=st.lists(st.integers(0, 30), min_size=10, max_size=10),
)
def test_what_is_cancelled_and_what_is_invoiced_of_the_rest_make_the_order_to_the_cent(amounts, rounding, cuts):
    lines = [
        OrderLine(id=n, quantity=pieces, net_minor=net, tax_minor=tax, is_tax_included=False)
        for n, (net, tax, pieces) in enumerate(amounts)
    ]
    order = Order(total_minor=sum(net + tax for net, tax, _ in amounts) + rounding, freight_minor=0, tax_minor=0)
    more = {line.id: min(cut, line.quantity) for line, cut in zip(lines, cuts, strict=False)}
    whole = portions.of_order(order, lines)
    assert sum(amounts.gross for amounts in whole.values()) == order.total_minor
    invoiced = 0
    for line in lines:
        kept, before, done = line.quantity - more[line.id], (0, 0, 0), 0
        for reached in sorted({min(kept, cut) for cut in cuts} | {kept}):
            if reached > done:
                part = portions.part_of(whole[line.id], reached, line.quantity, before)
                before = tuple(x + y for x, y in zip(before, (part.net, part.tax, part.rounding), strict=True))
                invoiced, done = invoiced + part.gross, reached
    assert invoiced + cancelling.worth(order, lines, more) == order.total_minor
