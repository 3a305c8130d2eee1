"""People and companies in Chromium: somebody who moves within a group, tags, profiles, and who must not be called."""

import pytest
from playwright.sync_api import expect

from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from tests import make
from tests.browsers import BOTH_MOODS, sound


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_person_moves_to_another_company_of_the_group(live, page, world):
    lina = make.contact(world.account, "Lina Reyes", role="bookkeeper", phone="+639175550111")
    aurora = make.account("Aurora", team=world.north, owner=world.employees["rhea"])
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/accounts/{aurora.number}/parent")
    page.get_by_label("Parent company").fill("Nobody’s")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("No account of that number or name is among those you see.").first.wait_for()
    page.troubles.clear()
    sound(page)
    page.get_by_label("Parent company").fill("Carol’s Kitchen")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="What the group bought and owes").click()
    sound(page)
    page.goto(f"{live.url}/staff/contacts/{lina.number}")
    page.locator("#companies").get_by_role("link", name="Add").click()
    page.get_by_label("Account", exact=True).fill("Aurora")
    page.get_by_role("button", name="Add this account").click()
    sound(page)
    page.locator("#companies").get_by_role("link", name="Change Aurora").click()
    Affiliation.get().edit(by=world.mona, role="buyer")  # a manager was faster
    page.get_by_role("button", name="Make it the main account").click()
    page.get_by_text("Someone changed this while you were writing").wait_for()
    page.troubles.clear()
    page.get_by_label("The person has left the former main account").check()
    page.get_by_role("button", name="Make it the main account").click()
    page.get_by_text("This is the main account now.").wait_for()
    assert Contact.get_by_id(lina.id).account == aurora
    page.goto(f"{live.url}/staff/accounts/{world.account.number}")
    expect(page.locator("#people").get_by_text("until")).to_be_visible()
    sound(page)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_tags_profiles_and_whom_not_to_call(live, page, world):
    carol = world.contacts["carol"]
    carol.edit(by=world.rhea, phone="0917 555 0101")
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/contacts/{carol.number}")
    page.get_by_label("Another tag").fill("Big spender")
    page.locator("#tags").get_by_role("button", name="Put on").click()
    page.locator("#tags").get_by_role("link", name="Big spender").wait_for()
    page.get_by_text("Add a number, address or profile").click()
    page.get_by_label("What is it?").select_option("facebook")
    page.get_by_label("Number, address or name").fill("https://evil.example/carol")
    page.locator("#points").get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("That address leads to another site.").first.wait_for()
    page.troubles.clear()
    page.get_by_label("Number, address or name").fill("facebook.com/carols.kitchen")
    page.locator("#points").get_by_role("button", name="Add", exact=True).click()
    page.locator("#points").get_by_role("link", name="carols.kitchen").wait_for()
    page.get_by_text("Write down what they do not want").click()
    page.get_by_label("Not by").select_option("phone")
    page.locator("#reaching").get_by_label("Why").fill("Asked at the counter")
    page.locator("#reaching").get_by_role("button", name="Write it down").click()
    page.locator("#reaching").get_by_role("button", name="Lift by phone").wait_for()
    page.goto(f"{live.url}/staff/contacts/{carol.number}")
    expect(page.get_by_text("Do not contact: by phone")).to_be_visible()
    sound(page)
    page.locator("#tags").get_by_role("link", name="Big spender").click()
    expect(page.get_by_role("link", name="Carol Dizon")).to_be_visible()
    assert Account.get_by_id(world.account.id).tags == []
