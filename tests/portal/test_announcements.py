"""Announcements: said to whom they are for, from their day until another, and once to each."""

from datetime import timedelta

import pytest

from portal import values
from portal.activity import announcements
from portal.activity.announcements import Announcement
from portal.errors import Invalid
from tests import make

TODAY = values.shop_day()


def write(world, **given):
    start = {"title": "Closed on Friday", "from_on": TODAY, "until_on": TODAY + timedelta(7), "audience": "customers"}
    return Announcement.write(by=world.mona, **start | given)


def title_for(actor, group=None):
    found = announcements.newest_for(actor, group)
    return found and found.title


def test_each_reads_what_is_for_him(world):
    group = make.group("Resellers", world.other_account)
    write(world, title="All")
    write(world, title="Resellers", audience="group", group=group.id)
    write(world, title="Colleagues", audience="staff")
    assert title_for(world.carol) == "All"
    assert title_for(world.dave, group.id) == "Resellers"
    assert title_for(world.rhea) == "Colleagues"
    titles = {
        who: {a.title for a in Announcement.visible_to(getattr(world, who))} for who in ("carol", "dave", "rhea")
    }
    assert titles == {"carol": {"All"}, "dave": {"All", "Resellers"}, "rhea": {"Colleagues"}}


def test_it_begins_and_ends_by_itself_and_can_be_taken_away_before(world):
    later = write(world, from_on=TODAY + timedelta(1))
    over = write(world, from_on=TODAY - timedelta(9), until_on=TODAY - timedelta(1))
    assert (later.state, over.state, title_for(world.carol)) == ("planned", "over", None)
    assert [a.id for a in Announcement.visible_to(world.carol)] == [over.id]
    now = write(world)
    assert title_for(world.carol)
    now.end(by=world.mona)
    now.end(by=world.mona)
    assert now.state == "over" and title_for(world.carol) is None


def test_who_pressed_it_away_is_not_shown_it_again_and_the_others_are(world):
    one = write(world)
    for _ in range(2):
        one.press_away(by=world.carol)
    one.edit(by=world.mona, title="Closed on Saturday")
    assert title_for(world.carol) is None and title_for(world.cora) == "Closed on Saturday"


def test_while_nothing_is_said_nobody_pays_for_it(world, count_queries):
    assert count_queries(lambda: announcements.newest_for(world.carol)) == 0
    write(world)
    assert count_queries(lambda: announcements.newest_for(world.carol)) == 1


def test_it_is_said_in_the_languages_it_was_put_into(world):
    one = write(world, title_th="ปิดวันศุกร์", text="See you", text_th="แล้วพบกัน")
    assert one.said("th") == ("ปิดวันศุกร์", "แล้วพบกัน")
    assert one.said("fil") == one.said("en") == ("Closed on Friday", "See you")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"until_on": TODAY - timedelta(1)}, "until_on"),
        ({"from_on": "soon"}, "from_on"),
        ({"audience": "the world"}, "audience"),
        ({"audience": "group"}, "group"),
        ({"audience": "group", "group": 999}, "group"),
        ({"leads_to": "javascript:alert(1)"}, "leads_to"),
        ({"leads_to": "//evil.example"}, "leads_to"),
        ({"text_fil": "Sarado"}, "title_fil"),
        ({"text": "x" * 601}, "text"),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_field(world, given, field):
    with pytest.raises(Invalid) as refusal:
        write(world, **given)
    assert list(refusal.value.problems) == [field]


def test_reps_and_customers_announce_nothing(world):
    for actor in (world.rhea, world.carol):
        with pytest.raises(Invalid):
            Announcement.write(by=actor, title="Mine", from_on=TODAY, until_on=TODAY, audience="customers")
