"""Unsubscribing: what a letter offers by one press, to whom, and what comes of a gathered letter."""

import email
import email.policy
from datetime import timedelta

import pytest

from portal import audit, values
from portal.activity import gathering, preferences, unsubscribing
from portal.customers.memberships import Membership
from portal.errors import NotFound
from portal.outbox import Outbox
from portal.people.employees import Employee
from portal.values import Actor, Recipient, Ref
from portal.web import mail, posting
from portal.worker import Withheld
from tests import make
from tests.make import CHANGED

SHOP = mail.Shop("Aling Nena", "suki@shop.example", "https://shop.example")
RHEA = Actor(Ref("login", 7), name="Rhea", role="rep")


def letter_to(to, account, template="account_changed", now=None, **params):
    """The outbox row of a mail to somebody about an account."""
    with audit.change(RHEA, "account.edited", account, about=account, now=now) as change:
        change.happened()
        change.tell([to], template, **{**CHANGED, **params})
    return Outbox.get((Outbox.entry == change.entry_id) & (Outbox.channel != "inbox"))


def sent(row, shop=SHOP):
    made = posting.message_for(row, shop, lambda number: f"/link/{number}")
    return email.message_from_bytes(made.content, policy=email.policy.default)


def stopping(made):
    """The token in a mail's header."""
    return made["List-Unsubscribe"].strip("<>").rpartition("/")[2]


def test_a_letter_is_stopped_by_its_header_as_rfc_8058_wants_it(world):
    made = sent(letter_to(world.logins["carol"].recipient, world.account))
    assert made["List-Unsubscribe"].startswith("<https://shop.example/unsubscribe/login.")
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = made.get_body(("plain",)).get_content()
    assert "“Account and people”" in text and "https://shop.example/account/notices" in text


def test_one_press_is_promised_over_https_alone(world):
    made = sent(letter_to(world.logins["carol"].recipient, world.account), mail.Shop("Nena"))
    assert made["List-Unsubscribe"] and made["List-Unsubscribe-Post"] is None


def test_what_is_always_told_offers_no_way_out(world):
    row = letter_to(world.logins["carol"].recipient, world.account)
    row.template = "login_changed"
    assert unsubscribing.of_letter(row) is None


def test_an_address_nobody_signs_in_with_stops_a_kind_but_not_what_is_owed(world):
    account = make.account("Sari-sari Luz", email="luz@store.example")
    [to] = account.customers_for("account")
    row = letter_to(to, account)
    made = sent(row)
    assert "/account/notices" not in made.get_body(("plain",)).get_content()
    unsubscribing.find(stopping(made)).stop()
    with pytest.raises(Outbox.DoesNotExist):
        letter_to(to, account)
    row.template = "invoice_issued"
    assert unsubscribing.of_letter(row) is None


def test_an_old_letter_stops_its_kind_any_number_of_times_and_takes_it_back(world):
    asked = unsubscribing.find(stopping(sent(letter_to(world.logins["carol"].recipient, world.account))))
    before = audit.Entry.select().count()
    for _ in range(3):
        asked.stop(now=values.now() + timedelta(days=900))
    assert asked.is_stopped and audit.Entry.select().count() == before + 1
    asked.resume()
    assert not asked.is_stopped


def test_stopping_the_mail_of_what_is_owed_brings_it_to_the_inbox(world):
    carol = world.logins["carol"]
    preferences.choose(by=carol.acting(), login=carol, off={("invoices", "inbox")})
    row = letter_to(carol.recipient, world.account)
    row.template = "invoice_issued"
    unsubscribing.of_letter(row).stop()
    assert preferences.off_of(preferences.plan_of(carol.ref)) == {("invoices", "mail")}


@pytest.mark.parametrize("change", [("login", "account"), (".people.", ".orders."), ("login.", "login.1")])
def test_a_token_stands_for_nothing_else(world, change):
    token = stopping(sent(letter_to(world.logins["carol"].recipient, world.account)))
    with pytest.raises(NotFound):
        unsubscribing.find(token.replace(*change))
    for nonsense in ("", "x", "login.1.people.", token[:-1], token + "A", "รูป." + token):
        with pytest.raises(NotFound):
            unsubscribing.find(nonsense)


def test_a_gathered_letter_names_each_notice_and_leads_to_it(world):
    gathered = _gathered(world)
    made = sent(gathered)
    text = made.get_body(("plain",)).get_content()
    assert made["Subject"] == "2 messages from Aling Nena"
    assert text.count("Carol’s Kitchen") == 2 and text.count("https://shop.example/inbox/") == 2
    assert sent(gathered)["Message-ID"] == gathered.message_id
    unsubscribing.find(stopping(made)).stop()
    assert unsubscribing.of_letter(gathered).is_stopped


def test_a_gathered_letter_leaves_out_what_may_no_longer_be_read(world):
    gathered = _gathered(world)
    mine = Membership.get(Membership.login == world.logins["carol"].id)
    mine.end(by=world.rhea)
    with pytest.raises(Withheld):
        sent(gathered)


def test_an_employee_without_a_sign_in_may_stop_letters_too(world):
    employee = make.row(Employee, name="Ben Cruz", email="ben@shop.example")
    row = letter_to(Recipient(employee.ref, "Ben", "ben@shop.example", channels=("mail",)), world.account)
    asked = unsubscribing.of_letter(row)
    asked.stop()
    assert asked.is_stopped


def _gathered(world):
    carol = world.logins["carol"]
    preferences.choose(by=carol.acting(), login=carol, off=(), rhythm="daily", hour=8)
    held = [letter_to(carol.recipient, world.account) for _ in range(2)]
    gathering.run(held[0].due_at)
    return Outbox.get(Outbox.template == "gathered")
