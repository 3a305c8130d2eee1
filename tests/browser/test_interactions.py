"""Talks in Chromium: a call in one send from the page of its account, a meeting to its rating, two who hold it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal import values
from portal.activity import meetings
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from tests.browsers import BOTH_MOODS, Steps, sound


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_call_is_written_down_with_what_follows_by_one_press(live, page, world):
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}")
    steps, form = Steps(page), page.locator("#log")
    form.get_by_label("In a line").fill("Wants the price of 40 sacks")
    form.get_by_text("Left word").click()
    form.get_by_label("Then").select_option("3")
    steps.press("Write it down", form)
    page.get_by_text("It is written down.").wait_for()
    expect(page.locator("#story").get_by_text("Call: Wants the price of 40 sacks")).to_be_visible()
    assert steps.presses == 1 and Task.get().title == "Wants the price of 40 sacks"
    form.get_by_text("More", exact=True).click()
    form.get_by_label("In a line").fill("Meet the cook")
    form.get_by_label("When, if not just now").fill("2199-01-01T10:00")
    form.get_by_role("button", name="Write it down").click()
    page.get_by_text("Plan it instead").first.wait_for()
    assert Interaction.select().count() == 1
    assert page.locator("#log").get_by_label("In a line").input_value() == "Meet the cook"
    sound(page)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_meeting_is_planned_moved_and_held_and_stands_in_the_calendar(live, page, world):
    tomorrow = values.shop_day() + timedelta(days=1)
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/accounts/{world.account.number}/plan")
    page.get_by_label("In a line").fill("The menu")
    page.get_by_label("When").fill(f"{tomorrow}T10:00")
    page.get_by_label("Carol Dizon").check()
    page.get_by_label("Invite their people by mail").check()
    page.get_by_role("button", name="Plan it").click()
    page.get_by_text("Carol Dizon was told.").wait_for()
    page.goto(f"{live.url}/staff/calendar?month={tomorrow:%Y-%m}")
    sound(page)
    page.get_by_role("link", name="10:00").click()
    page.locator("#hold").wait_for()
    sound(page)
    page.locator("#hold").get_by_text("Took place").click()
    page.get_by_label("Ask them how it was").check()
    page.locator("#hold").get_by_role("button", name="Write it down").click()
    page.get_by_text("It is written down.").wait_for()
    assert Interaction.get().state == "done"


def test_the_second_of_two_who_hold_a_meeting_is_told_and_keeps_his_words(live, page, world):
    meeting = meetings.plan(world.account, by=world.rhea, kind="visit", at=values.now() + timedelta(hours=2))
    live.sign_in(page, world.rhea)
    page.goto(f"{live.url}/staff/interactions/{meeting.number}")
    page.locator("#hold").get_by_label("In words").fill("Mine")
    meetings.hold(meeting, by=world.mona, outcome="met")
    page.locator("#hold").get_by_role("button", name="Write it down").click()
    page.get_by_text("is done already").first.wait_for()
    expect(page.get_by_text("Mine")).to_be_visible()
    sound(page)


@pytest.mark.parametrize("page", BOTH_MOODS, indirect=True)
def test_a_customer_finds_the_way_in_and_says_how_it_was(live, page, world):
    given = {"kind": "meeting", "subject": "The menu", "contacts": [world.contacts["carol"].id], "is_invited": True}
    meeting = meetings.plan(world.account, by=world.rhea, at=values.now() + timedelta(hours=2), **given)
    meetings.hold(meeting, by=world.rhea, outcome="took_place", is_score_asked=True, text="Four dishes for Friday")
    live.sign_in(page, world.carol)
    page.goto(f"{live.url}/account/talks")
    sound(page)
    page.get_by_role("link", name="The menu").click()
    expect(page.get_by_text("Four dishes for Friday")).to_be_visible()
    page.get_by_text("Very good").click()
    page.get_by_role("button", name="Send the rating").click()
    page.get_by_text("You gave 5 of 5.").wait_for()
    sound(page)
