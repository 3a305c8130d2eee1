"""A company orders in Chromium: above the limit, approved by a colleague; and what it reads about itself."""

import pytest
from playwright.sync_api import expect

from portal.customers import consent
from portal.people.links import Link
from portal.sales import requisitions
from portal.sales.orders import Order
from tests.browsers import BOTH_MOODS, DESK, sound
from tests.portal.test_requisitions import furnished, place


@pytest.fixture
def shop(world):
    return furnished(world)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_an_order_above_the_limit_is_sent_lowered_and_approved(live, page, open_page, shop):
    live.sign_in(page, shop.ben)
    page.goto(f"{live.url}/orders/new")
    page.get_by_label("Paste or type a list").fill("RICE 21")
    page.get_by_role("button", name="Read my list").click()
    page.get_by_role("button", name="Review order").first.click()
    expect(page.get_by_text("This is above what you order alone")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Send it to be approved").click()
    expect(page.get_by_text("Nothing is ordered yet.")).to_be_visible()
    order = Order.get()
    colleague = live.sign_in(open_page(viewport=page.viewport_size), shop.bea)
    colleague.goto(f"{live.url}/orders/{order.number}")
    colleague.get_by_role("link", name="Look at it and answer").click()
    colleague.get_by_role("button", name="Approve and order").click()
    expect(colleague.get_by_text("This is more than you may approve.")).to_be_visible()
    colleague.get_by_label("How many").fill("20")
    colleague.get_by_role("button", name="Work out the sum").click()
    expect(colleague.get_by_text("It was ₱2,100.00 when Ben Dizon asked")).to_be_visible()
    sound(colleague)
    colleague.get_by_role("button", name="Approve and order").click()
    expect(colleague.get_by_text("Approved. The order is placed.")).to_be_visible()
    assert (Order.get().state, Order.get().total_minor) == ("placed", 200_000)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_colleague_answers_by_the_link_and_whoever_is_second_reads_it(live, page, open_page, shop):
    question = requisitions.of_order(place(shop))
    link = Link.get(Link.login == shop.bea_place.login)
    page.goto(live.url + link.path)
    sound(page)
    other = live.sign_in(open_page(viewport=DESK), shop.carol)
    other.goto(f"{live.url}/orders/{question.number}/approval")
    page.get_by_text("Decline", exact=True).first.click()
    page.get_by_label("Why not?").fill("Wait for payday")
    page.get_by_role("button", name="Decline the order").click()
    expect(page.get_by_text("Declined.").first).to_be_visible()
    other.get_by_role("button", name="Approve and order").click()
    expect(other.get_by_text("Bea Dizon has declined order")).to_be_visible()
    assert Order.get().state == "draft"


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_reads_what_we_know_agrees_and_takes_it_along(live, page, world):
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account/data")
    sound(page)
    with page.expect_download() as coming:
        page.get_by_label("As what?").select_option("json")
        page.get_by_role("button", name="Take it along").click()
    assert coming.value.suggested_filename.endswith(".json")
    page.goto(f"{live.url}/account/data/consent")
    assert not page.get_by_label("News and offers by e-mail").is_checked()
    page.get_by_label("News and offers by e-mail").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It holds from now on.")).to_be_visible()
    assert consent.allows(world.contacts["carol"], "news", "mail")
    sound(page)
    page.goto(f"{live.url}/account/data/requests")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Please fill this in.").first).to_be_visible()
    page.get_by_label("In your words").fill("My name is Caroline")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("answer within 30 days").first).to_be_visible()
    sound(page)


def test_a_rep_looks_with_the_customers_eyes_and_can_do_nothing(live, page, world):
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}")
    page.get_by_role("link", name="See as customer").click()
    sound(page)
    page.get_by_role("button", name="Look as Carol Dizon").click()
    expect(page.get_by_text("You see what Carol Dizon sees")).to_be_visible()
    sound(page)
    page.goto(f"{live.url}/account/people")
    page.get_by_text("Change", exact=True).first.click()
    page.get_by_role("button", name="Take the access away").first.click()
    expect(page.get_by_text("You only look").first).to_be_visible()
    page.goto(f"{live.url}/")
    page.get_by_role("button", name="Stop looking").click()
    assert page.url.endswith(f"/staff/accounts/{world.account.number}")
