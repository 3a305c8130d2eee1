"""Passwords: what may be one, however it is written or pasted, and how it is kept (BATTERY B6, B7)."""

import re
import time
from datetime import timedelta

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal import store, values
from portal.errors import Invalid
from portal.people import keys, links, passwords, sign_in
from portal.people.logins import Login
from portal.values import ANONYMOUS
from tests import make, routes
from tests.battery import mail_links

PASSWORD = "my purple elephant dances"
FLOOR = {"m": 19_456, "t": 2, "p": 1}  # OWASP, argon2id
ALPHABETS = ((0x20, 0x7F), (0xA1, 0x250), (0x370, 0x400), (0x400, 0x500), (0x5D0, 0x5EA), (0x620, 0x64A),
             (0xE01, 0xE5B), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF))  # fmt: skip


def is_refused(password, about=()):
    try:
        passwords.check(password, about)
    except Invalid:
        return True
    return False


@pytest.mark.row("B6")
@pytest.mark.one_database
def test_what_everybody_tries_is_refused_with_its_usual_decorations(figures):
    lines = passwords.COMMON.read_text(encoding="utf-8").splitlines()
    common = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    decorated = [f"{word}{end}" for word in common for end in ("", "1", "123", "2026", "!", "1234!")]
    decorated += [word.capitalize() for word in common] + [word.upper() + "2025!" for word in common]
    words = [word for word in common if word.isalpha()]
    decorated += [f"{one}{two}" for one, two in zip(words, words[1:], strict=False)]
    taken = [password for password in decorated if not is_refused(password)]
    mine = [
        f"{word}{end}"
        for word in ("Carol", "Dizon", "Nena", "kitchen", "suki")
        for end in ("", "2026", "!1", "123456")
    ]
    taken += [password for password in mine if not is_refused(password, ("Carol Dizon", "carol@kitchen.example"))]
    figures(common_and_decorated=len(decorated) + len(mine), taken=len(taken), shortest=passwords.SHORTEST)
    assert passwords.SHORTEST >= 12
    assert taken == []


def lengthened(word):
    """What is typed by whoever is asked for twelve characters and thinks of this word: twelve or a few more."""
    figures = (word + "1234567890").ljust(passwords.SHORTEST, "!")
    return [figures, (word + "!2026").ljust(passwords.SHORTEST, "1"), word * -(-passwords.SHORTEST // len(word))]


@pytest.mark.row("B6")
@pytest.mark.one_database
def test_what_was_found_most_often_is_refused_in_every_usual_length(sized, figures):
    frequent = FREQUENCY_LISTS["passwords"]
    long_enough = [word for word in frequent if len(word) >= passwords.SHORTEST]
    shorter = [word for word in frequent if len(word) < passwords.SHORTEST][: sized(gate=3_000, night=30_000)]
    tried = {*long_enough, *(word.capitalize() for word in long_enough)}
    tried.update(password for word in shorter for password in lengthened(word))
    taken = [password for password in tried if not is_refused(password)]
    figures(frequent=len(long_enough) + len(shorter), as_passwords=len(tried), taken=len(taken))
    assert len(tried) > 3_000
    assert taken == []


@pytest.mark.row("B6")
@pytest.mark.one_database
def test_no_password_runs_out(app, world, figures):
    """Twenty years later it still opens the door, to the page that was asked for, and nobody asks for another one."""
    login = Login.get_by_id(world.logins["carol"].id)
    long_ago = values.now() - timedelta(days=20 * 365)
    with store.writing():
        kept = passwords.scramble(PASSWORD)
        Login.update(password_hash=kept, verified_at=long_ago, created_at=long_ago).where(
            Login.id == login.id
        ).execute()
    client = app.test_client()
    answer = client.send("/sign-in?next=/orders", email=login.email, password=PASSWORD)
    page = client.get(answer.location)
    figures(days=20 * 365, asked_again=int(page.status_code != 200))
    assert (answer.status_code, answer.location, page.status_code) == (303, "/orders", 200)
    assert Login.get_by_id(login.id).password_hash == kept
    later = sign_in.by_password(by=ANONYMOUS, kind="customer", email=login.email, password=PASSWORD,
                                now=values.now() + timedelta(days=20 * 365))  # fmt: skip
    assert later.login == login


@pytest.mark.row("B6")
@pytest.mark.one_database
def test_any_text_of_twelve_to_a_thousand_characters_is_taken_as_it_is(rng, sized, figures):
    tried, wrong = 0, []
    for length in [12, 13, 64, 256, 1000] * sized(gate=40, night=2_000):
        first, last = rng.choice(ALPHABETS)
        password = "".join(chr(rng.randint(first, last - 1)) for _ in range(length))
        if is_refused(password) and length > 40:
            wrong.append(password)
        kept = passwords.scramble(password)
        bent = (password[:-1], password + " ", password.swapcase(), password[1:] + password[0])
        tried += 1
        if not passwords.verify(kept, password) or any(
            passwords.verify(kept, one) for one in bent if one != password
        ):
            wrong.append(password)
    figures(texts=tried, longest=1000, wrong=len(wrong))
    assert wrong == []
    assert is_refused("x1" * 501)


@pytest.mark.row("B6")
@pytest.mark.one_database
def test_every_password_field_lets_managers_work(app, world, figures):
    made = mail_links.every_link(world, "carol")
    pages = {"/sign-in": None, "/staff/sign-in": None, "/security": "carol", "/staff/security": "ada"}
    pages |= {made[purpose].path: None for purpose in ("recover", "confirm_email", "staff_invite")}
    ben = make.contact(world.account, "Ben Dizon", email="ben@kitchen.example")
    about = {"subject": ben.ref, "params": made["invite"].params}
    pages[links.issue("invite", "customer", ben.email, **about).path] = None
    with store.writing():
        Login.update(password_hash="x").execute()
    wrong, fields = [], 0
    for page, name in pages.items():
        client = app.test_client().sign_in(getattr(world, name)) if name else app.test_client()
        text = client.get(page).text
        inputs = re.findall(r"<input[^>]*name=\"(?:new_)?password\"[^>]*>", text)
        fields += len(inputs)
        for one in inputs:
            is_sound = 'type="password"' in one and re.search(r'autocomplete="(current|new)-password"', one)
            if not is_sound or re.search(r"\son\w+=|readonly|disabled", one) or _is_cut(one):
                wrong.append(f"{page}: {one}")
        if not inputs:
            wrong.append(f"{page} asks for no password")
    figures(pages=len(pages), fields=fields, wrong=len(wrong))
    assert wrong == []


def _is_cut(field):
    longest = re.search(r'maxlength="(\d+)"', field)
    return longest is not None and int(longest[1]) < passwords.LONGEST


@pytest.mark.browser
@pytest.mark.row("B6")
@pytest.mark.one_database
def test_a_password_may_be_pasted(live, page, world):
    """Copied from elsewhere on the page and put in with the keyboard, as a manager or a person does."""
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    page.goto(f"{live.url}/sign-in")
    page.get_by_label("E-mail").fill(PASSWORD)
    page.get_by_label("E-mail").press("Control+a")
    page.get_by_label("E-mail").press("Control+x")
    page.get_by_label("Password").press("Control+v")
    assert page.get_by_label("Password").input_value() == PASSWORD
    page.get_by_label("E-mail").fill("carol@kitchen.example")
    page.get_by_label("Password").press("Enter")
    page.wait_for_url(f"{live.url}/")


@pytest.mark.row("B7")
@pytest.mark.one_database
def test_a_hash_costs_what_it_should_and_is_made_anew_when_that_rises(world, figures):
    login = Login.get_by_id(world.logins["carol"].id)
    enter = {"by": ANONYMOUS, "kind": "customer", "email": login.email, "password": PASSWORD}
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).where(Login.id == login.id).execute()
    try:
        passwords.configure()
        sign_in.by_password(**enter)
        kept = Login.get_by_id(login.id).password_hash
        began = time.process_time()
        passwords.verify(kept, PASSWORD)
        took = (time.process_time() - began) * 1000
        passwords.configure(memory_kib=passwords.MEMORY_KIB * 2)
        sign_in.by_password(**enter)
        raised = Login.get_by_id(login.id).password_hash
    finally:
        keys.hand_in("a secret of tests " * 2, "Aling Nena", is_test=True)
    cost, raised_cost = _cost(kept), _cost(raised)
    figures(
        memory_kib=cost["m"],
        passes=cost["t"],
        lanes=cost["p"],
        milliseconds=round(took),
        after_raise=raised_cost["m"],
    )
    assert kept.startswith("$argon2id$v=19$")
    assert all(cost[name] >= least for name, least in FLOOR.items())
    assert raised_cost["m"] == 2 * cost["m"]


def _cost(kept):
    return {name: int(number) for name, number in re.findall(r"(\w)=(\d+)", kept.split("$")[3])}


@pytest.mark.row("B7")
@pytest.mark.one_database
def test_no_hash_leaves_its_column(app, world, figures):
    """All feeds as an admin and as a customer, and every other column of the database."""
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    app.testing = False
    app.test_client().send("/sign-in", email="carol@kitchen.example", password=PASSWORD)
    found, answers = [], 0
    for name in ("ada", "carol"):
        client = app.test_client().sign_in(getattr(world, name))
        for rule, needs, _ in routes.all_routes(app):
            if "feed" in (rule.defaults or {}):
                address = routes.address(rule, routes.sample(needs, world))
                answers += 1
                found += [address] if b"$argon2" in client.get(address, buffered=True).data else []
    for kind in ("html", "csv", "json"):
        carol = app.test_client().sign_in(world.carol)
        taken = carol.send("/account/data", "/account/data/take-along", kind=kind, password=PASSWORD)
        assert taken.status_code == 200
        answers += 1
        found += [kind] if b"$argon2" in taken.data else []
    for model in store.tables():
        for row in model.select().dicts():
            found += [f"{model.__name__}.{name}" for name, text in row.items() if "$argon2" in str(text)]
    figures(feeds=answers, elsewhere=len(set(found) - {"Login.password_hash"}))
    assert set(found) == {"Login.password_hash"}
