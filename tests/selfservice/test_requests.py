"""The customer's requests over the wire: asked for where the detail stands, seen, proven, withdrawn."""

import io

import pytest

from portal import store
from portal.customers import field_rules
from portal.customers.accounts import Account
from portal.service import request_deciding
from portal.service.requests import ChangeRequest
from tests import make

PAPERS = ("/account", "/account/edit/papers")


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def test_a_protected_detail_is_asked_for_on_its_page_with_one_send(carol, world):
    answer = carol.send(*PAPERS, billing_email="books@kitchen.example", reason="Ana keeps the books now")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    page = carol.get("/account").text
    assert "We look at this first and answer: E-mail for invoices." in page and "Rhea Cruz was told" in page
    assert "books@kitchen.example" in page and "since" in page
    assert Account.get_by_id(world.account.id).billing_email == ""
    home = carol.get("/").text
    assert "CR-000001" in home
    assert "Ana keeps the books now" in carol.get("/account/requests/CR-000001").text


def test_what_changed_at_once_and_what_waits_are_said_plainly(carol, world):
    field_rules.arrange(by=world.ada, modes={("account", "billing_email"): "now"})
    carol.send(*PAPERS, billing_email="books@kitchen.example", terms_days="45")
    page = carol.get("/account").text
    assert "Saved: E-mail for invoices. We look at this first and answer: Days to pay." in page
    assert Account.get_by_id(world.account.id).billing_email == "books@kitchen.example"


def test_a_paper_that_is_missing_is_brought_on_the_page_of_the_request(carol, world):
    answer = carol.send(*PAPERS, tax_number="123-456-789")
    assert answer.headers["Location"] == "/account/requests/CR-000001#proof"
    assert "We need a paper for your request CR-000001" in carol.get("/").text
    here = "/account/requests/CR-000001"
    refused = carol.send(here, f"{here}/prove")
    assert refused.status_code == 422 and "errtext" in refused.text
    form = carol.form(here, f"{here}/prove").fields
    photo = (io.BytesIO(b"Certificate of registration"), "certificate.txt")
    answer = carol.post(f"{here}/prove", data=form | {"files": photo}, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert ChangeRequest.get().state == "asked" and "certificate.txt" in carol.get(here).text


def test_a_refused_value_stays_with_the_reason_and_the_day(carol, world):
    answer = carol.send(*PAPERS, terms_days="400", legal_name="Dizon Inc.", reason="We grew", valid_from="2026-12-01")
    assert answer.status_code == 422
    for kept in ('value="400"', 'value="Dizon Inc."', "We grew", 'value="2026-12-01"', 'id="papers" open'):
        assert kept in answer.text
    assert ChangeRequest.select().count() == 0


def test_withdrawing_is_one_button_and_a_decided_one_cannot_be(carol, world):
    made = make.request(world.carol, billing_email="books@kitchen.example")
    here = f"/account/requests/{made.number}"
    form = carol.form(here, f"{here}/withdraw").fields
    request_deciding.decline(made, by=world.rhea, reply="Who is that?")
    answer = carol.post(f"{here}/withdraw", data=form)
    assert answer.status_code == 422 and "has moved on in the meantime" in answer.text
    assert "Who is that?" in carol.get(here).text
    other = make.request(world.carol, billing_email="ana@kitchen.example")
    here = f"/account/requests/{other.number}"
    assert carol.send(here, f"{here}/withdraw").status_code == 303
    assert ChangeRequest.get_by_id(other.id).state == "withdrawn"


def test_the_pages_ask_the_database_little(carol, world):
    made = make.request(world.carol)
    for page in (f"/account/requests/{made.number}", "/account/requests", "/account"):
        before = store.queries()
        assert carol.get(page).status_code == 200
        assert store.queries() - before <= 8, page
    assert carol.get("/account/requests.csv").status_code == 200


def test_a_viewer_sees_what_was_asked_and_decides_nothing(client, world):
    made = make.request(world.carol)
    cora = client.sign_in(world.cora)
    page = cora.get(f"/account/requests/{made.number}").text
    assert "Withdraw it" not in page and "/prove" not in page
    assert cora.post(f"/account/requests/{made.number}/withdraw", data={"csrf_token": "x"}).status_code in (400, 403)


def test_the_place_of_invoices_is_asked_for_in_the_form_of_the_address(carol, world):
    place = make.address(world.account, is_default_billing=True)
    field_rules.arrange(by=world.ada, modes={("address", "address"): "review"})
    here = f"/account/addresses/{place.number}"
    assert carol.send(here, here, line1="9 Roxas Blvd.", label="Office", reason="We moved").status_code == 303
    assert "Saved: What you call it. We look at this first and answer: House, street." in carol.get("/account").text
    assert ChangeRequest.get().reason == "We moved"
