"""Deleting on the wire: what goes along is said, what must be kept is in the way, the journal brings it back."""

import pytest

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def test_a_person_is_deleted_after_a_page_that_says_what_goes_along_and_is_back_by_one_press(rhea, world):
    carol = world.contacts["carol"]
    here = f"/staff/contacts/{carol.number}/delete"
    page = rhea.get(here).text
    assert "Access" in page and "Whoever signed in by it no longer can" in page
    answer = rhea.send(here)
    assert answer.status_code == 303 and Contact.get_or_none(Contact.id == carol.id) is None
    journal = answer.headers["Location"]
    page = rhea.get(journal).text
    assert "For 30 days it can be taken back here" in page and carol.name in page
    assert "It comes back as it was" in page and rhea.get(f"/staff/contacts/{carol.number}").status_code == 404
    assert rhea.send(journal, f"{journal}/take-back").status_code == 303
    assert rhea.get(f"/staff/contacts/{carol.number}").status_code == 200


def test_what_must_be_kept_is_named_with_what_to_do_instead(rhea, world):
    carol = world.contacts["carol"]
    make.order(world.account, contact=carol)
    here = f"/staff/contacts/{carol.number}/delete"
    page = rhea.get(here).text
    assert "It cannot be deleted" in page and "Say that this person has left instead" in page
    form = rhea.form(f"/staff/contacts/{world.contacts['cora'].number}/delete").fields
    answer = rhea.post(here, data=form | {"version": "1"})
    assert answer.status_code == 422 and "must be kept" in answer.text and Contact.get_by_id(carol.id)


def test_what_changed_since_it_was_looked_at_is_not_deleted(rhea, world):
    cora = world.contacts["cora"]
    here = f"/staff/contacts/{cora.number}/delete"
    form = rhea.form(here).fields
    Contact.get_by_id(cora.id).edit(by=world.mona, job_title="Chef")
    answer = rhea.post(here, data=form)
    assert answer.status_code == 422 and "Somebody changed it in the meantime" in answer.text
    assert Contact.get_by_id(cora.id).job_title == "Chef"


def test_only_managers_delete_accounts_and_many_go_by_the_list(client, world):
    assert client.sign_in(world.rhea).get(f"/staff/accounts/{world.account.number}/delete").status_code == 403
    shop = make.account("Shop to go", team=world.north)
    mona = client.sign_in(world.mona)
    page = mona.get(f"/staff/many/account?pick={shop.number}&back=/staff/accounts").text
    assert "Delete them" in page
    form = mona.form(f"/staff/many/account?pick={shop.number}&back=/staff/accounts", "/staff/many/account/preview")
    sent = form.fields | {"deed": "delete", "value": ""}
    page = mona.post("/staff/many/account/preview", data=sent).text
    assert "Shop to go</del>" in page and "Change this row" in page
    assert mona.post("/staff/many/account", data=sent).status_code == 303
    assert Account.get_or_none(Account.id == shop.id) is None
