"""The staff door over the wire; what both doors share is tested at the customers'."""

import pytest

from portal import store
from portal.people import link_requests, passwords
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login

PASSWORD = "my purple elephant dances"


@pytest.fixture
def rhea(world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    return world


def enter(client, page="/staff/sign-in", password=PASSWORD):
    return client.send(page, email="rhea@shop.example", password=password)


def test_staff_come_in_to_today(client, rhea):
    answer = enter(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert client.get("/staff/sign-in").status_code == 303


def test_next_stays_within_the_staff_face(client, rhea):
    assert enter(client, "/staff/sign-in?next=/staff/orders").headers["Location"] == "/staff/orders"
    client.send("/staff/sign-in/sent", "/staff/sign-out")
    assert enter(client, "/staff/sign-in?next=/orders").headers["Location"] == "/staff/"


def test_a_wrong_password_stays_outside(client, rhea):
    assert enter(client, password="wrong").status_code == 422
    assert client.get("/staff/sign-in").status_code == 200


def test_staff_have_no_page_to_open_an_account(client, rhea):
    assert "/sign-up" not in client.get("/staff/sign-in").text


def test_a_link_signs_staff_in_too(client, rhea):
    form = client.form("/staff/sign-in")
    answer = client.post("/staff/sign-in/link", data=form.fields | {"email": "rhea@shop.example"})
    assert answer.headers["Location"] == "/staff/sign-in/sent"
    link_requests.answer_all()
    assert client.send(Link.get().path).headers["Location"] == "/staff/"


def test_who_leaves_is_out_with_the_next_page(client, rhea):
    enter(client)
    Employee.get_by_id(rhea.employees["rhea"].id).deactivate(by=rhea.ada)
    assert client.get("/staff/sign-in").status_code == 200
    assert enter(client).status_code == 422
