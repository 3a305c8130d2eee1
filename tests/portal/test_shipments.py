"""Shipments: orders leave in part or whole, once, and come back as long as nobody has them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from portal import audit, outbox, search, store
from portal.errors import Invalid, Stale
from portal.people import policy
from portal.sales import cancelling, shipments, stock
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.shipments import Shipment, ShipmentLine
from portal.whole import invariants
from tests import make


def stored(order):
    return Order.get_by_id(order.id)


def counters(order):
    """[(reserved, shipped, waiting)] of its lines."""
    return [(line.reserved, line.shipped, line.waiting) for line in order.lines]


def shelf(product):
    return Product.select(Product.stock, Product.reserved).where(Product.id == product.id).tuples().get()


def told(template):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "inbox"))
    return {row.name: row.params for row in rows}


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=10, allows_backorder=True)
    world.oil = make.product("OIL", stock=10)
    world.fix = make.product("FIX", kind="service")
    world.order = make.order(world.account, (world.rice, 12), (world.oil, 4), (world.fix, 1), state="confirmed")
    return world


def test_what_is_kept_leaves_and_the_rest_follows(shop):
    order = shop.order
    assert counters(order) == [(10, 0, 2), (4, 0, 0), (1, 0, 0)]
    first = shipments.ship(order, by=shop.rhea, carrier=" LBC ", tracking_number="A-77")
    assert (stored(order).state, stored(order).shipped_at, first.state) == ("part_shipped", None, "sent")
    assert counters(order) == [(0, 10, 2), (0, 4, 0), (0, 1, 0)]
    assert (shelf(shop.rice), shelf(shop.oil), shelf(shop.fix)) == ((0, 0), (6, 0), (None, 0))
    assert [(line.line.code, line.quantity) for line in first.lines] == [("RICE", 10), ("OIL", 4), ("FIX", 1)]
    with audit.change(shop.rhea, "product.received") as change:
        stock.put_on_shelf([(shop.rice, 5, "")], "received", by=shop.rhea, now=change.now)
    assert shelf(shop.rice) == (5, 2)
    second = shipments.ship(stored(order), by=shop.rhea)
    assert stored(order).state == "shipped" and stored(order).shipped_at is not None
    first.deliver(by=shop.rhea)
    assert stored(order).state == "shipped"
    second.deliver(by=shop.rhea, received_by="Guard")
    assert stored(order).state == "delivered" and second.received_by == "Guard"
    events = [entry.event for entry in audit.story(order)]
    assert events == [
        "order.part_shipped", "order.goods_in", "order.shipped", "order.part_delivered", "order.delivered",
    ]  # fmt: skip
    assert list(invariants.broken(with_files=False)) == []


def test_a_shipment_says_what_comes_now_and_what_is_still_to_come(shop):
    with store.writing():
        OrderLine.update(promised_on=date(2199, 1, 5)).where(OrderLine.product == shop.rice).execute()
    rice, oil, _ = shop.order.lines
    shipments.ship(shop.order, {rice.id: 10, oil.id: 1}, by=shop.mona, tracking_number="A-77")
    letter = told("order_shipped")
    assert set(letter) == {"Carol Dizon", "Rhea Cruz"}
    letter = letter["Carol Dizon"]
    assert [(line["code"], line["quantity"]) for line in letter["lines"]] == [("RICE", 10), ("OIL", 1)]
    assert [(line["code"], line["quantity"], line["promised_on"]) for line in letter["rest"]] == [
        ("RICE", 2, "2199-01-05"), ("OIL", 3, None), ("FIX", 1, None),
    ]  # fmt: skip
    assert letter["tracking_number"] == "A-77"


def test_a_placed_order_counts_as_confirmed_when_it_leaves(world):
    order = make.order(world.account)
    shipments.ship(order, by=world.rhea)
    assert stored(order).state == "shipped" and stored(order).confirmed_at == stored(order).shipped_at


def test_an_order_to_be_picked_up_waits_ready_and_is_picked_up_by_somebody(world):
    order = make.order(world.account, delivery="pickup", branch_name="Cubao")
    ready = shipments.ship(order, by=world.rhea)
    assert ready.state == "ready" and list(shipments.under_way(world.account)) == [ready]
    ready.deliver(by=world.rhea, received_by="Ruel Bautista")
    assert stored(order).state == "delivered"
    assert told("order_delivered")["Carol Dizon"]["received_by"] == "Ruel Bautista"


@pytest.mark.parametrize("pieces", [{0: 11}, {0: 13}, {1: 5}, {1: -1}, {}, {0: 0}])
def test_what_cannot_leave_is_refused_at_its_line_and_nothing_moves(shop, pieces):
    lines = shop.order.lines
    with pytest.raises(Invalid) as refused:
        shipments.ship(shop.order, {lines[n].id: quantity for n, quantity in pieces.items()}, by=shop.rhea)
    message = next(iter(refused.value.problems.values()))[0]
    assert message in ("ship-too-many", "stock-ran-out", "nothing-to-ship")
    assert (shelf(shop.rice), counters(shop.order)[0]) == ((10, 10), (10, 0, 2))
    assert Shipment.select().count() == audit.Entry.select().count() == 0


def test_a_line_of_another_order_is_not_shipped(shop):
    (foreign,) = make.order(shop.account).lines
    with pytest.raises(Invalid):
        shipments.ship(shop.order, {foreign.id: 1}, by=shop.rhea)


def test_what_is_free_may_leave_before_it_was_kept(world):
    rice = make.product(stock=5)
    order = make.order(world.account, (rice, 3), state="confirmed")
    with store.writing():  # an order that an import brought keeps nothing
        OrderLine.update(reserved=0).execute()
        Product.update(reserved=0).execute()
        stock.StockMovement.update(reserved=0).execute()
    shipments.ship(order, {order.lines[0].id: 3}, by=world.rhea)
    assert shelf(rice) == (2, 0) and list(invariants.stock()) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"tracking_url": "http://lbc.example/1"}, "tracking_url"),
        ({"tracking_url": "javascript:alert(1)"}, "tracking_url"),
        ({"tracking_number": "x" * 81}, "tracking_number"),
        ({"carrier": "a\0b"}, "carrier"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_is_written_on_a_shipment_must_be_readable_and_its_link_safe(shop, given, field):
    with pytest.raises(Invalid) as refused:
        shipments.ship(shop.order, by=shop.rhea, **given)
    assert list(refused.value.problems) == [field] and Shipment.select().count() == 0


def test_a_shipment_is_found_by_its_tracking_number_and_followed(shop):
    shipment = shipments.ship(shop.order, by=shop.rhea)
    shipment.track(by=shop.mona, version=1, carrier="J&T", tracking_number="JT-9", tracking_url="jt.example/JT-9")
    assert Shipment.get().tracking_url == "https://jt.example/JT-9"
    assert told("order_tracked")["Carol Dizon"]["tracking_number"] == "JT-9"
    for words in ("jt-9", "DN-000001"):
        assert list(Shipment.select().where(Shipment.id.in_(search.matches("shipment", words)))) == [shipment]
    assert [entry.record for entry in Shipment.search_entries(0, 10)] == [shipment.id]
    with pytest.raises(Stale):
        shipment.track(by=shop.rhea, version=1, carrier="LBC", tracking_number="", tracking_url="")


def test_a_mistaken_shipment_is_undone_and_its_goods_are_kept_again(shop):
    rice, oil, fix = shop.order.lines
    first = shipments.ship(shop.order, {oil.id: 1, fix.id: 1}, by=shop.rhea)
    second = shipments.ship(shop.order, {rice.id: 3}, by=shop.rhea)
    first.undo(by=shop.rhea, reason="Wrong van")
    assert stored(shop.order).state == "part_shipped"
    Shipment.get_by_id(second.id).undo(by=shop.rhea, reason="Wrong van")
    assert stored(shop.order).state == "confirmed"
    assert (shelf(shop.rice), shelf(shop.oil)) == ((10, 10), (10, 4))
    assert counters(shop.order) == [(10, 0, 2), (4, 0, 0), (1, 0, 0)]
    assert told("order_unshipped")["Carol Dizon"]["reason"] == "Wrong van"
    assert list(search.matches("shipment", "DN-000001").tuples()) == []
    assert list(Shipment.visible_to(shop.carol)) == [] and Shipment.visible_to(shop.rhea).count() == 2
    with pytest.raises(Invalid):
        first.deliver(by=shop.rhea)
    with pytest.raises(Invalid):
        first.track(by=shop.rhea, version=first.version, tracking_number="B-1")
    assert list(invariants.broken(with_files=False)) == []


def test_what_is_invoiced_or_delivered_is_not_undone(shop):
    shipment = shipments.ship(shop.order, by=shop.rhea)
    with store.writing():
        OrderLine.update(invoiced=1).execute()
    with pytest.raises(Invalid) as refused:
        shipment.undo(by=shop.rhea, reason="Wrong van")
    assert list(refused.value.problems.values())[0][0] == "shipment-on-invoice"
    with store.writing():
        OrderLine.update(invoiced=0).execute()
    shipment.deliver(by=shop.rhea)
    with pytest.raises(Invalid) as refused:
        Shipment.get().undo(by=shop.rhea, reason="Wrong van")
    assert list(refused.value.problems.values())[0][0] == "shipment-not-in-state"
    with pytest.raises(Invalid):
        shipment.undo(by=shop.rhea, reason=" ")


def test_each_sees_the_shipments_of_his_own(shop):
    shipment = shipments.ship(shop.order, by=shop.rhea)
    for actor in (shop.rhea, shop.mona, shop.ada, shop.carol, shop.cora):
        assert list(Shipment.visible_to(actor)) == [shipment]
    for actor in (shop.owen, shop.dave):
        assert list(Shipment.visible_to(actor)) == []
    assert not policy.may(shop.carol, "orders.ship") and not policy.may(shop.carol, "shipments.deliver")


def test_the_rest_of_an_order_is_cancelled_and_the_order_has_shipped(shop):
    shipments.ship(shop.order, by=shop.rhea)
    (rice, *_) = shop.order.lines
    cancelling.cancel_lines(shop.order, {rice.id: 2}, by=shop.rhea, reason="No more comes")
    assert stored(shop.order).state == "shipped"
    Shipment.get().deliver(by=shop.rhea)
    assert stored(shop.order).state == "delivered"
    assert list(invariants.broken(with_files=False)) == []


def test_a_shipment_that_does_not_hold_what_was_shipped_is_seen(shop):
    shipments.ship(shop.order, by=shop.rhea)
    with store.writing():
        ShipmentLine.update(quantity=3).where(ShipmentLine.quantity == 4).execute()
    assert [text for text in invariants.lines() if "4 shipped, shipments hold 3" in text]


def test_two_who_ship_the_same_at_once_send_it_once(postgres):
    world = make.world()
    rice = make.product(stock=100)
    orders = [make.order(world.account, (rice, 3), (make.product(stock=9), 2), state="confirmed") for _ in range(6)]

    def send(order):
        with store.connection():
            try:
                shipments.ship(Order.get_by_id(order.id), by=world.rhea)
            except Invalid:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        sent = sum(pool.map(send, orders * 3))
    assert sent == 6 and shelf(rice) == (82, 0)
    assert ShipmentLine.select().count() == 12
    assert list(invariants.broken(with_files=False)) == []


def test_the_last_two_parts_delivered_at_once_close_the_order(postgres):
    world = make.world()
    parts = []
    for _ in range(5):
        order = make.order(world.account, (make.product(), 2), state="confirmed")
        parts += [shipments.ship(order, {order.lines[0].id: 1}, by=world.rhea) for _ in range(2)]

    def bring(shipment):
        with store.connection():
            Shipment.get_by_id(shipment.id).deliver(by=world.rhea)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bring, parts))
    assert {order.state for order in Order.select()} == {"delivered"}


def test_shipping_and_undoing_and_counting_at_once_keep_the_shelf_whole(postgres):
    world = make.world()
    rice, oil = make.product(stock=40, allows_backorder=True), make.product(stock=40)
    orders = [make.order(world.account, (rice, 6), (oil, 1), state="confirmed") for _ in range(10)]

    def act(job):
        number, order = job
        with store.connection():
            try:
                order = Order.get_by_id(order.id)
                if number % 5 == 4:
                    stock.correct(rice, by=world.rhea, difference=1, reason="Found")
                elif number % 5 == 3:
                    cancelling.cancel_lines(order, {order.lines[0].id: 1}, by=world.rhea, reason="Late")
                else:
                    shipment = shipments.ship(order, by=world.rhea)
                    if number % 2:
                        shipment.undo(by=world.rhea, reason="Wrong van")
            except Invalid:
                return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, enumerate(orders * 3)))
    assert list(invariants.broken(with_files=False)) == []
