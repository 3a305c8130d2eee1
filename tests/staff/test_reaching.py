"""Do-not-contact on the pages of staff: bold where one might call, listed, written down and lifted."""

from datetime import timedelta

from portal import values
from portal.customers import reaching
from portal.customers.contacts import Contact


def test_who_must_not_be_called_is_shown_boldly_and_offers_no_call(world, client):
    client.sign_in(world.rhea)
    carol = world.contacts["carol"]
    carol.edit(by=world.rhea, phone="0917 555 0101")
    here = f"/staff/contacts/{carol.number}"
    assert 'href="tel:' in client.get(here).text
    assert client.send(here, f"{here}/no-contact", channel="phone", reason="").status_code == 422
    assert client.send(here, f"{here}/no-contact", channel="phone", reason="Asked us").status_code == 303
    page = client.get(here).text
    assert "Do not contact: by phone" in page
    assert "Asked us" in page
    assert 'href="tel:' not in page.split("</header>")[-1].split('id="points"')[0]
    account = client.get(f"/staff/accounts/{world.account.number}").text
    assert "Do not contact by phone" in account
    listed = client.get("/staff/contacts?no_contact=phone").text
    assert ("Carol Dizon" in listed, "Cora Dizon" in listed) == (True, False)
    assert client.send(here, f"{here}/no-contact/lift", channel="phone").status_code == 303
    assert Contact.get_by_id(carol.id).may_be_reached("phone")


def test_a_list_of_all_who_are_not_to_be_contacted(world, client):
    reaching.bar(world.contacts["cora"], by=world.cora, channel="visit")
    client.sign_in(world.ada)
    names = [row["name"] for row in client.get("/staff/contacts.json?no_contact=any").json["rows"]]
    assert names == ["Cora Dizon"]
    assert len(client.get("/staff/contacts.json?no_contact=none").json["rows"]) == 2
    assert client.get("/staff/contacts?no_contact=pigeon").status_code == 422


def test_whose_birthday_comes_is_a_filter_and_an_order(world, client):
    today = values.shop_day()
    for name, days in (("carol", 3), ("cora", 40)):
        world.contacts[name].edit(by=world.rhea, born_on=(today + timedelta(days=days)).replace(year=1988))
    client.sign_in(world.rhea)
    rows = client.get("/staff/contacts.json?birthday=7&sort=born_on").json["rows"]
    assert [row["name"] for row in rows] == ["Carol Dizon"]
    assert "within a week" in client.get("/staff/contacts?birthday=7").text
    assert client.get("/staff/contacts.json?birthday=7").json["rows"] == rows
    assert client.get("/staff/contacts?birthday=never").status_code == 422
