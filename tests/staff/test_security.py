"""Sign-in and safety of staff over the wire; what both faces share is tested at the customers'."""

import pytest

from portal import store
from portal.people import passwords, sessions
from portal.people.logins import Login

OLD, NEW = "my purple elephant dances", "tsinelas sa ulan"


@pytest.fixture
def rhea(client, world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(OLD)).execute()
    return client.sign_in(world.rhea)


def test_staff_change_their_password(rhea):
    answer = rhea.send("/staff/security", "/staff/security/password", password=OLD, new_password=NEW)
    assert answer.headers["Location"] == "/staff/security"
    assert rhea.get("/staff/security").status_code == 200


def test_a_common_password_is_refused_at_its_field(rhea):
    answer = rhea.send("/staff/security", "/staff/security/password", password=OLD, new_password="password123456")
    assert answer.status_code == 422
    assert 'id="new_password-error"' in answer.text


def test_staff_sign_out_of_one_other_browser_for_their_password(rhea, app, world):
    other = app.test_client().sign_in(world.rhea)
    newest = sessions.Session.select().order_by(sessions.Session.id.desc()).first()
    out = {"page": "/staff/security", "action": "/staff/security/sign-out-everywhere", "scope": str(newest.id)}
    assert rhea.send(**out, password="not it").status_code == 422
    assert other.get("/staff/security").status_code == 200
    assert rhea.send(**out, password=OLD).headers["Location"] == "/staff/security"
    assert other.get("/staff/security").status_code == 303
    assert rhea.get("/staff/security").status_code == 200


def test_customers_have_their_own_page(client, world):
    client.sign_in(world.carol)
    assert client.get("/staff/security").headers["Location"].startswith("/staff/sign-in")
