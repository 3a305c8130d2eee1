"""Somebody saves while the database is away: what they typed stays, and one more press does it."""

import sqlite3

import pytest

from portal import store
from portal.customers.accounts import Account
from tests.browsers import BOTH_MOODS

TYPED = "+63 917 555 0177"


@pytest.fixture
def held(database, world, monkeypatch):
    """Another program that can hold the database: `held.execute("BEGIN IMMEDIATE")`."""
    if database.kind != "sqlite":
        pytest.skip("PostgreSQL is taken away in tests/battery/test_postgres_away.py")
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.3)
    other = sqlite3.connect(store.db.database, isolation_level=None)
    yield other
    other.close()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_save_that_did_not_go_through_is_sent_again(held, live, world, page, request):
    live.sign_in(page, world.ada)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}?edit=details")
    page.fill("#details input[name=phone]", TYPED)
    held.execute("BEGIN IMMEDIATE")
    page.click("#details button:has-text('Save')")
    if "without" in request.node.callspec.id:
        page.wait_for_selector("h1:has-text('The shop is busy')")
        assert TYPED in page.inner_text("main")
        held.execute("ROLLBACK")
        page.click("button:has-text('Send it again')")
    else:
        page.wait_for_selector("#trouble:has-text('The shop is busy just now')")
        assert page.input_value("#details input[name=phone]") == TYPED
        held.execute("ROLLBACK")
        page.click("#details button:has-text('Save')")
    page.wait_for_selector("#details:has-text('Details'):not(:has(input[name=phone]))")
    assert Account.get_by_id(world.account.id).phone.endswith("9175550177")
    assert [trouble for trouble in page.troubles if "503" not in trouble] == []
    page.troubles.clear()
