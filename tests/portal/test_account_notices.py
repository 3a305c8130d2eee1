"""Whatever changes in an account or in signing in, everybody concerned reads it, by inbox and mail."""

import re

import pytest

from portal import store, worker
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people import links, passwords, security, sessions
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.web import mail, postbox, posting
from tests import make
from tests.portal.test_mail import words, words_of_page

PASSWORD = "my purple elephant dances"
CONCERNED = {"carol@kitchen.example", "rhea@shop.example", "mona@shop.example"}


@pytest.fixture
def shop(world):
    """Carol, who may sign in by password; Rhea owns the account, Mona watches it."""
    world.account.watch(by=world.mona)
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
        Outbox.delete().execute()
    login = Login.get_by_id(world.logins["carol"].id)
    world.session = sessions.open(login).session
    world.login = login
    world.address = make.address(world.account, line1="1 Rizal Ave.")
    return world


def ask_for_another_address(shop):
    security.ask_email_change(by=shop.carol, login=shop.login, email="carol@new.example", password=PASSWORD)


def change_address(shop):
    ask_for_another_address(shop)
    with store.writing():
        Outbox.delete().execute()
    security.confirm_email_change(by=shop.carol, link=Link.get())


def change_password(shop):
    keys = {"password": PASSWORD, "new_password": "tsinelas sa ulan"}
    security.change_password(by=shop.carol, login=shop.login, session=shop.session, **keys)


# name: (what somebody does, what stood before, what stands now)
CHANGES = {
    "phone": (lambda s: s.account.edit(by=s.carol, phone="0917 555 0199"), "0917 555 0188", "0917 555 0199"),
    "name": (lambda s: s.account.edit(by=s.carol, name="Café"), "Carol’s Kitchen", "Café"),
    "contact": (lambda s: s.contacts["cora"].edit(by=s.carol, phone="0917 555 0123"), "", "0917 555 0123"),
    "new address": (lambda s: Address.add(s.account, by=s.carol, **NEW_ADDRESS), "", "9 Mabini St."),
    "address": (lambda s: s.address.edit(by=s.carol, line1="2 Rizal Ave."), "1 Rizal Ave.", "2 Rizal Ave."),
    "no address": (lambda s: s.address.archive(by=s.carol), "1 Rizal Ave.", ""),
    "password": (change_password, "", ""),
    "e-mail": (change_address, "carol@kitchen.example", "carol@new.example"),
    "language": (lambda s: security.change_language(by=s.carol, login=s.login, language="fil"), "", ""),
    "role": (lambda s: s.memberships["carol"].change_rights(by=s.mona, role="buyer"), "", ""),
}
MORE = {"e-mail": {"carol@new.example"}, "contact": {"cora@kitchen.example"}}  # who is told besides
NEW_ADDRESS = {"line1": "9 Mabini St.", "district": "Malate", "city": "Manila", "region": "MM", "postal_code": "1000"}
SHOP = mail.Shop("Tindahan", "tindahan@shop.example", "https://shop.example")


def arrived(smtp):
    """{address: mail} of everything the outbox holds, through a real server."""
    worker.deliver(posting.handlers(SHOP, postbox.open_postbox(smtp.url, None), links.address))
    assert {r.state for r in Outbox.select()} == {"sent"}, [r.error for r in Outbox.select()]
    sent = [(m["To"].addresses[0].addr_spec, m) for m in smtp.messages]
    assert len(dict(sent)) == len(sent), "somebody got two mails about one event"
    return dict(sent)


def plain(message):
    return re.sub(r"\s+", " ", message.get_body(("plain",)).get_content().replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.parametrize("name", CHANGES)
def test_the_customer_the_owner_and_the_watchers_are_told(shop, smtp, name):
    make_change, old, new = CHANGES[name]
    make_change(shop)
    by, own_mail = ("Mona Santos", {"mona@shop.example"}) if name == "role" else ("Carol Dizon", set())
    got = arrived(smtp)
    assert CONCERNED - own_mail <= got.keys() <= CONCERNED | MORE.get(name, set())
    assert MORE.get(name, set()) <= got.keys()
    inboxes = {r.name for r in Outbox.select().where(Outbox.channel == "inbox")}
    assert {"Carol Dizon", "Rhea Cruz"} <= inboxes
    for address, message in got.items():
        text = plain(message)
        assert old in text and new in text and by in text, f"{address}: {text}"
        assert not re.search("elephant|tsinelas|argon2", text)
    customer = plain(got["carol@kitchen.example"])
    assert "Rhea Cruz" in customer and "0917 555 0142" in customer and "https://shop.example/security" in customer
    promised = {r.message_id for r in Outbox.select().where(Outbox.channel == "mail")}
    assert promised == {m["Message-ID"] for m in got.values()}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("language", ["en", "fil", "th"])
def test_every_letter_can_be_written_in_every_language_whatever_people_are_called(shop, name, language):
    nasty = "<b>ครัว</b> & {{ 7777 * 7777 }} =?utf-8?q?x?= “Ñ”"
    with store.writing():
        Account.update(name=nasty).execute()
        Login.update(name=nasty, language=language).execute()
        Employee.update(name=nasty).execute()
    CHANGES[name][0](shop)
    for row in Outbox.select().where(Outbox.channel == "mail"):
        letter = posting.letter_for(row, SHOP)
        assert words(letter.text) == words_of_page(letter.html)
        assert "<b>ครัว" not in letter.html and "60481729" not in letter.text
        assert f'<html lang="{row.language}">' in letter.html


def test_a_refused_change_tells_nobody(shop):
    with pytest.raises(Invalid):
        shop.account.edit(by=shop.carol, phone="1")
    with pytest.raises(Invalid):
        security.change_password(
            by=shop.carol, login=shop.login, session=shop.session, password="wrong", new_password="tsinelas sa ulan"
        )
    assert Outbox.select().count() == 0


def test_several_fields_saved_together_are_one_event_and_one_notice_each(shop, smtp):
    shop.account.edit(by=shop.carol, phone="0917 555 0199", name="Café", website="cafe.example")
    assert len({r.entry for r in Outbox.select()}) == 1
    text = plain(arrived(smtp)["rhea@shop.example"])
    assert all(part in text for part in ("0917 555 0199", "Café", "cafe.example"))


def test_what_the_customer_may_not_read_is_told_to_staff_alone(shop, smtp):
    shop.account.edit(by=shop.rhea, note="Pays late.")
    assert arrived(smtp).keys() == {"mona@shop.example"}
