"""Being told, in a browser: choosing, stopping a letter, and the first steps of who is new."""

import pytest

from portal import store
from portal.activity import preferences, unsubscribing
from portal.customers import first_steps
from tests import make
from tests.browsers import BOTH_MOODS


@pytest.fixture
def page(open_page, request):
    return open_page(**request.param)


def walk_of(page):
    """The steps of a person as they are taken: "GET" for a page opened, "POST" for a form sent."""
    steps = []

    def note(request):
        if request.is_navigation_request() and not request.redirected_from:
            steps.append(request.method)

    page.on("request", note)
    return steps


def off_of(world):
    return preferences.off_of(preferences.plan_of(world.logins["carol"].ref))


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_one_page_and_one_press_switch_a_notice_off_and_a_letter_does_it_too(page, live, world):
    live.sign_in(page, world.carol)
    steps = walk_of(page)
    page.goto(f"{live.url}/account/notices")
    page.get_by_label("Orders: Mail").uncheck()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert steps == ["GET", "POST"] and off_of(world) == {("orders", "mail")}
    other = page.context.new_page()
    other.goto(f"{live.url}/account/notices")
    page.get_by_label("Invoices and payments: Mail").uncheck()
    page.get_by_label("Invoices and payments: Messages").uncheck()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("One of the two has to stay on").first.wait_for()
    page.get_by_label("Invoices and payments: Messages").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    assert off_of(world) == {("orders", "mail"), ("invoices", "mail")}
    other.get_by_label("Prices: Mail").uncheck()
    other.get_by_role("button", name="Save").click()
    other.get_by_text("Someone changed this").wait_for()
    assert off_of(world) == {("orders", "mail"), ("invoices", "mail")}
    other.goto(f"{live.url}{unsubscribing.Asked(world.logins['carol'].ref, 'news').path}")
    assert ("news", "mail") not in off_of(world)
    other.get_by_role("button", name="Stop this mail").click()
    other.get_by_text("You get no more mail about").wait_for()
    assert ("news", "mail") in off_of(world)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_who_is_new_walks_the_first_steps_leaves_them_and_comes_back(page, live, world):
    make.product(stock=5)
    with store.writing():
        first_steps.begin(world.logins["carol"], world.account)
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/first-steps")
    page.get_by_text("Step 1 of 4.").wait_for()
    page.get_by_role("button", name="It is right").click()
    page.get_by_text("Step 2 of 4.").wait_for()
    page.get_by_role("link", name="Later").click()
    page.get_by_text("Finish setting up: 1 of 4 done.").wait_for()
    page.get_by_role("link", name="Go on").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Step 3 of 4.").wait_for()
    page.get_by_role("button", name="As it is").click()
    page.get_by_text("Step 4 of 4.").wait_for()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url(f"{live.url}/")
    assert "Finish setting up" not in page.inner_text("main")
