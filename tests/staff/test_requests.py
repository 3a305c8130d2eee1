"""Change requests for staff over the wire: the inbox, old and new side by side, the answer, the rules."""

import pytest

from portal import store
from portal.customers import field_rules
from portal.customers.accounts import Account
from portal.service.requests import ChangeRequest
from tests import make


@pytest.fixture
def rhea(client, world):
    return client.sign_in(world.rhea)


def test_the_inbox_today_and_the_account_show_what_waits(rhea, world):
    make.request(world.carol, legal_name="Dizon Foods Inc.")
    made = make.request(world.carol, billing_email="books@kitchen.example")
    row = rhea.get("/staff/requests").text
    assert "– → books@kitchen.example" in row and "Dizon Foods Inc." in row
    assert "1 request to decide" in rhea.get("/staff/").text, "the other one waits for its paper"
    assert "Change asked for" in rhea.get(f"/staff/accounts/{world.account.number}").text
    assert "books@kitchen.example" not in rhea.get("/staff/requests?state=done").text
    for page in ("/staff/requests", f"/staff/requests/{made.number}"):
        before = store.queries()
        rhea.get(page)
        assert store.queries() - before <= 8, page
    assert rhea.get("/staff/requests.json").status_code == 200


def test_old_and_new_stand_side_by_side_and_one_press_decides(rhea, world):
    world.account.edit(by=world.mona, billing_email="old@kitchen.example")
    made = make.request(world.carol, billing_email="books@kitchen.example")
    here = f"/staff/requests/{made.number}"
    page = rhea.get(here).text
    assert page.index("old@kitchen.example") < page.index("books@kitchen.example")
    answer = rhea.send(here, f"{here}/approve", reply="Done, thank you")
    assert answer.status_code == 303
    assert Account.get_by_id(world.account.id).billing_email == "books@kitchen.example"
    assert "Carol Dizon was told" in rhea.get(here).text


def test_a_value_that_changed_while_the_page_was_open_is_shown_before_it_counts(rhea, world):
    made = make.request(world.carol, billing_email="books@kitchen.example")
    here = f"/staff/requests/{made.number}"
    form = rhea.form(here, f"{here}/approve").fields
    Account.get_by_id(world.account.id).edit(by=world.mona, billing_email="mona@kitchen.example")
    answer = rhea.post(f"{here}/approve", data=form | {"reply": "Fine"})
    assert answer.status_code == 422 and "mona@kitchen.example" in answer.text
    assert "It was changed since it was asked for" in answer.text and "Fine" in answer.text
    assert rhea.send(here, f"{here}/approve").status_code == 303
    assert Account.get_by_id(world.account.id).billing_email == "books@kitchen.example"


def test_a_refusal_needs_a_word_and_a_part_can_be_left_out(rhea, world):
    made = make.request(world.carol, billing_email="books@kitchen.example", legal_name="Dizon Inc.")
    here = f"/staff/requests/{made.number}"
    form = rhea.form(here, f"{here}/approve").fields
    assert rhea.post(f"{here}/decline", data=form).status_code == 422 and ChangeRequest.get().state == "proof"
    answer = rhea.send(here, f"{here}/approve", field_legal_name=None)
    assert answer.status_code == 422 and 'name="field_billing_email"' in answer.text
    assert rhea.send(here, f"{here}/approve", field_legal_name=None, reply="Bring the papers").status_code == 303
    account = Account.get_by_id(world.account.id)
    assert (account.billing_email, account.legal_name) == ("books@kitchen.example", "")


def test_an_admin_rules_the_details_and_a_manager_reads_them(client, world):
    ada = client.sign_in(world.ada)
    here = "/staff/settings/fields"
    assert ada.send(here, here, account_phone="proof").status_code == 303
    assert field_rules.modes()["account", "phone"] == "proof"
    assert ada.send(here, here, account_terms_days="now").status_code == 422
    mona = client.sign_in(world.mona)
    assert "disabled" in mona.get(here).text
    assert mona.post(here, data={"csrf_token": "x"}).status_code in (400, 403)
    assert client.sign_in(world.rhea).get(here).status_code == 403
