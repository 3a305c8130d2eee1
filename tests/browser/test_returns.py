"""A return in Chromium: asked for on a phone without scripts and at a desk with them, then settled by staff."""

import pytest
from playwright.sync_api import expect

from portal.activity.attachments import Attachment
from portal.sales import invoicing
from portal.sales.invoices import Invoice
from portal.service import return_asking
from portal.service.returns import Return, ReturnLine
from tests import make
from tests.browsers import BOTH_MOODS, sound

NOTE = {"name": "Torn bags.txt", "mimeType": "text/plain", "buffer": b"Two bags are torn."}
FILM = {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"\0\0\0\x14ftypqt  \0\0\0\0qt  "}


@pytest.fixture
def shop(world):
    world.rice = make.product("RICE", stock=40, name="Sinandomeng rice", unit="sack")
    world.order = make.order(world.account, (world.rice, 6), state="delivered")
    return world


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_sends_goods_back_and_loses_nothing_on_the_way(live, page, shop):
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/{shop.order.number}")
    page.get_by_role("link", name="Send something back").click()
    sound(page)
    page.get_by_label("Send back, of 6").fill("9")
    page.get_by_label("Why?").select_option("damaged")
    page.get_by_label("In your words").fill("Two bags are torn")
    page.get_by_label("The same again").check()
    page.get_by_label("Photos or papers").set_input_files([NOTE, FILM])
    page.get_by_role("button", name="Send it to us").click()
    too_many = page.get_by_text("Up to 6 of this can come back.")
    expect(too_many.or_(page.get_by_text("film.mov")).first).to_be_visible()
    page.troubles.clear()  # the console tells of the 422
    assert page.get_by_label("In your words").input_value() == "Two bags are torn"
    assert page.get_by_label("The same again").is_checked() and page.get_by_label("Torn bags.txt").is_checked()
    sound(page)
    page.get_by_label("Send back, of 6").fill("2")
    page.get_by_role("button", name="Send it to us").click()
    expect(page.get_by_text("We have it, and will answer.")).to_be_visible()
    expect(page.get_by_role("link", name="Torn bags.txt")).to_be_visible()
    sound(page)
    assert (Return.get().wish, ReturnLine.get().asked, Attachment.get().name) == ("replacement", 2, "Torn bags.txt")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("You withdrew it.")).to_be_visible()


def test_staff_decide_receive_and_give_credit(live, page, shop):
    invoicing.issue(shop.order, by=shop.mona)
    made = return_asking.ask(shop.order, by=shop.carol, goods={shop.order.lines[0].id: 2}, reason="damaged")
    live.sign_in(page, shop.mona)
    page.goto(f"{live.url}/staff/returns")
    page.get_by_role("link", name=made.number).click()
    sound(page)
    page.get_by_label("Take back of Sinandomeng rice").fill("1")
    page.get_by_label("Our answer").fill("Bring it to Cubao")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The return is approved.")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="The goods are here").click()
    expect(page.get_by_text("The goods are booked in.")).to_be_visible()
    page.get_by_role("button", name="Give credit").click()
    expect(page.get_by_text("The customer has the credit.")).to_be_visible()
    sound(page)
    assert Invoice.get(Invoice.kind == "credit_note").total_minor == 10_000


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_files_are_added_shared_and_come_as_downloads_only(live, page, shop):
    live.sign_in(page, shop.rhea)
    page.goto(f"{live.url}/staff/orders/{shop.order.number}")
    page.get_by_text("Add files").first.click()
    page.get_by_label("Files", exact=True).set_input_files([NOTE])
    page.get_by_role("button", name="Add files").click()
    page.get_by_role("button", name="Share with the customer").click()
    expect(page.get_by_text("The customer may read it now.")).to_be_visible()
    sound(page)
    live.sign_in(page, shop.carol)
    page.goto(f"{live.url}/orders/{shop.order.number}")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Torn bags.txt").click()
    assert coming.value.suggested_filename == "Torn bags.txt"
