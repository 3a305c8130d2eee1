"""Orders above a buyer's limit: put to colleagues, approved at today's worth, declined, withdrawn; once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, store
from portal.customers import order_limits
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people import policy
from portal.people.links import Link
from portal.sales import placing, requisition_approving, requisitions
from portal.sales.catalogue import Product
from portal.sales.orders import NOT_PLACED, Order
from portal.sales.quotes import Wanted
from portal.sales.requisitions import Requisition
from portal.values import Money
from portal.web import documents
from portal.whole import invariants, requisitions_whole
from tests import make


@pytest.fixture
def shop(world):
    return furnished(world)


def furnished(world):
    """Ben orders alone up to 500 pesos, Bea may approve up to 2,000; Carol manages, Cora may look."""
    world.rice = make.product("RICE", stock=40, list_minor=10_000)
    make.address(world.account)
    world.ben_place = colleague(world, "Ben Dizon", order_limit_minor=50_000)
    world.bea_place = colleague(world, "Bea Dizon", order_limit_minor=200_000, may_approve=True)
    world.ben, world.bea = map(make.customer_actor, (world.ben_place, world.bea_place))
    return world


def colleague(world, name, **rights):
    place = make.member(world.account, name)
    with store.writing():
        Membership.update(rights).where(Membership.id == place.id).execute()
    return Membership.get_by_id(place.id)


def place(shop, pieces=6, by=None, **given):
    by, lines = by or shop.ben, [Wanted("RICE", str(pieces))]
    quote, _ = placing.prepare(by, shop.account, lines, now=None)
    shown = {"shown_total_minor": quote.total_minor, "shown_currency": quote.currency}
    return placing.place(by=by, account=shop.account, lines=lines, **shown | given)


def approve(order, by, **given):
    question = requisitions.of_order(order)
    worth = requisition_approving.quote(order, order.lines, by=by, pieces=given.get("pieces"))
    shown = {"shown_total_minor": worth.total_minor, "shown_currency": worth.currency}
    return requisition_approving.approve(question, by=by, **shown | given)


def refused(call, **problem):
    with pytest.raises(Invalid) as refusal:
        call()
    assert {name: message for name, (message, _) in refusal.value.problems.items()} == problem


def letters(template):
    rows = Outbox.select().where((Outbox.template == template) & (Outbox.channel == "mail"))
    return sorted(row.name for row in rows)


def sound():
    """All that must hold for every record."""
    checks = (invariants.lines, invariants.stock, invariants.totals, invariants.adjusted, requisitions_whole.faults)
    return not [fault for check in checks for fault in check()]


def test_up_to_the_limit_an_order_is_placed_and_above_it_waits_without_taking_stock(shop):
    assert place(shop, pieces=5).state == "placed"
    order = place(shop, pieces=6)
    assert (order.state, order.placed_at, order.placed_by) == ("to_approve", None, "Ben Dizon")
    assert Product.get_by_id(shop.rice.id).free == 35
    question = requisitions.of_order(order)
    assert (question.state, question.limit, question.buyer.name) == ("asked", Money(50_000, "PHP"), "Ben Dizon")
    assert [entry.event for entry in audit.story(order)] == ["order.sent_for_approval"]
    assert set(NOT_PLACED) <= documents.ORDER_TITLES.keys(), "its paper confirms nothing"
    assert letters("order_to_approve") == ["Bea Dizon"]
    assert Link.get().login == shop.bea_place.login
    assert sound()


def test_whoever_of_us_writes_an_order_and_whoever_has_no_limit_is_not_asked(shop):
    assert [place(shop, by=by).state for by in (shop.rhea, shop.carol)] == ["placed", "placed"]


def test_of_the_company_the_approvers_are_asked_and_where_none_may_the_admins(shop):
    asked = lambda minor: [p.login.name for p in order_limits.approvers(shop.account, Money(minor, "PHP"))]  # noqa: E731
    assert asked(200_000) == ["Bea Dizon"]
    assert asked(200_001) == ["Carol Dizon"]
    shop.bea_place.end(by=shop.carol)
    assert asked(60_000) == ["Carol Dizon"]


def test_where_nobody_may_approve_nothing_is_kept_and_the_buyer_reads_why(shop):
    shop.bea_place.end(by=shop.carol)
    shop.memberships["carol"].end(by=shop.rhea)
    refused(lambda: place(shop), total="requisition-nobody")
    assert not Order.select().exists()


def test_approved_it_is_placed_once_with_the_stock_kept_and_the_buyer_told(shop):
    order = approve(place(shop), shop.bea)
    order = Order.get_by_id(order.id)
    assert (order.state, order.placed_by, order.contact_id) == ("placed", "Ben Dizon", shop.ben.contact)
    assert order.placed_at and Product.get_by_id(shop.rice.id).free == 34
    assert letters("order_approved") == ["Ben Dizon"]
    assert "Ben Dizon" not in letters("order_placed") and "Rhea Cruz" in letters("order_placed")
    assert [entry.event for entry in audit.story(order)] == [
        "order.sent_for_approval",
        "order.placed",
        "order.approved",
    ]
    refused(lambda: approve(order, shop.carol), state="requisition-approved-by")
    assert sound()


def test_whoever_approves_keeps_to_his_own_limit_and_nobody_passes_his_own_order(shop):
    high = place(shop, pieces=21)
    refused(lambda: approve(high, shop.bea), total="requisition-above-yours")
    refused(lambda: approve(high, shop.ben), state="requisition-not-yours")
    own = place(shop, pieces=25, by=shop.bea)
    assert own.state == "to_approve"
    refused(lambda: approve(own, shop.bea), total="requisition-above-yours")
    assert approve(own, shop.carol).state == "placed"


@pytest.mark.parametrize("who, able", [("ben", False), ("bea", True), ("carol", True), ("cora", False)])
def test_who_may_approve_and_withdraw_on_the_page(shop, who, able):
    order, actor = place(shop), getattr(shop, who)
    question = requisitions.of_order(order)
    assert order_limits.may_approve(order_limits.place_of(actor)) is able
    assert policy.may(actor, "requisitions.withdraw", question) is (who == "ben")


@pytest.mark.parametrize("answer", ["approve", "decline"])
def test_a_buyer_who_has_left_the_company_reads_nothing_of_what_came_of_it(shop, answer):
    order = place(shop)
    shop.ben_place.end(by=shop.carol)
    if answer == "approve":
        approve(order, by=shop.bea)
    else:
        requisitions.of_order(order).decline(by=shop.bea, words="Not now")
    assert "Ben Dizon" not in letters("order_approved") + letters("order_declined") + letters("order_placed")


def test_an_approver_changes_how_many_and_sees_the_new_total_first(shop):
    order = place(shop, pieces=21)
    pieces = {order.lines[0].id: 20}
    seen = {"pieces": pieces, "shown_total_minor": 210_000}
    refused(lambda: approve(order, shop.bea, **seen), total="requisition-total-moved")
    assert approve(order, shop.bea, pieces=pieces).total_minor == 200_000
    refused(lambda: approve(place(shop), shop.bea, shown_total_minor=None), total="requisition-total-moved")


def test_it_is_worth_what_it_costs_on_the_day_of_the_approval(shop):
    order = place(shop)
    shown = {"shown_total_minor": order.total_minor, "shown_currency": "PHP"}
    with store.writing():
        Product.update(list_minor=11_000).execute()
    refused(lambda: approve(order, shop.bea, **shown), total="requisition-total-moved")
    assert approve(order, shop.bea).total_minor == 66_000
    late = place(shop)
    with store.writing():
        Product.update(stock=3, reserved=0).execute()
    refused(lambda: approve(late, shop.bea), **{f"line_{late.lines[0].id}": "stock-short"})
    assert Order.get_by_id(late.id).state == "to_approve"


def test_nothing_left_of_it_is_declined_rather_than_approved(shop):
    order = place(shop)
    refused(lambda: approve(order, shop.bea, pieces={order.lines[0].id: 0}), lines="lines-needed")


def test_declined_with_words_it_is_the_buyers_draft_again(shop):
    order = place(shop)
    question = requisitions.of_order(order)
    refused(lambda: question.decline(by=shop.bea, words=" "), words="reason-needed")
    refused(lambda: question.decline(by=shop.ben, words="No"), state="requisition-not-yours")
    question.decline(by=shop.bea, words="Take the smaller sacks")
    kept = requisitions.of_order(order)
    assert (Order.get_by_id(order.id).state, kept.answer) == ("draft", "Take the smaller sacks")
    assert letters("order_declined") == ["Ben Dizon"]
    refused(lambda: approve(order, shop.carol), state="requisition-declined-by")
    again = place(shop, draft=Order.get_by_id(order.id))
    assert (again.id, again.state, Requisition.select().count()) == (order.id, "to_approve", 2)


def test_the_buyer_takes_it_back_and_the_link_is_good_for_nothing(shop):
    order = requisitions.of_order(place(shop)).withdraw(by=shop.ben).order
    assert order.state == "draft"
    refused(lambda: approve(order, shop.bea), state="requisition-gone")
    placing.discard(order, by=shop.ben)
    assert not Requisition.select().exists()


def test_a_limit_that_is_raised_holds_at_once_for_the_next_order(shop):
    shop.ben_place.change_rights(by=shop.carol, role="buyer", order_limit="1000")
    assert place(shop).state == "placed"


def test_an_order_that_waits_for_nobody_is_found(shop):
    order = place(shop)
    assert list(requisitions_whole.faults()) == []
    with store.writing():
        Order.update(state="draft").where(Order.id == order.id).execute()
    said = f"order {order.number} is draft, with 1 open questions to colleagues"
    assert list(requisitions_whole.faults()) == [said]
    with store.writing():
        Requisition.update(state="declined").execute()
        Order.update(state="to_approve").where(Order.id == order.id).execute()
    assert len(list(requisitions_whole.faults())) == 1


@pytest.mark.postgres
def test_of_colleagues_who_answer_at_once_one_counts(postgres):
    shop = furnished(make.world())
    order = place(shop)
    worth = {"shown_total_minor": order.total_minor, "shown_currency": "PHP"}

    def answer(number):
        with store.connection():
            mine = requisitions.of_order(order)
            try:
                if number % 3 == 2:
                    return mine.decline(by=shop.carol, words="No").order.state
                return requisition_approving.approve(mine, by=(shop.bea, shop.carol)[number % 3], **worth).state
            except Invalid as refusal:
                return refusal.problems["state"][0]

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(answer, range(6)))
    now = Order.get_by_id(order.id)
    assert answers.count(now.state) == 1 and sum(a.startswith("requisition-") for a in answers) == 5
    assert Product.get_by_id(shop.rice.id).free == (34 if now.state == "placed" else 40)
    assert audit.Entry.select().where(audit.Entry.event == "order.placed").count() == (now.state == "placed")
    assert sound()
