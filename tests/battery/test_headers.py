"""Headers, cookies and form tokens on every answer of every address (BATTERY E2, E3, E4)."""

import pytest

from portal.web import headers
from tests import routes


@pytest.fixture
def calm_app(app):
    app.testing = False
    return app


def answers(app, world):
    for name in ("nobody", "carol", "ada"):
        client = app.test_client() if name == "nobody" else app.test_client().sign_in(getattr(world, name))
        for rule, needs, method in routes.all_routes(app):
            address = routes.address(rule, routes.sample(needs, world))
            yield f"{method} {address} as {name}", client.open(address, method=method)
        yield "404", client.get("/no/such/page")
        yield "405", client.delete("/sign-in")
        yield "413", client.post("/sign-in", data={"a": "x" * 9_000_000})
        yield "static", client.get("/static/suki.css")


def test_every_answer_carries_every_header(calm_app, world):
    wrong = []
    for what, answer in answers(calm_app, world):
        missing = [h for h in headers.ALWAYS if h not in answer.headers]
        if missing or "Server" in answer.headers and "/" in answer.headers["Server"]:
            wrong.append(f"{what}: {missing}")
        if "static" not in what and "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append(f"{what}: may be cached")
        if any(name.startswith("Access-Control") for name, _ in answer.headers):
            wrong.append(f"{what}: opens itself to other sites")
    assert wrong == []


def test_no_form_is_taken_without_its_token(calm_app, world):
    wrong, forms = [], 0
    for name in ("nobody", "carol", "ada"):
        client = calm_app.test_client() if name == "nobody" else calm_app.test_client().sign_in(getattr(world, name))
        for rule, needs, method in routes.all_routes(calm_app):
            if method != "POST" or rule.endpoint.startswith("public."):
                continue  # public pages know no browser: their own token is tried in tests/selfservice
            record = routes.sample(needs, world)
            if routes.expectation(routes.person(world, name, rule), needs, record) != "allowed":
                continue
            before = routes.dbhash()
            for token in (None, "", "foreign", ["a", "b"]):
                fields = {"csrf_token": token} if token is not None else {}
                answer = client.post(routes.address(rule, record), data=fields)
                forms += 1
                if answer.status_code != 400:
                    wrong.append(f"{rule.rule} as {name} with token {token!r}: {answer.status_code}")
            if routes.dbhash() != before:
                wrong.append(f"{rule.rule} as {name}: changed something without a token")
    assert wrong == []
    assert forms or len(list(calm_app.url_map.iter_rules())) < 10


def test_cookies_are_closed(calm_app, world):
    answer = calm_app.test_client().get("/sign-in")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert len(cookie) < 4096


def test_a_foreign_host_is_refused(calm_app, database):
    assert calm_app.test_client().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
