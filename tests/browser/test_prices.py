"""Prices in Chromium: agreed by a rep, seen by the customer with its reason; a discount asked for and approved."""

import pytest
from playwright.sync_api import expect

from portal.sales.approvals import Approval
from portal.sales.orders import Order
from tests import make
from tests.browser.test_ordering import press_review
from tests.browsers import BOTH_MOODS, sound

WHY = "list ₱120 − 10% agreed"


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=40, list_minor=12_000, name="Sinandomeng rice", unit="sack")
    make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    make.order(world.account, (world.rice, 6))
    return world


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_an_agreed_price_stands_on_the_pad_with_its_reason_and_on_the_order(live, page, open_page, shop):
    scripts = page.viewport_size["width"] > 500
    desk = live.sign_in(open_page(scripts=scripts), shop.rhea)
    desk.goto(f"{live.url}/staff/accounts/{shop.account.number}")
    desk.wait_for_load_state("networkidle")  # what comes by requests of its own is there
    desk.get_by_text("Agree on a price").click()
    desk.get_by_label("Product code or category").fill("rice")
    desk.get_by_label("Price or discount").fill("10%")
    desk.get_by_role("button", name="Agree on it").click()
    desk.get_by_text("Carol Dizon was told.").wait_for()
    if scripts:
        sound(desk)

    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    page.get_by_text(WHY).wait_for()
    sound(page)
    page.get_by_label("How many, Sinandomeng rice").fill("3")
    press_review(page)
    page.get_by_text(WHY).wait_for()
    expect(page.get_by_text("₱324").first).to_be_visible()
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/orders/SO-*")
    order = Order.select().order_by(Order.id.desc()).get()
    assert page.url.endswith(f"/orders/{order.number}") and order.subtotal_minor == 32_400
    page.get_by_text(WHY).wait_for()
    page.goto(f"{live.url}/inbox")
    page.get_by_text("A price is agreed for Sinandomeng rice").first.wait_for()


def test_a_discount_is_asked_for_approved_and_placed(live, open_page, shop):
    rep = live.sign_in(open_page(), shop.rhea)
    rep.goto(f"{live.url}/staff/orders/new?account={shop.account.number}")
    rep.get_by_label("How many, Sinandomeng rice").fill("5")
    rep.get_by_label("Discount per cent, Sinandomeng rice").fill("20")
    press_review(rep)
    rep.get_by_label("Why? The manager reads this.").fill("They move to us")
    sound(rep)
    rep.get_by_role("button", name="Ask a manager").click()
    rep.get_by_text("The question is put.").wait_for()

    manager = live.sign_in(open_page(), shop.mona)
    manager.goto(f"{live.url}/staff/")
    manager.get_by_role("link", name="1 discount to decide").click()
    manager.locator("a[data-row]").first.click()
    sound(manager)
    manager.get_by_role("button", name="Approve").click()
    manager.get_by_text("Rhea Cruz was told.").wait_for()
    assert Approval.get().state == "approved"

    rep.reload()
    rep.get_by_role("link", name="Go on with it").click()
    press_review(rep)
    rep.get_by_role("button", name="Place order").click()
    rep.get_by_text("The order is placed.").wait_for()
    assert Order.get_by_id(Approval.get().order_id).state == "placed"


def test_a_price_list_is_written_and_pasted(live, open_page, shop):
    page = live.sign_in(open_page(), shop.mona)
    page.goto(f"{live.url}/staff/prices/new")
    page.get_by_label("Name").fill("Everybody, December")
    page.get_by_role("button", name="Begin the list").click()
    page.get_by_label("Code or category, new row 1").fill("RICE")
    page.get_by_label("Price, new row 1").fill("115")
    page.get_by_role("button", name="Save the prices").click()
    page.get_by_text("The prices are kept.").wait_for()
    page.get_by_label("Paste a list").fill("RICE 10 110\nNOPE 5")
    page.get_by_role("button", name="Keep what can be read").click()
    page.get_by_text("NOPE 5: We know no product").first.wait_for()
    sound(page)
