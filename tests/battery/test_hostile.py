"""Hostile input: every form and every list with what nobody types on purpose: never a 5xx, no half-done change."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from portal.audit import Entry, SentForm
from portal.outbox import Outbox
from tests import routes
from tests.apps import Forms

HOSTILE = {
    "NUL": "a\0b",
    "empty": "",
    "blank": "   ",
    "missing": None,
    "huge": "x" * 70_000,
    "a number no column holds": str(2**63),
    "negative": "-1",
    "a long fraction": "0.000000001",
    "not a number": "NaN",
    "infinity": "1e308",
    "an array": ["1", "2"],
    "controls and directions": "\x01\x1f\u202e\u200b\ufeff",
    "half a pair": "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "markup": "<script>alert(1)</script>{{7*7}}%s${x}",
    "quotes": "' OR 1=1 --\"\\",
    "somebody else's": "2",
    "a date that is none": "2026-02-30",
    "far future": "9999-12-31",
}
# What a database takes in another way than the other one; the rest never reaches it and is tried on SQLite alone.
FOR_POSTGRES = (
    "NUL", "huge", "a number no column holds", "negative", "a long fraction", "not a number", "infinity",
    "half a pair", "somebody else's", "far future",
)  # fmt: skip
OWN = ("csrf_token",)
MOST_FORMS = 3  # of one verb, as a page of a role has one for each noun: the same code reads them all
MOST_FIELDS = 15  # of one form: an order pad repeats one field for every product


def footprint():
    """What every change leaves behind (an entry, a form key, a message): cheap enough to look at after each try."""
    tables = (Entry, SentForm, Outbox)
    return [model.select().count() for model in tables]


@pytest.fixture
def calm_app(app):
    app.testing = False
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def pages_of(app, world, name):
    """Every page this person may see: [(address, client)]."""
    client = app.test_client().sign_in(getattr(world, name)) if name != "nobody" else app.test_client()
    for rule, needs, method in routes.all_routes(app):
        if method != "GET" or "feed" in (rule.defaults or {}):
            continue
        record = routes.sample(needs, world)
        if routes.expectation(routes.person(world, name, rule), needs, record) == "allowed":
            yield routes.address(rule, record), client


@pytest.fixture
def kinds(database):
    return {k: text for k, text in HOSTILE.items() if database.kind == "sqlite" or k in FOR_POSTGRES}


@pytest.mark.parametrize("name", ["nobody", "carol", "ada"])
def test_no_form_breaks(calm_app, world, kinds, name):
    wrong, tries, seen, verbs = [], 0, set(), Counter()
    routes_of = calm_app.url_map.bind("localhost")
    for address, client in list(pages_of(calm_app, world, name)):
        page = client.get(address)
        for form in Forms(page.text).found if page.status_code == 200 and page.mimetype == "text/html" else ():
            action = form.action or address
            mark = (action, *sorted(form.fields))
            if form.method != "post" or mark in seen or "sign-out" in action:
                continue
            seen.add(mark)
            verb = routes_of.match(urlsplit(action).path, method="POST")[0]
            verbs[verb] += 1
            if verbs[verb] > MOST_FORMS:
                continue
            for field in list(form.fields)[:MOST_FIELDS]:
                for kind, text in kinds.items() if field not in OWN else ():
                    fields = {k: v for k, v in (form.fields | {field: text}).items() if v is not None}
                    before = footprint()
                    answer = client.post(action, data=fields)
                    tries += 1
                    if answer.status_code >= 500:
                        wrong.append(f"{action} {field}={kind}: {answer.status_code}")
                    elif answer.status_code >= 400 and footprint() != before:
                        wrong.append(
                            f"{action} {field}={kind}: refused with {answer.status_code}, yet something changed"
                        )
                    if answer.status_code in (302, 303) and "/sign-in" in answer.headers["Location"]:
                        client = client.sign_in(getattr(world, name)) if name != "nobody" else client
    assert wrong == []
    assert tries > 20 or len(list(calm_app.url_map.iter_rules())) < 20


ARGUMENTS = (
    "q",
    "sort",
    "after",
    "before",
    "state",
    "owner",
    "kind",
    "since",
    "again",
    "account",
    "page",
    "from",
    "to",
)


@pytest.mark.parametrize("name", ["carol", "ada"])
def test_no_address_breaks_under_hostile_arguments(calm_app, world, name):
    """Each argument with a few kinds, in turn, so that every argument meets every kind on some page."""
    kinds = [(kind, text) for kind, text in HOSTILE.items() if text is not None and kind != "huge"]
    wrong, turn = [], 0
    for address, client in list(pages_of(calm_app, world, name)):
        for argument in ARGUMENTS:
            for _ in range(2):
                turn += 1
                kind, text = kinds[(turn * 7) % len(kinds)]
                status = client.get(address, query_string={argument: text}).status_code
                if status >= 500:
                    wrong.append(f"{address}?{argument}={kind}: {status}")
    assert wrong == []


def test_broken_bytes_are_answered(calm_app, world):
    client = calm_app.test_client().sign_in(world.carol)
    for body in (b"phone=%ff%fe", b"phone=\xff\xfe", b"\x00" * 50, b"a" * 100_000, b"&" * 3000, b"phone=%"):
        kind = "application/x-www-form-urlencoded"
        assert client.post("/account", data=body, content_type=kind).status_code < 500
        assert client.post("/sign-in", data=body, content_type=kind).status_code < 500
    assert client.get("/orders?q=%ff%fe%00").status_code < 500
    assert client.get("/%ff%fe").status_code == 404
