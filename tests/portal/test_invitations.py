"""Staff invite a person of an account: the letter goes where the page said, and one press accepts it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import outbox, store, values
from portal.customers import invitations, memberships
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.errors import Expired, Invalid, Stale, TooMany
from portal.people import attempts, link_requests, sessions
from portal.people.links import Link
from portal.people.logins import Login
from portal.service import handing_over
from portal.values import ANONYMOUS
from tests import make
from tests.refusals import problems

NOW = values.now()
PASSWORD = "tsinelas sa ulan"


@pytest.fixture
def lina(world):
    """Lina keeps the books of Carol's Kitchen and cannot sign in yet."""
    world.lina = make.contact(world.account, "Lina Reyes", email="lina@kitchen.example", language="fil")
    return world


def invite(lina, **more):
    return invitations.invite(lina.lina, **{"by": lina.rhea, "role": "buyer", "now": NOW} | more)


def accept(link, now=NOW, **more):
    found, contact = invitations.find(link.token, now)
    return invitations.accept(by=ANONYMOUS, link=found, contact=contact, now=now, **more)


def letters(template):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return sorted((row.address, row.language) for row in rows)


def test_the_letter_goes_to_the_contact_in_its_language(lina):
    link = invite(lina)
    assert letters("invitation") == [("lina@kitchen.example", "fil")]
    assert invitations.waiting(lina.lina, NOW) == link


def test_accepting_makes_sign_in_and_membership_and_tells_everybody_concerned(lina):
    opened = accept(invite(lina), password=PASSWORD)
    actor = memberships.actor_for(opened.login)
    assert (actor.account, actor.role, actor.contact) == (lina.account.id, "buyer", lina.lina.id)
    assert opened.login.language == "fil"
    assert [address for address, _ in letters("access_given")] == [
        "carol@kitchen.example", "lina@kitchen.example", "rhea@shop.example",
    ]  # fmt: skip
    assert invitations.membership_of(lina.lina).login == opened.login


def test_without_a_password_links_from_the_mail_do(lina):
    assert accept(invite(lina)).login.password_hash is None


def test_a_weak_password_does_not_use_the_letter_up(lina):
    link = invite(lina)
    assert problems(accept, link, password="lina reyes 12") == {"password": "password-too-close"}
    assert accept(link, password=PASSWORD)


def test_a_letter_works_once_and_for_seven_days(lina):
    link = invite(lina)
    with pytest.raises(Expired):
        accept(link, NOW + timedelta(days=7))
    accept(link)
    with pytest.raises(Expired):
        accept(link)


def test_the_address_of_a_stranger_never_keeps_an_invitation(lina):
    link = invite(lina)
    lina.lina.edit(by=lina.rhea, email="lina.reyes@kitchen.example")
    with pytest.raises(Expired):
        accept(link)
    assert accept(invite(lina)).login.email == "lina.reyes@kitchen.example"


def test_a_newer_letter_replaces_the_older_and_one_may_be_withdrawn(lina):
    first, second = invite(lina), invite(lina)
    with pytest.raises(Expired):
        accept(first)
    invitations.withdraw(lina.lina, by=lina.rhea, now=NOW)
    with pytest.raises(Expired):
        accept(second)
    assert not link_requests.can_renew(Link.get_by_id(second.id))


def test_what_cannot_be_invited_says_why(lina):
    assert problems(invite, lina, role="admin") == {"role": "choice-unknown"}
    nobody = make.contact(lina.account, "No Mail")
    assert problems(invitations.invite, nobody, by=lina.rhea, role="buyer") == {"email": "contact-without-email"}
    carol = lina.contacts["carol"]
    assert problems(invitations.invite, carol, by=lina.rhea, role="buyer") == {"email": "already-member"}
    lina.lina.close(by=lina.rhea)
    assert problems(invite, lina) == {"contact": "contact-gone"}
    with pytest.raises(Stale):
        invite(lina, version=1)
    assert Link.select().count() == 0


def test_who_signs_in_already_accepts_as_that_login_only(lina):
    """Dave helps out at Carol's Kitchen with the address he signs in with."""
    dave = lina.logins["dave"]
    contact = make.contact(lina.account, "Dave Ramos", email="DAVE@Ramos.example")
    link = invitations.invite(contact, by=lina.rhea, role="viewer", now=NOW)
    for stranger in (None, lina.logins["carol"]):
        assert problems(accept, link, login=stranger) == {"login": "sign-in-first"}
    opened = accept(link, login=dave)
    assert opened.session.account == lina.account.id
    assert [m.account_id for m in memberships.open_of(dave)] == [lina.account.id, lina.other_account.id]
    assert Login.select().where(Login.kind == "customer").count() == 3


def test_somebody_whose_access_had_ended_comes_back_by_invitation(lina):
    cora = lina.memberships["cora"]
    cora.end(by=lina.rhea, now=NOW)
    contact = Contact.get_by_id(lina.contacts["cora"].id)
    link = invitations.invite(contact, by=lina.rhea, role="buyer", now=NOW)
    accept(link, login=lina.logins["cora"])
    again = Membership.get_by_id(cora.id)
    assert (again.role, again.ended_at) == ("buyer", None)


def test_a_letter_that_ran_out_is_sent_again_to_the_same_address(lina):
    link = invite(lina)
    later = NOW + timedelta(days=8)
    link_requests.renew(link, by=ANONYMOUS, now=later)
    link_requests.answer_all(later)
    again = Link.select().order_by(Link.id.desc()).get()
    assert again.id != link.id
    assert accept(again, later).login.email == "lina@kitchen.example"
    assert len(letters("invitation")) == 2


def test_a_letter_is_not_sent_again_where_the_address_changed_since(lina):
    link = invite(lina)
    lina.lina.edit(by=lina.rhea, email="lina.reyes@kitchen.example")
    link_requests.renew(link, by=ANONYMOUS, now=NOW)
    link_requests.answer_all(NOW)
    assert Link.select().count() == 1


def test_twenty_presses_make_one_sign_in(postgres):
    world = make.world()
    contact = make.contact(world.account, "Lina Reyes", email="lina@kitchen.example")
    link = invitations.invite(contact, by=world.rhea, role="buyer", now=NOW)

    def one(_):
        with store.connection():
            try:
                accept(link)
            except (Expired, Invalid):
                return 0
            return 1

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(20))) == 1
    assert Membership.select().where(Membership.contact == contact).count() == 1
    assert sessions.Session.select().count() == 1


def test_a_customer_has_us_write_to_addresses_of_others_only_so_often(lina):
    for name in ("A", "B"):
        lina.account.edit(by=lina.carol, name=f"{name} Kitchen")
    for _ in range(attempts.MOST["named"]):
        invite(lina, by=lina.carol)
    with pytest.raises(TooMany):
        invite(lina, by=lina.carol)
    with pytest.raises(TooMany):
        thing = make.warranty(lina.account, make.product(warranty_months=12))
        handing_over.offer(thing, by=lina.carol, email="Lina@kitchen.example", now=NOW)
    invite(lina)  # staff know whom they write to
    invite(lina, by=lina.carol, now=NOW + timedelta(days=1, minutes=1))
