"""Sign-in and safety over the wire, as a customer."""

from datetime import timedelta

import pytest

from portal import store
from portal.audit import Entry
from portal.people import links, passwords, sessions
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import now
from portal.web.safety import device
from tests import make

OLD, NEW = "my purple elephant dances", "tsinelas sa ulan"
OUT = "/security/sign-out-everywhere"


@pytest.fixture
def carol(client, world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(OLD)).execute()
    client.sign_in(world.carol)
    return client


def is_in(client):
    return client.get("/security").status_code == 200


def elsewhere(app, world):
    return app.test_client().sign_in(world.carol)


def test_strangers_are_sent_to_the_door(client):
    assert client.get("/security").headers["Location"] == "/sign-in?next=%2Fsecurity"


def test_a_new_password_keeps_this_browser_in_and_ends_the_others(carol, app, world):
    other = elsewhere(app, world)
    answer = carol.send("/security", "/security/password", password=OLD, new_password=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/security")
    page = carol.get("/security")
    assert page.status_code == 200
    assert "Your new password holds" in page.text
    assert "Rhea Cruz" in page.text, "she reads who was told"
    assert not is_in(other)


def test_a_wrong_present_password_changes_nothing_and_shows_no_password(carol, app, world):
    other = elsewhere(app, world)
    answer = carol.send("/security", "/security/password", password="wrong-secret", new_password=NEW)
    assert answer.status_code == 422
    assert "This is not your present password." in answer.text
    assert NEW not in answer.text and "wrong-secret" not in answer.text
    assert is_in(other)


def test_the_same_form_from_an_ended_session_leads_to_the_door(carol, world):
    form = carol.form("/security", "/security/password")
    sessions.end_all(world.logins["carol"])
    answer = carol.post("/security/password", data=form.fields | {"password": OLD, "new_password": NEW})
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_new_address_holds_once_its_letter_was_opened_and_the_button_pressed(carol, app, world):
    other = elsewhere(app, world)
    answer = carol.send("/security", "/security/email", email="carol@new.example", password=OLD)
    assert answer.status_code == 303
    path = Link.get().path
    assert "carol@new.example" in carol.get(path).text
    assert Login.get_by_id(world.logins["carol"].id).email == "carol@kitchen.example"
    assert carol.send(path, path).headers["Location"] == "/security"
    assert "You sign in with carol@new.example" in carol.get("/security").text
    assert not is_in(other)


def test_the_letter_opened_elsewhere_changes_the_address_and_signs_nobody_in(carol, app):
    carol.send("/security", "/security/email", email="carol@new.example", password=OLD)
    phone = app.test_client()
    assert phone.send(Link.get().path).headers["Location"] == "/sign-in"
    assert not is_in(phone)
    assert not is_in(carol)


def test_a_taken_address_reads_like_a_free_one(carol):
    pages = []
    for email in ("free@new.example", "dave@ramos.example"):
        assert carol.send("/security", "/security/email", email=email, password=OLD).status_code == 303
        pages.append(carol.get("/security").text.count("A letter is on its way"))
    assert pages == [1, 1]


def test_the_language_is_kept_with_the_person(carol, world):
    assert carol.send("/security", "/security/language", language="fil").status_code == 303
    assert Login.get_by_id(world.logins["carol"].id).language == "fil"
    assert '<html lang="fil">' in carol.get("/security").text
    assert carol.send("/security", "/security/language", language="xx").status_code == 422


def test_signing_out_everywhere_else(carol, app, world):
    other = elsewhere(app, world)
    link = links.issue("sign_in", "customer", "carol@kitchen.example", login=world.logins["carol"])
    carol.send("/security", OUT, scope="others", password=OLD)
    assert is_in(carol)
    assert not is_in(other)
    assert app.test_client().get(link.path).status_code == 410


def test_signing_out_everywhere_here_too(carol):
    answer = carol.send("/security", OUT, scope="all", password=OLD)
    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(carol)


def test_one_of_the_other_browsers_is_signed_out_alone(carol, app, world):
    lost, kept = elsewhere(app, world), elsewhere(app, world)
    newest = sessions.Session.select().order_by(sessions.Session.id.desc()).first()
    scope = str(newest.id - 1)
    page = carol.get("/security").text
    assert f'<option value="{scope}">' in page and page.count("last used") == 5, "three browsers, two to choose from"
    answer = carol.send("/security", OUT, scope=scope, password=OLD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/security")
    assert "That browser is signed out." in carol.get("/security").text
    assert (is_in(carol), is_in(lost), is_in(kept)) == (True, False, True)
    assert Entry.select().where(Entry.event == "login.signed_out_elsewhere").get().actor == str(world.carol.ref)
    assert carol.send("/security", OUT, scope=scope, password=OLD).status_code == 422, "it is over"


@pytest.mark.parametrize("scope", ["others", "all", "one", "of somebody else"])
def test_nobody_is_signed_out_without_the_password(carol, app, world, scope):
    other, dave = elsewhere(app, world), app.test_client().sign_in(world.dave)
    ids = [row.id for row in sessions.Session.select().order_by(sessions.Session.id)]
    chosen = {"one": str(ids[1]), "of somebody else": str(ids[2])}.get(scope, scope)
    for password in ("", "wrong-secret", None, *([OLD] if scope == "of somebody else" else [])):
        answer = carol.send("/security", OUT, scope=chosen, password=password)
        assert answer.status_code == 422
        assert "wrong-secret" not in answer.text
    assert is_in(carol) and is_in(other) and is_in(dave)


def test_who_has_no_password_signs_out_within_half_an_hour_of_coming_in(carol, app, world):
    other = elsewhere(app, world)
    with store.writing():
        Login.update(password_hash=None).execute()
        sessions.Session.update(created_at=now() - timedelta(minutes=31)).execute()
    assert "E-mail me a link" in carol.get("/security").text
    assert carol.send("/security", OUT, scope="others").status_code == 422
    assert is_in(other)
    with store.writing():
        sessions.Session.update(created_at=now() - timedelta(minutes=29)).execute()
    assert carol.send("/security", OUT, scope="others").status_code == 303
    assert not is_in(other)


def test_who_has_no_password_is_shown_the_way_to_one(carol):
    with store.writing():
        Login.update(password_hash=None).execute()
    page = carol.get("/security").text
    assert "/recover" in page and "/security/password" not in page


def test_the_page_is_cheap(carol):
    before = store.queries()
    assert is_in(carol)
    assert store.queries() - before <= 8


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox, Android"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/17.5 Mobile/15E Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/128.0 Safari/537.36 Edg/128.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0 Mobile", "Samsung Internet, Android"),
        ("curl/8.5.0", ""),
    ],
)
def test_a_browser_has_a_name_that_people_know(agent, name):
    assert device(agent) == name


# Two companies


def test_a_customer_of_two_companies_switches_by_a_button(carol, world):
    make.member(world.other_account, "Carol Dizon", "viewer", login=world.logins["carol"])
    assert "Dave Ramos" in carol.get("/security").text
    answer = carol.send("/security", "/account/switch", number=world.other_account.number)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "You now work for Dave Ramos." in carol.get("/security").text


def test_a_strange_company_is_not_there(carol, world):
    fields = carol.form("/security", "/security/language").fields
    for number in (world.other_account.number, "x", ""):
        assert carol.post("/account/switch", data=fields | {"number": number}).status_code == 404
