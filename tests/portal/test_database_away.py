"""A database that is away or locked: nothing typed is lost, nobody sees a 500, and it is over when it is back."""

import sqlite3
import threading
import time

import peewee
import psycopg
import pytest
from playhouse.pool import MaxConnectionsExceeded

from portal import store, troubles
from portal.people.link_requests import LinkRequest
from tests import make
from tests.apps import Forms


@pytest.fixture
def locked(database, monkeypatch):
    """`locked.lock()`: another program holds the SQLite file until `locked.free()`."""
    if database.kind != "sqlite":
        pytest.skip("only SQLite is locked as a whole; tests/battery takes PostgreSQL away")
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.3)
    store.open(database.url)
    other = sqlite3.connect(store.db.database, isolation_level=None, check_same_thread=False)
    yield other
    other.close()


def test_a_locked_database_keeps_what_was_typed(locked, client):
    form = client.form("/recover")
    locked.execute("BEGIN IMMEDIATE")
    answer = client.post("/recover", data=form.fields | {"email": "carol@kitchen.example"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    (kept,) = [f.fields for f in Forms(answer.text).found if f.method == "post" and "email" in f.fields]
    assert kept["email"] == "carol@kitchen.example"
    assert kept["form_key"] == form.fields["form_key"]
    locked.execute("ROLLBACK")
    assert client.post("/recover", data=kept).status_code in (200, 303)
    with store.connection():
        assert [row.email for row in LinkRequest.select()] == ["carol@kitchen.example"]


def test_a_piece_of_a_page_is_answered_with_503_too(locked, client):
    form = client.form("/recover")
    locked.execute("BEGIN IMMEDIATE")
    answer = client.post("/recover", data=form.fields | {"email": "c@k.example"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")  # htmx then leaves the page as it is


def test_whoever_is_signed_in_is_told_so_by_a_page_that_asks_nobody_who_it_is(database, world, client, monkeypatch):
    fields = client.sign_in(world.carol).form("/account", "/account/edit/phone").fields

    def refused(*_):
        raise peewee.OperationalError("Connection refused")

    store.close()
    with monkeypatch.context() as away:
        away.setattr(store.db.obj, "_connect", refused)
        answer = client.post("/account/edit/phone", data=fields | {"phone": "+639175550123"})
        assert client.get("/account").status_code == 503
    assert answer.status_code == 503
    kept = next(form.fields for form in Forms(answer.text).found if "phone" in form.fields)
    assert (kept["phone"], kept["form_key"]) == ("+639175550123", fields["form_key"])
    assert client.post("/account/edit/phone", data=fields | kept).status_code == 303


def test_passwords_are_not_written_into_the_page(locked, client):
    form = client.form("/sign-in")
    locked.execute("BEGIN IMMEDIATE")
    answer = client.post("/sign-in", data=form.fields | {"email": "carol@kitchen.example", "password": "Geheim-77!"})
    assert answer.status_code == 503
    assert "carol@kitchen.example" in answer.text
    assert "Geheim" not in answer.text


def test_pages_are_read_while_somebody_writes(locked, client):
    locked.execute("BEGIN IMMEDIATE")
    assert client.get("/sign-in").status_code == 200


def test_a_line_behind_a_lock_does_not_grow(locked):
    locked.execute("BEGIN IMMEDIATE")
    waited, began = [], time.monotonic()

    def write():
        try:
            with store.connection(), store.housekeeping("links"):
                pass
        except peewee.OperationalError:
            waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One behind the other they would have waited 6 × 0.3 s.
    assert len(waited) == 6
    assert max(waited) < 1.2


def test_a_mistake_of_ours_is_not_called_busy(app, client):
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.before_request
    def ask_for_what_is_not_there():
        store.db.execute_sql("SELECT nothing FROM nowhere")

    assert client.get("/sign-in").status_code == 500


@pytest.mark.parametrize("trouble", [peewee.OperationalError, peewee.InterfaceError, MaxConnectionsExceeded])
def test_each_way_to_be_away_is_a_503(app, client, trouble):
    @app.before_request
    def be_away():
        raise trouble("gone")

    answer = client.get("/sign-in")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_row_that_somebody_holds_is_given_up_in_time(postgres, monkeypatch):
    """PostgreSQL: a writer waits for a lock as long as on SQLite, then the person is asked to wait."""
    world = make.world()
    monkeypatch.setattr(store, "POSTGRES_LOCKS", "-c lock_timeout=200ms")
    store.open(postgres.url)
    with psycopg.connect(postgres.url) as other:
        other.execute("UPDATE account SET name = 'held' WHERE id = %s", (world.account.id,))
        began = time.monotonic()
        with pytest.raises(troubles.AWAY), store.connection():
            world.account.edit(by=world.ada, phone="+639175550199")
        assert time.monotonic() - began < 2
        other.rollback()
    with store.connection():
        world.account.edit(by=world.ada, phone="+639175550199")


def test_a_server_address_may_bring_its_own_options(postgres):
    store.open(f"{postgres.url}?options=-csearch_path%3Dpublic%20-cwork_mem%3D5MB")
    with store.connection():
        assert store.db.execute_sql("SHOW work_mem").fetchone()[0] == "5MB"
