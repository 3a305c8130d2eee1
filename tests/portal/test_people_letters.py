"""Every letter about signing in can be written, in every language, and shows its link to nobody but its receiver."""

import pytest

from portal import outbox, store
from portal.customers import invitations, sign_up
from portal.people import link_requests, links, passwords, security, sessions, sign_in, staff_invitations
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import ANONYMOUS
from portal.web import mail, posting
from tests import make

SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")
OLD, NEW = "my purple elephant dances", "tsinelas sa ulan"
BAKERY = {"kind": "company", "account_name": "Panaderya Abad", "name": "Nena Abad"}


def everything_happens(world):
    """One of each letter."""
    with store.writing():
        Login.update(password_hash=passwords.scramble(OLD)).execute()
    carol = Login.get_by_id(world.logins["carol"].id)
    for purpose in ("sign_in", "recover"):
        sign_in.ask_link(by=ANONYMOUS, kind="customer", email=carol.email, purpose=purpose)
    for email in ("nena@abad.example", carol.email):
        sign_up.ask(by=ANONYMOUS, email=email, **BAKERY)
    link_requests.answer_all()
    session = sessions.open(carol).session
    for email in ("carol@new.example", "dave@ramos.example"):
        security.ask_email_change(by=world.carol, login=carol, email=email, password=OLD)
    sign_up.confirm(by=ANONYMOUS, link=Link.get(Link.purpose == "confirm_email"))
    lina = make.contact(world.account, "Lina Reyes", email="lina@kitchen.example")
    link = invitations.invite(lina, by=world.rhea, role="buyer")
    invitations.accept(by=ANONYMOUS, link=link, contact=lina)
    liza = Employee.add(by=world.ada, name="Liza Uy", email="liza@shop.example")
    staff_invitations.invite(liza, by=world.ada)
    Employee.get_by_id(world.employees["rhea"].id).edit(by=world.ada, role="manager", team=world.south)
    security.change_language(by=world.carol, login=carol, language="fil")
    security.confirm_email_change(by=ANONYMOUS, link=Link.get(Link.email == "carol@new.example"))
    carol = Login.get_by_id(carol.id)
    security.change_password(by=world.carol, login=carol, session=session, password=OLD, new_password=NEW)
    membership = world.memberships["cora"]
    membership.change_rights(by=world.rhea, role="buyer")
    membership.end(by=world.rhea)


@pytest.mark.parametrize("language", ["en", "fil", "th"])
def test_every_letter_can_be_written_and_hides_its_link_from_others(world, language):
    everything_happens(world)
    rows = list(outbox.Outbox.select())
    assert {row.template for row in rows} == {
        "access_given", "already_registered", "change_email_link", "change_email_taken", "confirm_email",
        "customer_signed_up", "invitation", "login_changed", "membership_ended", "recover_link", "sign_in_link",
        "staff_invitation",
    }  # fmt: skip
    for row in rows:
        row.language = language
        letter = posting.letter_for(row, SHOP)
        assert letter.subject and letter.text and letter.entry
        assert "None" not in letter.text and "{" not in letter.text, letter.text
        assert not any(link.token.split(".")[1] in letter.html for link in Link.select()), row.template
        has_link = "url" in row.params and row.template != "change_email_taken"
        assert ("[link removed]" in letter.text) == has_link


def test_the_receiver_gets_the_address_with_the_token(world):
    sign_in.ask_link(by=ANONYMOUS, kind="customer", email="carol@kitchen.example")
    link_requests.answer_all()
    letter = posting.letter_for(outbox.Outbox.get(), SHOP, links.address)
    assert f"https://shop.example{Link.get().path}" in letter.text


def test_a_changed_address_is_told_from_what_to_what_when_by_whom_and_whom_to_ask(world):
    everything_happens(world)
    rows = [row for row in outbox.Outbox.select() if row.params.get("event") == "login.email_changed"]
    mailed = {row.address for row in rows if row.channel == "mail"}
    assert mailed == {"carol@kitchen.example", "carol@new.example", "rhea@shop.example"}
    text = posting.letter_for(next(row for row in rows if row.address == "carol@kitchen.example"), SHOP).text
    assert "carol@kitchen.example" in text and "carol@new.example" in text
    assert "Carol Dizon" in text and "Rhea Cruz" in text


def test_no_letter_or_kept_row_holds_a_password(world):
    everything_happens(world)
    kept = str([row.__data__ for model in store.tables() for row in model.select()])
    assert OLD not in kept
    assert NEW not in kept
