"""Discounts: what each may give, and above it a question to a manager that stands for exactly these lines."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import audit, store
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.sales import approval_asking, approvals, discounts, placing
from portal.sales.approvals import Approval
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from portal.whole import invariants
from tests import make


@pytest.fixture
def shop(world):
    return furnished(world)


def furnished(world):
    world.rice = make.product("RICE", stock=40, list_minor=10_000, cost_minor=7_000)
    make.address(world.account)
    return world


def ask(shop, percent=20, pieces=5, by=None, **given):
    lines = [Wanted("RICE", str(pieces), percent * 100)]
    return approval_asking.ask(
        by=by or shop.rhea, account=shop.account, lines=lines, reason="They move to us", **given
    )


def question(shop, order=None):
    rows = Approval.visible_to(shop.ada).order_by(Approval.id.desc())
    return (rows.where(Approval.order == order) if order else rows).first()


def place(shop, draft, percent=20, pieces=5, by=None):
    lines, by = [Wanted("RICE", str(pieces), percent * 100)], by or shop.rhea
    quote, _ = placing.prepare(by, shop.account, lines, now=None, draft=draft)
    shown = {"shown_total_minor": quote.total_minor, "shown_currency": quote.currency}
    return placing.place(by=by, account=shop.account, lines=lines, draft=draft, **shown)


def refused(call, **problem):
    with pytest.raises(Invalid) as refusal:
        call()
    assert {name: message for name, (message, _) in refusal.value.problems.items()} == problem
    return refusal.value.problems


# What each may give


def test_an_admin_sets_what_a_role_or_one_employee_may_give(shop):
    assert [discounts.most_of(who) for who in (shop.rhea, shop.mona, shop.ada, shop.carol)] == [
        1_000,
        3_000,
        10_000,
        0,
    ]
    discounts.set_limit(by=shop.ada, role="rep", percent="7.5")
    assert discounts.most_of(shop.rhea) == 750
    discounts.set_limit(by=shop.ada, employee=shop.rhea.employee, percent="15")
    assert (discounts.most_of(shop.rhea), discounts.most_of(shop.owen)) == (1_500, 750)
    roles, single = discounts.limits()
    assert roles == [("rep", 750), ("manager", 3_000)] and [row.employee.name for row in single] == ["Rhea Cruz"]
    discounts.set_limit(by=shop.ada, employee=shop.rhea.employee, percent="")
    assert discounts.most_of(shop.rhea) == 750
    assert [entry.event for entry in audit.Entry.select().order_by(audit.Entry.id)] == [
        "discount_limit.set", "discount_limit.set", "discount_limit.removed",
    ]  # fmt: skip
    assert list(invariants.references()) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"role": "rep", "percent": "101"}, {"percent": "percent-malformed"}),
        ({"role": "rep", "percent": ""}, {"percent": "percent-malformed"}),
        ({"role": "admin", "percent": "5"}, {"role": "choice-unknown"}),
        ({"employee": 999, "percent": "5"}, {"employee": "employee-unknown"}),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(shop, given, problem):
    refused(lambda: discounts.set_limit(by=shop.ada, **given), **problem)


# Asking


def test_asking_keeps_the_draft_with_its_discount_and_tells_the_managers(shop):
    order = ask(shop)
    asked = question(shop)
    assert (order.state, order.subtotal_minor, order.discount_minor) == ("draft", 40_000, 10_000)
    assert (asked.state, asked.highest_bp, asked.off_minor, asked.margin.minor) == ("asked", 2_000, 10_000, 5_000)
    assert {(row.name, row.template) for row in Outbox.select()} == {("Mona Santos", "discount_asked")}
    assert Product.get_by_id(shop.rice.id).stock == 40
    assert list(invariants.totals()) == list(invariants.references()) == []


def test_a_question_is_seen_by_who_sees_the_account_and_waits_for_managers(shop):
    ask(shop)
    assert [Approval.visible_to(who).count() for who in (shop.rhea, shop.mona, shop.owen)] == [1, 1, 0]
    assert [Approval.waiting_for(who).count() for who in (shop.rhea, shop.mona, shop.ada)] == [0, 1, 1]


def test_what_one_may_give_oneself_needs_no_question(shop):
    refused(lambda: ask(shop, percent=10), lines="approval-not-needed")
    refused(lambda: ask(shop, percent=20, by=shop.mona), lines="approval-not-needed")
    refused(lambda: ask(shop, percent=20, by=shop.carol), lines="approval-not-needed")
    assert not Order.select().exists()


def test_without_an_answer_the_draft_cannot_be_placed(shop):
    draft = ask(shop)
    refused(lambda: place(shop, draft), lines="lines-need-change")


def test_approved_it_is_placed_with_exactly_these_lines(shop):
    draft = ask(shop)
    question(shop).approve(by=shop.mona, words="For the first order")
    told = Outbox.select().where(Outbox.template == "discount_approved").order_by(Outbox.id)
    assert {row.name for row in told} == {"Rhea Cruz"} and told[0].params["answer"] == "For the first order"
    refused(lambda: place(shop, draft, pieces=6), lines="lines-need-change")
    refused(lambda: place(shop, draft, percent=21), lines="lines-need-change")
    refused(lambda: place(shop, None), lines="lines-need-change")
    order = place(shop, draft)
    assert (order.state, order.subtotal_minor) == ("placed", 40_000)


def test_the_answer_holds_for_the_price_it_was_given_for(shop):
    draft = ask(shop)
    question(shop).approve(by=shop.mona)
    shop.rice.edit(by=shop.mona, version=1, list_minor=9_000)
    refused(lambda: place(shop, draft), lines="lines-need-change")


def test_declining_needs_a_word_and_the_asker_reads_it(shop):
    draft = ask(shop)
    refused(lambda: question(shop).decline(by=shop.mona, words=" "), words="reason-needed")
    question(shop).decline(by=shop.mona, words="10 % is enough")
    assert Outbox.select().where(Outbox.template == "discount_declined")[0].params["answer"] == "10 % is enough"
    refused(lambda: place(shop, draft), lines="lines-need-change")


def test_nobody_answers_his_own_question_nor_above_his_own_limit(shop):
    ask(shop, percent=40, by=shop.mona)
    refused(lambda: question(shop).approve(by=shop.mona), state="approval-above-yours")
    refused(lambda: question(shop).decline(by=shop.mona, words="no"), state="approval-own")
    discounts.set_limit(by=shop.ada, role="manager", percent="50")
    refused(lambda: question(shop).approve(by=shop.mona), state="approval-own")
    assert not question(shop).can_be_decided(shop.mona)
    question(shop).approve(by=shop.ada)
    assert place(shop, question(shop).order, percent=40, by=shop.mona).state == "placed"


def test_other_lines_take_the_question_back_and_the_same_ones_keep_it(shop):
    draft = ask(shop)
    lines = [Wanted("RICE", "5", 2_000)]
    placing.save_draft(by=shop.rhea, account=shop.account, lines=lines, draft=draft)
    assert question(shop).state == "asked"
    placing.save_draft(by=shop.rhea, account=shop.account, lines=[Wanted("RICE", "6", 2_000)], draft=draft)
    assert question(shop).state == "withdrawn"
    refused(lambda: question(shop).approve(by=shop.mona), state="approval-gone")
    ask(shop, percent=25, draft=draft)
    ask(shop, percent=30, draft=draft)
    assert [row.state for row in Approval.select().order_by(Approval.id)] == ["withdrawn", "withdrawn", "asked"]


def test_a_question_ends_when_the_order_is_placed_or_thrown_away(shop):
    draft = ask(shop)
    place(shop, draft, percent=10)
    assert question(shop).state == "withdrawn"
    placing.discard(ask(shop), by=shop.rhea)
    assert Approval.select().count() == 1 and list(invariants.references()) == []


def test_only_the_asker_takes_a_question_back(shop):
    ask(shop)
    refused(lambda: question(shop).withdraw(by=shop.mona), state="approval-gone")
    assert question(shop).withdraw(by=shop.rhea).state == "withdrawn"


def test_of_two_managers_at_once_one_decides_and_the_other_reads_who_did(postgres):
    shop = furnished(make.world())
    ask(shop)
    second = make.staff_actor(make.employee("Nilo Reyes", "manager", shop.north))
    waiting = [question(shop) for _ in range(6)]

    def work(n):
        by, asked = (shop.mona, second)[n % 2], waiting[n]
        with store.connection():
            try:
                decided = asked.approve(by=by) if n % 3 else asked.decline(by=by, words="No")
                return decided.state
            except Invalid as refusal:
                return refusal.problems["state"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(work, range(6)))
    now = question(shop)
    (won,) = [answer for answer in answers if isinstance(answer, str)]
    lost = (f"approval-{won}-by", {"name": now.decided_by.name})
    assert now.state == won and answers.count(lost) == 5
    assert audit.Entry.select().where(audit.Entry.event.startswith("order.discount_")).count() == 2


def test_where_no_manager_sees_the_account_the_admins_are_asked(shop):
    assert [who.name for who in approvals.deciders(shop.other_account, shop.rhea)] == ["Ada Lim"]
    assert [who.name for who in approvals.deciders(shop.account, shop.mona)] == ["Ada Lim"]
