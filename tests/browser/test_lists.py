"""A list in Chromium: filtered, kept as a view, changed in many rows; by hand without scripts, by keys with them."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.activity.views import SavedView
from portal.customers.accounts import Account
from tests import make
from tests.browsers import BOTH_MOODS, PHONE


@pytest.fixture
def shop(world):
    for n in range(30):
        make.account(f"Shop {n:02d}", team=world.north, country="TH" if n < 3 else "PH", kind="company")
    return world


def fits(page):
    assert page.locator("html").bounding_box()["width"] <= page.viewport_size["width"]


def open_filter(page):
    """On a phone the sentence of filters is folded away."""
    if page.viewport_size["width"] == PHONE["width"]:
        page.locator(".saying > summary").click()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_list_is_filtered_kept_and_changed_in_many_rows_at_once(live, page, shop):
    live.sign_in(page, shop.mona)
    page.goto(f"{live.url}/staff/accounts")
    assert page.locator("tbody tr").count() == 25
    open_filter(page)
    page.get_by_label("Country").select_option("TH")
    page.locator(".say button").click()
    page.wait_for_url("**/staff/accounts?country=TH")
    fits(page)

    page.get_by_role("link", name="Views").click()
    page.locator("#views").get_by_label("Name", exact=True).fill("Thai shops")
    page.get_by_role("button", name="Keep this view").click()
    page.wait_for_url("**/staff/accounts?country=TH")
    assert page.get_by_role("link", name="Thai shops").get_attribute("aria-current") == "page"
    assert SavedView.get().query == "country=TH"

    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.get_by_role("button", name="Change the chosen rows").click()
    page.get_by_text("2 rows are chosen").wait_for()
    fits(page)
    owner = page.locator("form.deed", has=page.locator('input[value="owner"]'))
    owner.get_by_role("combobox").select_option(label="Rhea Cruz")
    owner.get_by_role("button", name="Preview").click()
    page.get_by_text("2 rows would change").wait_for()
    assert not Account.select().where(Account.owner == shop.employees["rhea"], Account.country == "TH").exists()
    page.get_by_role("button", name="Change these 2 rows").click()
    page.get_by_text("2 rows are changed.").wait_for()
    assert page.url.endswith("/staff/accounts?country=TH")
    assert Account.select().where(Account.owner == shop.employees["rhea"], Account.country == "TH").count() == 2


def test_keys_move_choose_and_open(live, open_page, shop):
    page = open_page()
    live.sign_in(page, shop.mona)
    page.goto(f"{live.url}/staff/accounts")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    chosen = [box.is_checked() for box in page.get_by_role("checkbox").all()[:4]]
    assert chosen == [False, True, True, False]
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert not page.get_by_role("checkbox").nth(1).is_checked()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None


@pytest.mark.parametrize("look", [{"width": 390, "dark": True}, {"width": 1280}], ids=["phone dark", "desk light"])
def test_each_open_part_of_a_list_passes_axe_and_fits(live, open_page, shop, look):
    page = open_page(**look)
    live.sign_in(page, shop.mona)
    parts = ("?show=filters&group=kind&owner=none", "?show=columns&sort=-number", "?show=views&currency=PHP")
    kept = make.view(shop.employees["mona"], "/staff/accounts", "Mine", "owner=me", shared="all")
    make.account("A name that goes on and on " * 7, team=shop.north)
    numbers = "&".join(f"pick={account.number}" for account in Account.select().limit(3))
    for address in (
        *(f"/staff/accounts{part}" for part in parts),
        "/staff/accounts?columns=number,name,kind,phone,email,website,tax_number,language,country,currency,owner,town",
        "/staff/views",
        f"/staff/views/{kept.number}",
        f"/staff/many/account?{numbers}&back=/staff/accounts",
    ):
        page.goto(live.url + address)
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:150]) for v in violations] == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
