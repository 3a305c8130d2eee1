"""Seeing a customer's pages as one of its people: announced, kept, over by itself, and no way to act; attacked."""

from datetime import timedelta

import pytest

from portal import read_only, store, values
from portal.audit import Entry
from portal.customers.looks import Look
from portal.customers.memberships import Membership
from portal.errors import Denied
from portal.outbox import Outbox
from portal.people.links import Link
from portal.people.sessions import Session
from tests import make, routes
from tests.routes import dbhash


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def begin(client, world, name="carol"):
    page = f"/staff/accounts/{world.account.number}/look"
    return client.send(page, page, member=world.memberships[name].number)


@pytest.fixture
def looking(rhea, world):
    """Rhea's browser, which shows Carol's pages."""
    answer = begin(rhea, world)
    assert rhea.get(answer.headers["Location"]).headers["Location"] == "/"
    return rhea


def test_the_pages_stand_there_as_the_person_sees_them_with_a_banner_and_the_person_is_told(looking, world):
    order = make.order(world.account)
    for path in ("/", "/orders", f"/orders/{order.number}", "/account", "/account/people", "/invoices", "/help"):
        page = looking.get(path)
        assert page.status_code == 200 and "You see what Carol Dizon sees" in page.text, path
    assert "You see what Carol Dizon sees" in looking.get("/orders/SO-999999").text
    assert order.number in looking.get("/orders.json").text
    told = Outbox.select().where(Outbox.template == "looked_as")
    assert {row.name for row in told} == {"Carol Dizon"}
    begun = Entry.get(Entry.event == "membership.looked_as")
    assert (begun.actor_name, begun.about) == ("Rhea Cruz", str(world.account.ref))


def test_the_person_reads_later_who_saw_the_pages(looking, app, world):
    page = app.test_client().sign_in(world.carol).get("/account/data/looks").text
    assert "Rhea Cruz saw your pages as you see them" in page
    assert "saw your pages" not in app.test_client().sign_in(world.cora).get("/account/data/looks").text


def test_nothing_can_be_done_by_it_whatever_is_sent_where(looking, app, world):
    make.address(world.account)
    looking.get("/account")
    forms = [looking.form("/account", "/account/edit/phone"), looking.form("/account", "/sign-out")]
    before, sessions = dbhash(), Session.select().count()
    for form in forms:
        assert looking.post(form.action, data=form.fields | {"phone": "0917 555 0111"}).status_code == 403
    token = {"csrf_token": forms[0].fields["csrf_token"]}
    for rule, needs, method in routes.all_routes(app):
        if rule.rule.startswith(("/staff", "/unsubscribe", "/order-form")) or rule.rule == "/looking/end":
            continue
        address = routes.address(rule, None) if needs.on is None else rule.rule.replace("<number>", "1")
        if method == "POST" and "<" not in address:
            assert looking.post(address, data=token).status_code in (400, 403, 405), address
    assert dbhash() == before and Session.select().count() == sessions


def test_reading_keeps_nothing_either(looking, app, world):
    make.told(world.account, world.logins["carol"])
    link = Link.select().count()
    everything = {model: model.select().count() for model in store.tables()}
    before = dbhash()
    for rule, needs, method in routes.all_routes(app):
        if method == "GET" and needs.on is None and not rule.rule.startswith("/staff") and "looking" not in rule.rule:
            looking.get(routes.address(rule, None))
    assert dbhash() == before and Link.select().count() == link
    assert {model: model.select().count() for model in store.tables()} == everything


@pytest.mark.parametrize("path", [
    "/security", "/inbox", "/account/data", "/account/data/requests", "/sign-in",
])  # fmt: skip
def test_what_is_the_persons_alone_is_not_shown(looking, path):
    page = looking.get(path)
    assert page.status_code == 403 and "is not shown to you" in page.text


def test_the_shut_store_refuses_business_and_takes_housekeeping_back(world):
    with read_only.reading_only():
        with pytest.raises(Denied):
            world.account.edit(by=world.carol, phone="0917 555 0111")
        with store.housekeeping("sessions"):
            Session.delete().execute()
            Session.create(token_hash="x", login=world.logins["carol"], epoch=1, created_at=values.now(),
                           seen_at=values.now())  # fmt: skip
    assert Session.select().count() == 0
    world.account.edit(by=world.carol, phone="0917 555 0111")


@pytest.mark.parametrize("how", ["time", "sign-out", "account", "member", "employee"])
def test_it_ends_by_itself_and_says_so(looking, world, how):
    assert looking.get("/orders").status_code == 200
    with store.writing():
        if how == "time":
            Look.update(until=values.now() - timedelta(seconds=1)).execute()
        if how == "account":
            type(world.account).update(team=world.south).where(type(world.account).id == world.account.id).execute()
        if how == "member":
            Membership.update(ended_at=values.now()).execute()
        if how == "employee":
            type(world.employees["rhea"]).update(is_active=False).execute()
    if how == "sign-out":
        looking.send("/staff/", "/staff/sign-out")
    over = looking.get("/orders")
    assert over.status_code == 410 and "This look has ended" in over.text
    assert looking.get("/orders").status_code == 303


def test_it_is_ended_by_hand(looking, world):
    answer = looking.send("/orders", "/looking/end")
    assert answer.headers["Location"] == f"/staff/accounts/{world.account.number}"
    assert Look.get().ended_at and looking.get("/orders").status_code == 303
    assert Entry.select().where(Entry.event == "membership.look_ended").count() == 1


def test_nobody_else_gets_in_by_the_address_of_a_look(looking, app, world):
    address = f"/looking/{Look.get().id}"
    for other in (world.mona, world.owen, world.dave, None):
        browser = app.test_client()
        if other is not None:
            browser.sign_in(other)
        assert browser.get(address).status_code == 404
        assert "Carol" not in browser.get("/orders").text
    assert looking.get("/looking/99").status_code == 404 and looking.get("/looking/x").status_code == 404


def test_a_cookie_of_the_look_alone_opens_nothing(looking, app, world):
    stolen = app.test_client()
    with stolen.session_transaction(path="/") as cookie:
        cookie["_user_id"] = f"look:{Look.get().id}"
    assert stolen.get("/orders").status_code == 410
    with stolen.session_transaction(path="/staff/") as cookie:
        cookie["_user_id"] = f"look:{Look.get().id}"
    assert stolen.get("/staff/").status_code == 303


def test_who_may_look(client, app, world):
    page = f"/staff/accounts/{world.account.number}/look"
    assert client.sign_in(world.owen).get(page).status_code == 404
    assert app.test_client().sign_in(world.carol).get(page).status_code == 303
    client.sign_in(world.mona)
    assert client.send(page, page, member=world.memberships["dave"].number).status_code == 422
    assert not Look.select().exists()
