"""G11: by chance people order, pay, count and change, the clock jumps and statements fail: a small model agrees."""

import secrets
from datetime import timedelta
from functools import partial

import peewee
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from portal import store, values
from portal.customers.accounts import Account
from portal.errors import Invalid, Repeated
from portal.sales import cancelling, invoicing, payments, placing, receiving, shipments, stock
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.payments import Payment
from portal.sales.quotes import Wanted
from portal.whole import invariants
from tests import make
from tests.battery import shop_model
from tests.battery.statements import Statements

pytestmark = pytest.mark.row("G11")
STEPS = 50  # of one shop at most; some end sooner
PIECES = st.integers(1, 6)
# A statement fails so many ahead, or the commit, before it is carried out or after; most often none does.
FAULTS = st.one_of(st.none(), st.none(), st.tuples(st.integers(1, 45) | st.just("COMMIT"), st.booleans()))
PLACES = st.integers(0, 10**6)  # which of the orders there are
MEANT = peewee.OperationalError("server closed the connection unexpectedly")


class Shops(RuleBasedStateMachine):
    """Two customers and three products of a shop, and beside them the model; `tally` counts over all shops."""

    world, statements, tally = None, None, None

    def __init__(self):
        super().__init__()
        self.model, self.now, self.latest = shop_model.Shop(), values.now(), None
        self.products, self.accounts, self.people = {}, {}, {}
        for name, price, shelf in (("rice", 137_500, 12), ("oil", 19_500, 30), ("salt", 900, 5)):
            self.products[name] = make.product(stock=shelf, list_minor=price)
            self.model.goods[name] = shop_model.Goods(price, shelf)
        for name in ("carol", "dave"):
            account = make.account(owner=self.world.employees["rhea"], team=self.world.north)
            make.address(account)
            self.accounts[name] = account
            self.people[name] = make.customer_actor(make.member(account, name.title(), "customer_admin"))
        self.orders = {}  # {number in the model: id}

    def done(self, verb, by, fault):
        """(whether it was done, what came of it): sent again with the same key when a statement failed."""
        self.tally["steps"] += 1
        by = by.with_form(secrets.token_urlsafe(18), "0" * 64)
        self.statements.arm(*(fault or (None,)))
        try:
            return True, verb(by=by, now=self.now)
        except Invalid:
            return False, None
        except peewee.OperationalError as trouble:
            assert str(MEANT) in str(trouble)
            self.tally["faults"] += 1
            store.discard_connection()  # as the page about it does
            store.db.connect()
        finally:
            self.statements.arm(None)
        try:
            return True, verb(by=by, now=self.now)
        except Repeated as earlier:
            self.tally["done_before"] += 1
            assert earlier.same
            return True, store.kinds()[earlier.result.kind].get_by_id(earlier.result.id)
        except Invalid:
            return False, None

    def pick(self, place):
        """The number of an order in the model, and a way to read its row anew, as each request does."""
        number = sorted(self.orders)[place % len(self.orders)]
        return number, partial(Order.get_by_id, self.orders[number])

    @rule(who=st.sampled_from(("carol", "dave")), pieces=st.dictionaries(st.sampled_from(("rice", "oil", "salt")), PIECES, min_size=1), fault=FAULTS)  # fmt: skip # noqa: E501
    def place(self, who, pieces, fault):
        def verb(by, now):
            lines = [Wanted(self.products[name].code, count) for name, count in pieces.items()]
            total = sum(self.products[name].list_minor * count for name, count in pieces.items())
            shown = {"shown_total_minor": total, "shown_currency": "PHP"}
            return placing.place(by=by, account=self.account(who), lines=lines, now=now, **shown)

        is_done, order = self.done(verb, self.people[who], fault)
        number = len(self.orders) + 1
        assert is_done == self.model.place(number, who, pieces)
        if is_done:
            self.orders[number] = order.id
            assert order.total_minor == self.model.orders[number].total

    def move(self, verb, place, fault):
        number, order = self.pick(place)
        verbs = {
            "confirm": lambda **given: order().confirm(**given),
            "ship": lambda **given: shipments.ship(order(), **given),
            "deliver": lambda **given: shipments.deliver_all(order(), **given),
            "invoice": lambda **given: invoicing.issue(order(), **given),
        }
        is_done, _ = self.done(verbs[verb], self.world.rhea, fault)
        assert is_done == getattr(self.model, verb)(number)

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, fault=FAULTS)
    def confirm(self, place, fault):
        self.move("confirm", place, fault)

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, fault=FAULTS)
    def ship(self, place, fault):
        self.move("ship", place, fault)

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, fault=FAULTS)
    def deliver(self, place, fault):
        self.move("deliver", place, fault)

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, fault=FAULTS)
    def invoice(self, place, fault):
        self.move("invoice", place, fault)

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, by_staff=st.booleans(), fault=FAULTS)
    def cancel(self, place, by_staff, fault):
        number, order = self.pick(place)
        by = self.world.rhea if by_staff else self.people[self.model.orders[number].account]
        is_done, _ = self.done(lambda **given: cancelling.cancel(order(), reason="Not needed", **given), by, fault)
        assert is_done == self.model.cancel(number, "staff" if by_staff else "customer")

    @rule(who=st.sampled_from(("carol", "dave")), minor=st.integers(1, 500_000), fault=FAULTS)
    def pay(self, who, minor, fault):
        def verb(by, now):
            given = {"currency": "PHP", "paid_on": values.shop_day(now), "is_another": True, "allocate": "oldest"}
            return payments.record(self.account(who), by=by, amount_minor=minor, now=now, **given)

        is_done, _ = self.done(verb, self.world.mona, fault)
        assert is_done == self.model.pay(who, minor)

    @rule(name=st.sampled_from(("rice", "oil", "salt")), pieces=PIECES, fault=FAULTS)
    def receive(self, name, pieces, fault):
        is_done, _ = self.done(
            lambda **given: receiving.receive([(self.product(name), pieces)], **given), self.world.mona, fault
        )
        assert is_done == self.model.receive(name, pieces)

    @rule(name=st.sampled_from(("rice", "oil", "salt")), counted=st.integers(0, 30), fault=FAULTS)
    def count(self, name, counted, fault):
        is_done, _ = self.done(
            lambda **given: stock.correct(self.product(name), counted=counted, reason="Counted", **given),
            self.world.mona, fault,
        )  # fmt: skip
        assert is_done == self.model.count(name, counted)

    @rule(who=st.sampled_from(("carol", "dave")), digits=st.integers(0, 9_999), fault=FAULTS)
    def telephone(self, who, digits, fault):
        phone = f"+63917555{digits:04d}"
        is_done, _ = self.done(lambda by, now: self.account(who).edit(phone=phone, by=by), self.people[who], fault)
        assert is_done == self.model.telephone(who, phone)

    @rule(hours=st.integers(-2, 72))
    def clock(self, hours):
        """Time goes on, and now and then somebody puts the clock back."""
        self.tally["steps"] += 1
        self.now += timedelta(hours=hours)

    def account(self, who):
        return Account.get_by_id(self.accounts[who].id)

    def product(self, name):
        return Product.get_by_id(self.products[name].id)

    @invariant()
    def both_say_the_same(self):
        for name, goods in self.model.goods.items():
            product = self.product(name)
            assert (product.stock, product.reserved) == (goods.stock, goods.reserved), name
        rows = {order.id: order for order in Order.select().where(Order.id.in_(list(self.orders.values())))}
        for number, order in self.model.orders.items():
            assert (rows[self.orders[number]].state, rows[self.orders[number]].total_minor) == (
                order.state,
                order.total,
            )
        for who, account in self.accounts.items():
            owed = Invoice.select(peewee.fn.SUM(Invoice.open_minor)).where(Invoice.account == account).scalar() or 0
            free = Payment.select(peewee.fn.SUM(Payment.open_minor)).where(Payment.account == account).scalar() or 0
            assert (owed, free) == (self.model.owed(who), self.model.credit.get(who, 0)), who
            assert self.account(who).phone == self.model.phones.get(who, account.phone)

    def teardown(self):
        assert list(invariants.broken(with_files=False)) == []


def test_a_small_model_agrees_with_the_shop_whatever_happens(database, world, figures, sized):
    steps = sized(gate=2_000 if database.kind == "sqlite" else 600, night=1_000_000)  # three times as dear over there
    tally = {"steps": 0, "faults": 0, "done_before": 0}
    with store.connection():
        Shops.world, Shops.tally = world, tally
        Shops.statements = Statements(error=MEANT).watch()
        try:
            many = settings(
                max_examples=-(-steps // STEPS) * 5 // 4, stateful_step_count=STEPS, phases=[Phase.generate]
            )
            run_state_machine_as_test(Shops, settings=many)
        finally:
            figures(**tally)
    assert tally["steps"] > steps / 2
    assert tally["done_before"]
