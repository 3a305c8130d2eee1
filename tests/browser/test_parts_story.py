"""An order that comes in parts: more than is there is ordered, what is there leaves, the rest follows."""

import pytest
from playwright.sync_api import expect

from portal.sales.catalogue import Product
from portal.sales.orders import Order
from tests import make
from tests.browsers import BOTH_MOODS


@pytest.fixture
def shop(world):
    make.address(world.account, is_default_shipping=True, is_default_billing=True)
    make.product(code="RICE-25", name="Dinorado rice, 25 kg", list_minor=158_000, stock=4, allows_backorder=True)
    return world


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_what_is_there_leaves_and_the_rest_follows_when_goods_come_in(live, page, open_page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("Paste or type a list").fill("RICE-25 6")
    page.get_by_role("button", name="Read my list").click()
    page.get_by_role("button", name="Review order").first.click()
    page.get_by_text("2 to come, we will tell you the day").first.wait_for()
    page.get_by_role("button", name="Place order").click()
    order = Order.get()
    assert order.state == "placed" and Product.get().free == 0

    desk = live.sign_in(open_page(scripts=page.evaluate("!!window.htmx")), shop.rhea)
    desk.goto(f"{live.url}/staff/orders/{order.number}")
    desk.get_by_text("Carrier and tracking").click()
    desk.get_by_label("Tracking number").fill("A-77")
    desk.get_by_label("Link to follow it").fill("https://lbc.example/A-77")
    desk.get_by_role("button", name="Ship it").click()
    desk.get_by_text("DN-000001").first.wait_for()
    assert Order.get().state == "part_shipped"

    page.goto(f"{live.url}/")
    page.get_by_role("link", name="Follow the delivery").wait_for()
    page.goto(f"{live.url}/orders/{order.number}")
    expect(page.get_by_text("4 shipped").first).to_be_visible()

    desk.goto(f"{live.url}/staff/stock/receive")
    desk.get_by_label("What came in").fill("RICE-25 10")
    desk.get_by_role("button", name="Put it on the shelf").click()
    desk.get_by_text("One order got what it waited for.").first.wait_for()
    desk.goto(f"{live.url}/staff/orders?goods=ready")
    desk.get_by_role("link", name=order.number).first.click()
    desk.get_by_role("button", name="Ship it").click()
    desk.get_by_text("DN-000002").first.wait_for()
    for _ in range(2):
        desk.get_by_role("button", name="Delivered", exact=True).first.click()
        desk.wait_for_load_state("networkidle")
    assert Order.get().state == "delivered" and Product.get().stock == 8
