"""What we talked about, on the customer's face: what is shared and nothing else, the way in, and how it was."""

from datetime import timedelta

import pytest

from portal import values
from portal.activity import meetings
from portal.activity.interactions import Interaction
from portal.people import links
from portal.people.links import Link
from tests.talks import talk


@pytest.fixture
def carol(client, world):
    client.sign_in(world.carol)
    return client


@pytest.fixture
def meeting(world):
    given = {"kind": "meeting", "subject": "The menu", "contacts": [world.contacts["carol"].id]}
    at = values.now() + timedelta(days=2)
    return meetings.plan(world.account, by=world.rhea, at=at, is_invited=True, join_link="meet.example/x", **given)


def test_a_meeting_to_come_stands_on_the_first_page_with_the_way_in(carol, meeting):
    assert meeting.number in carol.get("/").text
    page = carol.get(f"/account/talks/{meeting.number}").text
    assert 'href="https://meet.example/x"' in page and "Planned" in page
    assert "UID:interaction-1@" in carol.get(f"/account/talks/{meeting.number}.ics").text
    assert carol.get("/account/talks.ics").text.count("BEGIN:VEVENT") == 1


def test_what_is_not_shared_is_nowhere_not_even_in_files_or_feeds(carol, world):
    secret = talk(world.account, subject="Haggles", outcome="reached")
    talk(world.account, subject="Agreed on rice", is_shared=True, outcome="left_word")
    for page in (
        "/account/talks",
        "/account/talks.csv",
        "/account/talks.json",
        "/account/talks.ics",
        "/",
        "/account",
    ):
        text = carol.get(page).text
        assert "Haggles" not in text and "left_word" not in text and "left word" not in text, page
    assert "Agreed on rice" in carol.get("/account/talks").text
    assert carol.get(f"/account/talks/{secret.number}").status_code == 404
    assert carol.get("/account/talks?outcome=reached").status_code == 422


def test_customers_say_how_it_was_where_they_are_asked(carol, meeting, world):
    here = f"/account/talks/{meeting.number}"
    assert 'name="rating"' not in carol.get(here).text
    meetings.hold(meeting, by=world.rhea, outcome="took_place", is_score_asked=True)
    assert carol.send(here, f"{here}/rate", rating="9").status_code == 422
    assert carol.send(here, f"{here}/rate", rating="4", words="Short and good").status_code == 303
    assert Interaction.get().score == 4
    assert "You gave 4 of 5." in carol.get(here).text


def test_the_letter_takes_the_answer_without_signing_in(client, meeting, world):
    meetings.hold(meeting, by=world.rhea, outcome="took_place", is_score_asked=True)
    address = links.address(Link.get().id)
    assert client.send(address, address, rating="5").status_code == 303
    assert Interaction.get().score == 5 and "We read it" in client.get(address).text
