"""The order pad in Chromium: a messy list, lists that two change, the same again in two pages and one send, wishes;
on a phone without scripts and at a desk with them.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from portal import store, values
from portal.sales import wishes
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.sales.shopping_lists import ShoppingList
from portal.sales.wishes import Wish
from tests import make
from tests.browsers import BOTH_MOODS, DESK

MESS = "Item\tQty\nrice\t๑๒\nOIL x 3 pcs\n\n bananas 2 \n2 sacks of RICE"


@pytest.fixture
def shop(world):
    world.rice = make.found_by(make.product("RICE", stock=46, list_minor=137_500, name="Sinandomeng rice"))
    world.oil = make.found_by(make.product("OIL", list_minor=19_500, name="Palm oil"))
    world.soap = make.found_by(make.product("SOAP", list_minor=4_000, name="Old soap"))
    world.order = make.order(world.account, (world.rice, 6), (world.oil, 2), (world.soap, 4), state="delivered")
    make.address(world.account, line1="7 Sampaguita St.", is_default_shipping=True)
    return world


def retire(product, successor):
    with store.writing():
        gone = {"on_sale_to": values.shop_day() - timedelta(days=1), "successor": successor}
        Product.update(gone).where(Product.id == product.id).execute()


def steps_of(page):
    """What a person goes through: each page that opens and each form that is sent."""
    steps = []

    def note(request):
        if request.is_navigation_request() and request.redirected_from is None:
            steps.append(request.method)

    page.on("request", note)
    return steps


def sound(page):
    """No finding of axe and nothing wider than the window, where there are scripts to ask them by."""
    if page.viewport_size == DESK:
        found = [(v["id"], v["nodes"][0]["html"][:150]) for v in Axe().run(page).response["violations"]]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def press(page, name):
    page.get_by_role("button", name=name).locator("visible=true").last.click()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_the_same_again_is_two_pages_and_one_send_and_single_lines_too(live, page, shop):
    retire(shop.soap, make.product("NEW", list_minor=5_000, name="New soap"))
    live.sign_in(page, shop.carol)
    steps = steps_of(page)
    page.goto(f"{live.url}/orders/{shop.order.number}")
    page.get_by_role("link", name="Order this again").click()
    expect(page.get_by_text("This is not sold any more.")).to_be_visible()
    expect(page.get_by_text("Take 4 of New soap instead")).to_be_visible()
    press(page, "Place order")
    expect(page.get_by_text("We have your order.")).to_be_visible()
    assert steps == ["GET", "GET", "POST"]
    assert [line.code for line in Order.get_by_id(shop.order.id + 1).lines] == ["RICE", "OIL"]
    page.goto(f"{live.url}/orders/{shop.order.number}")
    page.get_by_text("Only some of it").click()
    page.get_by_label("4 · Old soap").check()
    page.get_by_label("2 · Palm oil").check()
    press(page, "Review these")
    page.get_by_label("Take 4 of New soap instead").check()
    press(page, "Put these on the order")
    sound(page)
    press(page, "Place order")
    assert {line.code for line in Order.get_by_id(shop.order.id + 2).lines} == {"OIL", "NEW"}


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_messy_list_is_read_its_good_lines_stay_and_what_is_missing_is_asked_for(live, page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/new")
    sound(page)
    page.get_by_label("Paste or type a list").fill(MESS)
    press(page, "Read my list")
    assert page.get_by_label("How many, Sinandomeng rice").input_value() == "14"
    assert page.get_by_label("How many, Palm oil").input_value() == "3"
    expect(page.get_by_text("1 line could not be read.").first).to_be_visible()
    assert page.get_by_label("Paste or type a list").input_value() == "bananas 2"
    page.get_by_label("Paste or type a list").fill("")
    page.get_by_label("Find a product").fill("zebra")
    page.get_by_role("button", name="Find", exact=True).click()
    assert page.get_by_label("How many, Palm oil").input_value() == "3", "what was typed is not lost by looking"
    page.get_by_role("link", name="Ask us for it").click()
    page.get_by_label("How many").fill("a few")
    press(page, "Ask us for it")
    expect(page.get_by_text("Write a whole number, like 12.").first).to_be_visible()
    page.get_by_label("How many").fill("7")
    press(page, "Ask us for it")
    expect(page.get_by_text("We have written it down")).to_be_visible()
    assert Wish.get().quantity == 7
    sound(page)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_list_is_kept_changed_by_two_at_once_and_ordered(live, page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/{shop.order.number}")
    page.get_by_role("link", name="Keep as a list").click()
    page.get_by_label("Name of the new list").fill("Monday")
    page.get_by_label("Colleagues see it").check()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("link", name="Change this list").click()
    page.get_by_label("How many, Palm oil").fill("9")
    with store.connection():
        kept = ShoppingList.get()
        kept.edit(by=shop.carol, name="Monday", is_shared=True, quantities={shop.rice.id: 5, shop.oil.id: 2})
    press(page, "Save the list")
    expect(page.get_by_text("Someone changed this while you were writing")).to_be_visible()
    sound(page)
    press(page, "Save the list")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("How many, Sinandomeng rice").fill("")
    press(page, "Review order")
    press(page, "Place order")
    assert [(line.code, line.quantity) for line in Order.get_by_id(shop.order.id + 1).lines] == [("OIL", 9)]


def test_staff_count_what_is_wanted_and_answer_all_who_asked(live, open_page, shop):
    with store.connection():
        for who, account in ((shop.carol, shop.account), (shop.dave, shop.other_account)):
            wishes.ask(by=who, account=account, words="Brown rice")
    page = live.sign_in(open_page(viewport=DESK), shop.ada)
    page.goto(f"{live.url}/staff/demand")
    sound(page)
    page.get_by_role("link", name="Brown rice").click()
    page.get_by_label("What becomes of it").select_option(label="Here it is")
    press(page, "Tell them")
    expect(page.get_by_text("Name the product by its code").first).to_be_visible()
    page.get_by_label("Code of the product").fill("rice")
    press(page, "Tell them")
    expect(page.get_by_text("2 wishes are answered.")).to_be_visible()
    sound(page)
