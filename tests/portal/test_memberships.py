"""Memberships: a customer acts in one account at a time, with the role it has there."""

import pytest

from portal import outbox, store, values
from portal.audit import Entry
from portal.customers import memberships
from portal.customers.accounts import Watcher
from portal.customers.memberships import Membership
from portal.errors import Invalid, NotFound, Stale
from portal.people import logins, sessions
from portal.people.logins import Login
from tests import make

NOW = values.now()


@pytest.fixture
def both(world):
    """Carol buys for Dave's household too."""
    world.second = make.member(world.other_account, "Carol Dizon", "viewer", login=world.logins["carol"])
    return world


def letters(template):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return sorted(row.address for row in rows)


def test_what_a_customer_acts_as(world):
    before = store.queries()
    assert memberships.actor_for(world.logins["cora"]) == world.cora
    assert store.queries() - before == 1


def test_the_chosen_account_decides_the_role(both):
    login = both.logins["carol"]
    here, there = (memberships.actor_for(login, a.id) for a in (both.account, both.other_account))
    assert (here.account, here.role) == (both.account.id, "customer_admin")
    assert (there.account, there.role) == (both.other_account.id, "viewer")


def test_an_account_that_is_not_ones_own_falls_back_to_the_first(world):
    assert memberships.actor_for(world.logins["carol"], world.other_account.id).account == world.account.id


def test_switching_holds_for_the_session_and_never_reaches_a_strange_account(both):
    login = both.logins["carol"]
    session = sessions.open(login, now=NOW).session
    memberships.switch(login, session, both.other_account.number)
    assert sessions.Session.get().account == both.other_account.id
    strange = make.account("Somebody else’s")
    for number in (strange.number, "", "x", "999999999999999999999"):
        with pytest.raises(NotFound):
            memberships.switch(login, session, number)
    assert sessions.Session.get().account == both.other_account.id


def test_the_switch_in_the_header_has_a_choice_only_where_there_is_one(both):
    carol = memberships.choices(both.logins["carol"], both.account.id)
    assert [(c["name"], c["current"]) for c in carol] == [("Carol’s Kitchen", True), ("Dave Ramos", False)]
    assert memberships.choices(both.logins["dave"], both.other_account.id) == []


@pytest.mark.parametrize("closed", ["membership", "account"])
def test_a_closed_membership_or_account_is_no_place_to_act(both, closed):
    with store.writing():
        if closed == "membership":
            Membership.update(ended_at=NOW).where(Membership.id == both.second.id).execute()
        else:
            type(both.account).update(is_active=False).where(type(both.account).id == both.other_account.id).execute()
    assert memberships.actor_for(both.logins["carol"], both.other_account.id).account == both.account.id


def test_without_any_place_there_is_no_actor(world):
    world.memberships["cora"].end(by=world.rhea, now=NOW)
    assert memberships.actor_for(world.logins["cora"]) is None


def test_another_role_holds_at_once_ends_the_sessions_and_is_told(world):
    opened = sessions.open(world.logins["cora"], now=NOW)
    world.memberships["cora"].change_rights(by=world.rhea, role="buyer", version=1, now=NOW)
    assert memberships.actor_for(world.logins["cora"]).role == "buyer"
    assert sessions.find(opened.token, "customer", NOW) is None
    assert letters("login_changed") == ["cora@kitchen.example", "rhea@shop.example"]
    assert Entry.get().about == str(world.account.ref)


def test_an_unknown_role_and_a_stale_version_change_nothing(world):
    cora = world.memberships["cora"]
    with pytest.raises(Invalid):
        cora.change_rights(by=world.rhea, role="admin")
    cora.change_rights(by=world.rhea, role="buyer", version=1)
    with pytest.raises(Stale):
        Membership.get_by_id(cora.id).change_rights(by=world.rhea, role="viewer", version=1)
    assert Login.get_by_id(cora.login_id).epoch == 2


def test_who_may_see_an_account_sees_its_memberships(world):
    assert {m.login.name for m in Membership.visible_to(world.rhea)} == {"Carol Dizon", "Cora Dizon"}
    assert {m.login.name for m in Membership.visible_to(world.owen)} == {"Dave Ramos"}
    assert Membership.visible_to(world.ada).count() == 3


def test_around_a_login_stand_owners_and_watchers_of_its_accounts(both):
    make.row(Watcher, account=both.account, employee=both.employees["mona"])
    around = logins.circle(both.logins["carol"])
    assert around.about == both.account.ref
    assert {r.name for r in around.recipients} == {"Rhea Cruz", "Owen Tan", "Mona Santos"}
    assert around.person == {"name": "Rhea Cruz", "phone": "+639175550142", "email": "rhea@shop.example"}
    assert logins.circle(both.logins["rhea"]) == logins.Circle()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"role": "buyer", "order_limit": "5,000", "may_approve": True}, ("buyer", 500_000, True)),
        ({"role": "buyer", "order_limit": "0"}, ("buyer", 0, False)),
        ({"role": "buyer", "order_limit": " "}, ("buyer", None, False)),
        ({"role": "viewer", "order_limit": "5000", "may_approve": True}, ("viewer", None, False)),
        ({"role": "customer_admin", "order_limit": "5000"}, ("customer_admin", None, False)),
    ],
)
def test_the_role_decides_whether_limit_and_approval_count(world, given, kept):
    cora = world.memberships["cora"].change_rights(by=world.carol, **given)
    cora = Membership.get_by_id(cora.id)
    assert (cora.role, cora.order_limit_minor, cora.may_approve) == kept


@pytest.mark.parametrize("typed, problem", [
    ("-1", "number-out-of-range"), ("a lot", "amount-not-a-number"), ("1,50", "amount-not-a-number"),
    ("0.001", "amount-too-fine"), ("9" * 30, "amount-too-large"),
])  # fmt: skip
def test_a_limit_that_is_no_amount_is_refused(world, typed, problem):
    with pytest.raises(Invalid) as refusal:
        world.memberships["cora"].change_rights(by=world.carol, role="buyer", order_limit=typed)
    assert refusal.value.problems["order_limit"][0] == problem
    assert Membership.get_by_id(world.memberships["cora"].id).role == "viewer"
