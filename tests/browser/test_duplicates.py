"""Duplicates in Chromium: somebody known is shown while typed, a pair is merged, and a slower colleague reads so."""

import pytest

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.whole import merging
from tests import make, samples
from tests.browsers import BOTH_MOODS, sound


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_whoever_is_known_is_asked_about_and_takes_what_was_typed(live, page, world):
    known = make.contact(world.account, "Roberto Dimaculangan", phone="+639175550144")
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}/contacts/new")
    page.get_by_label("Name", exact=True).fill("Bobby Dimaculangan")
    page.get_by_label("Phone", exact=True).fill("0917 555 0144")
    page.get_by_label("E-mail", exact=True).fill("rd@kitchen.example")
    page.get_by_role("button", name="Add this person").click()
    page.get_by_text("Somebody like this is known already").first.wait_for()
    page.troubles.clear()  # the console tells of the 422
    sound(page)
    page.get_by_role("button", name="Add what I typed to this one").click()
    page.wait_for_url(f"**/staff/contacts/{known.number}")
    assert Contact.get_by_id(known.id).email == "rd@kitchen.example"


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_pair_is_merged_and_the_second_to_try_reads_so(live, page, world):
    pair = samples.likely_pair(world)
    one, other = pair.records
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/duplicates")
    sound(page)
    page.get_by_role("link", name="Carol Dizon").first.click()
    page.get_by_role("link", name="Merge, keep the first").click()
    page.get_by_role("button", name="Merge the two").wait_for()
    sound(page)
    merging.merge(one, other, by=world.mona)
    page.get_by_role("button", name="Merge the two").click()
    page.get_by_role("heading", level=1).first.wait_for()
    page.troubles.clear()  # the console tells of the refusal
    page.goto(f"{live.url}/staff/contacts/{other.number}")
    page.wait_for_url(f"**/staff/contacts/{one.number}")
    assert Account.select().count() == 2
