"""Suggested orders over the wire: the switch, the link of the letter, the same page signed in, the pad."""

import pytest

from portal import audit, store, values
from portal.audit import Entry
from portal.people import task_links
from portal.sales import suggestions
from portal.sales.catalogue import Product
from portal.sales.orders import Order
from portal.sales.suggestions import Suggestion, SuggestionSwitch
from tests import make, samples


@pytest.fixture
def suggestion(world):
    make.address(world.account)
    return samples.suggestion(world.account, make.product("RICE", stock=50))


def link_of(suggestion, login):
    with audit.change(values.clock("Suki"), "suggestion.sent", suggestion) as change:
        change.happened()
        return task_links.issue(change, suggestions.TASK, login, suggestion, account=suggestion.account_id)


def test_the_link_shows_lines_and_sum_and_places_the_order_once(client, world, suggestion):
    link = link_of(suggestion, world.logins["carol"])
    page = client.get(link.path)
    assert "₱600<i>.00" in page.text
    assert client.send(link.path, link.path, decision="place").status_code == 303
    assert "Your order is sent." in client.get(link.path).text
    order = Order.get()
    assert (order.state, order.total_minor, order.placed_by) == ("placed", 60_000, "Carol Dizon")


def test_a_price_that_moved_is_said_and_nothing_is_placed_at_another_than_was_shown(client, world, suggestion):
    link = link_of(suggestion, world.logins["carol"])
    form = client.form(link.path, link.path)
    with store.writing():
        Product.update(list_minor=11_000).execute()
    refused = client.post(link.path, data=form.fields | {"decision": "place"})
    assert refused.status_code == 422
    assert "₱660<i>.00" in refused.text
    assert Order.select().count() == 0
    assert "the letter said" in client.get(link.path).text


def test_signed_in_it_stands_on_home_and_is_skipped_or_stopped_from_its_page(app, world, suggestion):
    carol = app.test_client().sign_in(world.carol)
    page = f"/orders/suggested/{suggestion.number}"
    assert page in carol.get("/").text
    assert carol.send(page, page, decision="skip").status_code == 303
    assert Suggestion.get().state == "skipped"
    assert carol.post(page, data=carol.form("/orders/suggestions").fields | {"decision": "place"}).status_code == 422
    assert page not in carol.get("/").text


def test_the_switch_is_off_until_somebody_who_orders_turns_it_on(app, world):
    carol, cora = app.test_client().sign_in(world.carol), app.test_client().sign_in(world.cora)
    page = "/orders/suggestions"
    assert carol.send(page, page, is_on="y").status_code == 303
    assert SuggestionSwitch.get().is_on
    assert 'name="is_on"' not in cora.get(page).text
    assert Entry.select().where(Entry.event == "account.suggestions_switched").count() == 1


def test_the_pad_opens_with_its_lines(client, world, suggestion):
    client.sign_in(world.carol)
    page = client.get(f"/orders/new?suggested={suggestion.number}").text
    assert 'name="quantity:RICE" value="6"' in page


def test_its_page_asks_the_database_little(app, world, suggestion, count_queries):
    link, client = link_of(suggestion, world.logins["carol"]).path, app.test_client()
    carol, page = app.test_client().sign_in(world.carol), f"/orders/suggested/{suggestion.number}"
    for reader, here in ((carol, page), (client, link)):
        assert "₱600<i>.00" in reader.get(here).text
        assert count_queries(lambda reader=reader, here=here: reader.get(here)) <= 8, here


def test_above_the_limit_of_whoever_answers_it_goes_to_a_colleague(client, world, suggestion):
    ben = make.member(world.account, "Ben Dizon")
    with store.writing():
        type(ben).update(order_limit_minor=50_000).where(type(ben).id == ben.id).execute()
    link = link_of(suggestion, ben.login)
    page = client.get(link.path).text
    assert "We ask Carol Dizon first" in page and "Send it to be approved" in page
    assert client.send(link.path, link.path, decision="place").status_code == 303
    assert Order.get().state == "to_approve"
