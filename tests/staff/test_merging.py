"""Merging and the queue of duplicates on the wire."""

import pytest

from portal import store
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.duplicates import LikelyPair
from portal.whole.merging_rows import Merge
from tests import make, samples


@pytest.fixture
def mona(client, world):
    client.sign_in(world.mona)
    return client


def test_two_accounts_are_merged_field_by_field_and_the_old_address_leads_on(mona, world):
    other = make.account("Carols Kitchen Inc", team=world.north, phone="+639175550999", website="kitchen.example")
    page = f"/staff/accounts/{world.account.number}/merge?with={other.number}"
    before = store.queries()
    shown = mona.get(page)
    assert shown.status_code == 200 and "kitchen.example" in shown.text and store.queries() - before <= 8
    done = mona.send(page, take_phone="other", take_website="other", take_name="mine")
    assert done.status_code == 303
    kept = Account.get_by_id(world.account.id)
    assert (kept.phone, kept.name, kept.website) == ("+639175550999", "Carol’s Kitchen", "kitchen.example")
    old = mona.get(f"/staff/accounts/{other.number}")
    assert old.status_code == 302 and old.location.endswith(f"/staff/accounts/{kept.number}")
    asked = "edit=reach&number=5&_scheme=javascript&endpoint=x"
    odd = mona.get(f"/staff/accounts/{other.number}?{asked}")
    assert odd.location.endswith(f"/staff/accounts/{kept.number}?{asked}") and "javascript:" not in odd.location
    assert mona.get(f"/staff/accounts/{kept.number}").status_code == 200


def test_what_becomes_of_people_who_sign_in_must_be_said(mona, world):
    other = make.account("Carols Kitchen Inc", team=world.north)
    make.member(other, "Ben Reyes", email="ben@reyes.example")
    page = f"/staff/accounts/{world.account.number}/merge?with={other.number}"
    refused = mona.send(page)
    assert refused.status_code == 422 and not Merge.select().exists()
    assert mona.send(page, people="end").status_code == 303


def test_a_pair_is_looked_at_and_said_to_be_two(mona, world):
    pair = samples.likely_pair(world)
    assert "Karol Dizon" in mona.get("/staff/duplicates").text
    page = f"/staff/duplicates/{pair.number}"
    assert "name spelt alike" in mona.get(page).text
    assert mona.send(page, action=f"{page}/apart").status_code == 303
    assert LikelyPair.get_by_id(pair.id).state == "apart"
    assert "Karol Dizon" not in mona.get("/staff/duplicates").text


def test_a_person_of_another_team_is_no_side(client, world):
    client.sign_in(world.rhea)
    theirs = make.contact(world.other_account, "Karol Dizon")
    assert (
        client.get(f"/staff/contacts/{world.contacts['carol'].number}/merge?with={theirs.number}").status_code == 404
    )
    assert Contact.get_by_id(theirs.id).merged_into is None


def test_somebody_known_is_shown_while_he_is_typed_and_takes_what_is_new(mona, world):
    known = make.contact(world.account, "Roberto Dimaculangan", phone="+639175550144")
    page = f"/staff/accounts/{world.account.number}/contacts/new"
    typed = {"name": "Bobby Dimaculangan", "phone": "0917 555 0144", "email": "rd@kitchen.example", "role": "buyer"}
    fields = mona.form(page, page).fields | typed
    before = store.queries()
    shown = mona.post("/staff/contacts/known", data=fields, headers={"HX-Request": "true"})
    assert store.queries() - before <= 8
    assert "Roberto Dimaculangan" in shown.text and "same phone" in shown.text
    refused = mona.send(page, page, **typed)
    assert refused.status_code == 422 and "short form or nickname" in refused.text
    fields = mona.form(page, page).fields | typed
    assert mona.post(f"/staff/contacts/{known.number}/take-in", data=fields).status_code == 303
    assert Contact.get_by_id(known.id).email == "rd@kitchen.example"
    assert mona.send(page, page, **typed, is_another="y").status_code == 303
    assert Contact.select().where(Contact.name == "Bobby Dimaculangan").exists()
