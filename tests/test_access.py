"""The access matrix, made from the URL map: every route by everybody with every method."""

import pytest

from tests import routes

OTHER_METHODS = ("PUT", "PATCH", "DELETE", "TRACE")


@pytest.fixture
def open_app(app):
    """The app without form tokens, so that access alone decides (tokens have a test of their own)."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False  # errors become answers, as they do for people
    return app


def client_of(app, world, name):
    client = app.test_client()
    return client if name == "nobody" else client.sign_in(getattr(world, name))


def check(answer, expected, actor, feed):
    """None when the answer is what the declaration promises, else what is wrong with it."""
    status = answer.status_code
    if expected == "denied" and actor.is_anonymous:
        signs_in = status == 303 and "/sign-in" in answer.headers["Location"]
        return None if signs_in or (feed and status == 401) else f"anonymous got {status}"
    if expected == "denied":
        return None if status == 403 else f"denied, but got {status}"
    if expected == "missing":
        return None if status == 404 else f"not theirs, but got {status}"
    return None if status < 500 and status not in (401, 403) else f"allowed, but got {status}"


def test_nobody_gets_past_what_a_route_declares_and_a_denial_changes_nothing(open_app, world):
    clients = {name: client_of(open_app, world, name) for name in routes.PEOPLE}
    wrong, cells = [], 0
    for rule, needs, method in routes.all_routes(open_app):
        record = routes.sample(needs, world)
        address = routes.address(rule, record)
        before = routes.dbhash()
        for name, client in clients.items():
            actor = routes.person(world, name, rule)
            expected = routes.expectation(actor, needs, record)
            if expected == "allowed" and method == "POST":
                continue  # the next test
            fault = check(client.open(address, method=method), expected, actor, "feed" in (rule.defaults or {}))
            cells += 1
            if fault:
                wrong.append(f"{method} {address} as {name}: {fault}")
        if routes.dbhash() != before:
            wrong.append(f"{method} {address}: a denied call or a page changed something")
    assert wrong == []
    assert cells > 250 or len(list(open_app.url_map.iter_rules())) < 50


def test_whoever_may_send_a_form_gets_an_answer_even_to_an_empty_one(open_app, world):
    wrong = []
    for rule, needs, method in routes.all_routes(open_app):
        if method != "POST":
            continue
        for name in routes.PEOPLE:
            record = routes.sample(needs, world)
            actor = routes.person(world, name, rule)
            if routes.expectation(actor, needs, record) != "allowed":
                continue
            answer = client_of(open_app, world, name).post(routes.address(rule, record))
            if answer.status_code >= 500 or answer.status_code in (401, 403):
                wrong.append(f"POST {routes.address(rule, record)} as {name}: {answer.status_code}")
    assert wrong == []


def test_methods_that_no_route_declares_do_nothing(open_app, world):
    client = client_of(open_app, world, "ada")
    found = routes.all_routes(open_app)
    addresses = [routes.address(rule, routes.sample(needs, world)) for rule, needs, _ in found]
    before = routes.dbhash()
    wrong = []
    for address in addresses:
        for method in OTHER_METHODS:
            status = client.open(address, method=method).status_code
            if status not in (404, 405):
                wrong.append(f"{method} {address}: {status}")
    assert wrong == []
    assert routes.dbhash() == before
