"""The second story: the catalogue becomes an order, and the order comes, on a phone without scripts and on a desk."""

import pytest
from playwright.sync_api import expect

from portal import store
from portal.outbox import Outbox
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.sales.stock import StockMovement
from tests import make
from tests.browsers import BOTH_MOODS


@pytest.fixture
def shop(world):
    make.address(world.account, is_default_shipping=True, is_default_billing=True)
    make.product(code="RICE-25", name="Dinorado rice, 25 kg", list_minor=158_000, stock=10)
    make.product(code="OIL-17", name="Palm oil, 17 L", list_minor=169_000, stock=3)
    with store.writing():
        for product in Product.select():
            StockMovement.create(product=product, quantity=product.stock, reason="start")
    return world


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_an_order_is_written_reviewed_placed_confirmed_and_shipped(live, page, open_page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("Paste or type a list").fill("RICE-25 4\nOIL-17 5")
    page.get_by_role("button", name="Read my list").click()
    page.get_by_role("button", name="Review order").first.click()
    expect(page.get_by_text("Only 3").first).to_be_visible()
    assert Order.select().count() == 0
    page.locator("input[value='5']").first.fill("2")
    page.get_by_role("button", name="Review order").first.click()
    expect(page.get_by_role("heading", name="Review your order")).to_be_visible()
    expect(page.get_by_text("₱9,700").first).to_be_visible()
    page.get_by_role("button", name="Place order").click()
    order = Order.get()
    assert (order.state, order.total_minor) == ("placed", 970_000)
    assert page.url.endswith(f"/orders/{order.number}")
    assert {p.code: p.free for p in Product.select()} == {"RICE-25": 6, "OIL-17": 1}

    desk = live.sign_in(open_page(scripts=page.evaluate("!!window.htmx")), shop.rhea)
    desk.goto(f"{live.url}/staff/")
    desk.get_by_role("link", name="1 order to confirm").click()
    desk.get_by_role("link", name=order.number).first.click()
    desk.get_by_role("button", name="Confirm").click()
    desk.get_by_role("button", name="Confirm").wait_for(state="detached")
    desk.get_by_role("button", name="Ship it").click()
    desk.get_by_role("button", name="Mark all as delivered").wait_for()
    assert Order.get().state == "shipped"

    page.goto(f"{live.url}/orders")
    expect(page.locator(".state", has_text="Shipped")).to_be_visible()
    told = {(row.recipient, row.template) for row in Outbox.select().where(Outbox.channel == "inbox")}
    assert (str(shop.carol.ref), "order_shipped") in told


def test_the_same_again_is_two_pages_and_one_click(live, page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("Paste or type a list").fill("RICE-25 1")
    page.get_by_role("button", name="Read my list").click()
    page.get_by_role("button", name="Review order").first.click()
    page.get_by_role("button", name="Place order").click()
    first = Order.get()
    page.get_by_role("link", name="Order this again").first.click()
    page.get_by_role("button", name="Place order").click()
    assert Order.select().count() == 2
    second = Order.select().order_by(Order.id.desc()).get()
    assert page.url.endswith(f"/orders/{second.number}")
    assert second.total_minor == first.total_minor
