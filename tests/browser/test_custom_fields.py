"""Own fields in Chromium: made by an admin, filled in by a rep and by a customer, refused, overtaken, retired."""

import pytest
from playwright.sync_api import expect

from portal.custom import CustomField
from portal.customers.accounts import Account
from tests.browsers import BOTH_MOODS, sound
from tests.own_fields import custom_field


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_an_admin_makes_a_field_and_a_rep_fills_it_in(live, page, world):
    custom_field(kind="yes", label="Has a gate", section="Delivery")
    live.sign_in(page, world.ada)
    page.goto(f"{live.url}/staff/settings/custom-fields?noun=account")
    sound(page)
    page.get_by_role("link", name="Text", exact=True).click()
    page.get_by_role("button", name="Make the field").click()  # refused: it has no name yet
    expect(page.get_by_role("link", name="English")).to_be_visible()
    page.troubles.clear()
    page.locator("#label_en").fill("Gate code")
    page.get_by_label("Section").fill("Delivery")
    page.get_by_label("Asked only when this is filled in").select_option("has_a_gate")
    page.get_by_label("and holds one of").fill("Yes")
    sound(page)
    page.get_by_role("button", name="Make the field").click()
    page.get_by_text("The field is there.").wait_for()
    sound(page)
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/accounts/1")
    page.get_by_role("link", name="Change Delivery").click()
    page.get_by_role("button", name="Save").wait_for()
    if page.evaluate("Boolean(window.htmx)"):
        expect(page.get_by_label("Gate code"), "it waits for the gate").not_to_be_visible()
    page.get_by_label("Has a gate").select_option("yes")
    page.get_by_label("Gate code").fill("4711")
    Account.get_by_id(1).edit(by=world.mona, has_a_gate=True)  # a manager was faster
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Someone changed this while you were writing").wait_for()
    page.troubles.clear()
    sound(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Change Delivery").wait_for()
    assert Account.get_by_id(1).gate_code == "4711"
    sound(page)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_fills_in_what_is_open_and_a_retired_field_is_gone(live, page, world):
    theirs = ["viewer", "buyer", "customer_admin"]
    custom_field(kind="date", label="Fiesta", readers=theirs, writers=theirs)
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account")
    page.get_by_role("link", name="Change Further details").click()
    page.get_by_label("Fiesta").fill("2027-01-09")
    sound(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("9 Jan 2027").wait_for()
    live.sign_in(page, world.ada)
    page.goto(f"{live.url}/staff/settings/custom-fields/{CustomField.get().number}")
    page.get_by_role("button", name="Retire it").click()
    page.get_by_text("Nobody meets it any more.").wait_for()
    page.get_by_role("button", name="Bring it back").click()
    page.get_by_text("It is back").wait_for()
    assert str(Account.get_by_id(1).fiesta) == "2027-01-09"
