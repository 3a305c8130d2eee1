"""The customers' door over the wire."""

import re
from datetime import timedelta

import pytest

import wsgi
from portal import store, values
from portal.customers.accounts import Account
from portal.people import link_requests, links, passwords
from portal.people.links import Link
from portal.people.logins import Login
from portal.people.sessions import Session
from portal.web import door
from tests import make
from tests.apps import Forms, settings_for

PASSWORD = "my purple elephant dances"


@pytest.fixture
def carol(world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    return world.logins["carol"]


def enter(client, page="/sign-in", email="carol@kitchen.example", password=PASSWORD):
    return client.send(page, email=email, password=password)


def asked_link(client, purpose="sign_in"):
    page = "/sign-in" if purpose == "sign_in" else "/recover"
    form = client.form(page)
    action = "/sign-in/link" if purpose == "sign_in" else "/recover"
    answer = client.post(action, data=form.fields | {"email": "carol@kitchen.example"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in/sent")
    link_requests.answer_all()
    return Link.select().order_by(Link.id.desc()).get()


def signed_in(client):
    return client.get("/sign-in").status_code == 303


def blanked(answer):
    """A page without what differs from one opening to the next."""
    return re.sub(r'value="[^"]{16,}"', "", answer.text)


def test_the_right_password_opens_the_first_page(client, carol):
    answer = enter(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert signed_in(client)


def test_the_labels_are_those_of_every_sign_in_page(client, carol):
    page = client.get("/sign-in").text
    assert '<label for="email">E-mail</label>' in page
    assert '<label for="password">Password</label>' in page
    assert re.search(r"<button[^>]*>\s*Sign in</button>", page)


def test_wrong_password_and_unknown_address_read_the_same_and_keep_the_address(client, carol):
    wrong = enter(client, password="wrong")
    unknown = enter(client, email="nobody@kitchen.example")
    assert wrong.status_code == unknown.status_code == 422
    assert 'value="carol@kitchen.example"' in wrong.text
    assert "do not belong together" in wrong.text
    assert "wrong" not in re.findall(r'name="password"[^>]*value="([^"]*)"', wrong.text)
    assert blanked(wrong) == blanked(unknown).replace("nobody@kitchen.example", "carol@kitchen.example")
    assert [name for name, _ in wrong.headers] == [name for name, _ in unknown.headers]


def test_too_many_guesses_wait_on_the_page_itself(client, carol):
    for _ in range(10):
        enter(client, password="wrong")
    answer = enter(client)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    assert not signed_in(client)


def test_her_own_browser_gets_in_while_others_guess(client, app, carol):
    enter(client)
    client.send("/sign-in/sent", "/sign-out")
    stranger = app.test_client()
    for _ in range(10):
        enter(stranger, password="wrong")
    assert enter(stranger).status_code == 429
    assert enter(client).status_code == 303


def test_next_leads_on_within_the_face_only(client, carol):
    kept = client.form("/sign-in?next=/orders/new")
    assert kept.action == "/sign-in?next=/orders/new"
    for wanted, given in {
        "/orders/new?again=SO-000001": "/orders/new?again=SO-000001",
        "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "javascript:alert(1)": "/",
        "/\t/evil.example": "/", "/%0a/x": "/%0a/x", "/a\r\nSet-Cookie: x": "/", "/staff/": "/",
        "/staffing": "/staffing", "": "/", "\\\\evil.example": "/", "/นก": "/",
    }.items():  # fmt: skip
        fields = client.form("/sign-in").fields | {"email": "carol@kitchen.example", "password": PASSWORD}
        answer = client.post("/sign-in", query_string={"next": wanted}, data=fields)
        assert answer.headers["Location"] == given, wanted
        client.send("/sign-in/sent", "/sign-out")


def test_a_signed_out_visitor_of_a_page_comes_back_to_it(client, carol):
    assert client.get("/sign-in?next=/orders").status_code == 200
    assert enter(client, "/sign-in?next=/orders").headers["Location"] == "/orders"


def test_the_token_is_new_at_each_sign_in_and_a_planted_one_dies(client, app, carol):
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["csrf_token"] = "planted"
    enter(client)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert cookie.get("csrf_token") != "planted"


def test_signing_out_kills_the_token_everywhere_it_was_copied_to(client, app, carol):
    enter(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    answer = client.send("/sign-in/sent", "/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert not signed_in(thief)
    assert "You are signed out." in client.get("/sign-in").text


def test_both_faces_may_be_signed_in_within_one_browser(client, carol, world):
    enter(client)
    client.send("/staff/sign-in", email="rhea@shop.example", password=PASSWORD)
    assert signed_in(client)
    assert client.get("/staff/sign-in").status_code == 303
    client.send("/sign-in/sent", "/sign-out")
    assert client.get("/staff/sign-in").status_code == 303


def test_a_customer_does_not_come_in_at_the_staff_door(client, carol):
    assert enter(client, "/staff/sign-in").status_code == 422


# Links


def test_a_link_from_the_mail_signs_in_by_a_button_not_by_being_opened(client, carol):
    link = asked_link(client)
    for _ in range(3):
        assert client.get(link.path).status_code == 200
    assert not signed_in(client)
    assert client.send(link.path).headers["Location"] == "/"
    assert signed_in(client)


def test_asking_reads_the_same_for_anybody(client, carol):
    answers = []
    for email in ("carol@kitchen.example", "nobody@kitchen.example"):
        form = client.form("/sign-in")
        answers.append(client.post("/sign-in/link", data=form.fields | {"email": email}))
    assert {(a.status_code, a.headers["Location"], a.text) for a in answers} == {
        (303, "/sign-in/sent", answers[0].text)
    }


def test_asking_without_an_address_says_so_on_the_sign_in_page(client, carol):
    form = client.form("/sign-in")
    answer = client.post("/sign-in/link", data=form.fields)
    assert answer.status_code == 422
    assert "does not look like an e-mail address" in answer.text
    assert 'name="password"' in answer.text


def test_a_used_link_offers_a_new_one_without_naming_the_address(client, app, carol):
    link = asked_link(client)
    client.send(link.path)
    other = app.test_client()
    over = other.get(link.path)
    assert over.status_code == 410
    assert "carol" not in over.text.lower()
    form = next(f for f in Forms(over.text).found if f.action == "/link/again")
    answer = other.post("/link/again", data=form.fields)
    assert answer.headers["Location"] == "/sign-in/sent"
    link_requests.answer_all()
    assert Link.select().count() == 2


@pytest.mark.parametrize("token", ["nonsense", "1." + "A" * 43, "%00", "1.", " "])
def test_a_made_up_link_is_not_there(client, carol, token):
    for page in ("/link/", "/recover/"):
        assert client.get(page + token).status_code == 404
    form = client.form("/sign-in")
    assert client.post("/link/again", data=form.fields | {"token": token}).status_code == 404


def test_a_link_of_another_purpose_or_face_is_not_there(client, carol):
    link = asked_link(client)
    assert client.get(f"/recover/{link.token}").status_code == 404
    assert client.get(f"/staff/link/{link.token}").status_code == 404


# Recovery


def test_a_forgotten_password_is_replaced_and_signs_in(client, carol):
    link = asked_link(client, "recover")
    assert client.send(link.path, password="short").status_code == 422
    answer = client.send(link.path, password="tsinelas sa ulan")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert signed_in(client)
    client.send("/sign-in/sent", "/sign-out")
    assert enter(client, password="tsinelas sa ulan").status_code == 303


def test_a_recovery_link_from_half_an_hour_ago_is_over(client, carol):
    login = Login.get_by_id(carol.id)
    old = values.now() - timedelta(minutes=31)
    link = links.issue("recover", "customer", login.email, login=login, now=old)
    assert client.get(link.path).status_code == 410
    assert Session.select().count() == 0


def test_a_link_used_between_page_and_button_changes_nothing(client, app, carol):
    link = asked_link(client, "recover")
    late = app.test_client()
    form = late.form(link.path)
    client.send(link.path, password="tsinelas sa ulan")
    answer = late.post(link.path, data=form.fields | {"password": "another song entirely"})
    assert answer.status_code == 410
    assert enter(late, password="tsinelas sa ulan").status_code == 303


def test_a_person_of_both_faces_has_two_logins(client, carol):
    make.login("Carol Dizon", kind="staff", email="carol@kitchen.example")
    link = asked_link(client)
    assert link.login_id == carol.id


def test_behind_a_proxy_the_limits_count_the_client_it_names_and_no_other(database, tmp_path):
    app, seen = wsgi.create_app(settings_for(database.url, tmp_path, base_url="https://shop.example")), []
    app.before_request(lambda: seen.append(door.client()))
    for forwarded in ("10.0.0.7", "6.6.6.6, 10.0.0.7"):
        headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
        answer = app.test_client().get("/sign-in", headers=headers, base_url="https://shop.example")
        assert answer.headers["Set-Cookie"].startswith("__Host-suki=")
    assert seen == ["10.0.0.7", "10.0.0.7"]


def test_without_a_proxy_nobody_names_himself(app):
    named, seen = {"X-Forwarded-For": "6.6.6.6"}, {"REMOTE_ADDR": "10.0.0.7"}
    with app.test_request_context("/", headers=named, environ_base=seen):
        assert door.client() == "10.0.0.7"
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}):
        assert door.client() == "2001:db8:1:2::/64"


def test_whose_only_account_is_closed_reads_why_he_goes_nowhere(client, carol, world):
    enter(client)
    with store.writing():
        Account.update(is_active=False).execute()
    answer = client.get("/orders")
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "You are signed in as carol@kitchen.example, but no account is open to you any more." in page


def test_whoever_is_not_signed_in_reads_nothing_of_it(client, carol):
    assert "no account is open" not in client.get("/sign-in").text
