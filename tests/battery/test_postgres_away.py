"""PostgreSQL goes away under a running shop: 503 that keeps the form, never a 500, and all is well after it."""

import contextlib
import http.client
import threading
import time

import psycopg
import pytest

from tests.apps import Forms
from tests.battery.shops import FORM, send

pytestmark = [pytest.mark.postgres, pytest.mark.row("G5")]
MOST_CONNECTIONS = 2 * 4 + 8  # threads of the web, threads of the worker


@pytest.fixture
def shop(request, run, open_shop, empty_shop):
    """A served shop on a PostgreSQL that may be stopped."""
    if request.config.getoption("--database") != "postgres":
        pytest.skip("this is about PostgreSQL; tests/portal/test_database_away.py locks SQLite")
    assert run("migrate").returncode == 0
    started = open_shop()
    started.wait_for_page()
    return started


def filled_in(shop, page, **typed):
    """(fields, headers) of a page's form as somebody would send it."""
    _, headers, text = shop.ask("GET", page)
    form = next(form for form in Forms(text).found if set(typed) <= set(form.fields))
    return form.fields | typed, FORM | {"Cookie": headers["Set-Cookie"].partition(";")[0]}


def test_a_form_sent_while_the_database_is_away_is_kept_and_sent_again(shop, steady_postgres, empty_shop, figures):
    fields, headers = filled_in(shop, "/recover", email="carol@kitchen.example")
    steady_postgres.stop("immediate")
    status, answer, text = send(shop, "/recover", fields, headers)
    assert (status, answer["Retry-After"]) == (503, "5")
    kept = next(f.fields for f in Forms(text).found if "email" in f.fields)
    assert kept["email"] == "carol@kitchen.example"
    assert send(shop, "/recover", fields, headers | {"HX-Request": "true"})[0] == 503
    for _ in range(8):  # both page processes have met the trouble, or not: it must not matter
        assert shop.ask("GET", "/recover")[0] in (200, 503)

    steady_postgres.start()
    back = time.monotonic()
    status = send(shop, "/recover", kept, headers)[0]
    figures(seconds_until_normal=time.monotonic() - back)
    assert status in (200, 303)
    with psycopg.connect(empty_shop.env["DATABASE_URL"]) as connection:
        asked = connection.execute("SELECT count(*) FROM link_request").fetchone()[0]
        answered = connection.execute("SELECT count(*) FROM attempt").fetchone()[0]
    assert asked + answered >= 1
    assert {shop.answers("/sign-in") for _ in range(20)} == {200}
    assert shop.process.poll() is None
    assert "Traceback" not in shop.told()
    assert "started again" not in shop.told()  # the worker waited too


def test_connections_that_are_cut_under_load_end_in_503_and_none_leaks(shop, empty_shop, figures):
    statuses, is_over = [], threading.Event()

    def visit():
        fields, headers = filled_in(shop, "/recover", email="carol@kitchen.example")
        while not is_over.is_set():
            try:
                statuses.append(send(shop, "/recover", fields, headers)[0])
                statuses.append(shop.ask("GET", "/sign-in")[0])
            except (OSError, http.client.HTTPException) as trouble:
                statuses.append(repr(trouble))

    visitors = [threading.Thread(target=visit, daemon=True) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    with psycopg.connect(empty_shop.env["DATABASE_URL"], autocommit=True) as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        for _ in range(15):
            time.sleep(0.1)
            connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
        back = time.monotonic()
        with contextlib.suppress(OSError):
            shop.wait(lambda: shop.answers("/sign-in") == 200, 20, "normal again")
        normal = time.monotonic() - back
        is_over.set()
        for visitor in visitors:
            visitor.join(20)
        left = connection.execute(f"SELECT count(*) {others}").fetchone()[0]
    figures(answers=len(statuses), refused_with_503=statuses.count(503), connections_left=left)
    figures(seconds_until_normal=normal)
    assert set(statuses) <= {200, 303, 422, 429, 503}, set(statuses)
    assert len(statuses) > 20
    assert left <= MOST_CONNECTIONS
    assert {shop.answers("/sign-in") for _ in range(20)} == {200}
    assert "Traceback" not in shop.told()
    assert "started again" not in shop.told()  # the worker waited too
    assert shop.stop()[0] == 0
