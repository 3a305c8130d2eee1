"""One-task links over the wire: shown by GET, done once by POST, for the link's own person and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import store, values
from portal.audit import Entry
from portal.customers import address_checks
from portal.customers.address_checks import AddressCheck
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people.links import Link
from portal.people.sessions import Session
from tests import make
from tests.routes import dbhash


@pytest.fixture
def address(world):
    return make.address(world.account)


@pytest.fixture
def link(world, address):
    """Carol's link to say whether an address is right."""
    address_checks.ask(address, by=world.rhea)
    return Link.get(Link.login == world.logins["carol"])


def answer_of():
    return AddressCheck.select().get().answer


def test_opening_the_link_changes_nothing_and_its_button_does_it_once(client, world, link):
    before = dbhash()
    for _ in range(2):
        page = client.get(link.path)
        assert page.status_code == 200
        assert "Carol Dizon" in page.text
    assert dbhash() == before
    answer = client.send(link.path, link.path, decision="right")
    assert (answer.status_code, answer.headers["Location"]) == (303, link.path)
    assert "We go on delivering there" in client.get(link.path).text
    assert answer_of() == "right"


def test_no_session_is_opened_and_the_link_leads_nowhere_else(client, world, link):
    client.send(link.path, link.path, decision="right")
    assert client.get("/account").status_code == 303
    assert Session.select().count() == 0


def test_the_page_is_not_kept_and_its_address_is_told_to_nobody(client, link):
    headers = client.get(link.path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "strict-origin"


def test_whoever_is_signed_in_here_the_deed_is_the_receivers(client, world, link):
    client.sign_in(world.dave)
    client.send(link.path, link.path, decision="right")
    done = Entry.select().where(Entry.event == "address.confirmed").get()
    assert (done.actor, done.actor_role) == (str(world.carol.ref), "customer_admin")
    assert client.get("/account").status_code == 200  # still Dave's own page


def test_a_refused_answer_stands_at_its_field_and_leaves_the_link_good(client, link):
    answer = client.send(link.path, link.path, decision="wrong", words="")
    assert answer.status_code == 422
    client.send(link.path, link.path, decision="wrong", words="We moved to 5 Mabini St.")
    assert answer_of() == "wrong"


def test_an_ended_membership_a_smaller_role_and_a_settled_record_are_told_apart_from_a_used_link(client, world, link):
    with store.writing():
        Membership.update(role="viewer").where(Membership.login == link.login).execute()
    assert "may not do this" in client.get(link.path).text
    with store.writing():
        Membership.update(role="buyer", ended_at=values.now()).where(Membership.login == link.login).execute()
    refused = client.post(link.path, data=client.form("/sign-in").fields | {"decision": "right"})
    assert (refused.status_code, answer_of()) == (303, "")
    with store.writing():
        Membership.update(ended_at=None).where(Membership.login == link.login).execute()
    AddressCheck.get().settle(by=world.carol, decision="right")
    settled = client.get(link.path)
    assert settled.status_code == 410
    assert "question was answered" in settled.text


def test_a_late_link_offers_to_sign_in(client, link):
    with store.writing():
        Link.update(expires_at=values.now() - timedelta(seconds=1)).execute()
    page = client.get(link.path)
    assert page.status_code == 410
    assert "/sign-in?next=/account/addresses/checks/1" in page.text


def test_a_stranger_reads_the_page_in_the_language_of_the_letter(client, world, link):
    with store.writing():
        type(link.login).update(language="th").execute()
    assert '<html lang="th"' in client.get(link.path).text


@pytest.mark.parametrize("token", ["", "1", "1.", "null", "1." + "A" * 43])
def test_what_is_no_token_of_ours_is_not_found(client, link, token):
    assert client.get(f"/do/{token}").status_code == 404


def test_of_parallel_answers_one_counts_and_the_others_see_it(app, link):
    clients = [app.test_client() for _ in range(6)]
    forms = [client.form(link.path, link.path).fields for client in clients]

    def send(number):
        decision = {"decision": "right"} if number % 2 else {"decision": "wrong", "words": "no"}
        return clients[number].post(link.path, data=forms[number] | decision).status_code

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(send, range(6))) == [303] * 6
    assert Entry.select().where(Entry.event == "link.used").count() == 1
    assert answer_of() in ("right", "wrong")


def test_staff_ask_from_the_page_of_the_address_and_read_the_answer_there(app, world, address):
    rhea, carol = app.test_client().sign_in(world.rhea), app.test_client()
    page = f"/staff/addresses/{address.number}"
    assert rhea.send(page, f"{page}/ask").status_code == 303
    assert "has not answered yet" in rhea.send(page, f"{page}/ask").text
    link = Link.get(Link.login == world.logins["carol"])
    carol.send(link.path, link.path, decision="wrong", words="We moved to 5 Mabini St.")
    assert "We moved to 5 Mabini St." in rhea.get(page).text
    told = Outbox.get(Outbox.template == "address_doubted")
    assert told.recipient == str(world.rhea.ref)


def test_whoever_is_signed_in_answers_from_the_list_of_addresses(app, world, address):
    check, carol = address_checks.ask(address, by=world.rhea), app.test_client().sign_in(world.carol)
    page = f"/account/addresses/checks/{check.number}"
    assert page in carol.get("/account/addresses").text
    assert carol.send(page, page, decision="wrong").status_code == 422
    assert carol.send(page, page, decision="right").status_code == 303
    assert "question was answered" in carol.get(page).text
    assert page not in carol.get("/account/addresses").text


def test_only_who_may_answer_is_asked_and_a_question_without_answer_may_be_put_again(world, address):
    address_checks.ask(address, by=world.rhea)
    asked = Outbox.select().where(Outbox.template == "address_to_confirm", Outbox.channel == "mail")
    assert [row.recipient for row in asked] == [str(world.carol.ref)]  # Cora may only look
    with pytest.raises(Invalid):
        address_checks.ask(address, by=world.rhea)
    address_checks.ask(address, by=world.rhea, now=values.now() + timedelta(days=8))
    assert [check.answer for check in AddressCheck.select().order_by(AddressCheck.id)] == ["none", ""]
