"""Returns on the staff face: decided, received and settled on one page, never twice."""

import pytest

from portal.sales import invoicing
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.service import return_asking, return_deciding
from portal.service.returns import Return, ReturnLine
from tests import make


@pytest.fixture
def delivered(world):
    return make.order(world.account, (make.product("RICE", stock=10, name="Dinorado"), 6), state="delivered")


@pytest.fixture
def asked(world, delivered):
    return return_asking.ask(
        delivered, by=world.carol, goods={delivered.lines[0].id: 3}, reason="damaged", words="Torn"
    )


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def step(client, return_, verb, **typed):
    page = f"/staff/returns/{return_.number}"
    return client.send(page, f"{page}/{verb}", **typed)


def test_the_whole_way_on_one_page(client, world, delivered, asked):
    invoicing.issue(delivered, by=world.mona)
    line = delivered.lines[0].id
    client.sign_in(world.mona)
    page = client.get(f"/staff/returns/{asked.number}").text
    assert "Torn" in page and "It came damaged" in page and "Take back of Dinorado" in page
    assert step(client, asked, "approve", **{f"goods_{line}": "2"}, reply="Two of them").status_code == 303
    assert "Carol Dizon and Rhea Cruz were told" in client.get(f"/staff/returns/{asked.number}").text
    assert step(client, asked, "receive", **{f"restock_{line}": "1", f"scrap_{line}": "1"}).status_code == 303
    assert Product.get().stock == 11
    assert step(client, asked, "credit").status_code == 303
    note = Invoice.get(Invoice.kind == "credit_note")
    assert note.total_minor == 20_000
    page = client.get(f"/staff/returns/{asked.number}").text
    assert note.number in page and "Return settled" in page
    assert f"/staff/returns/{asked.number}" in client.get(f"/staff/invoices/{note.number}").text
    order = client.get(f"/staff/orders/{delivered.number}").text
    assert f"Return approved, {asked.number}" in order and f"Return settled, {asked.number}" in order
    assert note.number in client.sign_in(world.carol).get(f"/returns/{asked.number}").text


def test_a_replacement_is_linked_both_ways(rhea, world, delivered, asked):
    return_deciding.approve(asked, by=world.rhea)
    return_deciding.receive(asked, by=world.rhea, scrap={delivered.lines[0].id: 3})
    assert step(rhea, asked, "replace").status_code == 303
    order = Order.get(Order.source == "replacement")
    assert order.number in rhea.get(f"/staff/returns/{asked.number}").text
    assert asked.number in rhea.get(f"/staff/orders/{order.number}").text


def test_a_rep_leaves_the_credit_to_a_manager(rhea, world, delivered, asked):
    return_deciding.approve(asked, by=world.rhea)
    return_deciding.receive(asked, by=world.rhea, scrap={delivered.lines[0].id: 3})
    page = rhea.get(f"/staff/returns/{asked.number}").text
    assert "A manager gives the credit." in page and "/credit" not in page
    assert rhea.post(f"/staff/returns/{asked.number}/credit").status_code in (400, 403)


def test_who_was_slower_reads_that_it_moved_on_and_changes_nothing(rhea, world, asked):
    page = f"/staff/returns/{asked.number}"
    form = rhea.form(page, f"{page}/decline")
    return_deciding.approve(asked, by=world.mona)
    answer = rhea.post(f"{page}/decline", data=form.fields | {"reply": "They were not ours"})
    assert answer.status_code == 422 and "has moved on in the meantime" in answer.text
    assert Return.get().state == "approved"


def test_wrong_numbers_are_told_at_their_fields_and_stay(rhea, delivered, asked):
    line = delivered.lines[0].id
    answer = step(rhea, asked, "approve", **{f"goods_{line}": "4"}, reply="Four")
    assert answer.status_code == 422 and "3 were asked for" in answer.text and 'value="4"' in answer.text
    answer = step(rhea, asked, "decline", reply="")
    assert answer.status_code == 422 and Return.get().state == "asked"


def test_credit_without_an_invoice_says_what_to_do(client, world, delivered, asked):
    return_deciding.approve(asked, by=world.rhea)
    return_deciding.receive(asked, by=world.rhea, restock={delivered.lines[0].id: 3})
    answer = step(client.sign_in(world.mona), asked, "credit")
    assert answer.status_code == 422 and "was not invoiced, or was credited already" in answer.text


def test_staff_write_a_return_down_for_a_customer(rhea, world, delivered):
    page = f"/staff/orders/{delivered.number}/return"
    answer = rhea.send(
        page, page, **{f"goods_{delivered.lines[0].id}": "1", "reason": "wrong", "wish": "replacement"}
    )
    assert answer.status_code == 303
    assert (ReturnLine.get().asked, Return.get().asked_by) == (1, "Rhea Cruz")


def test_the_list_of_returns_is_filtered_and_found(rhea, client, world, asked):
    for address in (
        "/staff/returns",
        "/staff/returns?state=open",
        "/staff/returns?state=asked",
        "/staff/returns?q=dinorado",
    ):
        assert asked.number in rhea.get(address).text, address
    assert asked.number not in rhea.get("/staff/returns?state=settled").text
    assert rhea.get("/staff/returns.json").json["rows"][0]["number"] == asked.number
    assert rhea.get(f"/staff/search?q={asked.number}").location.endswith(f"/staff/returns/{asked.number}")
    client.sign_in(world.owen)
    assert asked.number not in client.get("/staff/returns").text
    assert client.get(f"/staff/returns/{asked.number}").status_code == 404


def test_the_page_asks_the_database_few_times(rhea, world, asked, count_queries):
    for page in (f"/staff/returns/{asked.number}", "/staff/returns"):
        rhea.get(page)
        assert count_queries(lambda page=page: rhea.get(page)) <= 8, page


def test_today_counts_the_returns_that_wait(rhea, client, world, asked):
    assert "1 return waits for us" in rhea.get("/staff/").text
    return_deciding.approve(asked, by=world.rhea)
    assert "return waits" not in rhea.get("/staff/").text
