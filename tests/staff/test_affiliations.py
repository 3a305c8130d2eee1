"""The further accounts of a person on the pages of staff: both sides list them, and each sees as far as it may."""

from portal.customers.affiliations import Affiliation, affiliate
from portal.customers.contacts import Contact
from tests import make


def test_a_rep_adds_a_second_account_and_makes_it_the_main_one(world, client):
    client.sign_in(world.rhea)
    lina = make.contact(world.account, "Lina Reyes", role="bookkeeper")
    aurora = make.account("Aurora", team=world.north)
    here = f"/staff/contacts/{lina.number}"
    assert client.send(f"{here}/accounts/new", account="Nowhere", role="buyer").status_code == 422
    answer = client.send(f"{here}/accounts/new", account="Aurora", role="buyer", from_on="2024-02-01")
    assert answer.location == f"{here}#companies"
    page = f"/staff/affiliations/{Affiliation.get().number}"
    assert "Lina Reyes" in client.get(f"/staff/accounts/{aurora.number}").text
    stale = client.form(page, f"{page}/main").fields
    assert client.send(page, page, until_on="2020-01-01").status_code == 422
    assert client.send(page, page, job_title="Adviser").status_code == 303
    assert client.post(f"{page}/main", data=stale).status_code == 409
    assert client.send(page, f"{page}/main").status_code == 303
    assert Contact.get_by_id(lina.id).account == aurora
    former = client.get(f"/staff/accounts/{world.account.number}").text
    assert ("Lina Reyes" in former, "until" in former) == (True, True)


def test_whoever_sees_only_the_second_account_sees_no_more_than_how_to_reach(world, client):
    lina = make.contact(world.account, "Lina Reyes", phone="+639175550111", preferences="Likes cats")
    client.sign_in(world.owen)
    here = f"/staff/contacts/{lina.number}"
    assert client.get(here).status_code == 404
    affiliate(lina, by=world.ada, account=world.other_account, role="buyer")
    page = client.get(here).text
    assert "0917 555 0111" in page.replace("\u00a0", " ")
    assert ("Likes cats" in page, "Carol’s Kitchen" in page) == (False, False)
    for closed in (f"{here}/edit/person", f"{here}/points", f"{here}/tags", f"{here}/no-contact", f"{here}/close"):
        assert client.post(closed).status_code in (400, 404), closed
    assert client.get("/staff/search?q=lina").status_code == 303
    assert [row["account"] for row in client.get("/staff/affiliations.json").json["rows"]] == ["Dave Ramos"]


def test_somebody_we_know_is_added_on_the_page_of_the_account(world, client):
    client.sign_in(world.ada)
    here = f"/staff/accounts/{world.other_account.number}"
    assert client.send(f"{here}/people/new", contact="Nobody").status_code == 422
    assert client.send(f"{here}/people/new", contact="cora@kitchen.example", role="family").status_code == 303
    page = client.get(here).text
    assert "mainly belongs elsewhere" in page
    place = f"/staff/affiliations/{Affiliation.get().number}"
    assert client.send(place, f"{place}/main").status_code == 422, "she signs in for the other account"
    assert client.send(place, f"{place}/end").status_code == 303
    assert client.send(place, f"{place}/remove").status_code == 303
    assert Affiliation.select().count() == 0
