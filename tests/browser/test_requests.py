"""Details that are looked at first and moves, in a browser: on a phone without scripts, at a desk with them."""

from datetime import timedelta

import pytest

from portal import values
from portal.customers.accounts import Account
from portal.customers.moves import AddressMove
from portal.sales.orders import Order
from portal.service.requests import ChangeRequest
from tests import make
from tests.browsers import BOTH_MOODS, DESK, Steps


@pytest.fixture
def page(open_page, request):
    return open_page(**request.param)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_protected_detail_takes_one_page_and_one_send_and_staff_decide(page, open_page, live, world):
    live.sign_in(page, world.carol)
    steps = Steps(page)
    page.goto(f"{live.url}/account")
    page.locator("#papers summary").click()
    form = page.locator("#papers")
    form.get_by_label("E-mail for invoices").fill("books@kitchen.example")
    form.get_by_role("button", name="Save").click()
    assert "We look at this first and answer: E-mail for invoices." in page.inner_text("#said")
    assert (steps.pages, steps.sent) == (1, 1)
    page.locator("#papers summary").click()
    form.get_by_label("Days to pay").fill("900")
    form.get_by_role("button", name="Save").click()
    assert "365" in form.inner_text() and form.get_by_label("Days to pay").input_value() == "900"
    assert "books@kitchen.example" in page.inner_text("main") and "Waiting" in page.inner_text("main")
    desk = live.sign_in(open_page(viewport=DESK), world.rhea)
    desk.goto(f"{live.url}/staff/requests")
    desk.get_by_role("link", name="CR-000001").click()
    Account.get_by_id(world.account.id).edit(by=world.mona, billing_email="mona@kitchen.example")
    desk.get_by_role("button", name="Approve what is ticked").click()
    assert "It was changed since it was asked for" in desk.inner_text("main"), "decided is what was seen"
    desk.get_by_role("button", name="Approve what is ticked").click()
    assert "Carol Dizon was told." in desk.inner_text("#said")
    assert Account.get_by_id(world.account.id).billing_email == "books@kitchen.example"


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_paper_is_brought_and_a_request_withdrawn(page, live, world, tmp_path):
    paper = tmp_path / "certificate.txt"
    paper.write_text("Certificate of registration")
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account")
    page.locator("#papers summary").click()
    page.locator("#papers").get_by_label("Legal name").fill("Dizon Foods Inc.")
    page.locator("#papers").get_by_role("button", name="Save").click()
    assert "Bring a paper that shows it" in page.inner_text("main")
    page.get_by_label("Paper that shows it").set_input_files(paper)
    page.get_by_role("button", name="Send it to us").click()
    assert "certificate.txt" in page.inner_text("main") and ChangeRequest.get().state == "asked"
    page.get_by_role("button", name="Withdraw it").click()
    assert "You withdrew it." in page.inner_text("main")
    assert Account.get_by_id(world.account.id).legal_name == ""


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_moves_and_sends_an_open_order_along(page, live, world):
    old = make.address(world.account, label="Store")
    old.account = world.account
    order = make.order(world.account, ship_to=old.snapshot)
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account/addresses")
    page.get_by_role("link", name="We move").click()
    page.get_by_label("From which day on?").fill("2020-01-01")
    page.get_by_label("House, street").fill("88 J.P. Rizal St.")
    page.get_by_label("Barangay").fill("Sto. Niño")
    page.get_by_label("City or municipality").fill("Marikina")
    page.get_by_label("Postal code").fill("1800")
    page.get_by_role("button", name="Plan the move").click()
    assert "Please choose today or a later day" in page.inner_text("main")
    page.get_by_label("From which day on?").fill((values.shop_day() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="Plan the move").click()
    assert "One open order would go to the old address" in page.inner_text("main")
    page.get_by_role("button", name="Send it to the new address").click()
    assert "goes to the new address." in page.inner_text("#said")
    assert Order.get_by_id(order.id).ship_to["line1"] == "88 J.P. Rizal St."
    page.goto(f"{live.url}/account/addresses")
    assert "88 J.P. Rizal St." in page.inner_text("main") and AddressMove.get().state == "planned"
    page.get_by_role("link", name="See the move").click()
    page.get_by_role("button", name="We stay").click()
    assert "Cancelled" in page.inner_text("main")
