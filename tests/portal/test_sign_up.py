"""Customers open an account alone: proof of the address first, and no word about who has one already."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal import outbox, store, values
from portal.audit import Entry
from portal.customers import memberships, sign_up
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Expired, TooMany
from portal.people import link_requests, links, sessions, sign_in
from portal.people.link_requests import LinkRequest
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests import make
from tests.refusals import problems

NOW = values.now()
PASSWORD = "tsinelas sa ulan"
BAKERY = {"kind": "company", "name": "Nena Abad", "account_name": "Panaderya Abad", "email": "nena@abad.example"}


def ask(**typed):
    sign_up.ask(by=ANONYMOUS, now=NOW, **BAKERY | {"phone": "0917 555 0177", "country": "PH"} | typed)


def letter(**typed):
    ask(**typed)
    link_requests.answer_all(NOW)
    return Link.select().order_by(Link.id.desc()).first()


def letters():
    return [(row.template, row.address) for row in outbox.Outbox.select().where(outbox.Outbox.channel == "mail")]


def confirm(link, password=PASSWORD):
    return sign_up.confirm(by=ANONYMOUS, link=link, password=password, now=NOW)


def test_nothing_exists_before_the_address_is_confirmed(database):
    letter()
    assert letters() == [("confirm_email", "nena@abad.example")]
    assert Login.select().count() == Account.select().count() == 0


def test_confirming_opens_account_person_and_sign_in(database):
    opened = confirm(letter())
    account, contact = Account.get(), Contact.get()
    assert (account.name, account.kind, account.currency, account.owner, account.team) == (
        "Panaderya Abad", "company", "PHP", None, None,
    )  # fmt: skip
    assert (contact.name, contact.email, contact.phone) == ("Nena Abad", "nena@abad.example", "+639175550177")
    actor = memberships.actor_for(opened.login)
    assert (actor.role, actor.account, actor.contact) == ("customer_admin", account.id, contact.id)
    assert sign_in.by_password(by=ANONYMOUS, kind="customer", email="nena@abad.example", password=PASSWORD, now=NOW)
    assert {e.about for e in Entry.select().where(Entry.event.startswith("account"))} == {str(account.ref)}


def test_a_household_is_called_after_its_person(database):
    confirm(letter(kind="household", account_name=""))
    assert (Account.get().name, Account.get().kind) == ("Nena Abad", "household")


def test_a_password_may_be_left_out_and_a_weak_one_does_not_use_the_letter_up(database):
    link = letter()
    assert problems(confirm, link, "panaderya abad") == {"password": "password-too-close"}
    opened = confirm(link, "")
    assert opened.login.password_hash is None
    assert sessions.find(opened.token, "customer", NOW)


def test_who_signs_in_already_reads_so_in_a_letter_and_nowhere_else(world):
    before = Account.select().count()
    ask(email="carol@kitchen.example")
    link_requests.answer_all(NOW)
    assert letters() == [("already_registered", "carol@kitchen.example")]
    assert Account.select().count() == before
    assert Link.select().count() == 0


def test_known_and_unknown_addresses_cost_the_same(world):
    def cost(email):
        start = store.queries()
        ask(email=email)
        return store.queries() - start

    assert cost("carol@kitchen.example") == cost("nobody@abad.example")


def test_every_fault_is_told_at_once_by_its_field(database):
    assert problems(ask, kind="company", name="", account_name=" ", phone="x", country="Atlantis") == {
        "name": "field-needed",
        "account_name": "field-needed",
        "phone": "phone-impossible",
        "country": "country-unknown",
    }
    assert problems(ask, kind="household", name="", account_name="") == {"name": "field-needed"}
    assert problems(ask, kind="palace") == {"kind": "choice-unknown"}
    assert problems(ask, email="nonsense") == {"email": "email-malformed"}
    assert LinkRequest.select().count() == 0


def test_staff_hear_of_a_new_customer_and_of_its_likely_twin(world):
    make.row(Account, name="PANADERYA  ÁBAD", folded="panaderya abad")
    confirm(letter())
    told = outbox.Outbox.select().where(outbox.Outbox.template == "customer_signed_up")
    assert {row.address for row in told if row.channel == "mail"} == {"ada@shop.example"}
    assert [twin["name"] for twin in told[0].params["alike"]] == ["PANADERYA  ÁBAD"]
    assert letters()[0] == ("confirm_email", "nena@abad.example"), "the customer reads nothing of a twin"


def test_of_two_letters_for_one_address_one_opens_an_account(database):
    first, second = letter(), letter()
    confirm(first)
    with pytest.raises(Expired):
        confirm(second)
    with pytest.raises(Expired):
        confirm(first)
    assert Account.select().count() == 1


def test_signing_up_is_limited(database):
    for _ in range(5):
        ask()
    with pytest.raises(TooMany):
        ask()


def test_a_letter_that_ran_out_may_be_asked_for_again(database):
    link = letter()
    link_requests.renew(link, by=ANONYMOUS, now=NOW)
    link_requests.answer_all(NOW)
    again = Link.select().order_by(Link.id.desc()).get()
    assert again.id != link.id
    assert again.params == link.params
    assert links.address(again.id, NOW).startswith("/sign-up/")


def test_twenty_presses_open_one_account(postgres):
    link = letter()

    def one(_):
        with store.connection():
            try:
                confirm(link, "")
            except Expired:
                return 0
            return 1

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(20))) == 1
    assert Account.select().count() == Login.select().count() == sessions.Session.select().count() == 1
