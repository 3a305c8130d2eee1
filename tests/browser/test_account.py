"""Changing an account in a browser: the customer on a phone without scripts, the rep at a desk with them."""

import pytest

from portal.customers.accounts import Account
from portal.customers.addresses import Address
from tests.browsers import BOTH_MOODS, DESK, PHONE


@pytest.fixture
def page(open_page, request):
    return open_page(**request.param)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_changes_her_phone_on_one_page_and_her_rep_sees_it(page, open_page, live, world):
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account")
    row = page.locator("#phone")
    row.locator("summary").click()
    row.get_by_label("Phone").fill("12")
    row.get_by_role("button", name="Save").click()
    assert "A phone number has 3 to 20 figures" in row.inner_text()
    row.get_by_label("Phone").fill("0917 555 0100")
    row.get_by_role("button", name="Save").click()
    assert "Rhea Cruz was told." in page.inner_text("#said")
    assert Account.get_by_id(world.account.id).phone == "+639175550100"
    desk = live.sign_in(open_page(viewport=DESK), world.rhea)
    desk.goto(f"{live.url}/staff/accounts/{world.account.number}")
    assert "0917\xa0555\xa00100" in desk.inner_text("#story")


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_adds_an_address(page, live, world):
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account/addresses")
    page.get_by_label("House, street").fill("99/1 Soi Sukhumvit 62")
    page.get_by_label("Country").select_option("TH")
    if page.viewport_size == PHONE:  # without scripts the server names the fields when it answers
        page.get_by_role("button", name="Add this address").click()
    page.get_by_label("Amphoe or khet").fill("Phra Khanong")
    assert page.get_by_label("House, street").input_value() == "99/1 Soi Sukhumvit 62"
    page.get_by_label("Tambon or khwaeng").fill("Bang Chak")
    page.get_by_label("Changwat").fill("Bangkok")
    page.get_by_label("Postal code").fill("10260")
    page.get_by_role("button", name="Add this address").click()
    assert "Bangkok 10260" in page.inner_text("main")
    assert Address.get().country == "TH"


def test_a_rep_edits_a_section_where_it_stands(open_page, live, world):
    page = live.sign_in(open_page(viewport=DESK), world.rhea)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}")
    page.evaluate("document.body.dataset.same = 'yes'")
    page.get_by_role("link", name="Change Name and contact").click()
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Please fill this in.").first.wait_for()
    page.get_by_label("Name", exact=True).fill("Carol’s Kitchen and Bar")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Carol Dizon was told.").wait_for()
    assert page.inner_text("#account-name") == "Carol’s Kitchen and Bar"
    assert page.evaluate("document.body.dataset.same") == "yes", "the page was not loaded anew"


def test_a_list_is_walked_by_keys(open_page, live, world):
    page = live.sign_in(open_page(viewport=PHONE), world.ada)
    page.goto(f"{live.url}/staff/accounts")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/accounts/{world.other_account.number}")
