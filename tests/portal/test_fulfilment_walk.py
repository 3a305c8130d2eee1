"""Whatever happens to orders and shelf in whatever order: nothing below zero, each sum the sum of its parts."""

import contextlib

import pytest

from portal import audit, store
from portal.errors import Invalid
from portal.sales import cancelling, invoicing, placing, receiving, shipments, stock, waiting
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import TO_SHIP, Order, OrderLine
from portal.sales.quotes import Wanted
from portal.sales.shipments import UNDER_WAY, Shipment
from portal.whole import invariants
from tests import make

STEPS = 160


@pytest.fixture
def shop(world):
    make.address(world.account, is_default_shipping=True)
    make.product("RICE", stock=30, allows_backorder=True, list_minor=1_337)
    make.product("OIL", stock=12, list_minor=999)
    make.product("SOY", stock=0, allows_backorder=True, list_minor=333)
    make.product("FIX", kind="service", list_minor=5_001)
    return world


class Walk:
    """One random step after another; a refusal is as good as a change, as long as the books stay right."""

    def __init__(self, shop, rng):
        self.shop, self.rng = shop, rng

    def order(self, *states):
        found = list(Order.select().where(Order.state.in_(states)))
        return self.rng.choice(found) if found else None

    def product(self):
        return self.rng.choice(list(Product.select().order_by(Product.id)))

    def place(self):
        codes = self.rng.sample(["RICE", "OIL", "SOY", "FIX"], self.rng.randint(1, 4))
        lines = [Wanted(code, self.rng.randint(1, 9)) for code in codes]
        quote, _ = placing.prepare(self.shop.rhea, self.shop.account, lines, now=None)
        shown = {"shown_total_minor": quote.total_minor, "shown_currency": quote.currency}
        placing.place(by=self.shop.rhea, account=self.shop.account, lines=lines, **shown)

    def confirm(self):
        if order := self.order("placed"):
            order.confirm(by=self.shop.rhea)

    def ship(self):
        if order := self.order(*TO_SHIP):
            some = {line.id: self.rng.randint(0, line.outstanding + 1) for line in order.lines}
            shipments.ship(order, self.rng.choice([None, some]), by=self.shop.rhea)

    def cut(self):
        if order := self.order(*TO_SHIP):
            some = {line.id: self.rng.randint(0, line.outstanding) for line in order.lines}
            cancelling.cancel_lines(order, some, by=self.shop.rhea, reason="Too much")

    def cancel(self):
        if order := self.order("placed", "confirmed"):
            cancelling.cancel(order, by=self.shop.rhea, reason="Too much")

    def deliver(self):
        for shipment in Shipment.select().where(Shipment.state.in_(UNDER_WAY)).limit(1):
            shipment.deliver(by=self.shop.rhea)

    def undo(self):
        for shipment in Shipment.select().where(Shipment.state.in_(UNDER_WAY)).order_by(Shipment.id.desc()).limit(1):
            shipment.undo(by=self.shop.rhea, reason="Wrong van")

    def receive(self):
        receiving.receive([(self.product(), self.rng.randint(1, 12))], by=self.shop.rhea)

    def count(self):
        product = self.product()
        how = self.rng.choice([{"counted": self.rng.randint(0, 40)}, {"difference": -3}, {"unlimited": True}])
        stock.correct(product, by=self.shop.rhea, reason="Counted", **how)

    def give_back(self):
        if order := self.order("delivered", "shipped"):
            with audit.change(self.shop.rhea, "return.received", order) as change:
                stock.restock([(order.lines[0], 1)], by=self.shop.rhea, now=change.now)
                change.happened()

    def bill(self):
        if order := self.order("confirmed", "part_shipped", "shipped", "delivered"):
            invoicing.issue(order, by=self.shop.rhea, lines=self.rng.choice([None, "shipped"]))

    def promise(self):
        if order := self.order(*TO_SHIP):
            waiting.promise(order, {line.id: "2199-01-05" for line in order.lines}, by=self.shop.rhea)

    MOST = (place, place, place, confirm, ship, ship, ship, cut, deliver, receive, receive)
    ALL = (*MOST, *MOST, cancel, undo, count, give_back, bill, promise)


def test_a_walk_of_all_verbs_leaves_every_sum_right(shop, rng):
    walk, refused = Walk(shop, rng), 0
    for _ in range(STEPS):
        try:
            rng.choice(Walk.ALL)(walk)
        except Invalid:
            refused += 1
        for product in Product.select().where(Product.stock.is_null(False)):
            assert 0 <= product.reserved <= product.stock
    assert refused < STEPS / 2 and Order.select().count() > 10
    assert list(invariants.broken(with_files=False)) == []
    # Nobody waits for what lies free on the shelf.
    starved = OrderLine.select(OrderLine.id).join(Product).switch(OrderLine).join(Order)
    starved = starved.where(waiting.WAITS & Order.state.in_(TO_SHIP) & (Product.stock > Product.reserved))
    assert list(starved) == []
    with store.connection():
        for order in Order.select().where(Order.state.not_in(("draft", "placed"))):
            close(order, shop)


def close(order, shop):
    """All that is left of an order is billed: then its invoices are what it comes to, to the cent."""
    with contextlib.suppress(Invalid):  # nothing is left
        invoicing.issue(order, by=shop.rhea)
    billed = sum(paper.total_minor for paper in Invoice.select().where(Invoice.order == order))
    assert billed == order.owed.minor or (order.state == "cancelled" and billed == 0), order.number
