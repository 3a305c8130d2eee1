"""What we know about a customer, over the wire: read, agreed to, asked for, taken along."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from portal import store, values
from portal.activity.view_log import ViewLog
from portal.customers import consent
from portal.customers.data_requests import DataRequest
from portal.people import passwords
from portal.people.link_requests import LinkRequest
from portal.people.logins import Login
from portal.people.sessions import Session
from portal.service import return_asking
from tests import make

HERE = "/account/data"
TAKE, ASK = f"{HERE}/take-along", f"{HERE}/requests"
PASSWORD = "my purple elephant dances"


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def take_along(client, kind, **how):
    """The file, as it comes of the form on the page."""
    form = client.form(HERE, TAKE)
    return client.post(TAKE, data=form.fields | {"kind": kind}, **how)


def test_the_page_shows_each_field_with_its_origin_and_hides_the_inner_ones(carol, world):
    world.contacts["carol"].edit(by=world.rhea, preferences="Likes jasmine rice")
    world.account.edit(by=world.rhea, note="Pays late")
    page = carol.get(HERE).text
    assert "Likes jasmine rice" in page and "Rhea Cruz of the shop" in page
    assert "Internal note" in page and "Pays late" not in page
    assert "Cora" not in page


def test_the_pages_cost_little(carol, world, count_queries):
    make.address(world.account)
    for path in (HERE, f"{HERE}/consent", f"{HERE}/looks", f"{HERE}/requests"):
        carol.get(path)
        assert count_queries(lambda path=path: carol.get(path)) <= 8, path


def test_nothing_is_ticked_before_and_a_yes_is_kept_with_its_day(carol, world):
    page = carol.get(f"{HERE}/consent")
    assert "checked" not in page.text
    assert carol.send(f"{HERE}/consent", f"{HERE}/consent", news_mail="y").status_code == 303
    page = carol.get(f"{HERE}/consent").text
    assert page.count("checked") == 1 and "Carol Dizon" in page
    assert consent.allows(world.contacts["carol"], "news", "mail")


def test_staff_write_down_what_they_hear_with_how(client, world):
    page = f"/staff/contacts/{world.contacts['cora'].number}/consent"
    client.sign_in(world.rhea)
    assert client.send(page, page, news_phone="y").status_code == 422
    assert client.send(page, page, news_phone="y", how="on the phone").status_code == 303
    assert "on the phone" in client.get(page).text
    assert client.sign_in(world.owen).get(page).status_code == 404


def test_who_of_us_opened_the_account_stands_there_once(client, app, world):
    rhea = app.test_client().sign_in(world.rhea)
    for _ in range(2):
        rhea.get(f"/staff/accounts/{world.account.number}")
        rhea.get(f"/staff/contacts/{world.contacts['carol'].number}")
    assert ViewLog.select().count() == 2
    assert client.sign_in(world.carol).get(f"{HERE}/looks").text.count("Rhea Cruz") == 2
    assert [row["what"] for row in client.get(f"{HERE}/looks.json").json["rows"]] == ["contact", "account"]


def test_a_request_is_asked_taken_and_answered(client, app, world):
    cora, rhea = client.sign_in(world.cora), app.test_client().sign_in(world.rhea)
    ask = f"{HERE}/requests"
    assert cora.send(ask, ask, kind="correction", words="").status_code == 422
    assert cora.send(ask, ask, kind="correction", words="My name is Cora Diaz").status_code == 303
    wish = DataRequest.get()
    page = f"/staff/data-requests/{wish.number}"
    assert wish.number in rhea.get("/staff/data-requests").text
    assert rhea.send(page, f"{page}/take").status_code == 303
    assert "Being done" in cora.get(ask).text
    assert rhea.send(page, f"{page}/answer", decision="done", reply="").status_code == 422
    assert rhea.send(page, f"{page}/answer", decision="done", reply="Corrected").status_code == 303
    shown = cora.get(ask).text
    assert "Corrected" in shown and "Rhea Cruz" in shown


@pytest.mark.parametrize("kind", ["json", "csv", "html"])
def test_everything_is_taken_along_as_a_file(carol, world, kind):
    order = make.order(world.account, note="=1+1")
    make.order(world.other_account)
    answer = take_along(carol, kind)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    if kind == "json":
        found = json.loads(answer.text)
        assert [row["number"] for row in found["order"]] == [order.number] and found["order_line"]
        assert found["account"][0]["name"] == "Carol’s Kitchen" and found["order"][0]["total_minor"] == "100.00"
    elif kind == "csv":
        folder = zipfile.ZipFile(io.BytesIO(answer.data))
        assert folder.testzip() is None
        rows = list(csv.DictReader(io.StringIO(folder.read("order.csv").decode("utf-8-sig"))))
        assert [row["number"] for row in rows] == [order.number] and rows[0]["note"] == "'=1+1"
    else:
        assert order.number in answer.text and "₱100.00" in answer.text and "Dave" not in answer.text
    assert take_along(carol, "xml").status_code == 422


@pytest.mark.parametrize("kind", ["json", "csv", "html"])
def test_states_of_the_day_lines_and_other_records_are_taken_along_as_words(carol, world, kind):
    with store.connection():
        order = make.order(world.account, state="delivered")
        return_asking.ask(order, by=world.carol, goods={order.lines[0].id: 1}, reason="damaged")
        make.invoice(world.account)
        make.warranty(world.account, order_line=order.lines[0])
    answer = take_along(carol, kind)
    assert answer.status_code == 200 and b"bound method" not in answer.data
    if kind == "html":
        assert order.number in answer.text and "RT-" in answer.text and "WA-" in answer.text


def test_what_is_taken_along_is_read_in_batches_and_whole_before_it_is_sent(carol, world, monkeypatch):
    monkeypatch.setattr("portal.whole.dossier.BATCH", 10)
    monkeypatch.setattr("portal.web.dossier_files.CHUNK", 100)
    for _ in range(25):
        make.order(world.account)
    answer = take_along(carol, "json", buffered=False)
    before = store.queries()
    pieces = list(answer.response)
    assert (len(pieces) > 3, store.queries()) == (True, before)
    assert len(json.loads(b"".join(pieces))["order"]) == 25


def test_the_documents_are_ones_own(client, world):
    assert client.post(TAKE, data={"kind": "json"}).status_code == 400
    text = take_along(client.sign_in(world.dave), "json").text
    assert "Carol" not in text and "Dave Ramos" in text


# Proof


def with_password():
    with store.writing():
        Login.update(password_hash=passwords.scramble(PASSWORD)).execute()


def came_in(before):
    with store.writing():
        Session.update(created_at=values.now() - before).execute()


def test_with_a_password_it_is_asked_for_and_nothing_typed_is_lost(carol):
    with_password()
    for typed in ({"password": ""}, {"password": "not it"}, {"password": None}):
        refused = carol.send(HERE, TAKE, kind="csv", **typed)
        assert refused.status_code == 422 and "not your present password" in refused.text
        assert '<option selected value="csv">' in refused.text and "Your sign-in" in refused.text
        refused = carol.send(ASK, ASK, kind="deletion", words="Forget my birthday", **typed)
        assert refused.status_code == 422 and "not your present password" in refused.text
        assert "Forget my birthday" in refused.text and '<option selected value="deletion">' in refused.text
    assert not DataRequest.select().exists()
    assert carol.send(HERE, TAKE, kind="json", password=PASSWORD).json["login"]
    assert carol.send(ASK, ASK, kind="correction", words="My name is Caroline").status_code == 303
    assert carol.send(ASK, ASK, kind="deletion", words="Forget my birthday", password=PASSWORD).status_code == 303


def test_who_came_in_by_a_link_half_an_hour_ago_gets_a_new_one(carol):
    assert "Your password" not in carol.get(HERE).text and take_along(carol, "json").status_code == 200
    came_in(timedelta(minutes=31))
    page = carol.get(HERE).text
    assert "E-mail me a link" in page and "Take it along<" not in page
    assert take_along(carol, "json").status_code == 422
    refused = carol.send(ASK, ASK, kind="deletion", words="Forget my birthday")
    assert refused.status_code == 422 and "Ask for a new link" in refused.text
    assert "Forget my birthday" in refused.text
    assert carol.send(ASK, ASK, kind="correction", words="My name is Caroline").status_code == 303
    form = carol.form(HERE, TAKE)
    assert carol.post("/sign-in/link", data=form.fields).location.endswith("/sign-in/sent")
    assert LinkRequest.get().email == "carol@kitchen.example"


def test_no_other_button_makes_an_old_session_young(carol):
    came_in(timedelta(minutes=31))
    assert carol.send("/security", "/security/sign-out-everywhere").status_code == 422
    assert take_along(carol, "json").status_code == 422
