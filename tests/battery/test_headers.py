"""Headers on every answer of every address, the server’s own refusals included, and what caches may keep of them
(BATTERY E2, E5); the way out on every page of whoever is in (B2).
"""

import re
import socket
from collections import Counter
from functools import partial

import peewee
import pytest

import wsgi
from portal.web import headers
from tests import routes
from tests.apps import Client, settings_for

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


def refused(client, base=None):
    """Answers that no route gives, of a shop at the address `base`."""
    ask = partial(client.open, base_url=base)
    yield "404", ask("/no/such/page")
    yield "404 of the staff face", ask("/staff/no/such/page")
    yield "405", ask("/sign-in", method="DELETE")
    yield "options", ask("/sign-in", method="OPTIONS")
    yield "head", ask("/sign-in", method="HEAD")
    yield "413", ask("/sign-in", method="POST", data={"a": "x" * 9_000_000})
    yield "NUL", ask("/sign-in?next=%00")
    yield "not UTF-8", ask("/sign-in", method="POST", data=b"email=%ff")
    yield "foreign host", ask("/sign-in", headers={"Host": "evil.example"})
    yield "redirect to a slash", ask("/staff")
    found = ask("/static/suki.css")
    yield "static", found
    yield "static 304", ask("/static/suki.css", headers={"If-None-Match": found.headers["ETag"]})
    yield "static 206", ask("/static/suki.css", headers={"Range": "bytes=0-9"})
    yield "static 404", ask("/static/nothing.css")


def faults(answer, what):
    """What is wrong with the headers of an answer."""
    found = [f"lacks {name}" for name in headers.ALWAYS if name not in answer.headers]
    if any(mark in answer.headers.get("Server", "") for mark in "/0123456789") or "X-Powered-By" in answer.headers:
        found.append("tells a version")
    kind = answer.headers.get("Content-Type", "")
    if re.match(r"text/|[^;]*(\+|/)xml\b", kind) and not re.search(r";\s*charset=utf-8", kind, re.IGNORECASE):
        found.append(f"is {kind} in letters that it does not name")
    if not kind and answer.data:
        found.append("does not say what it is")
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
def test_browsers_are_kept_to_https_by_every_answer(database, world, tmp_path, figures):
    """Pages, files, redirects, feeds and refusals of a shop on https; where it is plain, nothing of the sort."""
    told = {}
    for base, below in (("https://shop.example", True), ("https://shop.example", False), ("http://127.0.0.1", True)):
        app = wsgi.create_app(settings_for(database.url, tmp_path, base_url=base, https_below=below))
        app.test_client_class = Client
        names = Counter()
        for name in ("carol", "ada"):
            client = app.test_client().sign_in(getattr(world, name), base)
            plain = [rule for rule, needs, method in routes.all_routes(app) if needs.on is None and method == "GET"]
            answers = [client.get(routes.address(rule, None), base_url=base, buffered=True) for rule in plain]
            for answer in (*answers, *(answer for _, answer in refused(client, base))):
                names[answer.headers.get("Strict-Transport-Security")] += 1
        for standing in (app.config["HEADERS_OF_REFUSALS"], app.config["BUSY"].headers):
            names[standing.get("Strict-Transport-Security")] += 1
        told[base, below] = names
    year = "max-age=31536000"
    figures(answers=sum(sum(names.values()) for names in told.values()), kinds=sum(map(len, told.values())))
    assert set(told["https://shop.example", True]) == {f"{year}; includeSubDomains"}
    assert set(told["https://shop.example", False]) == {year}
    assert set(told["http://127.0.0.1", True]) == {None}


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
        missing |= {"charset"} - {"charset" for line in lines if line == "Content-Type: text/plain; charset=utf-8"}
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
