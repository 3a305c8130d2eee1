"""Moves: an address gives way to another on its day, open orders are decided about, papers never change."""

from datetime import timedelta

import pytest

from portal import values
from portal.customers import moves
from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.sales import invoicing, move_orders, placing, shipments
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from tests import make
from tests.letters import told
from tests.races import race
from tests.refusals import problems

AHEAD = timedelta(days=20)


@pytest.fixture
def shop(world):
    """Carol's account with an old and a new address, and rice."""
    world.old = Address.visible_to(world.carol).where(Address.id == make.address(world.account).id).get()
    world.new = make.address(world.account, line1="9 Roxas Blvd.")
    world.rice = make.product("RICE", stock=50, list_minor=1_000)
    world.day = values.shop_day() + AHEAD
    return world


def plan(shop, **given):
    return AddressMove.plan(shop.old, **{"by": shop.carol, "from_on": shop.day, "new": shop.new.id} | given)


def going(shop, address=None, state="placed", **fields):
    """An order of the account that goes to an address, the old one unless another is named."""
    address = address or shop.old
    address.account = shop.account
    copies = {"ship_to": address.snapshot, "bill_to": address.snapshot}
    return make.order(shop.account, (shop.rice, 2), state=state, **copies | fields)


def place(shop, **given):
    sums = {"shown_total_minor": 2_000, "shown_currency": "PHP"}
    return placing.place(by=shop.carol, account=shop.account, lines=[Wanted("RICE", 2)], **sums | given)


def test_on_its_day_in_the_shop_the_new_address_is_the_usual_one_and_the_old_is_put_away(shop):
    move = plan(shop)
    assert told("move_planned") == ["Carol Dizon", "Rhea Cruz"]
    assert moves.run(now=values.shop_midnight(shop.day) - timedelta(seconds=1)) == 0
    assert Address.default(shop.account, "shipping") == shop.old
    assert [moves.run(now=values.shop_midnight(shop.day)) for _ in range(2)] == [1, 0]
    for purpose in ("shipping", "billing"):
        assert Address.default(shop.account, purpose) == shop.new
    assert Address.get_by_id(shop.old.id).archived_at is not None
    assert (AddressMove.get_by_id(move.id).state, told("move_done")) == ("done", ["Carol Dizon", "Rhea Cruz"])


def test_an_order_for_a_later_day_goes_to_the_address_that_holds_then(shop):
    plan(shop)
    assert place(shop).ship_to["address"] == shop.old.id
    assert place(shop, requested_on=shop.day - timedelta(days=1)).ship_to["address"] == shop.old.id
    assert place(shop, requested_on=shop.day).ship_to["address"] == shop.new.id
    assert place(shop, requested_on=shop.day, address=shop.old.id).ship_to["address"] == shop.old.id, "it was chosen"


def test_a_new_address_is_written_down_with_the_move(shop):
    typed = {"line1": "88 Rizal St.", "district": "Sto. Niño", "city": "Marikina", "postal_code": "1800"}
    move = plan(shop, new=None, new_address=typed)
    assert (move.new.line1, move.new.is_default_shipping) == ("88 Rizal St.", False)


@pytest.mark.parametrize("given, refused", [
    ({"from_on": ""}, {"from_on": "field-needed"}),
    ({"from_on": "1 March"}, {"from_on": "date-malformed"}),
    ({"from_on": "2020-01-01"}, {"from_on": "date-not-ahead-a-year"}),
    ({"from_on": "2199-01-01"}, {"from_on": "date-not-ahead-a-year"}),
    ({"new": None}, {"new": "field-needed"}),
    ({"new": 999}, {"new": "address-unknown"}),
    ({"new": None, "new_address": {"line1": ""}}, {"line1": "field-needed"}),
])  # fmt: skip
def test_what_cannot_be_planned_is_refused_at_its_field(shop, given, refused):
    assert problems(plan, shop, **given).items() >= refused.items()
    assert AddressMove.select().count() == 0


def test_a_move_to_itself_a_second_one_or_to_an_address_without_the_purpose_is_refused(shop):
    assert problems(plan, shop, new=shop.old.id) == {"new": "address-unknown"}
    deliveries = make.address(shop.account, for_billing=False)
    assert problems(plan, shop, new=deliveries.id) == {"new": "not-for-purpose"}
    assert problems(plan, shop, new=make.address(shop.other_account).id) == {"new": "address-unknown"}
    plan(shop)
    assert problems(plan, shop) == {"address": "move-planned"}


def test_a_cancelled_move_never_happens_and_neither_does_one_to_an_address_put_away(shop):
    plan(shop).cancel(by=shop.rhea)
    assert told("move_cancelled") == ["Carol Dizon"]
    again = plan(shop)
    shop.new.account = shop.account
    shop.new.archive(by=shop.carol)
    assert moves.run(now=values.shop_midnight(shop.day)) == 0
    assert AddressMove.get_by_id(again.id).state == "cancelled"
    assert Address.default(shop.account, "shipping") == shop.old


def test_open_orders_to_the_old_address_are_listed_with_what_fits_their_day(shop):
    late, soon = going(shop), going(shop, requested_on=shop.day - timedelta(days=2))
    gone = going(shop, state="part_shipped")
    going(shop, shop.new), going(shop, state="delivered"), going(shop, delivery="pickup")
    move = plan(shop)
    rows = move_orders.affected(move, shop.carol)
    assert [(row.order, row.suggested, row.can_change) for row in rows] == [
        (late, "new", True), (soon, "keep", True), (gone, "new", False),
    ]  # fmt: skip


def test_an_order_is_sent_to_the_new_address_while_it_can_be_and_its_papers_stay(shop):
    order, kept, confirmed = going(shop), going(shop), going(shop, state="confirmed")
    move = plan(shop)
    move_orders.decide(move, order, by=shop.carol, choice="new")
    move_orders.decide(move, kept, by=shop.carol, choice="keep")
    found = Order.get_by_id(order.id)
    assert (found.ship_to["line1"], found.bill_to["line1"]) == ("9 Roxas Blvd.", "9 Roxas Blvd.")
    assert Order.get_by_id(kept.id).ship_to["address"] == shop.old.id
    assert told("order_redirected") == ["Carol Dizon", "Rhea Cruz"]
    assert problems(move_orders.decide, move, confirmed, by=shop.carol, choice="new") == {
        "order": "move-order-on-its-way"
    }
    billed = invoicing.issue(confirmed, by=shop.mona, lines={confirmed.lines[0]: 1})
    move_orders.decide(move, confirmed, by=shop.rhea, choice="new")
    found = Order.get_by_id(confirmed.id)
    assert (found.ship_to["address"], found.bill_to["address"]) == (shop.new.id, shop.old.id)
    assert Invoice.get_by_id(billed.id).ship_to["address"] == shop.old.id, "what is written stays"
    decided = [(row.order.id, row.decision and row.decision.choice) for row in move_orders.affected(move, shop.carol)]
    assert decided == [(order.id, "new"), (kept.id, "keep"), (confirmed.id, "new")]


def test_what_does_not_fit_is_refused_and_changes_nothing(shop):
    order = going(shop)
    move = plan(shop)
    assert problems(move_orders.decide, move, order, by=shop.carol, choice="burn") == {"choice": "choice-unknown"}
    shipments.ship(going_confirmed := going(shop, state="confirmed"), by=shop.rhea)
    assert problems(move_orders.decide, move, going_confirmed, by=shop.rhea, choice="new") == {
        "order": "move-order-on-its-way"
    }
    foreign = make.order(shop.account, (shop.rice, 1), ship_to={"address": 999, "country": "PH"})
    assert problems(move_orders.decide, move, foreign, by=shop.rhea, choice="new") == {"order": "move-order-gone"}
    abroad = make.address(shop.account, country="TH")
    move.cancel(by=shop.carol)
    assert problems(move_orders.decide, move, order, by=shop.carol, choice="new") == {"state": "move-over"}
    away = plan(shop, new=abroad.id)
    assert problems(move_orders.decide, away, order, by=shop.carol, choice="new") == {"choice": "move-abroad"}
    assert Order.get_by_id(order.id).ship_to["address"] == shop.old.id


def test_of_two_colleagues_who_send_it_at_once_one_does(postgres):
    people = make.world()
    people.old, people.new = make.address(people.account), make.address(people.account)
    people.rice = make.product("RICE", stock=9)
    people.day = values.shop_day() + AHEAD
    order, move = going(people), plan(people)

    def send(n):
        return lambda: move_orders.decide(move, order, by=people.carol, choice="new")

    assert race(4, send) == ["done"] + ["move-order-gone"] * 3
    assert move_orders.MoveDecision.select().count() == 1


def test_of_two_workers_and_a_cancellation_at_once_one_wins(postgres):
    people = make.world()
    people.old, people.new = make.address(people.account), make.address(people.account)
    people.day = values.shop_day() + AHEAD
    plan(people)

    def end(n):
        mine = AddressMove.visible_to(people.carol).get()
        if n == 2:
            return lambda: mine.cancel(by=people.carol)
        return lambda: moves.run(now=values.shop_midnight(people.day))

    race(3, end)
    done = AddressMove.get().state == "done"
    assert (Address.default(people.account, "shipping") == people.new) == done
