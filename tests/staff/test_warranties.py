"""Warranties and claims for staff on the wire: numbers of shipments, proofs, the queue, deciding, costs, terms."""

from datetime import timedelta

import pytest

from portal import values
from portal.sales import invoicing, shipments
from portal.sales.orders import Order
from portal.service import claim_deciding, claiming, claims, covering, registering
from portal.service.claims import Claim
from portal.service.warranties import Warranty
from portal.service.warranty_terms import WarrantyTerms
from portal.values import ANONYMOUS, Actor
from tests import make

TODAY = values.shop_day()


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


@pytest.fixture
def stove(database, client):
    return make.product("STOVE", name="Gas stove", stock=20, warranty_months=12)


@pytest.fixture
def thing(world, stove):
    make.order(world.account, (stove, 2), state="delivered")
    covering.catch_up()
    return Warranty.visible_to(world.carol).get()


def test_the_numbers_of_a_shipment_are_written_down_on_a_page_of_its_own(rhea, world, stove):
    order = make.order(world.account, (stove, 2), state="confirmed")
    shipment = shipments.ship(order, by=world.rhea)
    page = f"/staff/shipments/{shipment.number}/numbers"
    assert page in rhea.get(f"/staff/shipments/{shipment.number}").text
    field = next(name for name in rhea.form(page, page).fields if name.startswith("serials_"))
    answer = rhea.send(page, page, **{field: "A1\nA2\nA3"})
    assert answer.status_code == 422 and "2 of Gas stove are in this shipment" in answer.text and "A3" in answer.text
    assert rhea.send(page, page, **{field: "A1\nA2"}).status_code == 303
    assert "A1, A2" in rhea.get(f"/staff/shipments/{shipment.number}").text
    shipment.deliver(by=world.rhea)
    assert "A2" in rhea.get(f"/staff/orders/{order.number}").text
    assert rhea.get("/staff/search?q=A2").status_code in (200, 303)
    assert [row["serial"] for row in rhea.get("/staff/warranties.json?q=a2").json["rows"]] == ["A2"]


def test_a_proof_is_confirmed_or_declined_once(rhea, world, stove):
    files_of = lambda n: {"serial": f"N{n}", "files": [make.sent()]}  # noqa: E731
    made = [
        registering.register(world.account, by=world.carol, product="STOVE", bought_on=TODAY, **files_of(n))
        for n in range(2)
    ]
    assert "Gas stove" in rhea.get("/staff/warranties?state=waiting").text
    page = f"/staff/warranties/{made[0].number}"
    form = rhea.form(page, f"{page}/decline")
    assert rhea.send(page, f"{page}/confirm", months="24").status_code == 303
    answer = rhea.post(f"{page}/decline", data=form.fields | {"reply": "No"})
    assert answer.status_code == 422 and "has changed in the meantime" in answer.text
    page = f"/staff/warranties/{made[1].number}"
    assert rhea.send(page, f"{page}/decline", reply="").status_code == 422
    rhea.send(page, f"{page}/decline", reply="Another model")
    assert [thing.state for thing in Warranty.select().order_by(Warranty.id)] == ["covered", "declined"]


def test_the_queue_shows_what_was_promised_oldest_promise_first(rhea, world, thing):
    early = values.now() - timedelta(days=9)
    claiming.claim(thing, by=world.carol, words="Cold", now=early)
    claiming.claim(make.warranty(world.account), by=world.carol, words="Hot")
    page = rhea.get("/staff/claims").text
    assert page.index("CL-000001") < page.index("CL-000002") and "days late" in page.lower()
    claim_deciding.refuse(Claim.get_by_id(1), by=world.mona, reply="It fell")
    assert (
        "CL-000001" not in rhea.get("/staff/claims").text
        and "CL-000001" in rhea.get("/staff/claims?state=refused").text
    )
    row = rhea.get("/staff/claims.json").json["rows"][0]
    assert (row["number"], row["labour"], row["account"]) == ("CL-000002", "0.00", world.account.number)
    assert "CL-000002" in rhea.get(f"/staff/accounts/{world.account.number}").text


def test_a_claim_goes_its_way_and_its_costs_stay_with_us(client, world, thing):
    claiming.claim(thing, by=world.carol, words="Cold")
    page = "/staff/claims/CL-000001"
    client.sign_in(world.rhea)
    assert client.send(page, f"{page}/accept", reply="Bring it").status_code == 303
    assert client.send(page, f"{page}/receive").status_code == 303
    assert client.send(page, f"{page}/repair", reply="").status_code == 422
    assert client.send(page, f"{page}/repair", reply="A new valve").status_code == 303
    bad = client.send(page, f"{page}/cost", labour_minor="x", parts_minor="2")
    assert bad.status_code == 422 and 'value="x"' in bad.text
    assert client.send(page, f"{page}/cost", labour_minor="350", parts_minor="1,200.50").status_code == 303
    assert client.send(page, f"{page}/close").status_code == 303
    made = Claim.get()
    assert (made.state, made.settled_how, made.labour_minor, made.parts_minor) == (
        "closed",
        "repaired",
        35_000,
        120_050,
    )
    client.sign_in(world.carol)
    shown = client.get("/claims/CL-000001").text
    assert "A new valve" in shown and "350" not in shown and "Costs of a claim" not in shown


def test_two_who_decide_at_once_and_the_slower_one_reads_so(client, world, thing):
    made = claiming.claim(thing, by=world.carol, words="Cold")
    page = "/staff/claims/CL-000001"
    client.sign_in(world.rhea)
    form = client.form(page, f"{page}/refuse")
    claim_deciding.accept(made, by=world.mona)
    answer = client.post(f"{page}/refuse", data=form.fields | {"reply": "Too old"})
    assert answer.status_code == 422 and "has moved on in the meantime" in answer.text and "Too old" in answer.text


def test_managers_give_the_credit_and_everybody_sends_the_same_again(client, world, stove):
    order = make.order(world.account, (stove, 2), state="delivered")
    invoicing.issue(order, by=world.mona)
    covering.catch_up()
    thing = Warranty.visible_to(world.carol).get()
    page = "/staff/claims/CL-000001"
    made = claiming.claim(thing, by=world.carol, words="Cold")
    claim_deciding.accept(made, by=world.rhea)
    claim_deciding.receive(made, by=world.rhea)
    client.sign_in(world.rhea)
    assert "A manager gives the credit." in client.get(page).text
    assert client.post(f"{page}/refund", data=client.form(page, f"{page}/replace").fields).status_code == 403
    client.sign_in(world.mona)
    assert client.send(page, f"{page}/refund").status_code == 303 and "CN-" in client.get(page).text
    again = claiming.claim(
        Warranty.visible_to(world.carol).where(Warranty.state == "covered").get(), by=world.carol, words="Cold"
    )
    claim_deciding.accept(again, by=world.rhea)
    claim_deciding.receive(again, by=world.rhea)
    page = f"/staff/claims/{again.number}"
    assert client.send(page, f"{page}/replace").status_code == 303
    assert Order.select().where(Order.source == "warranty").get().number in client.get(page).text


def test_a_claim_nobody_proved_is_for_all_staff_and_warns_them(client, world, stove):
    thing = make.warranty(world.account, stove, serial="Q1")
    eve = Actor(ANONYMOUS.ref, "Eve Sy")
    about = {"serial": "Q1", "product": "Stove", "email": "eve@else.example", "words": "Hot"}
    claiming.claim_unproved(by=eve, warranty=thing, **about)
    client.sign_in(world.owen)
    page = client.get("/staff/claims/CL-000001").text
    assert "Nobody has proved that the thing is theirs" in page and "eve@else.example" in page and "Carol" not in page


def test_staff_write_a_claim_down_for_a_customer(rhea, world, thing):
    page = f"/staff/warranties/{thing.number}/claim"
    assert rhea.send(page, page, words="She says it is cold").location.endswith("/staff/claims/CL-000001")
    assert Claim.get().asked_by == "Rhea Cruz" and claims.open_of(thing)


def test_managers_set_the_terms_of_a_category_a_product_or_everything(client, world, stove):
    client.sign_in(world.mona)
    page = "/staff/settings/warranty"
    assert client.send(page, page, product="NOPE", words_en="x").status_code == 422
    assert (
        client.send(page, page, product="stove", months="30", words_en="Burners", words_th="หัวเตา").status_code == 303
    )
    assert client.send(page, page, months="3", takes_elsewhere="y").status_code == 303
    assert client.send(page, page, months="3").status_code == 422
    one = WarrantyTerms.get(WarrantyTerms.product == stove)
    edit = f"{page}/{one.number}"
    assert client.send(edit, edit, months="36").status_code == 303
    assert "Burners" in client.get("/staff/catalogue/STOVE").text
    assert client.send(edit, f"{edit}/remove").status_code == 303 and WarrantyTerms.select().count() == 1
    client.sign_in(world.rhea)
    assert client.get(page).status_code == 200 and client.get(f"{page}/1").status_code == 403


def test_the_pages_ask_the_database_few_times(rhea, world, thing, count_queries):
    claiming.claim(thing, by=world.carol, words="Cold", files=[make.sent()])
    pages = ("/staff/warranties", "/staff/warranties/WA-000001", "/staff/claims", "/staff/claims/CL-000001")
    for page in pages:
        rhea.get(page)
        assert count_queries(lambda page=page: rhea.get(page)) <= 8, page
