"""First steps of a new customer over the wire: in order, skipped, left and resumed, and never in the way."""

import pytest

from portal import store
from portal.customers import first_steps
from portal.customers.first_steps import FirstSteps

WAY = ["/account", "/account/addresses", "/account/notices", "/orders/new", "/"]
ADDRESS = {"line1": "7 Rizal Ave", "district": "Poblacion", "city": "Makati", "region": "Metro Manila"}


def new(world, name="carol"):
    with store.writing():
        first_steps.begin(world.logins[name], world.account)


@pytest.fixture
def carol(client, world):
    new(world)
    return client.sign_in(world.carol)


def test_each_step_is_a_page_of_ours_and_leads_to_the_next(carol):
    here, way = carol.get("/first-steps").headers["Location"], []
    for number, step in enumerate(first_steps.STEPS, 1):
        way.append(here)
        assert f"Step {number} of 4." in carol.get(here).text
        here = carol.send(here, f"/first-steps/{step}").headers["Location"]
    assert [*way, here] == WAY
    assert "Finish setting up" not in carol.get("/").text and "Step" not in carol.get("/account").text
    assert carol.get("/first-steps").headers["Location"] == "/"


def test_it_is_left_and_resumed_where_it_was(carol, app, world):
    carol.send("/account", "/first-steps/details")
    elsewhere = app.test_client().sign_in(world.carol)
    assert "Finish setting up: 1 of 4 done." in elsewhere.get("/").text
    assert elsewhere.get("/first-steps").headers["Location"] == "/account/addresses"


def test_what_is_saved_on_the_page_of_a_step_takes_it(carol, world):
    carol.send("/account/addresses", "/account/addresses", **ADDRESS, postal_code="1210")
    carol.send("/account/notices", "/account/notices")
    assert FirstSteps.get().done == "address notices"
    answer = carol.send("/account", "/account/edit/phone", phone="12")
    assert answer.status_code == 422 and FirstSteps.get().done == "address notices"


def test_who_does_not_want_it_is_not_reminded_again(carol):
    carol.send("/", "/first-steps")
    assert "Finish setting up" not in carol.get("/").text


def test_a_colleague_who_may_only_look_has_one_step(client, world):
    new(world, "cora")
    client.sign_in(world.cora)
    assert "Finish setting up: 0 of 1 done." in client.get("/").text
    assert "Step" not in client.get("/account").text
    assert client.send("/account/notices", "/first-steps/notices").headers["Location"] == "/"


def test_who_is_not_new_sees_nothing_of_it_and_nonsense_is_no_step(client, world, count_queries):
    client.sign_in(world.dave)
    assert "Finish setting up" not in client.get("/").text
    assert client.post("/first-steps/dance").status_code in (400, 404)
    few = count_queries(lambda: client.get("/account/notices"))
    with store.writing():
        first_steps.begin(world.logins["dave"], world.other_account)
    assert count_queries(lambda: client.get("/account/notices")) == few


def test_two_tabs_take_the_same_step_once(carol):
    form = carol.form("/account", "/first-steps/details").fields
    for _ in range(2):
        assert carol.post("/first-steps/details", data=form).status_code == 303
    assert FirstSteps.get().done == "details"
