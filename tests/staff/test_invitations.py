"""Inviting a customer's person over the wire, from the page to the first sign-in."""

import pytest

from portal import outbox, store
from portal.customers import invitations
from portal.people import passwords
from portal.people.links import Link
from portal.people.logins import Login
from tests import make

PASSWORD = "tsinelas sa ulan"


@pytest.fixture
def rhea(client, world):
    world.lina = make.contact(world.account, "Lina Reyes", email="lina@kitchen.example")
    return client.sign_in(world.rhea)


def page_of(contact):
    return f"/staff/contacts/{contact.number}/invite"


def invite(client, contact, **typed):
    return client.send(page_of(contact), page_of(contact), **typed)


def test_the_page_says_who_will_get_the_letter_and_it_goes_there(rhea, app, world):
    page = rhea.get(page_of(world.lina)).text
    assert "Lina Reyes" in page and "Send to lina@kitchen.example" in page and "Carol’s Kitchen" in page
    assert invite(rhea, world.lina, role="viewer").headers["Location"] == page_of(world.lina)
    assert "on its way to lina@kitchen.example" in rhea.get(page_of(world.lina)).text
    lina = app.test_client()
    path = Link.get().path
    assert "Carol’s Kitchen" in lina.get(path).text
    assert lina.send(path, password="lina reyes 1").status_code == 422
    assert lina.send(path, password=PASSWORD).headers["Location"] == "/first-steps"
    assert "Lina Reyes" in lina.get("/security").text
    assert app.test_client().get(path).status_code == 410


def test_a_page_that_is_out_of_date_sends_nothing(rhea, world):
    form = rhea.form(page_of(world.lina), page_of(world.lina))
    world.lina.edit(by=world.rhea, email="lina.reyes@kitchen.example")
    answer = rhea.post(page_of(world.lina), data=form.fields)
    assert answer.status_code == 409
    assert Link.select().count() == 0


def test_a_double_press_sends_one_letter(rhea, world):
    form = rhea.form(page_of(world.lina), page_of(world.lina))
    statuses = [rhea.post(page_of(world.lina), data=form.fields).status_code for _ in range(2)]
    assert statuses == [303, 303]
    assert Link.select().count() == 1


def test_a_person_without_an_address_is_not_invited(rhea, world):
    nobody = make.contact(world.account, "No Mail")
    assert "has no e-mail address here" in rhea.get(page_of(nobody)).text


def test_other_teams_do_not_find_the_person(client, rhea, world):
    client.sign_in(world.owen)
    assert client.get(page_of(world.lina)).status_code == 404


def test_an_invitation_is_withdrawn(rhea, app, world):
    invite(rhea, world.lina)
    path = Link.get().path
    assert rhea.send(page_of(world.lina), f"{page_of(world.lina)}/withdraw").status_code == 303
    over = app.test_client().get(path)
    assert over.status_code == 410
    assert "/link/again" not in over.text


def test_who_signs_in_already_signs_in_first_and_then_accepts(rhea, app, world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    contact = make.contact(world.account, "Dave Ramos", email="dave@ramos.example")
    invitations.invite(contact, by=world.rhea, role="viewer")
    path = Link.get().path
    dave = app.test_client()
    page = dave.get(path).text
    assert "Sign in first" in page and 'name="password"' not in page
    form = dave.form("/sign-in")
    assert dave.post(path, data=form.fields).status_code == 422
    into = dave.send(f"/sign-in?next={path}", email="dave@ramos.example", password=PASSWORD)
    assert into.headers["Location"] == path
    assert dave.send(path, path).headers["Location"] == "/first-steps"
    assert "Carol’s Kitchen" in dave.get("/security").text


def test_what_somebody_may_do_changes_and_ends(rhea, app, world):
    cora, browser = world.contacts["cora"], app.test_client().sign_in(world.cora)
    role, end = (f"/staff/contacts/{cora.number}/{what}" for what in ("rights", "access/end"))
    stale = rhea.form(page_of(cora), role)
    assert rhea.send(page_of(cora), role, role="buyer", order_limit="x").status_code == 422
    assert rhea.send(page_of(cora), role, role="buyer", order_limit="900", may_approve="y").status_code == 303
    assert invitations.membership_of(cora).order_limit.minor == 90_000
    assert browser.get("/security").status_code == 303, "she signs in anew"
    assert rhea.post(role, data=stale.fields | {"role": "customer_admin"}).status_code == 409
    assert rhea.send(page_of(cora), end).status_code == 303
    assert invitations.membership_of(cora) is None
    assert rhea.post(end, data=stale.fields).status_code == 404


def test_staff_sign_somebody_out_and_it_is_told(rhea, app, world):
    cora, browser = world.contacts["cora"], app.test_client().sign_in(world.cora)
    assert rhea.send(page_of(cora), f"/staff/contacts/{cora.number}/sign-out").status_code == 303
    assert browser.get("/security").status_code == 303
    told = outbox.Outbox.select().where(outbox.Outbox.channel == "mail")
    assert [row.address for row in told] == ["cora@kitchen.example"]


def test_inviting_is_cheap(rhea, world):
    form = rhea.form(page_of(world.lina), page_of(world.lina))
    before = store.queries()
    rhea.get(page_of(world.lina))
    middle = store.queries()
    rhea.post(page_of(world.lina), data=form.fields)
    assert middle - before <= 8
    assert store.queries() - middle <= 12
