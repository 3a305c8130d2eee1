"""Sessions: always a new token, dead at once when they end, when they grow old, and when what opened them changes
(BATTERY B1, B2, B3).
"""

import hashlib
from datetime import timedelta

import pytest

from portal import store, values
from portal.people import links, passwords, security, sessions, staff_invitations
from portal.people.logins import Login
from portal.people.sessions import IDLE, LONGEST, Session
from tests.battery import mail_links

PASSWORD, NEXT = "my purple elephant dances", "tsinelas sa ulan"
HOME = {"carol": "/orders", "cora": "/orders", "rhea": "/staff/accounts"}


@pytest.fixture
def people(world, app):
    """Everybody has the same password."""
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    app.testing = False
    return world


def browser(app, world, name):
    return app.test_client().sign_in(getattr(world, name))


def token_of(client, path="/"):
    with client.session_transaction(path=path) as cookie:
        return cookie.get("_user_id")


def is_in(client, name="carol"):
    return client.get(HOME[name]).status_code == 200


def holding(app, token, path="/"):
    """A browser into which somebody planted this token, sealed as ours."""
    client = app.test_client()
    with client.session_transaction(path=path) as cookie:
        cookie["_user_id"] = token
    return client


WAYS_IN = {
    "password": lambda client, made: client.send("/sign-in", email="carol@kitchen.example", password=PASSWORD),
    "link": lambda client, made: client.send(made["sign_in"].path),
    "recovery": lambda client, made: client.send(made["recover"].path, password=NEXT),
    "sign-up": lambda client, made: client.send(made["confirm_email"].path, password=NEXT),
    "staff invitation": lambda client, made: client.send(made["staff_invite"].path, password=NEXT),
}


@pytest.mark.row("B1")
@pytest.mark.one_database
@pytest.mark.parametrize("way", WAYS_IN)
def test_every_way_in_makes_another_token_than_the_browser_brought(app, people, way, figures):
    made = mail_links.every_link(people, "carol")
    if way == "sign-up":
        made[way] = links.issue("confirm_email", "customer", "new@nena.example", params=made["confirm_email"].params)
        made["confirm_email"] = made[way]
    path = "/staff/" if way == "staff invitation" else "/"
    planted = sessions.open(people.logins["carol"]).token  # of somebody who waits for the victim to go on with it
    client = holding(app, planted, path)
    if path == "/":
        client.post("/sign-out")
        with client.session_transaction() as cookie:
            cookie["_user_id"] = "planted" * 7
    answer = WAYS_IN[way](client, made)
    assert answer.status_code == 303, answer.text
    token = token_of(client, path)
    figures(ways_in=len(WAYS_IN))
    assert len(token) == 43 and token != planted
    row = Session.select().order_by(Session.id.desc()).get()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str([one.__data__ for one in Session.select()])


@pytest.mark.row("B1")
@pytest.mark.one_database
def test_what_proves_or_ends_something_makes_another_token(app, people, figures):
    """A changed password, a confirmed address, signing out elsewhere: the browser goes on, its old token does not."""
    changed = {
        "password": lambda c: c.send("/security", "/security/password", password=PASSWORD, new_password=NEXT),
        "everywhere else": lambda c: c.send("/security", "/security/sign-out-everywhere", password=NEXT),
        "address": lambda c: confirm_address(c, people),
    }
    wrong = []
    for what, act in changed.items():
        client = browser(app, people, "carol")
        before = token_of(client)
        act(client)
        if token_of(client) == before or not is_in(client) or is_in(holding(app, before)):
            wrong.append(what)
    client = browser(app, people, "carol")
    before = token_of(client)
    client.send("/orders", "/sign-out")
    wrong += ["sign-out"] if token_of(client) or is_in(client) or is_in(holding(app, before)) else []
    figures(changes=len(changed) + 1, kept_tokens=len(wrong))
    assert wrong == []


def confirm_address(client, world):
    path = _link("change_email", Login.get_by_id(world.logins["carol"].id)).path
    return client.send(path, path)


@pytest.mark.row("B1")
@pytest.mark.one_database
def test_tokens_are_drawn_not_counted_and_none_that_is_planted_opens(app, people, rng, figures):
    with store.writing():
        drawn = [sessions.open(people.logins["carol"]).token for _ in range(300)]
    planted = [t[:-1] + ("A" if t[-1] != "A" else "B") for t in drawn[:50]] + [t.swapcase() for t in drawn[:50]]
    planted += ["", " ", "\0", "1", "None", "login:1", "look:1", "look:-1", str(people.logins["carol"].id), "A" * 43]
    planted += [hashlib.sha256(token.encode()).hexdigest() for token in drawn[:20]]
    opened = [token for token in planted if is_in(holding(app, token))]
    figures(tokens=len(drawn), planted=len(planted), opened=len(opened))
    assert len(set(drawn)) == len(drawn) and {len(token) for token in drawn} == {43}
    assert len({token[:8] for token in drawn}) == len(drawn)
    assert opened == []


@pytest.mark.row("B2")
@pytest.mark.one_database
@pytest.mark.parametrize(("name", "kind"), [("carol", "customer"), ("rhea", "staff")])
def test_a_session_ends_idle_and_ends_old(app, people, name, kind, figures):
    """By the clock of the domain, and over the wire with the session put back in time."""
    now, login = values.now(), people.logins.get(name) or people.employees[name].login
    opened = sessions.open(login, now=now)
    second = timedelta(seconds=1)
    assert sessions.find(opened.token, kind, now + IDLE[kind] - second)
    assert not sessions.find(opened.token, kind, now + IDLE[kind] + IDLE[kind])
    for column, limit in ((Session.seen_at, IDLE[kind]), (Session.created_at, LONGEST[kind])):
        client = browser(app, people, name)
        row = Session.select().order_by(Session.id.desc()).get()
        for back, expected in ((limit - timedelta(minutes=1), True), (limit, False)):
            with store.writing():
                Session.update({Session.seen_at: now, column: now - back}).where(Session.id == row.id).execute()
            assert is_in(client, name) is expected, (column.name, back)
    figures(**{f"{kind}_idle_hours": IDLE[kind] // timedelta(hours=1), f"{kind}_days": LONGEST[kind].days})


def _ends(world):
    """{what: (whose sessions end, how)}."""
    cora, rhea = world.memberships["cora"], world.employees["rhea"]
    carol = Login.get_by_id(world.logins["carol"].id)
    return {
        "recovery": ("carol", lambda: security.recover(by=world.carol, link=_link("recover", carol), password=NEXT)),
        "address": (
            "carol",
            lambda: security.confirm_email_change(by=world.carol, link=_link("change_email", carol)),
        ),
        "everywhere": ("carol", lambda: security.sign_out_everywhere(by=world.carol, login=carol)),
        "by staff": ("carol", lambda: security.sign_out(by=world.rhea, login=carol)),
        "role of a colleague": ("cora", lambda: cora.change_rights(by=world.carol, role="buyer")),
        "access taken": ("cora", lambda: cora.end(by=world.carol)),
        "role of an employee": ("rhea", lambda: rhea.edit(by=world.ada, role="manager")),
        "team of an employee": ("rhea", lambda: rhea.edit(by=world.ada, team=str(world.south.id))),
        "invited anew": ("rhea", lambda: _invited_anew(world, rhea)),
        "left": ("rhea", lambda: rhea.deactivate(by=world.ada)),
    }


def _link(purpose, login):
    return links.issue(purpose, login.kind, "carol@new.example", login=login)


def _invited_anew(world, employee):
    link = staff_invitations.invite(employee, by=world.ada)
    staff_invitations.accept(by=world.ada, link=link, employee=employee, password=NEXT)


ENDS = (
    "recovery", "address", "everywhere", "by staff", "role of a colleague", "access taken", "role of an employee",
    "team of an employee", "invited anew", "left",
)  # fmt: skip


@pytest.mark.row("B3")
@pytest.mark.parametrize("what", ENDS)
def test_what_changes_a_sign_in_ends_its_sessions_with_the_next_request(app, people, what, figures):
    ends = _ends(people)
    assert tuple(ends) == ENDS
    name, act = ends[what]
    theirs = [browser(app, people, name) for _ in range(3)]
    others = [(other, browser(app, people, other)) for other in HOME if other != name]
    assert all(is_in(client, name) for client in theirs)
    act()
    late = [client for client in theirs if is_in(client, name)]
    figures(changes=len(ENDS), late=len(late))
    assert late == []
    assert all(is_in(client, other) for other, client in others), "somebody else was signed out"
