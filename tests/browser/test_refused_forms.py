"""A refused form is read where it stands: its notice is in view at once, however far down a phone's page that is."""

import pytest
from playwright.sync_api import expect

from portal import store
from portal.people import passwords
from portal.people.logins import Login
from tests.browsers import PHONE

# Forms on pages of several parts: whose, the page, the form's address, and what is typed into its first field.
FORMS = [
    ("carol", "/account/data", "/account/data/take-along", "not the password"),
    ("carol", "/account/addresses", "/account/addresses", None),
    ("carol", "/account", "/account/me/my-name", ""),
    ("carol", "/account/people", "/account/people", None),
    ("carol", "/security", "/security/email", None),
    ("ada", "/staff/accounts/1", "/staff/accounts/1/tags", None),
    ("ada", "/staff/contacts/1", "/staff/contacts/1/likings", None),
    ("ada", "/staff/contacts/1", "/staff/contacts/1/points", None),
    ("ada", "/staff/settings/company", "/staff/settings/company/logo", None),
    ("ada", "/staff/settings/roles", "/staff/settings/roles", None),
]
# People who asked for less motion are carried nowhere: these did not.
MOODS = [
    pytest.param(
        {"viewport": PHONE, "scripts": False, "reduced_motion": "no-preference"}, id="phone without scripts"
    ),
    pytest.param({"viewport": PHONE, "reduced_motion": "no-preference"}, id="phone"),
]


def send(page, action, typed):
    """Send the form with this address as a person would, who opens what it stands in first."""
    form = page.locator(f"form[method=post][action='{action}']").first
    if not form.is_visible():
        page.locator("details:not([open])", has=form).last.locator("summary").first.click()
    if typed is not None:
        form.locator("input:not([readonly]):visible").first.fill(typed)
    form.get_by_role("button").last.click()


@pytest.mark.parametrize("mood", MOODS)
def test_the_notice_of_a_refused_form_is_in_view_at_once(live, open_page, world, mood):
    with store.writing():
        Login.update(password_hash=passwords.scramble("my purple elephant dances")).execute()
    page, hidden = open_page(**mood), []
    for who, at, action, typed in FORMS:
        live.sign_in(page, getattr(world, who))
        page.goto(live.url + at)
        send(page, action, typed)
        notice = page.locator("[data-errors]").first
        expect(notice).to_be_focused()
        place, height = notice.bounding_box(), page.viewport_size["height"]
        if place["y"] < 0 or place["y"] + place["height"] > height:
            hidden.append(f"{at}, {action}: from {place['y']:.0f}, {place['height']:.0f} high, of {height}")
    assert hidden == []
