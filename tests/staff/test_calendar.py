"""The calendar: the days of oneself, the team or a colleague, as a table and as a feed at a secret address."""

from datetime import datetime, timedelta

import pytest

from portal import values
from portal.activity import calendar_feeds, meetings
from portal.activity.tasks import Task
from portal.people.employees import Employee
from tests.roles import give
from tests.talks import talk

MONDAY = datetime(2027, 3, 1, 2, 0)  # ten in the morning in Manila


@pytest.fixture
def rhea(client, world):
    client.sign_in(world.rhea)
    return client


@pytest.fixture
def feed(world):
    return calendar_feeds.make(by=world.rhea)


def plan(world, by=None, at=MONDAY, **given):
    given = {"kind": "meeting", "subject": "The menu"} | given
    return meetings.plan(world.account, by=by or world.rhea, at=at, **given)


def test_a_month_shows_meetings_and_tasks_of_those_who_are_asked_for(rhea, world):
    plan(world)
    plan(world, by=world.mona, subject="Hers")
    Task.add("Count the rice", by=world.rhea, due_on=MONDAY.date())
    talk(world.account, kind="letter", at=MONDAY, subject="A letter", owner=world.employees["rhea"])
    mine = rhea.get("/staff/calendar?month=2027-03").text
    assert "The menu" in mine and "Count the rice" in mine and "10:00" in mine
    assert "Hers" not in mine and "A letter" not in mine
    assert mine.count("<td") == 35 and "March" in mine
    team = rhea.get("/staff/calendar?week=2027-W09&whose=team").text
    assert "The menu" in team and "Hers" in team and team.count("<td") == 7
    hers = rhea.get(f"/staff/calendar?week=2027-W09&whose={world.mona.employee}").text
    assert "Hers" in hers and "The menu" not in hers
    assert "The menu" not in rhea.get("/staff/calendar?month=2027-04").text
    assert rhea.get("/staff/calendar.ics?month=2027-03").text.count("BEGIN:VEVENT") == 2
    assert "มีนาคม" in rhea.get("/staff/calendar?month=2027-03&lang=th").text


@pytest.mark.parametrize(
    "asked", ["month=2027-13", "month=soon", "week=2027-W60", "whose=x", "whose=99999", "month=0001-01"]
)
def test_an_address_that_cannot_be_read_is_refused(rhea, asked):
    assert rhea.get(f"/staff/calendar?{asked}").status_code == 422


def test_others_days_show_only_what_one_may_see(client, world):
    plan(world)
    client.sign_in(world.owen)
    assert "The menu" not in client.get(f"/staff/calendar?month=2027-03&whose={world.rhea.employee}").text


def test_the_feed_is_read_without_signing_in_until_it_is_taken_away(rhea, app, world):
    plan(world, at=values.now() + timedelta(days=3))
    assert rhea.send("/staff/calendar/feed", "/staff/calendar/feed").status_code == 303
    address = calendar_feeds.of(world.rhea).path
    assert address in rhea.get("/staff/calendar/feed").text
    program = app.test_client()
    answer = program.get(address)
    assert answer.status_code == 200 and "UID:interaction-1@" in answer.text and "Set-Cookie" not in answer.headers
    assert program.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert rhea.send("/staff/calendar/feed", "/staff/calendar/feed").status_code == 303
    newer = calendar_feeds.of(world.rhea).path
    assert newer != address and program.get(address).status_code == 404 and program.get(newer).status_code == 200
    assert rhea.send("/staff/calendar/feed", "/staff/calendar/feed/revoke").status_code == 303
    assert program.get(newer).status_code == 404


def test_the_feed_ends_when_its_employee_leaves(feed, app, world):
    assert app.test_client().get(feed.path).status_code == 200
    Employee.get_by_id(world.rhea.employee).deactivate(by=world.ada)
    assert app.test_client().get(feed.path).status_code == 404


def test_a_feed_shows_what_its_employee_may_still_see(feed, app, world):
    plan(world, at=values.now() + timedelta(days=3))
    assert "The menu" in app.test_client().get(feed.path).text
    Employee.get_by_id(world.rhea.employee).edit(by=world.ada, team=world.south)
    assert "The menu" not in app.test_client().get(feed.path).text


@pytest.mark.parametrize("token", ["1", "1.x", f"1.{'A' * 43}", f"9{'9' * 30}.{'A' * 43}", f"999.{'A' * 43}"])
def test_a_token_that_is_none_of_ours_leads_nowhere(feed, app, token):
    assert app.test_client().get(f"/calendar/{token}.ics").status_code == 404


def test_the_feed_shows_what_the_role_of_its_owner_lets_him_see_now(client, world, feed):
    plan(world, text="He shouted")
    assert "He shouted" in client.get(feed.path).text
    role = give(world, rights='{"interaction.text": "none"}')
    shown = client.get(feed.path).text
    assert "The menu" in shown and "He shouted" not in shown
    role.edit(by=world.ada, interactions="none")
    assert client.get(feed.path).status_code == 404
