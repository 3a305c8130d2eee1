"""“This was not me” over the wire: shown by GET, done by POST, then ordering stopped until an invoice is named."""

import pytest

from portal import store, values
from portal.people.links import Link
from portal.people.logins import Login
from portal.sales.order_stops import OrderStop
from portal.sales.orders import Order
from tests import stolen
from tests.routes import dbhash
from tests.stolen import order_of, sent_link, take_over


@pytest.fixture
def shop(world):
    return stolen.prepare(world)


@pytest.fixture
def owners(shop):
    """The link in the owner's letter, after a thief changed her address and her password."""
    return take_over(shop)


def test_opening_it_shows_what_is_taken_back_and_changes_nothing(client, shop, owners):
    before = dbhash()
    page = client.get(owners.path)
    assert page.status_code == 200
    assert "E-mail to sign in with changed" in page.text
    assert "evil.example" not in page.text
    assert dbhash() == before
    assert page.headers["Referrer-Policy"] == "strict-origin"


def test_its_button_takes_it_back_once_and_says_so_to_whoever_comes_again(client, shop, owners):
    client.sign_in(shop.dave)
    answer = client.send(owners.path, owners.path)
    assert (answer.status_code, answer.headers["Location"]) == (303, owners.path)
    page = client.get(owners.path)
    assert page.status_code == 200
    assert "carol@kitchen.example" in page.text
    assert client.post(owners.path, data=client.form("/account").fields).status_code == 303
    assert OrderStop.select().count() == 1


def test_a_dead_and_a_late_link_say_what_can_still_be_done_and_a_foreign_token_is_not_found(app, shop, owners):
    client, thiefs = app.test_client(), sent_link("thief@evil.example")
    client.send(owners.path, owners.path)
    page = client.get(thiefs.path)
    assert page.status_code == 410
    assert "/recover" in page.text
    assert client.get(owners.path[:-1] + ("A" if owners.path[-1] != "A" else "B")).status_code == 404
    with store.writing():
        Link.update(used_at=None, outcome="", expires_at=values.now()).execute()
    assert client.get(owners.path).status_code == 410


def test_ordering_goes_on_once_an_invoice_is_named_and_a_colleague_is_told_to_wait(app, shop, owners):
    app.test_client().send(owners.path, owners.path)
    carol, cora = app.test_client().sign_in(shop.carol), app.test_client().sign_in(shop.cora)
    assert "/security/proof" in carol.get("/").text
    assert "Ordering is stopped" in cora.get("/").text
    wrong = carol.send("/security/proof", number=shop.invoice.number, amount="1")
    assert wrong.status_code == 422
    assert "do not belong together" in wrong.text
    assert carol.send("/security/proof", number=shop.invoice.number, amount="lots").status_code == 422
    assert carol.send("/security/proof", number=shop.invoice.number, amount="100.00").status_code == 303
    assert "Ordering is stopped" not in carol.get("/").text


def test_staff_see_it_today_let_the_order_go_on_and_lift_the_stop_with_a_reason(app, shop, owners):
    order = order_of(shop)
    app.test_client().send(owners.path, owners.path)
    rhea = app.test_client().sign_in(shop.rhea)
    account, page = f"/staff/accounts/{shop.account.number}", f"/staff/orders/{order.number}"
    assert "1 account whose ordering is stopped" in rhea.get("/staff/").text
    assert account in rhea.get("/staff/accounts?stopped=yes").text
    assert order.number in rhea.get("/staff/orders?held_at=any").text
    assert rhea.send(page, f"{page}/release", reason=" ").status_code == 422
    assert rhea.send(page, f"{page}/release", reason="She called").status_code == 303
    assert Order.get_by_id(order.id).held_at is None
    assert rhea.send(account, f"{account}/ordering", reason=" ").status_code == 422
    assert rhea.send(account, f"{account}/ordering", reason="She came by").status_code == 303
    assert rhea.post(f"{account}/ordering", data=rhea.form(account).fields).status_code == 404


def test_the_stolen_session_ends_with_it(app, shop, owners):
    thief = app.test_client().sign_in(shop.carol)
    assert thief.get("/account").status_code == 200
    app.test_client().send(owners.path, owners.path)
    assert thief.get("/account").status_code == 303


def test_a_letter_about_ones_own_change_has_the_link_and_the_inbox_does_not(app, shop):
    carol = app.test_client().sign_in(shop.carol)
    shop.account.edit(by=shop.carol, phone="0999 666 0000")
    link = sent_link("carol@kitchen.example")
    notice = carol.get("/inbox").text
    assert link.token not in notice
    assert Login.get_by_id(shop.logins["carol"].id).epoch == 1
