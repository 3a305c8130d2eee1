"""Headers on every answer of every address, the server’s own refusals included, and what caches may keep of them
(BATTERY E2, E5); the way out on every page of whoever is in (B2).
"""

import socket

import peewee
import pytest

from portal.web import headers
from tests import routes

WAYS_OUT = {"carol": "/sign-out", "ada": "/staff/sign-out"}
BROKEN = {  # what is no HTTP, and the status with which the server itself refuses it
    b"GARBAGE\r\n\r\n": 400,
    b"GET / HTTP/9.9\r\n\r\n": 400,
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n": 414,
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n": 431,
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nB ad: 1\r\n\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: odd\r\n\r\n": 501,
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n": 400,
}


@pytest.fixture
def calm_app(app):
    app.testing = False
    return app


def crawl(app, world):
    """(what, who, answer) of every address by nobody, a customer and an admin, and of every sort of refusal."""
    for name in ("nobody", "carol", "ada"):
        client = app.test_client() if name == "nobody" else app.test_client().sign_in(getattr(world, name))
        for rule, needs, method in routes.all_routes(app):
            address = routes.address(rule, routes.sample(needs, world))
            answer = client.open(address, method=method, buffered=True)
            yield f"{method} {address} as {name}", name, answer
        for what, answer in refused(client):
            yield f"{what} as {name}", name, answer
    yield "403", "rhea", app.test_client().sign_in(world.rhea).get("/staff/settings/roles")


def refused(client):
    """Answers that no route gives."""
    yield "404", client.get("/no/such/page")
    yield "404 of the staff face", client.get("/staff/no/such/page")
    yield "405", client.delete("/sign-in")
    yield "options", client.options("/sign-in")
    yield "head", client.head("/sign-in")
    yield "413", client.post("/sign-in", data={"a": "x" * 9_000_000})
    yield "NUL", client.get("/sign-in?next=%00")
    yield "not UTF-8", client.post("/sign-in", data=b"email=%ff")
    yield "foreign host", client.get("/sign-in", headers={"Host": "evil.example"})
    yield "redirect to a slash", client.get("/staff")
    found = client.get("/static/suki.css")
    yield "static", found
    yield "static 304", client.get("/static/suki.css", headers={"If-None-Match": found.headers["ETag"]})
    yield "static 206", client.get("/static/suki.css", headers={"Range": "bytes=0-9"})
    yield "static 404", client.get("/static/nothing.css")


def faults(answer, what):
    """What is wrong with the headers of an answer."""
    found = [f"lacks {name}" for name in headers.ALWAYS if name not in answer.headers]
    if any(mark in answer.headers.get("Server", "") for mark in "/0123456789") or "X-Powered-By" in answer.headers:
        found.append("tells a version")
    if any(name.startswith("Access-Control") for name, _ in answer.headers):
        found.append("opens itself to other sites")
    if not what.startswith("static") and "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append("may be cached")
    return found


def is_own_page(what, answer, name):
    """Whether it is a whole page of the face at which this person is signed in."""
    address = what.split()[1]
    is_staff, is_public = address.startswith("/staff"), address.startswith(("/order-form", "/unsubscribe", "/static"))
    as_others_see_it = address.endswith("/preview")
    is_own = not is_public and not as_others_see_it and is_staff == (name == "ada")
    return is_own and answer.status_code == 200 and answer.mimetype == "text/html" and "<html" in answer.text


@pytest.mark.row("E2", "E5", "B2")
@pytest.mark.one_database
def test_every_answer_carries_every_header_and_no_private_one_is_kept(calm_app, world, figures):
    wrong, statuses, pages, shut_in = [], {}, 0, []
    for what, name, answer in crawl(calm_app, world):
        wrong += [f"{what}: {answer.status_code} {fault}" for fault in faults(answer, what)]
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        if name in WAYS_OUT and what.startswith("GET") and is_own_page(what, answer, name):
            pages += 1
            shut_in += [] if f'action="{WAYS_OUT[name]}"' in answer.text else [what]
    figures(answers=sum(statuses.values()), statuses=statuses, pages_with_way_out=pages, deviations=len(wrong))
    assert {200, 206, 303, 304, 400, 401, 403, 404, 405, 413, 422} <= set(statuses)
    assert wrong == []
    assert shut_in == []


@pytest.mark.row("E2")
@pytest.mark.one_database
def test_what_breaks_carries_the_headers_too(calm_app, world, figures):
    """A fault of ours, and a database that is away: on a page, in a feed, for htmx."""
    troubles = {500: RuntimeError("broken"), 503: peewee.OperationalError("database is locked")}
    client, wrong, answers = calm_app.test_client().sign_in(world.ada), [], 0
    for status, trouble in troubles.items():

        def fail(trouble=trouble, **_):
            raise trouble

        for endpoint, address in (("staff.sign_in", "/staff/sign-in"), ("staff.order_list_csv", "/staff/orders.csv")):
            kept, calm_app.view_functions[endpoint] = calm_app.view_functions[endpoint], fail
            for extra in ({}, {"HX-Request": "true"}):
                answer = client.get(address, headers=extra)
                answers += 1
                wrong += [f"{status} {address}: {fault}" for fault in faults(answer, "page")]
                if answer.status_code != status:
                    wrong.append(f"{address}: {answer.status_code} instead of {status}")
            calm_app.view_functions[endpoint] = kept
    figures(broken_answers=answers, deviations=len(wrong))
    assert wrong == []


@pytest.mark.row("E2")
@pytest.mark.one_database
def test_what_the_server_itself_refuses_carries_them_and_repeats_nothing(run, open_shop, figures):
    assert run("migrate").returncode == 0
    shop = open_shop()
    shop.wait_for_page()
    wrong = []
    for sent, expected in BROKEN.items():
        head, body = spoken(shop.port, sent)
        status, *lines = head.decode("latin1").split("\r\n")
        names = {line.partition(":")[0] for line in lines}
        missing = {*headers.ALWAYS, "Cache-Control"} - names
        if missing or f" {expected} " not in status or b"aaaa" in body or b"odd" in body:
            wrong.append(f"{sent[:40]}: {status} lacks {missing}, {body[:80]}")
    figures(refused_by_the_server=len(BROKEN), deviations=len(wrong))
    assert wrong == []


def spoken(port, sent):
    """(head, body) of what a server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        line.sendall(sent)
        found = b""
        while more := line.recv(65536):
            found += more
    head, _, body = found.partition(b"\r\n\r\n")
    return head, body
