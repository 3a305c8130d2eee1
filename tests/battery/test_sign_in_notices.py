"""Changes of a sign-in are told, to the old and the new address, exactly once each; what changes it asks for proof
(BATTERY B11, B12).
"""

from collections import Counter
from datetime import timedelta

import pytest

from portal import store
from portal.audit import EntryValue, SentForm
from portal.exchange.backups import Backup
from portal.outbox import Outbox
from portal.people import attempts, links, passwords, security, sessions, staff_invitations
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests import make, routes, samples

PASSWORD, NEXT = "my purple elephant dances", "tsinelas sa ulan"
OLD, NEW = "carol@kitchen.example", "carol@new.example"


@pytest.fixture
def carol(world):
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    world.login = Login.get_by_id(world.logins["carol"].id)
    return world


def link(purpose, login, email=OLD):
    return links.issue(purpose, login.kind, email, login=login)


def told_by(act):
    """How many mails each address gets of what an act does."""
    last = Outbox.select(Outbox.id).order_by(Outbox.id.desc()).limit(1).scalar() or 0
    act()
    mails = Outbox.select().where((Outbox.id > last) & (Outbox.channel == "mail"))
    return Counter(row.address for row in mails)


def changes(world):
    """{what: (act, {address: mails})} of everything that changes how somebody signs in."""
    login, rhea = world.login, world.employees["rhea"]
    proof, here = {"by": world.carol, "login": login, "password": PASSWORD}, {"session": _session(login)}
    cora = world.memberships["cora"]
    return {
        "password": (lambda: security.change_password(**proof, **here, new_password=NEXT), {OLD: 1}),
        "recovery": (lambda: security.recover(by=ANONYMOUS, link=link("recover", login), password=NEXT), {OLD: 1}),
        "address asked": (lambda: security.ask_email_change(**proof, email=NEW), {OLD: 1, NEW: 1}),
        "address": (
            lambda: security.confirm_email_change(by=ANONYMOUS, link=link("change_email", login, NEW)),
            {OLD: 1, NEW: 1},
        ),
        "signed out by staff": (lambda: security.sign_out(by=world.rhea, login=login), {OLD: 1}),
        "rights": (lambda: cora.change_rights(by=world.carol, role="buyer"), {"cora@kitchen.example": 1}),
        "access taken": (lambda: cora.end(by=world.carol), {"cora@kitchen.example": 1}),
        "role": (lambda: rhea.edit(by=world.ada, role="manager"), {"rhea@shop.example": 1}),
        "invited anew": (lambda: _invited_anew(world, rhea), {"rhea@shop.example": 2, "rhea@new.example": 2}),
    }  # fmt: skip


WHAT = (
    "password", "recovery", "address asked", "address", "signed out by staff", "rights", "access taken", "role",
    "invited anew",
)  # fmt: skip


def _session(login):
    return sessions.open(login).session


def _invited_anew(world, employee):
    """The invitation and its acceptance: each told to the address of before and to the new one."""
    made = staff_invitations.invite(employee, by=world.ada, email="rhea@new.example")
    staff_invitations.accept(by=ANONYMOUS, link=made, employee=employee, password=NEXT)


@pytest.mark.row("B12")
@pytest.mark.parametrize("what", WHAT)
def test_a_change_is_told_once_to_each_address(carol, what, figures):
    found = changes(carol)
    assert tuple(found) == WHAT
    act, expected = found[what]
    told = told_by(act)
    figures(changes=len(WHAT), letters=sum(expected.values()))
    assert {address: told[address] for address in expected} == expected
    assert max(told.values()) == max(expected.values()), "somebody was told twice"


@pytest.mark.row("B7")
@pytest.mark.one_database
def test_no_hash_is_written_down_where_a_change_is(carol, figures):
    security.change_password(
        by=carol.carol, login=carol.login, session=_session(carol.login), password=PASSWORD, new_password=NEXT
    )
    rows = [str(row.__data__) for model in (EntryValue, Outbox, SentForm) for row in model.select()]
    leaked = [row for row in rows if "$argon2" in row or NEXT in row or PASSWORD in row]
    figures(rows_beside=len(rows), hashes_beside=len(leaked))
    assert rows
    assert leaked == []


# What asks for proof

PROVED = {  # address: what is typed beside the password, by whom
    "/security/password": ("carol", {"new_password": NEXT}),
    "/security/email": ("carol", {"email": NEW}),
    "/staff/security/password": ("ada", {"new_password": NEXT}),
    "/staff/security/email": ("ada", {"email": "ada@new.example"}),
    "/security/sign-out-everywhere": ("carol", {"scope": "others"}),
    "/staff/security/sign-out-everywhere": ("ada", {"scope": "all"}),
    "/account/data/take-along": ("carol", {"kind": "json"}),
    "/account/data/requests": ("carol", {"kind": "deletion", "words": "Forget me"}),
    "/staff/health/backups/{backup}/download": ("ada", {}),
    "/staff/accounts/{household}/erase": ("ada", {"whose": "person", "name": "Dave Ramos"}),
    "/staff/contacts/{person}/erase": ("ada", {"whose": "person", "name": "Cora Dizon"}),
}
WRONG = (None, "", " ", "not it", PASSWORD + " ", PASSWORD.upper(), [PASSWORD, "x"][::-1], "\0", NEXT)


@pytest.mark.row("B11")
def test_what_could_shut_somebody_out_asks_for_the_password_again(app, carol, figures):
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False
    asking = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.endswith(("/security/password", "/security/email", "/security/sign-out-everywhere"))
    }
    assert asking <= PROVED.keys()
    backup, household = samples.make(Backup, carol), make.account("Dave Ramos", kind="household")
    numbers = {"backup": backup.number, "household": household.number, "person": carol.contacts["cora"].number}
    wrong, tries = [], 0
    before = routes.dbhash()
    for address, (name, typed) in PROVED.items():
        client = app.test_client().sign_in(getattr(carol, name))
        for password in WRONG:
            with store.housekeeping("attempts"):
                attempts.Attempt.delete().execute()
            fields = typed | ({"password": password} if password is not None else {})
            status = client.post(address.format(**numbers), data=fields).status_code
            tries += 1
            if status != 422:
                wrong.append(f"{address} with {password!r}: {status}")
    figures(actions=len(PROVED), tries=tries, passed=len(wrong))
    assert wrong == []
    assert routes.dbhash() == before


def _age(minutes):
    """Let all sessions be older by so much."""
    with store.writing():
        for row in sessions.Session.select():
            earlier = row.created_at - timedelta(minutes=minutes)
            sessions.Session.update(created_at=earlier).where(sessions.Session.id == row.id).execute()


@pytest.mark.row("B11")
def test_who_has_no_password_came_in_just_now(app, world, figures):
    """The age of a session is that of its last link, whatever else gave the browser another token."""
    app.config["WTF_CSRF_ENABLED"] = False
    passed = {}
    for minutes in (29, 31):
        for address in ("/account/data/take-along", "/account/data/requests"):
            client = app.test_client().sign_in(world.carol)
            _age(29)
            assert client.post("/security/sign-out-everywhere").status_code == 303
            _age(minutes - 29)
            passed[address, minutes] = client.post(address, data=PROVED[address][1], buffered=True).status_code
    figures(actions=2, tries=4, refused=list(passed.values()).count(422))
    assert list(passed.values()) == [200, 303, 422, 422]


@pytest.mark.row("B11")
def test_proof_is_guessed_at_ten_times_and_no_more(app, carol, figures):
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False
    client = app.test_client().sign_in(carol.carol)
    typed = {"password": "not it", "new_password": NEXT}
    told = Counter(client.post("/security/password", data=typed).status_code for _ in range(30))
    right = client.post("/security/password", data=typed | {"password": PASSWORD}).status_code
    figures(guesses=31, evaluated=told[422])
    assert (told[422], told[429], right) == (10, 20, 429)
