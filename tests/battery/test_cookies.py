"""Cookies: closed ones only, and whatever else a browser or a liar sends in one opens nothing (BATTERY E3)."""

import base64
import json

import pytest

import wsgi
from portal import store
from portal.people import passwords
from portal.people.logins import Login
from tests import routes
from tests.apps import Client, settings_for

PASSWORD = "my purple elephant dances"
SHOP = "https://shop.example"
LONGEST = 4096


@pytest.fixture
def secure_app(database, world, tmp_path):
    """As behind a proxy that speaks https."""
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()
    app = wsgi.create_app(settings_for(database.url, tmp_path, base_url=SHOP))
    app.test_client_class = Client
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def faults(cookie):
    """What is wrong with a Set-Cookie of a shop on https."""
    name, *marks = (part.strip() for part in cookie.split(";"))
    wanted = {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} - set(marks)
    found = [f"lacks {', '.join(sorted(wanted))}"] if wanted else []
    found += ["has another name"] if not name.startswith("__Host-") else []
    found += ["is for a domain"] if any(mark.lower().startswith("domain") for mark in marks) else []
    return found + (["is too long"] if len(cookie) > LONGEST else [])


@pytest.mark.row("E3")
@pytest.mark.one_database
def test_every_cookie_is_closed(secure_app, world, figures):
    """On all pages of whoever signs in, at both faces, and with the longest things that a cookie keeps."""
    wrong, names = [], set()
    asked = {"base_url": SHOP, "headers": {"X-Forwarded-Proto": "https"}}
    for face, email in (("", "carol@kitchen.example"), ("/staff", "ada@shop.example")):
        client = secure_app.test_client()
        answers = [client.post(f"{face}/sign-in", data={"email": email, "password": PASSWORD}, **asked)]
        for rule, needs, method in routes.all_routes(secure_app):
            if method == "GET" and rule.rule.startswith("/staff") == bool(face) and needs.on is None:
                answers.append(client.get(routes.address(rule, None), buffered=True, **asked))
        typed = {"current": "x", "language": "th", "kind": "deletion", "words": "ก" * 1900}
        answers += [client.post(f"{face}{page}", data=typed, **asked) for page in ("/security/language", "/sign-out")]
        for answer in answers:
            for cookie in answer.headers.getlist("Set-Cookie"):
                names.add(cookie.partition("=")[0])
                wrong += [f"{cookie[:30]} {fault}" for fault in faults(cookie)]
    figures(names=len(names), faults=len(wrong))
    assert names >= {"__Host-suki", "__Host-suki-staff", "__Host-suki-known", "__Host-suki-staff-known"}
    assert wrong == []


def hostile(good, staff):
    """Cookie headers that are not what we set: `good` is one that opens the door, and may not be bent."""
    body, _, seal = good.rpartition(".")
    told = base64.urlsafe_b64encode(json.dumps({"_user_id": "1", "_fresh": True}).encode()).decode().rstrip("=")
    values = [good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in range(0, len(good) - 1, 5)]
    values += [
        body,
        f"{body}.",
        f".{seal}",
        f"{body}.{seal[::-1]}",
        f"{body}.{'A' * 27}",
        f"{told}.{seal}",
        told,
        seal,
    ]
    values += ["", " ", "null", "[]", "{}", "\x01", "%00", "a" * 8000, "." * 2000, "é", "ก", f'"{body}"', staff]
    values += [
        f"{good} {good}",
        good.upper(),
        good.replace(".", "%2e"),
        f"{good}x",
        base64.b64encode(good.encode()).decode(),
    ]
    heads = [f"suki={value}" for value in values]
    heads += [
        f"=suki={good}",
        f"=__Host-suki={good}",
        f"Suki={good}",
        f"suki ={good}x",
        f"x=suki={good}",
        f"session={good}",
    ]
    heads += [
        f"suki-staff={good}",
        f"__Host-suki={good}",
        f"suki={told}; suki={told}",
        ";" * 3000,
        "suki",
        "=",
        "; =; ,",
    ]
    return heads + [f"{'a' * 200}={'b' * 3000}; suki=x", f"suki=x,{good}", f"$Version=1; suki=x; $Path=/; y={good}"]


@pytest.mark.row("E3")
@pytest.mark.one_database
def test_hostile_cookies_open_nothing_and_break_nothing(app, world, figures):
    app.testing = False
    cookies = {}
    for name, path in (("carol", "/"), ("ada", "/staff/")):
        client = app.test_client().sign_in(getattr(world, name))
        cookies[name] = client.get_cookie("suki" if name == "carol" else "suki-staff").value
    heads, wrong = hostile(cookies["carol"], cookies["ada"]), []
    for head in heads:
        for page in ("/orders", "/staff/accounts"):
            status = app.test_client(use_cookies=False).get(page, headers={"Cookie": head}).status_code
            if status != 303:
                wrong.append(f"{head[:60]!r} at {page}: {status}")
    honest = app.test_client(use_cookies=False).get("/orders", headers={"Cookie": f"suki={cookies['carol']}"})
    figures(headers=len(heads), opened_or_broke=len(wrong))
    assert honest.status_code == 200
    assert wrong == []
