"""Opening an account alone, over the wire."""

import pytest

from portal.customers.accounts import Account
from portal.people import link_requests
from portal.people.links import Link
from portal.people.logins import Login

TYPED = {"kind": "company", "account_name": "Panaderya Abad", "name": "Nena Abad", "email": "nena@abad.example"}


def letter(client, **typed):
    answer = client.send("/sign-up", **TYPED | typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-up/sent")
    link_requests.answer_all()
    return Link.select().order_by(Link.id.desc()).first()


def test_a_stranger_becomes_a_customer(client, world):
    link = letter(client)
    assert "Panaderya Abad" in client.get(link.path).text
    answer = client.send(link.path, password="tsinelas sa ulan")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/first-steps")
    page = client.get("/security").text
    assert "nena@abad.example" in page and "Welcome. Your account is open." in page
    client.send("/security", "/sign-out")
    assert client.send("/sign-in", email="nena@abad.example", password="tsinelas sa ulan").status_code == 303


def test_opening_the_letter_alone_opens_nothing(client, world):
    before = Account.select().count()
    link = letter(client)
    for _ in range(3):
        assert client.get(link.path).status_code == 200
    assert Account.select().count() == before


def test_an_address_that_is_known_gets_the_same_pages(client, world):
    answers = []
    for email in ("new@abad.example", "carol@kitchen.example"):
        sent = client.send("/sign-up", **TYPED | {"email": email})
        answers.append((sent.status_code, sent.headers["Location"], sent.text))
    assert answers[0] == answers[1]
    link_requests.answer_all()
    assert [link.email for link in Link.select()] == ["new@abad.example"]


def test_faults_stand_at_their_fields_and_what_was_typed_stays(client, world):
    answer = client.send("/sign-up", kind="company", name="", account_name="", email="nonsense", phone="12")
    assert answer.status_code == 422
    for field in ("name", "account_name", "phone"):
        assert f'id="{field}-error"' in answer.text
    assert 'value="nonsense"' in answer.text
    answer = client.send("/sign-up", **TYPED | {"email": "nonsense"})
    assert 'id="email-error"' in answer.text and 'value="Panaderya Abad"' in answer.text


def test_a_letter_used_up_meanwhile_says_so(client, app, world):
    link = letter(client)
    late = app.test_client()
    form = late.form(link.path)
    client.send(link.path)
    assert late.post(link.path, data=form.fields).status_code == 410
    assert Login.select().where(Login.email == "nena@abad.example").count() == 1


def test_signing_up_without_a_password_leaves_links_from_the_mail(client, world):
    client.send(letter(client, kind="household", account_name="").path)
    assert "/recover" in client.get("/security").text
    assert Account.select().order_by(Account.id.desc()).get().name == "Nena Abad"


def test_too_many_letters_wait_on_the_page_itself(client, world):
    for _ in range(5):
        client.send("/sign-up", **TYPED)
    answer = client.send("/sign-up", **TYPED)
    assert answer.status_code == 429
    assert 'value="Panaderya Abad"' in answer.text


@pytest.mark.parametrize("token", ["nonsense", "1." + "A" * 43])
def test_a_made_up_letter_is_not_there(client, world, token):
    assert client.get(f"/sign-up/{token}").status_code == 404
