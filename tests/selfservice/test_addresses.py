"""The customer's addresses over the wire."""

import pytest

from portal.customers.addresses import Address
from tests import make

HERE = "/account/addresses"
TYPED = {"line1": "88 J.P. Rizal St.", "district": "Sto. Niño", "city": "Marikina", "postal_code": "1800"}


@pytest.fixture
def carol(client, world):
    return client.sign_in(world.carol)


def test_an_address_is_added_on_the_page_that_lists_them(carol, world):
    answer = carol.send(HERE, HERE, **TYPED)
    assert (answer.status_code, answer.headers["Location"]) == (303, HERE)
    address = Address.get()
    assert address.account == world.account and address.is_default_shipping
    page = carol.get(HERE).text
    assert "88 J.P. Rizal St." in page and "Usual for deliveries" in page and "Rhea Cruz was told" in page


@pytest.mark.parametrize("typed, field", [
    ({"line1": ""}, "line1"), ({"district": ""}, "district"), ({"city": "\0"}, "city"), ({"phone": "1"}, "phone"),
    ({"country": "XX"}, "country"), ({"country": "TH"}, "region"), ({"line2": "x" * 201}, "line2"),
    ({"postal_code": "18"}, "postal_code"), ({"for_shipping": None, "for_billing": None}, "for_shipping"),
])  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(carol, typed, field):
    answer = carol.send(HERE, HERE, **TYPED | {"recipient": "Rodel Santos"} | typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text and 'value="Rodel Santos"' in answer.text
    assert Address.select().count() == 0


def test_the_same_address_is_not_kept_twice(carol):
    carol.send(HERE, HERE, **TYPED)
    answer = carol.send(HERE, HERE, **TYPED | {"line1": "88 J.P. RIZAL ST"})
    assert answer.status_code == 422 and "You have this address already" in answer.text
    assert Address.select().count() == 1


def test_an_address_is_changed_preferred_and_put_away(carol, world):
    first = make.address(world.account, is_default_shipping=True, is_default_billing=True)
    second = make.address(world.account, label="Second kitchen")
    page = f"{HERE}/{second.number}"
    assert carol.send(page, city="Makati", postal_code="1210").status_code == 303
    assert Address.get_by_id(second.id).city == "Makati"
    assert carol.send(HERE, f"{page}/prefer/shipping").status_code == 303
    assert Address.get_by_id(second.id).is_default_shipping and not Address.get_by_id(first.id).is_default_shipping
    assert carol.send(page, f"{page}/archive").status_code == 303
    assert Address.get_by_id(first.id).is_default_shipping
    assert "Second kitchen" not in carol.get(HERE).text
    form = carol.form(f"{HERE}/{first.number}").fields
    assert carol.post(f"{page}/archive", data=form).status_code == 422
    assert carol.post(f"{HERE}/{first.number}/prefer/nothing", data=form).status_code == 404


def test_a_stale_form_shows_both(carol, world):
    address = make.address(world.account)
    page = f"{HERE}/{address.number}"
    form = carol.form(page).fields
    address.edit(by=world.rhea, city="Makati")
    answer = carol.post(page, data=form | {"city": "Pasig"})
    assert answer.status_code == 409 and "Makati" in answer.text and 'value="Pasig"' in answer.text


def test_a_viewer_sees_them_and_anothers_are_not_there(client, world):
    address, foreign = make.address(world.account), make.address(world.other_account)
    cora = client.sign_in(world.cora)
    page = cora.get(HERE).text
    main = page.partition("<main")[2].partition("</main")[0]
    assert address.line1 in main and foreign.line1 not in main and "<form" not in main
    assert cora.get(f"{HERE}/{address.number}").status_code == 403
    client.sign_in(world.carol)
    assert client.get(f"{HERE}/{foreign.number}").status_code == 404


def test_the_fields_follow_the_country(carol):
    piece = carol.get(f"{HERE}?country=TH&city=x", headers={"HX-Request": "true"}).text
    assert "<html" not in piece and "Changwat" in piece and 'value="x"' in piece
