"""Who has a login is told to nobody: the same body, status and time for an address that is known and one that is not
(BATTERY B5).
"""

import logging
import re
from statistics import median
from typing import NamedTuple

import pytest

from portal import store
from portal.people import attempts, form_tokens, keys, passwords
from portal.people.logins import Login
from tests import make
from tests.battery import timing

PASSWORD = "my purple elephant dances"
PLACES = (
    "sign-in", "staff sign-in", "link", "staff link", "recover", "staff recover", "sign-up", "guest order", "claim",
    "e-mail change", "invitation", "handing over",
)  # fmt: skip
NOTE = re.compile(r'<div class="note .*?</div></div>', re.DOTALL)  # what the last change did
CHANCE = re.compile(r'(?:value="|/)[\w.-]{16,}"')  # tokens of forms


class Ask(NamedTuple):
    """A form into which somebody types an address of which he wants to know whether it signs in here."""

    address: str
    fields: dict
    known: str
    unknown: str
    by: str = ""  # who is signed in
    form: object = None  # a public one, whose token is new each time

    def send(self, client, email):
        token = {"form_key": form_tokens.issue_again(self.form.id)} if self.form else {}
        return client.post(self.address, data=self.fields | {"email": email} | token)


def asks(world):
    """Every place where an address is typed and looked up."""
    customer = {"known": "dave@ramos.example", "unknown": "dove@ramos.example"}
    staff = {"known": "rhea@shop.example", "unknown": "rhia@shop.example"}
    wrong = {"password": "not the password of anybody"}
    form, thing = make.order_form(slug="feast"), make.warranty(world.account)
    stranger = {"kind": "household", "name": "Nena Abad", "country": "PH"}
    colleague = {"name": "Ben Dizon", "role": "viewer"}
    carol = {"by": "carol"}
    return {
        "sign-in": Ask("/sign-in", wrong, **customer),
        "staff sign-in": Ask("/staff/sign-in", wrong, **staff),
        "link": Ask("/sign-in/link", {}, **customer),
        "staff link": Ask("/staff/sign-in/link", {}, **staff),
        "recover": Ask("/recover", {}, **customer),
        "staff recover": Ask("/staff/recover", {}, **staff),
        "sign-up": Ask("/sign-up", stranger, **customer),
        "guest order": Ask("/order-form/feast", {"name": "Nena Abad", "words": "Two sacks"}, **customer, form=form),
        "claim": Ask("/warranties/claim", {"serial": "SN-1"}, **customer),
        "e-mail change": Ask("/security/email", {"password": PASSWORD}, **customer, **carol),
        "invitation": Ask("/account/people", colleague, **customer, **carol),
        "handing over": Ask(f"/warranties/{thing.number}/hand-over", {"quantity": "1"}, **customer, **carol),
    }


@pytest.fixture
def patient(monkeypatch):
    """Limits that thousands of requests of one machine do not reach."""
    for what in attempts.MOST:
        monkeypatch.setitem(attempts.MOST, what, 10**9)


@pytest.fixture
def open_app(app, world, patient):
    """The app without form tokens; everybody has the same password."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    return app


@pytest.fixture
def dear_hashes(open_app):
    """Passwords as shops keep them, which is most of the work of signing in."""
    passwords.configure()
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    yield
    keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)


def client_of(app, world, ask):
    return app.test_client().sign_in(getattr(world, ask.by)) if ask.by else app.test_client()


def state_of_logins(world):
    """Addresses of the same length whose logins are in other states than Dave’s."""
    wrong = {"kind": "customer", "verified_at": None}
    make.login("Gone", email="gone@ramos.example", is_active=False, **wrong)
    make.login("Link", email="link@ramos.example", **wrong)
    make.login("Unve", email="unve@ramos.example", password_hash=passwords.scramble(PASSWORD), **wrong)
    return ("gone@ramos.example", "link@ramos.example", "unve@ramos.example")


def said(answer, email, only_notes=False):
    """All that an answer tells: status, headers and body, but for chance and the address that was typed.

    A page of somebody who is signed in counts his notices and invitations, which each try adds to: of it the notes.
    """
    passed_over = ("X-Request-Id", "Set-Cookie", *(("Content-Length",) if only_notes else ()))
    kept = [(name, value) for name, value in answer.headers if name not in passed_over]
    cookies = [cookie.split("=", 1)[0] for cookie in answer.headers.getlist("Set-Cookie")]
    text = "".join(NOTE.findall(answer.text)) if only_notes else answer.text
    return answer.status_code, kept, cookies, CHANCE.sub("", text).replace(email, "·")


@pytest.mark.row("B5")
def test_every_answer_reads_the_same_for_an_address_that_is_known(open_app, world, figures):
    places, others, wrong, compared = asks(world), state_of_logins(world), [], 0
    for name, ask in places.items():
        client = client_of(open_app, world, ask)
        emails = [ask.known, ask.unknown, *(others if ask.known == "dave@ramos.example" else ())]
        told = {}
        for email in emails:
            answer = ask.send(client, email)
            page = client.get(answer.location) if answer.location else answer
            told[email] = (said(answer, email), said(page, email, bool(ask.by)))
            compared += 1
        wrong += [f"{name}: {email}" for email in emails if told[email] != told[ask.unknown]]
    assert tuple(places) == PLACES
    figures(endpoints=len(places), answers=compared, differences=len(wrong))
    assert wrong == []


@pytest.mark.row("B5")
def test_every_address_costs_the_same_statements(open_app, world, figures, caplog):
    wrong, statements = [], 0
    caplog.set_level(logging.DEBUG, "peewee")
    for name, ask in asks(world).items():
        client, told = client_of(open_app, world, ask), {}
        for email in (ask.known, ask.unknown) * 2:  # what only the first one costs is cost by both
            caplog.clear()
            ask.send(client, email)
            told[email] = [record.msg[0] for record in caplog.records if record.name == "peewee"]
            statements += len(told[email])
        if told[ask.known] != told[ask.unknown]:
            wrong.append(name)
    figures(statements=statements, differences=len(wrong))
    assert statements > 100
    assert wrong == []


@pytest.mark.one_database
@pytest.mark.row("B5")
@pytest.mark.parametrize("place", PLACES)
def test_no_time_tells_a_known_address_from_an_unknown_one(open_app, world, place, figures, rng, sized):
    """Processor time within one process, with a cheap hash: the rest of the work hides behind a real one."""
    count, allowed = sized(gate=250, night=10_000), sized(gate=0.05, night=0.02)
    ask = asks(world)[place]
    client = client_of(open_app, world, ask)
    for email in (ask.known, ask.unknown) * 2:
        ask.send(client, email)
    known, unknown = (lambda email=email: ask.send(client, email) for email in (ask.known, ask.unknown))
    auc, taken = timing.tells_apart(known, unknown, count, allowed, rng)
    figures(timing_samples=2 * taken, **{f"auc_{place}": round(auc, 3)})
    assert abs(auc - 0.5) <= allowed


@pytest.mark.one_database
@pytest.mark.row("B5")
@pytest.mark.usefixtures("dear_hashes")
@pytest.mark.parametrize("place", ["sign-in", "staff sign-in"])
def test_an_unknown_address_costs_a_hash_as_well(open_app, world, place, figures, rng):
    ask = asks(world)[place]
    client = client_of(open_app, world, ask)
    known, unknown = (lambda email=email: ask.send(client, email) for email in (ask.known, ask.unknown))
    [known_ms, unknown_ms] = (1e3 * median(seconds) for seconds in timing.interleaved((known, unknown), 9, rng))
    figures(known_ms=round(known_ms), unknown_ms=round(unknown_ms))
    assert 0.7 < unknown_ms / known_ms < 1.4
