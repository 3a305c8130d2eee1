"""Home over the wire: what waits first, then the orders, then whom to ask."""

import pytest

from portal import store
from portal.people.employees import Employee
from portal.sales.shipments import Shipment
from tests import make


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def test_a_quiet_home_says_so_and_names_the_contact_person(carol, world):
    page = carol.get("/").text
    assert "Nothing waits for you." in page
    assert "Rhea Cruz" in page and 'href="tel:+639175550142"' in page and "mailto:rhea@shop.example" in page


def test_messages_not_read_yet_come_first_and_leave_when_they_were_on_the_screen(carol, world):
    [notice, _] = make.told(world.account, world.logins["carol"])
    make.told(world.other_account, world.logins["dave"])
    page = carol.get("/").text
    assert "One thing needs you." in page and page.count("/inbox/") == 1 and f"/inbox/{notice.number}" in page
    assert page.index(f"/inbox/{notice.number}") < page.index('id="orders"')
    carol.get("/inbox")
    assert "Nothing waits for you." in carol.get("/").text


def test_an_order_begun_and_one_ready_to_be_picked_up_wait(carol, world):
    draft = make.order(world.account, state="draft")
    ready = make.order(world.account, state="shipped", delivery="pickup", branch_name="Quiapo")
    make.row(Shipment, order=ready, state="ready")
    page = carol.get("/").text
    assert "2 things need you." in page and "Quiapo" in page
    assert f"/orders/new?draft={draft.number}" in page and f"/orders/{ready.number}" in page


def test_the_newest_orders_of_the_account_stand_there_and_nobody_elses(carol, world):
    mine = [make.order(world.account) for _ in range(4)]
    foreign, ours = make.order(world.other_account), make.order(world.account, state="draft", source="staff")
    page = carol.get("/").text
    assert [order.number in page for order in (*mine, foreign, ours)] == [False, True, True, True, False, False]


def test_a_viewer_is_not_asked_to_order(client, world):
    make.order(world.account, state="draft")
    page = client.sign_in(world.cora).get("/").text
    assert "Nothing waits for you." in page and "Place an order" not in page


def test_an_account_without_contact_person_is_told_to_write_to_the_shop(carol, world):
    with store.writing():
        Employee.update(is_active=False).where(Employee.id == world.employees["rhea"].id).execute()
    page = carol.get("/").text
    assert "Whom to ask" in page and "Rhea Cruz" not in page


def test_home_costs_few_queries(carol, world, count_queries):
    for _ in range(5):
        make.told(world.account, world.logins["carol"])
        make.order(world.account)
        make.order(world.account, state="draft")
    assert count_queries(lambda: carol.get("/")) <= 8


def test_strangers_and_staff_are_sent_to_the_door(client, world):
    assert client.get("/").status_code == 303
    assert "/sign-in" in client.sign_in(world.rhea).get("/").headers["Location"]
