"""The inbox of a customer over the wire: his own notices, unread until they were on the screen."""

import pytest

from portal.activity import inbox
from tests import make


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def test_a_notice_is_new_until_it_was_on_the_screen(carol, world):
    [notice, _] = make.told(world.account, world.logins["carol"])
    first = carol.get("/inbox")
    assert first.status_code == 200 and "New" in first.text and f"/inbox/{notice.number}" in first.text
    assert ">New<" not in carol.get("/inbox").text


def test_a_notice_says_what_changed_from_what_to_what_and_how_to_object(carol, world):
    [notice, _] = make.told(world.account, world.logins["carol"])
    page = carol.get(f"/inbox/{notice.number}")
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert page.status_code == 200
    for expected in ("0917 555 0188", "0917 555 0199", "Carol Dizon", "Rhea Cruz", "/security"):
        assert expected in text


@pytest.mark.parametrize("name", ["dave", "cora"])
def test_nobody_else_reads_it_and_it_looks_like_one_that_never_was(client, world, name):
    [notice, mail] = make.told(world.account, world.logins["carol"])
    client.sign_in(getattr(world, name))
    missing = client.get(f"/inbox/{mail.id + 1000}")
    for number in (notice.number, mail.number):
        answer = client.get(f"/inbox/{number}")
        assert answer.status_code == missing.status_code == 404
    assert notice.number not in [row["number"] for row in client.get("/inbox.json").json["rows"]]


def test_who_is_not_signed_in_is_led_to_the_door(client, world):
    [notice, _] = make.told(world.account, world.logins["carol"])
    answer = client.get(f"/inbox/{notice.number}")
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]


def test_the_same_list_comes_as_csv_and_json(carol, world):
    [notice, _] = make.told(world.account, world.logins["carol"])
    [row] = carol.get("/inbox.json").json["rows"]
    assert row["number"] == notice.number and "Carol’s Kitchen" in row["subject"] and "0917" in row["text"]
    assert "Carol’s Kitchen" in carol.get("/inbox.csv").text


def test_an_empty_inbox_says_what_will_stand_there(carol):
    assert "No messages yet" in carol.get("/inbox").text


def test_a_notice_of_an_old_kind_still_shows_by_name(carol, world):
    make.told(world.account, world.logins["carol"], changes=[{"field": "phone"}])
    assert carol.get("/inbox").status_code == 200


def test_a_long_inbox_costs_as_many_queries_as_a_short_one(carol, world, count_queries):
    make.told(world.account, world.logins["carol"])
    few = count_queries(lambda: carol.get("/inbox"))
    for _ in range(30):
        make.told(world.account, world.logins["carol"])
    carol.get("/inbox")
    assert count_queries(lambda: carol.get("/inbox")) <= min(few, 8)


def test_one_topic_is_shown_with_what_is_new_of_each_and_reading_it_leaves_the_others_new(carol, world):
    make.told(world.account, world.logins["carol"])
    make.told(world.account, world.logins["carol"], template="order_shipped")
    page = carol.get("/inbox?topic=people").text
    assert "Account and people: 1 new" in page and "Deliveries: 1 new" in page and "/inbox/read" in page
    assert len(carol.get("/inbox.json?topic=people").json["rows"]) == 1
    assert inbox.unread(world.carol) == 2
    assert carol.send("/inbox?topic=people", "/inbox/read").headers["Location"] == "/inbox"
    assert inbox.unread(world.carol) == 0


def test_a_topic_that_is_none_shows_nothing_and_says_so(carol, world):
    make.told(world.account, world.logins["carol"])
    page = carol.get("/inbox?topic=postcards")
    assert page.status_code == 200 and "cannot be read" in page.text and "Nothing about this yet" in page.text


def test_what_is_new_counts_on_the_tab_of_every_page(carol, world):
    make.told(world.account, world.logins["carol"])
    assert 'class="count">1<' in carol.get("/orders").text
    carol.get("/inbox")
    assert 'class="count"' not in carol.get("/orders").text
