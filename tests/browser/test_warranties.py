"""The warranty wallet in Chromium: a claim in two pages and one button, by a letter without sign-in, a new owner."""

import re

import pytest
from playwright.sync_api import expect

from portal.outbox import Outbox
from portal.people import link_requests, links
from portal.people.links import Link
from portal.service import claim_deciding, claiming
from portal.service.claims import Claim
from portal.service.warranties import Warranty
from tests import make
from tests.browsers import BOTH_MOODS, DESK, Steps, sound

PHOTO = {"name": "Burner.txt", "mimeType": "text/plain", "buffer": b"The left burner stays cold."}
FILM = {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"\0\0\0\x14ftypqt  \0\0\0\0qt  "}


@pytest.fixture
def shop(world):
    stove = make.product("STOVE", name="Gas stove, two burners", warranty_months=12)
    world.thing = make.warranty(world.account, stove, serial="KB-77120")
    return world


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_claim_takes_two_pages_and_one_button_and_the_second_one_is_shown_the_first(live, page, shop):
    live.sign_in(page, shop.carol)
    steps = Steps(page)
    page.goto(f"{live.url}/warranties")
    sound(page)
    page.get_by_role("link", name="Something is wrong with it").click()
    page.wait_for_url("**/claim")
    sound(page)
    page.get_by_label("What is wrong?").fill("The left burner stays cold")
    page.get_by_label("Photos").set_input_files(PHOTO)
    page.get_by_role("button", name="Send it to us").click()
    page.get_by_text("We have it, and will answer.").wait_for()
    assert (steps.pages, steps.sent) == (2, 1)
    expect(page.get_by_role("link", name="Burner.txt")).to_be_visible()
    sound(page)
    page.goto(f"{live.url}/warranties/{shop.thing.number}")
    page.get_by_role("link", name="See the claim").click()
    page.wait_for_url("**/claims/CL-000001")
    claim_deciding.accept(Claim.visible_to(shop.rhea).get(), by=shop.rhea, reply="Bring it to Cubao")
    page.get_by_role("button", name="Withdraw it").click()
    page.get_by_text("has moved on in the meantime").wait_for()
    page.troubles.clear()  # the console tells of the 422
    page.goto(f"{live.url}/")
    expect(page.get_by_text("Bring or send us the thing of CL-000001")).to_be_visible()


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_whoever_scans_the_code_claims_by_a_letter(live, page, shop):
    page.goto(f"{live.url}/warranties/claim/{shop.thing.tag}")
    sound(page)
    page.get_by_label("Serial number").fill("kb 77120")
    page.get_by_label("Your e-mail").fill("carol@kitchen.example")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_text("A letter is on its way.")).to_be_visible()
    link_requests.answer_all()
    row = Outbox.get(Outbox.template == "claim_link")
    page.goto(live.url + Link.get_by_id(row.params["url"]["link"]).path)
    page.get_by_label("Photos").set_input_files([PHOTO, FILM])
    page.get_by_role("button", name="Send it to us").click()
    expect(page.get_by_text("film.mov").first).to_be_visible()
    page.troubles.clear()  # the console tells of the 422
    assert page.get_by_label("Burner.txt").is_checked()
    page.get_by_label("What is wrong?").fill("It hisses")
    sound(page)
    page.get_by_role("button", name="Send it to us").click()
    expect(page.get_by_text("We have it, and answer by mail.")).to_be_visible()
    made = Claim.get()
    assert (made.account_id, made.asked_by, made.words) == (shop.account.id, "Carol Dizon", "It hisses")


def test_a_thing_goes_to_a_new_owner_and_only_once(live, open_page, shop):
    carol = live.sign_in(open_page(viewport=DESK), shop.carol)
    carol.goto(f"{live.url}/warranties/{shop.thing.number}")
    sound(carol)
    carol.get_by_text("Hand it over to somebody").click()
    carol.get_by_label("E-mail of the new owner").fill("dave@ramos.example")
    carol.get_by_role("button", name="Send the letter").click()
    expect(carol.get_by_text("Offered to dave@ramos.example")).to_be_visible()
    here = live.url + links.open_for("hand_over", shop.thing.ref).path
    dave = live.sign_in(open_page(viewport=DESK), shop.dave)
    dave.goto(here)
    sound(dave)
    dave.get_by_role("button", name="Take it over").click()
    assert "It is yours, with its warranty." in dave.inner_text("#said")
    assert Warranty.get().account_id == shop.other_account.id
    dave.goto(here)
    expect(dave.get_by_role("heading", level=1)).to_be_visible()
    expect(dave.get_by_text("Take it over")).not_to_be_visible()
    carol.reload()
    assert carol.title()
    expect(carol.get_by_text("Gas stove")).not_to_be_visible()
    carol.troubles.clear()
    dave.troubles.clear()


def test_staff_decide_repair_and_keep_the_costs(live, page, shop):
    claiming.claim(shop.thing, by=shop.carol, words="The left burner stays cold")
    live.sign_in(page, shop.rhea)
    page.goto(f"{live.url}/staff/claims")
    sound(page)
    page.get_by_role("link", name="CL-000001").click()
    page.wait_for_url("**/claims/CL-000001")
    sound(page)
    page.get_by_label("What the customer reads").first.fill("Bring it to Cubao")
    page.get_by_role("button", name="Accept it").click()
    expect(page.get_by_text("The claim is accepted.")).to_be_visible()
    page.get_by_role("button", name="It is here").click()
    page.get_by_text(re.compile("^It is repaired$")).first.click()
    page.get_by_label("What the customer reads").first.fill("A new burner")
    page.get_by_role("button", name="It is repaired").click()
    page.get_by_label("Parts").fill("280")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("₱280.00").first).to_be_visible()
    assert Claim.get().parts_minor == 28_000
    page.get_by_role("button", name="The customer has it: close").click()
    assert Claim.get().state == "closed"
