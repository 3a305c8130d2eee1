"""The journal in Chromium: a change and a deletion taken back from where they were made; refused, and overtaken."""

import pytest
from playwright.sync_api import expect

from portal.customers.contacts import Contact
from portal.deeds import Deed
from portal.whole import undo
from tests import make
from tests.browsers import BOTH_MOODS


def fits(page):
    assert page.locator("html").bounding_box()["width"] <= page.viewport_size["width"]


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_what_was_saved_or_deleted_is_taken_back_in_two_presses(live, page, world):
    live.sign_in(page, world.rhea)
    lina = make.contact(world.account, "Lina Reyes", role="buyer")
    page.goto(f"{live.url}/staff/contacts/{lina.number}")
    page.get_by_role("button", name="Has left").click()
    page.get_by_role("link", name="Take it back").click()
    page.get_by_role("heading", name="What would change back").wait_for()
    fits(page)
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Taken back.").wait_for()
    assert Contact.get_by_id(lina.id).is_active

    page.goto(f"{live.url}/staff/contacts/{lina.number}")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("heading", name="Delete Lina Reyes?").wait_for()
    fits(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_text("For 30 days it can be taken back here").wait_for()
    assert Contact.get_or_none(Contact.id == lina.id) is None
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Taken back.").wait_for()
    page.goto(f"{live.url}/staff/contacts/{lina.number}")
    expect(page.get_by_role("heading", name="Lina Reyes")).to_be_visible()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_papers_stand_in_the_way_and_who_comes_second_is_told(live, page, world):
    live.sign_in(page, world.rhea)
    carol = world.contacts["carol"]
    make.order(world.account, contact=carol)
    page.goto(f"{live.url}/staff/contacts/{carol.number}/delete")
    page.get_by_text("It cannot be deleted: this must be kept").wait_for()
    assert page.get_by_role("button", name="Delete", exact=True).count() == 0
    fits(page)

    Contact.get_by_id(carol.id).edit(by=world.rhea, job_title="Chef")
    deed = Deed.get(Deed.event == "contact.edited")
    page.goto(f"{live.url}/staff/journal/{deed.number}")
    undo.take_back(deed, by=world.mona)
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("This was taken back already.").first.wait_for()
    page.goto(f"{live.url}/staff/journal")
    fits(page)
    page.locator("tbody a").first.click()
    page.get_by_text("Taken back by Mona Santos").wait_for()
    assert page.get_by_role("link", name="What that changed").count() == 0  # her deed is hers
