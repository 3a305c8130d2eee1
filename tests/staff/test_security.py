"""Sign-in and safety of staff over the wire; what both faces share is tested at the customers'."""

import pytest

from portal import store
from portal.people import passwords
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


def test_customers_have_their_own_page(client, world):
    client.sign_in(world.carol)
    assert client.get("/staff/security").headers["Location"].startswith("/staff/sign-in")
