"""An order in Chromium: written and placed by a customer on a phone without scripts, moved on by staff with them."""

import re

import pytest
from playwright.sync_api import Error, expect

from portal import store
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from tests import make
from tests.browsers import BOTH_MOODS, sound


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=46, list_minor=137_500, name="Sinandomeng rice", unit="sack")
    world.oil = make.product("OIL", list_minor=19_500, name="Palm oil")
    with store.writing():
        world.rice.index()
        world.oil.index()
    make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    make.order(world.account, (world.rice, 6))
    return world


def press_review(page):
    page.get_by_role("button", name="Review order").locator("visible=true").last.click()


def go_back(page):
    """The Back button; Chromium may still be putting the page away that was left, and says so."""
    page.wait_for_load_state("networkidle")
    try:
        page.go_back()
    except Error as trouble:
        if "Not attached" not in str(trouble):
            raise
        page.wait_for_timeout(300)
        page.go_back()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_writes_reviews_and_places_an_order(live, page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("How many, Sinandomeng rice").fill("60")
    page.get_by_label("Find a product").fill("palm")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_label("How many, Palm oil").fill("2")
    press_review(page)
    expect(page.get_by_text("Only 40 are left. Write 40 or fewer.").first).to_be_visible()
    page.troubles.clear()  # the console tells of the 422
    assert page.get_by_label("How many, Palm oil").input_value() == "2"
    sound(page)
    page.get_by_label("How many, Sinandomeng rice").fill("3")
    page.get_by_text("Another address").first.click()
    page.get_by_text("Write the other address").click()
    sound(page)
    press_review(page)
    expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    page.troubles.clear()
    page.get_by_label(re.compile("7 Sampaguita")).check()
    press_review(page)
    expect(page.get_by_role("heading", name="Review your order")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("We have your order.")).to_be_visible()
    order = Order.select().order_by(Order.id.desc()).get()
    assert (order.state, order.total_minor, Product.get_by_id(shop.rice.id).free) == ("placed", 451_500, 37)
    go_back(page)
    page.get_by_role("button", name="Place order").click()
    assert page.url.endswith(order.number) and Order.select().count() == 2
    go_back(page)
    page.get_by_role("button", name="Change something").click()
    page.get_by_label("How many, Palm oil").fill("5")
    press_review(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("You sent this order already")).to_be_visible()
    assert Order.select().count() == 2
    page.troubles.clear()
    page.get_by_role("button", name="Place as another order").click()
    expect(page.get_by_text("We have your order.")).to_be_visible()
    assert Order.select().count() == 3


def test_with_scripts_the_sum_follows_the_quantities(live, open_page, shop):
    page = open_page(width=1280)
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("How many, Sinandomeng rice").fill("2")
    page.keyboard.press("Tab")
    page.locator("#sum", has_text="₱2,750").wait_for()


def test_staff_confirm_and_cancel_in_place(live, open_page, shop):
    page = open_page(width=1280)
    live.sign_in(page, shop.rhea)
    order = Order.get()
    page.goto(f"{live.url}/staff/orders/{order.number}")
    page.get_by_role("button", name="Confirm", exact=True).click()
    page.get_by_text("The order is confirmed.").wait_for()
    assert Order.get().state == "confirmed"
    sound(page)
    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_text("Please fill this in.").first.wait_for()
    page.troubles.clear()
    page.get_by_label("Why?").fill("Wet sacks")
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_text("what was kept for it is free again").wait_for()
    assert Order.get().cancel_reason == "Wet sacks"


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_staff_write_an_order_from_a_list(live, page, shop):
    live.sign_in(page, shop.rhea)
    page.goto(f"{live.url}/staff/orders/new?account={shop.account.number}")
    page.get_by_label("Paste or type a list").fill("RICE 4\n2 palm oil")
    page.get_by_role("button", name="Read the list").click()
    page.get_by_label("Discount per cent, Sinandomeng rice").fill("5")
    sound(page)
    press_review(page)
    sound(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("The order is placed.")).to_be_visible()
    assert Order.select().order_by(Order.id.desc()).get().discount_minor == 27_500
