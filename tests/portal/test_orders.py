"""Orders after they were placed: every state with every action, cancelling, who sees them, habits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from portal import audit, outbox, store, values
from portal.errors import Invalid, NotFound
from portal.people import policy
from portal.sales import cancelling, habits, placing, shipments
from portal.sales.catalogue import Product
from portal.sales.orders import KIND_OF, STATES, Order
from portal.whole import invariants
from tests import make

LEGAL = {
    ("placed", "confirm"): "confirmed",
    ("placed", "ship"): "shipped",
    ("confirmed", "ship"): "shipped",
    ("part_shipped", "ship"): "shipped",
    ("shipped", "deliver"): "delivered",
    ("placed", "cancel"): "cancelled",
    ("confirmed", "cancel"): "cancelled",
}
VERBS = ("confirm", "ship", "deliver", "cancel")


def do(order, verb, by):
    if verb == "confirm":
        return order.confirm(by=by)
    if verb == "cancel":
        return cancelling.cancel(order, by=by, reason="Too much rice")
    return {"ship": shipments.ship, "deliver": shipments.deliver_all}[verb](order, by=by)


def stored(order):
    return Order.get_by_id(order.id)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_each_action_is_legal_from_its_states_and_changes_nothing_from_others(world, state, verb):
    order = make.order(world.account, (make.product(), 2), state=state)
    before = stored(order).__data__
    assert order.can(verb, world.rhea) is ((state, verb) in LEGAL)
    if (state, verb) in LEGAL:
        do(order, verb, world.rhea)
        after = stored(order)
        assert after.state == order.state == LEGAL[state, verb]
        assert getattr(after, f"{after.state}_at") is not None and after.version == 2
        assert audit.Entry.select().where(audit.Entry.event == f"order.{after.state}").count() == 1
        return
    with pytest.raises(Invalid) as refused:
        do(order, verb, world.rhea)
    message, params = refused.value.problems["state"]
    assert params == {"number": order.number, "state": state}
    assert stored(order).__data__ == before
    assert audit.Entry.select().count() == outbox.Outbox.select().count() == 0


def test_every_state_has_a_shape():
    assert set(KIND_OF) == set(STATES)


def test_cancelling_puts_goods_back_and_tells_the_reason(world):
    rice = make.product("RICE", stock=10)
    make.address(world.account, is_default_shipping=True)
    shown = {"shown_total_minor": 30_000, "shown_currency": "PHP"}
    order = placing.place(by=world.carol, account=world.account, lines=[placing.Wanted("RICE", 3)], **shown)
    cancelling.cancel(order, by=world.rhea, reason=" The sack was wet ")
    assert Product.get_by_id(rice.id).free == 10
    assert stored(order).cancel_reason == "The sack was wet"
    notices = list(outbox.Outbox.select().where(outbox.Outbox.template == "order_cancelled"))
    assert {row.name for row in notices} == {"Carol Dizon"}
    assert notices[0].params["reason"] == "The sack was wet"
    with pytest.raises(Invalid):
        cancelling.cancel(order, by=world.rhea, reason="Again")
    assert Product.get_by_id(rice.id).free == 10
    assert list(invariants.broken(with_files=False)) == []


@pytest.mark.parametrize("reason", ["", "  ", None, "x" * 501, "a\0b"])
def test_a_cancellation_needs_a_reason_that_can_be_read(world, reason):
    order = make.order(world.account)
    with pytest.raises(Invalid) as refused:
        cancelling.cancel(order, by=world.carol, reason=reason)
    assert list(refused.value.problems) == ["reason"]
    assert stored(order).state == "placed"


def test_a_customer_cancels_until_it_is_confirmed_and_a_viewer_never(world):
    order = make.order(world.account, state="confirmed")
    assert not order.can("cancel", world.carol) and order.can("cancel", world.rhea)
    with pytest.raises(Invalid):
        cancelling.cancel(order, by=world.carol, reason="Changed my mind")
    order = make.order(world.account)
    assert order.can("cancel", world.carol) and not order.can("cancel", world.cora)
    cancelling.cancel(order, by=world.carol, reason="Changed my mind")
    assert stored(order).state == "cancelled"


def test_an_order_that_moved_on_since_it_was_read_is_left_alone(world):
    order = make.order(world.account)
    mine, theirs = stored(order), stored(order)
    theirs.confirm(by=world.mona)
    with pytest.raises(Invalid) as refused:
        cancelling.cancel(mine, by=world.rhea, reason="Late")
    assert refused.value.problems["state"][1]["state"] == "confirmed"


def test_each_sees_the_orders_of_his_own(world):
    ours, theirs = make.order(world.account), make.order(world.other_account)
    for actor in (world.rhea, world.mona, world.carol, world.cora):
        assert list(Order.visible_to(actor)) == [ours]
    for actor in (world.owen, world.dave):
        assert list(Order.visible_to(actor)) == [theirs]
    assert set(Order.visible_to(world.ada)) == {ours, theirs}
    with pytest.raises(NotFound):
        Order.visible_to(values.ANONYMOUS)
    assert policy.may(world.cora, "orders.see") and not policy.may(world.cora, "orders.place")


def test_orders_of_a_pool_account_are_seen_by_all_staff(world):
    order = make.order(make.account("Nobody’s"))
    assert order in list(Order.visible_to(world.rhea)) and order in list(Order.visible_to(world.owen))


def test_the_story_of_an_order_names_each_step(world):
    order = make.order(world.account)
    order.confirm(by=world.rhea)
    shipments.ship(order, by=world.mona)
    assert [(entry.event, entry.actor_name) for entry in audit.story(order)] == [
        ("order.confirmed", "Rhea Cruz"), ("order.shipped", "Mona Santos"),
    ]  # fmt: skip


def test_habits_say_how_many_when_and_how_often(world):
    rice, oil, nails = make.product("RICE"), make.product("OIL"), make.product("NAILS")
    for day, lines in [
        (1, [(rice, 6), (oil, 1)]), (10, [(rice, 5)]), (20, [(rice, 6), (oil, 2)]), (21, [(nails, 9)]),
    ]:  # fmt: skip
        make.order(world.account, *lines, placed_at=datetime(2026, 5, day, 4))
    make.order(world.account, (rice, 99), state="cancelled", placed_at=datetime(2026, 5, 21))
    make.order(world.account, (rice, 99), state="draft")
    make.order(world.other_account, (rice, 99), placed_at=datetime(2026, 5, 21))
    found = habits.habits(world.account, now=datetime(2026, 5, 25))
    assert list(found) == [rice.id, oil.id, nails.id]
    habit = found[rice.id]
    assert (habit.last_quantity, habit.last_on, habit.every_days) == (6, date(2026, 5, 20), 10)
    assert habit.due_on == date(2026, 5, 30)
    assert found[oil.id].every_days == 19 and found[nails.id].due_on is None
    later = habits.habits(world.account, now=datetime(2026, 5, 20) + timedelta(days=60))
    assert list(later)[0] == oil.id  # the rice has lapsed
    assert habits.habits(world.account, now=datetime(2029, 1, 1)) == {}


def test_habits_are_kept_until_an_order_changes_them(world):
    rice = make.product("RICE", stock=90)
    first = make.order(world.account, (rice, 6))
    assert habits.habits(world.account)[rice.id].last_quantity == 6
    before = store.queries()
    assert habits.habits(world.account)[rice.id].last_quantity == 6 and store.queries() - before == 1
    second = make.order(world.account, (rice, 2))
    assert habits.habits(world.account)[rice.id].last_quantity == 8
    cancelling.cancel_lines(second, {second.lines[0].id: 1}, by=world.rhea, reason="Too many")
    assert habits.habits(world.account)[rice.id].last_quantity == 7
    cancelling.cancel(first, by=world.carol, reason="Too many")
    assert habits.habits(world.account)[rice.id].last_quantity == 1


def test_an_order_that_comes_while_habits_are_worked_out_is_not_overlooked(world):
    rice = make.product("RICE")
    make.order(world.account, (rice, 6))
    sheet = habits.HabitSheet.get()
    old = habits._worked_out(world.account, None)
    make.order(world.account, (rice, 2))
    habits._keep(world.account, sheet, old, values.shop_day())
    assert habits.habits(world.account)[rice.id].last_quantity == 8


def test_confirming_and_cancelling_at_once_leaves_one_of_them(postgres):
    world = make.world()
    rice = make.product(stock=100)
    orders = [make.order(world.account, (rice, 1)) for _ in range(10)]

    def act(job):
        order, verb, by = job
        with store.connection():
            try:
                do(Order.get_by_id(order.id), verb, by)
            except Invalid:
                return 0
            return 1

    jobs = [job for order in orders for job in ((order, "confirm", world.rhea), (order, "cancel", world.carol))]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(act, jobs))
    assert sum(done) == 10
    cancelled = Order.select().where(Order.state == "cancelled").count()
    assert Product.get_by_id(rice.id).free == 90 + cancelled
    assert list(invariants.broken(with_files=False)) == []
