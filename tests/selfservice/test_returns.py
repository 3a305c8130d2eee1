"""The customer's way to a return: one form on the page of an order, then how it stands."""

import io
import re

import pytest

from portal.activity.attachments import Attachment
from portal.sales.orders import OrderLine
from portal.service import return_asking, return_deciding
from portal.service.returns import Return, ReturnLine
from tests import make
from tests.apps import Forms


@pytest.fixture
def delivered(world):
    return make.order(world.account, (make.product("RICE", stock=10), 6), state="delivered")


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def ask(client, order, **typed):
    (line, *_) = order.lines
    page = f"/orders/{order.number}/return"
    return client.send(page, page, **{f"goods_{line.id}": "2", "reason": "damaged"} | typed)


def test_two_pages_and_one_button_send_goods_back(carol, delivered):
    shown = carol.get(f"/orders/{delivered.number}").text
    assert f"/orders/{delivered.number}/return" in shown and "Send something back" in shown
    photo = (io.BytesIO(b"Torn bags"), "torn.txt")
    answer = ask(carol, delivered, words="Torn", wish="replacement", files=[photo])
    assert answer.status_code == 303 and answer.location.endswith("/returns/RT-000001")
    page = carol.get("/returns/RT-000001").text
    assert "We have it, and will answer." in page and "Rhea Cruz was told" in page
    assert "torn.txt" in page and "It came damaged" in page and "Withdraw it" in page
    assert "RT-000001" in carol.get(f"/orders/{delivered.number}").text
    assert "Return asked for" in carol.get(f"/orders/{delivered.number}").text


def test_a_refused_form_loses_neither_words_nor_files(carol, delivered):
    (line,) = delivered.lines
    photo = (io.BytesIO(b"Torn bags"), "torn.txt")
    answer = ask(carol, delivered, **{f"goods_{line.id}": "7"}, words="Seven are torn", files=[photo])
    assert answer.status_code == 422 and Return.select().count() == 0
    assert "Up to 6 of this can come back." in answer.text and "torn.txt" in answer.text
    form = next(f for f in Forms(answer.text).found if f.method == "post" and "return" in (f.action or ""))
    assert form.fields["words"] == "Seven are torn" and form.fields["reason"] == "damaged"
    assert carol.post(form.action, data=form.fields | {f"goods_{line.id}": "6"}).status_code == 303
    assert Attachment.get().name == "torn.txt" and ReturnLine.get().asked == 6


@pytest.mark.parametrize("typed", ["0", "", "-1", "abc", "1e9", "9" * 40, "1\0"])
def test_absurd_quantities_are_told_at_the_field(carol, delivered, typed):
    answer = ask(carol, delivered, **{f"goods_{delivered.lines[0].id}": typed})
    assert answer.status_code == 422 and "needs a change" in answer.text
    assert Return.select().count() == 0


def test_lines_that_were_not_offered_are_not_taken(carol, world, delivered):
    foreign = make.order(world.other_account, state="delivered").lines[0]
    page = f"/orders/{delivered.number}/return"
    form = carol.form(page, page)
    answer = carol.post(page, data=form.fields | {f"goods_{foreign.id}": "1", "reason": "late"})
    assert answer.status_code == 422 and Return.select().count() == 0


def test_who_may_only_look_sees_returns_and_asks_for_none(client, world, delivered):
    made = return_asking.ask(delivered, by=world.carol, goods={delivered.lines[0].id: 1}, reason="late")
    client.sign_in(world.cora)
    assert client.get(f"/returns/{made.number}").status_code == 200
    assert client.get(f"/orders/{delivered.number}/return").status_code == 403
    assert "Withdraw it" not in client.get(f"/returns/{made.number}").text
    client.sign_in(world.dave)
    assert [client.get(f"/returns/{n}").status_code for n in (made.number, "RT-000999", "RT-1")] == [404] * 3


def test_a_customer_withdraws_until_we_have_answered(carol, world, delivered):
    made = return_asking.ask(delivered, by=world.carol, goods={delivered.lines[0].id: 1}, reason="late")
    carol.send(f"/returns/{made.number}", f"/returns/{made.number}/withdraw")
    assert Return.get().state == "withdrawn" and "You withdrew it" in carol.get(f"/returns/{made.number}").text
    second = return_asking.ask(delivered, by=world.carol, goods={delivered.lines[0].id: 1}, reason="late")
    form = carol.form(f"/returns/{second.number}", f"/returns/{second.number}/withdraw")
    return_deciding.approve(second, by=world.rhea, reply="Bring it to Cubao")
    answer = carol.post(f"/returns/{second.number}/withdraw", data=form.fields)
    assert answer.status_code == 422 and "moved on" in answer.text
    page = carol.get(f"/returns/{second.number}").text
    assert "Send the goods to us" in page and "Bring it to Cubao" in page


def test_what_is_not_confirmed_yet_is_cancelled_at_once(carol, world):
    order = make.order(world.account, (make.product("OIL", stock=10), 4), state="placed")
    (line,) = order.lines
    assert "Cancel a part of it" in carol.get(f"/orders/{order.number}").text
    page = f"/orders/{order.number}/return"
    assert carol.send(page, page, **{f"unsent_{line.id}": "1", "reason": "too_many"}).status_code == 303
    assert OrderLine.get_by_id(line.id).cancelled == 1
    assert "It is cancelled and will not be sent." in carol.get("/returns/RT-000001").text


def test_the_list_and_its_files(carol, world, delivered):
    assert "Your returns will stand here" in carol.get("/returns").text
    made = return_asking.ask(delivered, by=world.carol, goods={delivered.lines[0].id: 1}, reason="late")
    page = carol.get("/returns").text
    assert made.number in page and re.search(r'href="/orders" aria-current="page"', page)
    (row,) = carol.get("/returns.json").json["rows"]
    assert (row["number"], row["order"], row["state"]) == (made.number, delivered.number, "asked")
    assert "RT-000001" in carol.get("/returns.csv").text


def test_nothing_left_to_send_back_says_so(carol, world, delivered):
    return_asking.ask(delivered, by=world.carol, goods={delivered.lines[0].id: 6}, reason="late")
    assert "Nothing of this order can come back" in carol.get(f"/orders/{delivered.number}/return").text


def test_the_pages_ask_the_database_few_times(carol, world, delivered, count_queries):
    made = return_asking.ask(
        delivered, by=world.carol, goods={delivered.lines[0].id: 1}, reason="late", files=[make.sent()]
    )
    pages = (f"/returns/{made.number}", "/returns", f"/orders/{delivered.number}/return")
    for page in pages:
        carol.get(page)
        assert count_queries(lambda page=page: carol.get(page)) <= 8, page


def test_home_tells_of_returns_under_way(carol, world, delivered, count_queries):
    made = return_asking.ask(delivered, by=world.carol, goods={delivered.lines[0].id: 1}, reason="late")
    assert made.number in carol.get("/").text
    return_deciding.approve(made, by=world.rhea)
    assert f"Send the goods of {made.number} to us" in carol.get("/").text
    assert count_queries(lambda: carol.get("/")) <= 8
