"""Signing in by password and by link, for known and unknown addresses alike."""

from datetime import timedelta

import pytest

from portal import outbox, store, values
from portal.audit import Entry
from portal.errors import Expired, Invalid, TooMany
from portal.people import link_requests, links, passwords, sessions, sign_in
from portal.people.link_requests import LinkRequest
from portal.people.links import Link
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests import make

NOW = values.now()
PASSWORD = "my purple elephant dances"


@pytest.fixture
def carol(database):
    return make.login("Carol Dizon", email="carol@kitchen.example", password_hash=passwords.scramble(PASSWORD))


def enter(email="carol@kitchen.example", password=PASSWORD, kind="customer", **more):
    return sign_in.by_password(by=ANONYMOUS, kind=kind, email=email, password=password, now=NOW, **more)


def refused(**typed):
    with pytest.raises(Invalid) as error:
        enter(**typed)
    return error.value.problems


def letters():
    return list(outbox.Outbox.select().order_by(outbox.Outbox.id))


def ask(email="carol@kitchen.example", purpose="sign_in", now=NOW):
    sign_in.ask_link(by=ANONYMOUS, kind="customer", email=email, purpose=purpose, now=now)


def sent_link(purpose="sign_in"):
    ask(purpose=purpose)
    link_requests.answer_all(NOW)
    return Link.select().order_by(Link.id.desc()).get()


def test_the_right_password_opens_a_session_and_is_written_down(carol):
    opened = enter(agent="Firefox")
    assert sessions.find(opened.token, "customer", NOW)[1] == carol
    entry = Entry.get()
    assert (entry.event, entry.actor, entry.subject) == ("login.signed_in", "login:1", "login:1")


@pytest.mark.parametrize("email", ["CAROL@Kitchen.example", " carol@kitchen.example ", "ｃarol@kitchen.example"])
def test_the_address_is_compared_folded(carol, email):
    assert enter(email=email).login == carol


@pytest.mark.parametrize("email", ["carol+x@kitchen.example", "c.arol@kitchen.example", "саrol@kitchen.example"])
def test_lookalike_addresses_are_others(carol, email):
    assert refused(email=email) == {"password": ("sign-in-refused", {})}


def test_wrong_password_unknown_address_wrong_face_and_closed_login_read_the_same(carol):
    make.login("Left", email="left@kitchen.example", password_hash=carol.password_hash, is_active=False)
    make.login("Links", email="links@kitchen.example")
    tries = [
        {"password": "wrong"},
        {"email": "nobody@kitchen.example"},
        {"kind": "staff"},
        {"email": "left@kitchen.example"},
        {"email": "links@kitchen.example"},
        {"password": "\x00"},
        {"password": "x" * 5000},
        {"password": ""},
    ]
    assert {str(refused(**typed)) for typed in tries} == {str({"password": ("sign-in-refused", {})})}
    assert sessions.Session.select().count() == 0
    assert Entry.select().count() == 0


def test_known_and_unknown_addresses_cost_the_same_queries(carol):
    def cost(email):
        before = store.queries()
        refused(email=email, password="wrong")
        return store.queries() - before

    assert cost("carol@kitchen.example") == cost("nobody@kitchen.example")


def test_an_eleventh_guess_is_not_looked_at_even_when_right(carol):
    for _ in range(10):
        refused(password="wrong")
    with pytest.raises(TooMany):
        enter()


def test_her_own_browser_still_lets_her_in_while_others_guess(carol):
    device = sign_in.device_mark(carol)
    for _ in range(10):
        refused(password="wrong")
    assert enter(device=device).login == carol


def test_signing_in_forgives_the_earlier_slips(carol):
    for _ in range(9):
        refused(password="wrong")
    enter()
    for _ in range(9):
        refused(password="wrong")
    assert enter().login == carol


def test_a_hash_of_older_parameters_is_made_anew(carol):
    passwords.configure(memory_kib=128, passes=1)
    try:
        opened = enter()
        assert "m=128" in Login.get_by_id(carol.id).password_hash
        assert sessions.find(opened.token, "customer", NOW)
    finally:
        passwords.configure(memory_kib=64, passes=1)


def test_signing_out_ends_the_session_and_is_written_down(carol):
    opened = enter()
    sign_in.leave(by=ANONYMOUS, kind="customer", token=opened.token, now=NOW)
    assert sessions.find(opened.token, "customer", NOW) is None
    assert Entry.select().where(Entry.event == "login.signed_out").count() == 1
    sign_in.leave(by=ANONYMOUS, kind="customer", token=opened.token, now=NOW)


# Links


def test_asking_for_a_link_does_the_same_for_anybody_and_sends_nothing_by_itself(carol):
    def cost(email):
        before = store.queries()
        ask(email)
        return store.queries() - before

    assert cost("carol@kitchen.example") == cost("nobody@kitchen.example")
    assert letters() == []
    known, unknown = LinkRequest.select().order_by(LinkRequest.id)
    assert {name: known.__data__[name] for name in ("purpose", "kind", "language", "params")} == {
        name: unknown.__data__[name] for name in ("purpose", "kind", "language", "params")
    }


def test_the_worker_writes_to_the_kept_address_of_those_who_exist(carol):
    ask("ｃAROL@kitchen.example")
    ask("nobody@kitchen.example")
    assert link_requests.answer_all(NOW) == 2
    (letter,) = letters()
    link = Link.get()
    assert (letter.address, letter.template, letter.channel) == ("carol@kitchen.example", "sign_in_link", "mail")
    assert letter.params["url"] == {"link": link.id}
    assert link.token.split(".")[1] not in str(letter.__data__)
    assert LinkRequest.select().count() == 0


def test_a_closed_login_gets_no_letter(carol):
    make.login("Left", email="left@kitchen.example", is_active=False)
    ask("left@kitchen.example")
    link_requests.answer_all(NOW)
    assert letters() == []


def test_two_workers_answer_a_request_once(carol):
    ask()
    row = LinkRequest.get()
    link_requests.answer_all(NOW)
    sign_in._send_link(row, NOW)
    assert len(letters()) == 1
    assert Link.select().count() == 1


def test_five_links_in_a_quarter_of_an_hour_are_enough(carol):
    for _ in range(5):
        ask()
    with pytest.raises(TooMany):
        ask()
    ask("dave@ramos.example")


def test_a_link_signs_in_once(carol):
    link = sent_link()
    opened = sign_in.by_link(by=ANONYMOUS, link=link, now=NOW)
    assert sessions.find(opened.token, "customer", NOW)[1] == carol
    with pytest.raises(Expired):
        sign_in.by_link(by=ANONYMOUS, link=link, now=NOW)
    assert sessions.Session.select().count() == 1


def test_a_link_that_is_over_may_be_asked_for_again_without_saying_for_whom(carol):
    link = sent_link()
    with pytest.raises(Expired) as over:
        links.find(link.token, "sign_in", kind="customer", now=NOW + timedelta(minutes=31))
    assert link_requests.can_renew(over.value.link)
    link_requests.renew(over.value.link, by=ANONYMOUS, now=NOW)
    link_requests.answer_all(NOW)
    assert [letter.address for letter in letters()] == ["carol@kitchen.example"] * 2


def test_requests_nobody_answered_are_dropped(carol):
    ask()
    link_requests.forget_old(NOW + timedelta(hours=25))
    assert LinkRequest.select().count() == 0


def test_one_broken_request_does_not_hold_up_the_next(carol, caplog):
    make.row(LinkRequest, purpose="sign_in", kind="customer", email="not an address", asked_at=NOW)
    ask()
    link_requests.answer_all(NOW)
    assert len(letters()) == 1
