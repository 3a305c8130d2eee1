"""Announcements over the wire: a manager writes one, customers read it once on Home and later under Help."""

from datetime import timedelta

from portal import values
from portal.activity.announcements import Announcement
from tests import make, samples

HERE = "/staff/settings/announcements"


def test_one_is_written_read_once_and_kept_for_later(client, app, world):
    client.sign_in(world.mona)
    assert "Nothing was announced yet" in client.get(HERE).text
    answer = client.send(f"{HERE}/new", HERE, title="Closed on Friday", leads_to="/catalogue")
    assert (answer.status_code, answer.headers["Location"]) == (303, HERE)
    assert "Closed on Friday" in client.get(HERE).text
    assert client.get(f"{HERE}.json").json["rows"][0]["state"] == "running"
    assert "Closed on Friday" in client.get(f"{HERE}.csv").text
    carol = app.test_client().sign_in(world.carol)
    home = carol.get("/").text
    assert "Closed on Friday" in home and 'href="/catalogue"' in home
    assert carol.send("/", "/announcements/1/seen").headers["Location"] == "/"
    assert "Closed on Friday" not in carol.get("/").text
    assert "Closed on Friday" in carol.get("/announcements").text
    assert carol.get("/announcements.json").json["rows"][0]["title"] == "Closed on Friday"


def test_what_cannot_be_said_is_shown_again_with_what_was_typed(client, world):
    client.sign_in(world.mona)
    answer = client.send(f"{HERE}/new", HERE, title="Closed", until_on="2020-01-01")
    assert answer.status_code == 422 and 'value="Closed"' in answer.text and Announcement.select().count() == 0


def test_two_managers_do_not_overwrite_each_other_and_one_takes_it_away(client, world):
    one = make.announcement()
    client.sign_in(world.ada)
    form = client.form(f"{HERE}/{one.number}", f"{HERE}/{one.number}").fields
    assert client.send(f"{HERE}/{one.number}", title="Closed on Saturday").status_code == 303
    assert client.post(f"{HERE}/{one.number}", data=form | {"title": "Open"}).status_code == 409
    client.send(f"{HERE}/{one.number}", f"{HERE}/{one.number}/end")
    assert Announcement.get().state == "over" and "Saturday" in client.get(HERE).text


def test_colleagues_read_theirs_on_today(client, world):
    make.announcement("Stocktaking tonight", audience="staff")
    client.sign_in(world.rhea)
    assert "Stocktaking tonight" in client.get("/staff/").text
    client.send("/staff/", "/staff/announcements/1/seen")
    assert "Stocktaking tonight" not in client.get("/staff/").text
    assert client.get(HERE).status_code == 403


def test_what_needs_a_customer_stands_before_what_is_announced(client, world):
    make.announcement()
    asked = samples.suggestion(world.account, make.product("RICE", stock=50))
    home = client.sign_in(world.carol).get("/").text
    places = [home.index(text) for text in (f"/orders/suggested/{asked.number}", "Closed on Friday", 'id="orders"')]
    assert places == sorted(places)


def test_what_is_not_for_a_customer_is_not_there_for_him(client, world):
    tomorrow = values.shop_day() + timedelta(1)
    hidden = [make.announcement(audience="staff"), make.announcement(from_on=tomorrow)]
    hidden.append(make.announcement(audience="group", group=make.group("Schools", world.other_account)))
    client.sign_in(world.carol)
    assert "No news yet" in client.get("/announcements").text
    token = client.form("/account/notices", "/account/notices").fields
    for one in hidden:
        assert client.post(f"/announcements/{one.number}/seen", data=token).status_code == 404
