"""Orders above a buyer's limit over the wire: said before, sent, answered on the page or by the link."""

import pytest

from portal import store
from portal.customers.memberships import Membership
from portal.outbox import Outbox
from portal.people.links import Link
from portal.sales import requisitions
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.web import posting
from tests.apps import Forms
from tests.portal.test_account_notices import SHOP
from tests.portal.test_requisitions import approve, furnished, place
from tests.routes import dbhash


@pytest.fixture
def shop(world):
    return furnished(world)


def page_of(order):
    return f"/orders/{order.number}/approval"


def reviewed(client, **pieces):
    pad = client.form("/orders/new")
    fields = pad.fields | {f"quantity:{code}": str(number) for code, number in pieces.items()}
    return client.post("/orders/new/review", data=fields)


def test_the_review_says_before_that_it_must_be_approved_and_by_whom(client, app, shop):
    client.sign_in(shop.ben)
    assert "Place order" in reviewed(client, RICE=5).text
    page = reviewed(client, RICE=6)
    assert "You order alone up to ₱500.00. We ask Bea Dizon first" in page.text
    assert "Send it to be approved" in page.text and ">Place order<" not in page.text
    form = next(form for form in Forms(page.text).found if form.action == "/orders/new/place")
    answer = client.post(form.action, data=form.fields)
    order = Order.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{order.number}")
    shown = client.get(answer.headers["Location"]).text
    assert "Nothing is ordered yet." in shown and "Bea Dizon was told." in shown and "Take it back" in shown
    assert order.number in client.get("/orders?state=to_approve").text
    assert order.number in app.test_client().sign_in(shop.rhea).get("/staff/orders?state=to_approve").text
    account = app.test_client().sign_in(shop.rhea).get(f"/staff/accounts/{shop.account.number}").text
    assert order.number in account and "To be approved" in account


def test_an_approver_sees_what_changed_since_and_places_it(client, shop):
    order = place(shop)
    client.sign_in(shop.bea)
    assert "Ben Dizon asks you to approve an order" in client.get("/").text
    assert "Look at it and answer" in client.get(f"/orders/{order.number}").text
    early = client.form(page_of(order), page_of(order)).fields
    with store.writing():
        Product.update(list_minor=11_000).execute()
    before = dbhash()
    page = client.post(page_of(order), data=early | {"decision": "approve"})
    assert page.status_code == 422 and "It comes to ₱660.00 now" in page.text
    assert "<del>" in page.text and "It was ₱600.00 when Ben Dizon asked" in page.text
    assert dbhash() == before
    answer = client.send(page_of(order), page_of(order), decision="approve")
    assert answer.headers["Location"] == f"/orders/{order.number}"
    assert Order.get_by_id(order.id).state == "placed"
    assert client.get(page_of(order)).status_code == 303


def test_an_approver_changes_how_many_and_works_out_the_sum_first(client, shop):
    order = place(shop)
    client.sign_in(shop.bea)
    line = f"pieces:{order.lines[0].id}"
    summed = client.send(page_of(order), page_of(order), decision="sum", **{line: "4"})
    assert summed.status_code == 200 and "₱400" in summed.text
    bad = client.send(page_of(order), page_of(order), decision="approve", **{line: "four"})
    assert bad.status_code == 422 and "Write a whole number" in bad.text and 'value="four"' in bad.text
    short = client.send(page_of(order), page_of(order), decision="approve", **{line: "90"})
    assert short.status_code == 422 and "Only 40 are left" in short.text
    client.send(page_of(order), page_of(order), decision="approve", shown_total_minor="40000", **{line: "4"})
    assert Order.get_by_id(order.id).total_minor == 40_000


def test_declining_needs_a_word_and_the_buyer_reads_it(client, app, shop):
    order = place(shop)
    client.sign_in(shop.carol)
    assert client.send(page_of(order), page_of(order), decision="decline").status_code == 422
    client.send(page_of(order), page_of(order), decision="decline", words="Wait for payday")
    shown = app.test_client().sign_in(shop.ben).get(f"/orders/{order.number}").text
    assert "Wait for payday" in shown and "Carol Dizon did not approve it" in shown and "Go on with it" in shown


def test_whoever_comes_second_reads_who_was_first(client, app, shop):
    order = place(shop)
    bea, carol = app.test_client().sign_in(shop.bea), app.test_client().sign_in(shop.carol)
    late = carol.form(page_of(order), page_of(order)).fields
    bea.send(page_of(order), page_of(order), decision="approve")
    answer = carol.post(page_of(order), data=late | {"decision": "decline", "words": "No"})
    assert answer.headers["Location"] == f"/orders/{order.number}"
    assert "Bea Dizon has approved" in carol.get(f"/orders/{order.number}").text


@pytest.mark.parametrize("who, status", [("ben", 303), ("cora", 403), ("dave", 404), ("bea", 200), ("carol", 200)])
def test_who_may_answer(client, shop, who, status):
    assert client.sign_in(getattr(shop, who)).get(page_of(place(shop))).status_code == status


def test_the_buyer_takes_it_back_and_nobody_else_does(client, app, shop):
    order = place(shop)
    withdraw = f"{page_of(order)}/withdraw"
    bea = app.test_client().sign_in(shop.bea)
    assert bea.post(withdraw, data=bea.form("/security").fields).status_code == 403
    assert client.sign_in(shop.ben).send(f"/orders/{order.number}", withdraw).status_code == 303
    assert Order.get_by_id(order.id).state == "draft"


def test_the_link_of_the_letter_answers_without_signing_in_once(client, shop):
    order = place(shop)
    link = Link.get(Link.login == shop.bea_place.login)
    page = client.get(link.path)
    assert "Approve and order" in page.text and "Rice RICE" in page.text and 'name="pieces' not in page.text
    assert client.send(link.path, link.path, decision="approve").status_code == 303
    assert Order.get_by_id(order.id).state == "placed"
    assert "Approved. The order is placed." in client.get(link.path).text


def test_the_link_says_when_there_is_nothing_to_answer_any_more_or_no_right_to(client, shop):
    order = place(shop)
    link = Link.get(Link.login == shop.bea_place.login)
    requisitions.of_order(order).decline(by=shop.carol, words="No")
    assert "has declined order" in client.get(link.path).text
    other = place(shop)
    link = Link.select().where(Link.login == shop.bea_place.login).order_by(Link.id.desc()).first()
    with store.writing():
        Membership.update(may_approve=False).where(Membership.id == shop.bea_place.id).execute()
    assert "may not do this" in client.get(link.path).text
    assert Order.get_by_id(other.id).state == "to_approve"


@pytest.mark.parametrize("language", ["en", "th"])
def test_the_letters_are_written(shop, language):
    requisitions.of_order(place(shop)).decline(by=shop.carol, words="Wait")
    from_pad = place(shop)
    approve(from_pad, shop.bea)
    texts = {row.template: posting.letter_for(row, SHOP).text for row in Outbox.select()}
    assert {"order_to_approve", "order_approved", "order_declined"} <= texts.keys()
    assert "Wait" in texts["order_declined"] and "₱600.00" in texts["order_to_approve"]


def test_the_pages_cost_little(client, shop, count_queries):
    order = place(shop)
    client.sign_in(shop.bea)
    for path in (page_of(order), f"/orders/{order.number}"):
        client.get(path)
        assert count_queries(lambda path=path: client.get(path)) <= 8, path
