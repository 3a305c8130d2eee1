"""How many pages and presses the everyday errands of a customer take, counted in a browser after signing in.

The same again stands in test_pad.py, a claim in test_warranties.py, a protected detail in test_requests.py and a
notice in test_notices.py, each with what can go wrong on the way.
"""

import pytest
from playwright.sync_api import expect

from portal.customers.addresses import Address
from portal.sales.orders import Order
from portal.service.returns import Return
from tests import make
from tests.browsers import BOTH_MOODS, Steps


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=40, name="Sinandomeng rice")
    make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    world.placed = make.order(world.account, (world.rice, 2))
    world.delivered = make.order(world.account, (world.rice, 6), state="delivered")
    return world


@pytest.fixture
def steps(live, page, shop):
    live.sign_in(page, shop.carol)
    return Steps(page)


pytestmark = pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)


def test_a_phone_number_takes_one_page_and_one_press(live, page, steps):
    page.goto(f"{live.url}/account")
    row = page.locator("#phone")
    row.locator("summary").click()
    row.get_by_label("Phone").fill("0917 555 0100")
    steps.press("Save", row)
    page.get_by_text("Rhea Cruz was told.").wait_for()
    assert (steps.pages, steps.presses) == (1, 1)


def test_an_address_is_added_in_the_order_itself(live, page, steps):
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("How many, Sinandomeng rice").fill("3")
    page.get_by_text("Another address").first.click()
    page.get_by_text("Write the other address").click()
    for label, text in (
        ("Who receives it", "Carol Dizon"), ("House, street", "22 Batasan Road"),
        ("Barangay", "Batasan Hills"),
        ("City or municipality", "Quezon City"), ("Province", "Metro Manila"), ("Postal code", "1126"),
    ):  # fmt: skip
        page.get_by_label(label).fill(text)
    steps.press("Review order")
    page.get_by_role("heading", name="Review your order").wait_for()
    expect(page.get_by_text("22 Batasan Road").first).to_be_visible()
    assert (steps.pages, steps.presses) == (1, 1)
    steps.press("Place order")
    page.get_by_text("We have your order.").wait_for()
    assert Address.select().where(Address.line1 == "22 Batasan Road").exists()


def test_goods_go_back_in_two_pages_and_one_press(live, page, shop, steps):
    page.goto(f"{live.url}/orders/{shop.delivered.number}")
    page.get_by_role("link", name="Send something back").click()
    page.get_by_label("Send back, of 6").fill("2")
    page.get_by_label("Why?").select_option("damaged")
    steps.press("Send it to us")
    page.get_by_text("We have it, and will answer.").wait_for()
    assert (steps.pages, steps.presses) == (2, 1) and Return.get().state == "asked"


def test_an_order_is_cancelled_on_its_own_page(live, page, shop, steps):
    page.goto(f"{live.url}/orders/{shop.placed.number}")
    page.get_by_text("Cancel this order").click()
    page.get_by_label("Why?").fill("The party is off")
    steps.press("Cancel the order")
    page.get_by_text("Cancelled").first.wait_for()
    assert (steps.pages, steps.presses) == (1, 1) and Order.get_by_id(shop.placed.id).state == "cancelled"
