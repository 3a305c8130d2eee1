"""What is left in the browser of somebody who signed out (BATTERY E8)."""

import re

import pytest
from playwright.sync_api import Error

from portal import store
from portal.customers.accounts import Account
from tests import make

CANARY = "Kalapati-Zx81-Mayon"
WAYS = {
    "carol": ("/account", "/orders", "/orders/{}", "/"),
    "rhea": ("/staff/accounts", "/staff/accounts/{account}", "/staff/orders/{}", "/staff/"),
}
STORED = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(d => d.name), caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length, cookies: document.cookie,
})"""
EMPTY = {"local": [], "session": [], "databases": [], "caches": [], "workers": 0, "cookies": ""}

pytestmark = [pytest.mark.row("E8"), pytest.mark.one_database]


@pytest.fixture
def order(world):
    """An order of Carol’s account; what she called it, and the name of the account, stand on no public page."""
    with store.writing():
        Account.update(name=CANARY, legal_name=CANARY).where(Account.id == world.account.id).execute()
    return make.order(world.account, po_number=CANARY)


def step(page, go):
    """Back or forward; Chromium may still be putting the page away that was left, and says so."""
    try:
        go()
    except Error as trouble:
        if "Not attached" not in str(trouble):
            raise
        page.wait_for_load_state("networkidle")
        go()
    page.wait_for_load_state("domcontentloaded")


@pytest.mark.parametrize("name", sorted(WAYS))
def test_neither_back_nor_forward_nor_storage_tells_of_who_was_here(live, open_page, world, order, name, figures):
    page = live.sign_in(open_page(), getattr(world, name))
    met = 0
    for way in WAYS[name]:
        page.goto(live.url + way.format(order.number, account=world.account.number))
        met += CANARY in page.content()
    stored = page.evaluate(STORED)
    menu = page.locator("details.me > summary").first
    if name == "rhea" and menu.is_visible():
        menu.click()
    page.get_by_role("button", name=re.compile("Sign out$")).locator("visible=true").first.click()
    page.wait_for_url(re.compile("sign-in"))
    seen = []
    for go in [page.go_back] * len(WAYS[name]) + [page.go_forward] * 2 + [page.reload]:
        step(page, go)
        seen += [page.url] if CANARY in page.content() or "Sign out" in page.content() else []
    left = page.evaluate(STORED)
    page.troubles = []
    figures(pages_with_the_secret=met, steps=len(WAYS[name]) + 3, steps_that_told_it=len(seen))
    assert met >= 2
    assert seen == []
    assert stored == left == EMPTY


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_copy_of_the_cookie_opens_nothing_any_more(live, world, order, name):
    client = live.app.test_client().sign_in(getattr(world, name))
    first, sign_out = WAYS[name][0], "/staff/sign-out" if name == "rhea" else "/sign-out"
    copied = [(c.key, c.value, c.path) for c in client._cookies.values()]
    assert CANARY in client.get(first).text
    client.send(first, sign_out)
    thief = live.app.test_client()
    for key, value, path in copied:
        thief.set_cookie(key, value, path=path)
    assert thief.get(first).status_code == 303
