"""The first story through the whole house: sign in, change a phone number, mail to both sides, the rep sees it."""

import pytest

from portal import store, worker
from portal.outbox import Outbox
from portal.people import links, passwords
from portal.people.logins import Login
from portal.web import mail, postbox, posting

PASSWORD = "my purple elephant dances"


@pytest.fixture
def people(world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    return world


def enter(client, door, email):
    assert client.send(door, email=email, password=PASSWORD).status_code == 303


def plain(message):
    return message.get_body(("plain",)).get_content().replace("\N{NO-BREAK SPACE}", " ")


def test_a_customer_changes_her_phone_and_her_rep_knows(app, people, settings, smtp):
    carol, rhea = app.test_client(), app.test_client()
    enter(rhea, "/staff/sign-in", "rhea@shop.example")
    assert rhea.get("/staff/?since=0").status_code == 204

    enter(carol, "/sign-in", "carol@kitchen.example")
    saved = carol.send("/account", "/account/edit/phone", phone="0917 555 0199")
    assert saved.status_code == 303
    said = carol.get(saved.headers["Location"]).text
    assert "Rhea Cruz" in said  # who was told

    letters = posting.handlers(mail.Shop.of(settings), postbox.open_postbox(smtp.url, None), links.address)
    worker.deliver(letters)
    assert {r.state for r in Outbox.select()} == {"sent"}
    for address in ("carol@kitchen.example", "rhea@shop.example"):
        [letter] = smtp.to(address)
        assert "from 0917 555 0188 to 0917 555 0199" in plain(letter) and "Carol Dizon" in plain(letter)
    assert len(smtp.messages) == 2

    news = rhea.get("/staff/?since=0")
    assert news.status_code == 200 and "Carol’s Kitchen" in news.text and "Account details changed" in news.text
    for page in ("/staff/inbox", f"/staff/accounts/{people.account.number}", "/staff/audit"):
        text = rhea.get(page).text.replace("\N{NO-BREAK SPACE}", " ")
        assert "Carol" in text and ("0917 555 0199" in text or page == "/staff/inbox"), page
    notice = carol.get("/inbox.json").json["rows"][0]
    assert "0917" in notice["text"] and notice["subject"] == "Account details changed: Carol’s Kitchen"
