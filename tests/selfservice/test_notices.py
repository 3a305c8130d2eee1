"""What a customer chooses to be told of, and stopping letters by their address, over the wire."""

import pytest

from portal import audit
from portal.activity import preferences, unsubscribing
from portal.values import Ref
from tests import make


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def off_of(world, name="carol"):
    return preferences.off_of(preferences.plan_of(world.logins[name].ref))


def test_a_notice_is_switched_off_and_on_again_by_one_form(carol, world):
    answer = carol.send("/account/notices", orders_mail=None)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/notices")
    assert off_of(world) == {("orders", "mail")}
    page = carol.get("/account/notices").text
    assert "Saved." in page and "Signing in and safety" in page
    carol.send("/account/notices", orders_mail="y")
    assert off_of(world) == set()


def test_when_mail_comes_is_kept_and_shown(carol, world):
    typed = {
        "rhythm": "weekly",
        "hour": "18",
        "weekday": "4",
        "quiet_from": "22",
        "quiet_until": "7",
        "zone": "Asia/Tokyo",
    }  # noqa: E501
    carol.send("/account/notices", **typed)
    fields = carol.form("/account/notices", "/account/notices").fields
    assert {name: fields[name] for name in typed} == typed


def test_what_is_owed_keeps_one_way_and_the_page_says_so_at_its_line(carol, world):
    answer = carol.send("/account/notices", invoices_mail=None, invoices_inbox=None, rhythm="daily")
    assert answer.status_code == 422 and "One of the two has to stay on" in answer.text
    assert 'value="daily"' in answer.text and off_of(world) == set()


@pytest.mark.parametrize(
    "typed", [{"rhythm": "x"}, {"hour": "99"}, {"zone": "x"}, {"quiet_from": "x"}, {"weekday": ""}]
)
def test_nonsense_is_refused_and_changes_nothing(carol, world, typed):
    assert carol.send("/account/notices", **typed).status_code == 422
    assert preferences.plan_of(world.logins["carol"].ref).id is None


def test_another_tab_does_not_undo_what_was_chosen_meanwhile(carol, world):
    form = carol.form("/account/notices", "/account/notices").fields
    carol.send("/account/notices", orders_mail=None)
    answer = carol.post("/account/notices", data=form)
    assert answer.status_code == 409 and off_of(world) == {("orders", "mail")}
    assert "Orders: Mail</th><td>no</td><td><b>yes</b>" in answer.text and ">version<" not in answer.text


def test_who_may_only_look_chooses_for_himself(client, world):
    client.sign_in(world.cora).send("/account/notices", returns_mail=None)
    assert off_of(world, "cora") == {("returns", "mail")} and off_of(world) == set()


# By the address in a letter


def path(ref, topic="orders"):
    return unsubscribing.Asked(Ref.parse(str(ref)), topic).path


def test_looking_stops_nothing_and_one_press_does(client, world):
    address = path(world.logins["carol"].ref)
    shown = client.get(address)
    assert shown.status_code == 200 and off_of(world) == set()
    assert "Carol" not in shown.text and "people.example" not in shown.text
    assert "No more such mail" in client.send(address, address).text
    assert off_of(world) == {("orders", "mail")}
    assert "Stop this mail?" in client.send(address, address, again="1").text
    assert off_of(world) == set()


def test_a_mail_program_needs_no_cookie_no_page_and_no_second_try(app, world):
    app.config["WTF_CSRF_ENABLED"] = True
    for _ in range(2):
        answer = app.test_client().post(path(world.logins["carol"].ref), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 204 and "Set-Cookie" not in answer.headers
    assert off_of(world) == {("orders", "mail")}
    assert audit.Entry.select().where(audit.Entry.event == "notices.stopped").count() == 1


def test_an_address_without_sign_in_is_stopped_and_its_staff_can_read_so(client, world):
    account = make.account("Sari-sari Luz", email="luz@store.example")
    client.post(path(account.ref))
    [entry] = audit.Entry.select().where(audit.Entry.about == str(account.ref))
    assert (entry.event, entry.actor_name) == ("notices.stopped", "Sari-sari Luz")


def test_a_made_up_address_stops_nothing(client, world):
    good = path(world.logins["carol"].ref)
    for address in (good.replace("login.", "account."), good[:-2], "/unsubscribe/x", path("login:99999")):
        assert client.post(address).status_code == 404, address


def test_an_old_letter_of_a_kind_that_is_no_more_still_gets_an_answer(client, world):
    answer = client.post(path(world.logins["carol"].ref, "postcards"))
    assert answer.status_code == 200 and off_of(world) == set()
