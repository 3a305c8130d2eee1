"""The people of the company over the wire: looking, inviting, changing what they may do, taking it away."""

import threading

import pytest

from portal import store
from portal.customers import invitations
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.outbox import Outbox
from tests import make

HERE = "/account/people"


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def test_everybody_of_the_company_reads_who_signs_in(client, world):
    page = client.sign_in(world.cora).get(HERE).text
    assert "carol@kitchen.example" in page and "May order and manage the account" in page
    assert "Take the access away" not in page and "Send the invitation" not in page
    assert "dave@ramos.example" not in page
    assert [row["email"] for row in client.get(f"{HERE}.json").json["rows"]] == [
        "carol@kitchen.example", "cora@kitchen.example",
    ]  # fmt: skip


def test_a_colleague_is_invited_on_one_page_and_gets_a_letter(carol, world):
    given = {"role": "buyer", "order_limit": "5000", "may_approve": "y"}
    answer = carol.send(HERE, HERE, name="Ben Dizon", email="ben@kitchen.example", **given)
    assert (answer.status_code, answer.headers["Location"]) == (303, HERE)
    contact = Contact.get(Contact.email == "ben@kitchen.example")
    assert (contact.account, contact.name) == (world.account, "Ben Dizon")
    link = invitations.waiting(contact)
    assert [link.params[name] for name in ("role", "order_limit_minor", "may_approve")] == ["buyer", 500_000, True]
    letters = Outbox.select().where((Outbox.template == "invitation") & (Outbox.address == "ben@kitchen.example"))
    assert letters.count() == 1
    page = carol.get(HERE).text
    assert "On their way" in page and "ben@kitchen.example" in page


def test_somebody_whom_the_account_knows_is_not_made_twice(carol, world):
    known = make.contact(world.account, email="ben@kitchen.example")
    carol.send(HERE, HERE, name="Benjamin", email="ben@kitchen.example", role="viewer")
    assert Contact.select().where(Contact.email == "ben@kitchen.example").count() == 1
    assert invitations.waiting(known)


@pytest.mark.parametrize("typed, field", [
    ({"email": ""}, "email"), ({"email": "ben"}, "email"), ({"name": ""}, "name"), ({"name": "\0"}, "name"),
    ({"email": "cora@kitchen.example"}, "email"), ({"role": "admin"}, "role"),
    ({"order_limit": "much"}, "order_limit"), ({"order_limit": "-5"}, "order_limit"),
])  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(carol, typed, field):
    before = Contact.select().count()
    answer = carol.send(HERE, HERE, **{"name": "Ben Dizon", "email": "ben@kitchen.example", "role": "buyer"} | typed)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert Contact.select().count() == before


def test_an_invitation_is_taken_back(carol, world):
    contact = make.contact(world.account, email="ben@kitchen.example")
    invitations.invite(contact, by=world.carol, role="viewer")
    assert carol.send(HERE, f"{HERE}/invitations/{contact.number}/withdraw").status_code == 303
    assert invitations.waiting(contact) is None


def test_a_changed_right_holds_from_the_next_page_on(carol, world, app):
    cora = world.memberships["cora"]
    other = app.test_client().sign_in(world.cora)
    assert other.get(HERE).status_code == 200
    assert carol.send(HERE, f"{HERE}/{cora.number}/rights", role="buyer").status_code == 303
    assert Membership.get_by_id(cora.id).role == "buyer"
    assert carol.send(HERE, f"{HERE}/{cora.number}/rights", order_limit="5,000").status_code == 303
    assert "May order up to ₱5,000" in carol.get(HERE).text
    assert other.get(HERE).status_code == 303


def test_access_is_taken_away_at_once(carol, world, app):
    cora = world.memberships["cora"]
    other = app.test_client().sign_in(world.cora)
    assert carol.send(HERE, f"{HERE}/{cora.number}/end").status_code == 303
    assert Membership.get_by_id(cora.id).ended_at is not None
    assert other.get("/orders").status_code == 303


def test_somebody_always_manages_the_account(world):
    mine = world.memberships["carol"]
    for verb in (lambda: mine.end(by=world.carol), lambda: mine.change_rights(by=world.carol, role="buyer")):
        with pytest.raises(Invalid) as refusal:
            verb()
        assert refusal.value.problems == {"role": ("last-customer-admin", {})}
    assert mine.end(by=world.rhea).ended_at is not None


@pytest.mark.postgres
def test_of_two_who_remove_each_other_one_stays(postgres):
    world = make.world()
    first, second = world.memberships["carol"], world.memberships["cora"]
    with store.writing():
        Membership.update(role="customer_admin").where(Membership.id == second.id).execute()
    actors = [make.customer_actor(Membership.get_by_id(m.id)) for m in (first, second)]
    refused, start = [], threading.Barrier(2)

    def remove(victim, by):
        with store.connection():
            member = Membership.get_by_id(victim.id)
            start.wait()
            try:
                member.end(by=by)
            except Invalid as refusal:
                refused.append(refusal.problems)

    threads = [threading.Thread(target=remove, args=pair) for pair in ((second, actors[0]), (first, actors[1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1 and "role" in refused[0]
    left = Membership.select().where(Membership.ended_at.is_null() & (Membership.account == world.account))
    assert left.count() == 1
