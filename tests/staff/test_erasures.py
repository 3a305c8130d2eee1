"""Erasing on the wire: admins alone, what goes and stays said before, and a page that says how far it is."""

import pytest

from portal.customers.data_requests import DataRequest
from portal.whole import erasing
from portal.whole.erasing import Erasure
from tests import make
from tests.portal.test_erasing import PASSWORD, ada  # noqa: F401

AT = "/staff/accounts/{}/erase"


@pytest.fixture
def household(world):
    make.order(world.other_account, state="delivered")
    return world.other_account


def test_only_an_admin_erases(client, world, household):
    for person in (world.rhea, world.mona, world.owen):
        client.sign_in(person)
        assert client.get(AT.format(household.number)).status_code in (403, 404)
        assert client.get("/staff/erasures").status_code == 403


def test_the_page_says_what_goes_and_what_stays(client, ada, household):  # noqa: F811
    page = client.sign_in(ada).get(AT.format(household.number)).text
    assert "This cannot be taken back" in page
    assert "Orders, with goods and amounts but without name" in page


def test_a_company_has_no_such_form(client, ada, world):  # noqa: F811
    page = client.sign_in(ada).get(AT.format(world.account.number)).text
    assert "A company is not a person" in page and "Erase for good" not in page


def test_the_name_is_typed_and_the_password_asked(client, ada, household):  # noqa: F811
    client.sign_in(ada)
    at = AT.format(household.number)
    wrong = client.send(at, whose="person", name="Dav", password=PASSWORD)
    assert wrong.status_code == 422 and "Type the name exactly" in wrong.text
    wrong = client.send(at, whose="person", name=household.name, password="no")
    assert wrong.status_code == 422
    done = client.send(at, whose="person", name=household.name, password=PASSWORD)
    made = Erasure.get()
    assert done.status_code == 303 and done.location.endswith(f"/staff/erasures/{made.number}")
    assert "etter on its way" in client.get(done.location).text
    assert made.number in client.get("/staff/erasures").text
    assert client.get("/staff/erasures.json").json["rows"][0]["number"] == made.number


def test_a_request_to_be_deleted_leads_there(client, ada, world):  # noqa: F811
    asked = DataRequest.ask(by=world.dave, kind="deletion", words="Forget me")
    page = client.sign_in(ada).get(f"/staff/data-requests/{asked.number}").text
    assert AT.format(world.other_account.number) in page
    asked = DataRequest.ask(by=world.cora, kind="deletion", words="Forget me")
    page = client.get(f"/staff/data-requests/{asked.number}").text
    assert f"/staff/contacts/{world.contacts['cora'].number}/erase" in page


def test_the_story_of_an_account_leads_to_the_erasure_only_whom_it_is_shown(client, ada, world):  # noqa: F811
    contact = world.contacts["cora"]
    made = erasing.ask(contact, by=ada, name=contact.name, password=PASSWORD, whose="person")
    led = {}
    for person in (world.rhea, ada):
        page = client.sign_in(person).get(f"/staff/accounts/{world.account.number}/timeline").text
        assert "A person is to be erased" in page
        led[person.name] = f"/staff/erasures/{made.number}" in page
        assert client.get(f"/staff/erasures/{made.number}").status_code == (200 if led[person.name] else 403)
    assert led == {world.rhea.name: False, ada.name: True}
