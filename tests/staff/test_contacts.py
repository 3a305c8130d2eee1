"""Contacts over the wire of the staff face."""

import pytest

from portal.customers import points
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def here(contact):
    return f"/staff/contacts/{contact.number}"


def fresh(contact):
    return Contact.get_by_id(contact.id)


def names(client, asked):
    return [row["name"] for row in client.get(f"/staff/contacts.json?{asked}").json["rows"]]


def test_the_list_finds_people_by_name_number_role_and_whose_they_are(rhea, world):
    make.contact(world.account, "Lina Reyes", role="bookkeeper", phone="+639175550111", is_active=False)
    assert names(rhea, "") == ["Carol Dizon", "Cora Dizon"]
    assert names(rhea, "active=no") == names(rhea, "active=all&q=09175550111") == ["Lina Reyes"]
    assert names(rhea, "active=all&role=bookkeeper") == ["Lina Reyes"]
    assert names(rhea, "owner=me&q=cor") == ["Cora Dizon"]
    assert "Dave" not in rhea.get("/staff/contacts?active=all").text
    assert "Nobody fits" in rhea.get("/staff/contacts?q=dave").text


def test_a_person_is_added_to_an_account(rhea, world):
    new = f"/staff/accounts/{world.account.number}/contacts/new"
    answer = rhea.send(new, name="Lina Reyes", role="bookkeeper", email="lina@kitchen.example")
    lina = Contact.get(Contact.name == "Lina Reyes")
    assert answer.headers["Location"] == here(lina)
    assert lina.account == world.account
    refused = rhea.send(new, name="", email="lina", phone="0917 555 0100")
    assert refused.status_code == 422
    assert "name-error" in refused.text and "email-error" in refused.text and 'value="0917 555 0100"' in refused.text


def test_a_section_is_edited_as_piece_and_as_page(rhea, world):
    cora = world.contacts["cora"]
    answer = rhea.send(f"{here(cora)}?edit=reach", f"{here(cora)}/edit/reach", htmx=True, phone="0917 555 0100")
    assert answer.status_code == 200 and "<html" not in answer.text and "Cora Dizon were told" in answer.text
    answer = rhea.send(f"{here(cora)}?edit=personal", f"{here(cora)}/edit/personal",
                       born_on="1990-05-17", spending_minor="1,200,000.50", gender="female")  # fmt: skip
    assert answer.status_code == 303
    assert (fresh(cora).phone, str(fresh(cora).born_on), fresh(cora).spending_minor) == (
        "+639175550100", "1990-05-17", 120_000_050,
    )  # fmt: skip
    assert "₱1,200,000.50" in rhea.get(here(cora)).text
    told = [row.params["changes"] for row in Outbox.select().where(Outbox.channel == "mail")]
    assert "1990-05-17" not in str(told)


@pytest.mark.parametrize("typed, field", [
    ({"born_on": "2099-01-01"}, "born_on"), ({"born_on": "yesterday"}, "born_on"), ({"gender": "x"}, "gender"),
    ({"spending_minor": "-1"}, "spending_minor"), ({"spending_minor": "9" * 30}, "spending_minor"),
    ({"spending_minor": "1.005"}, "spending_minor"), ({"spending_minor": "much"}, "spending_minor"),
    ({"preferences": "\0"}, "preferences"),
])  # fmt: skip
def test_bad_input_comes_back_at_its_field(rhea, world, typed, field):
    cora = world.contacts["cora"]
    answer = rhea.send(f"{here(cora)}?edit=personal", f"{here(cora)}/edit/personal", **typed)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert fresh(cora).version == 1


def test_a_stale_section_is_shown_beside_what_was_typed(rhea, world):
    cora = world.contacts["cora"]
    form = rhea.form(f"{here(cora)}?edit=person", f"{here(cora)}/edit/person").fields
    cora.edit(by=world.mona, name="Cora Dizon-Cruz")
    answer = rhea.post(f"{here(cora)}/edit/person", data=form | {"name": "Cora D."})
    assert answer.status_code == 409 and "Cora Dizon-Cruz" in answer.text and 'value="Cora D."' in answer.text


def test_numbers_are_added_preferred_and_removed(rhea, world):
    cora = world.contacts["cora"]
    page = here(cora)
    rhea.send(page, f"{page}/points", kind="phone", value="0917 555 0101")
    rhea.send(page, f"{page}/points", kind="phone", value="02 8555 0102", label="kitchen")
    [point] = points.of(cora)
    refused = rhea.send(page, f"{page}/points", kind="phone", value="02 8555 0102")
    assert refused.status_code == 422 and "We have this one already." in refused.text
    assert rhea.send(page, f"{page}/points/prefer", point=str(point.id)).status_code == 303
    assert fresh(cora).phone == "+63285550102"
    assert rhea.send(page, f"{page}/points/drop", point=str(points.of(cora)[0].id)).status_code == 303
    assert points.of(cora) == []
    form = rhea.form(page, f"{page}/close").fields
    gone = rhea.post(f"{page}/points/drop", data=form | {"point": str(point.id)})
    assert gone.status_code == 422 and "removed in the meantime" in gone.text


def test_who_left_is_marked(rhea, world):
    page = here(world.contacts["cora"])
    assert rhea.send(page, f"{page}/close").status_code == 303
    assert not fresh(world.contacts["cora"]).is_active
    assert rhea.send(page, f"{page}/reopen").status_code == 303


def test_anothers_contact_is_not_there(rhea, world):
    assert rhea.get(here(world.contacts["dave"])).status_code == 404
