"""Payment methods on the wire: added, tried, changed; their lists; who may."""

import json

from portal.sales.payment_methods import PaymentMethod
from tests import make


def test_an_admin_adds_promptpay_and_sees_the_code_it_makes(client, world):
    here = "/staff/settings/payment-methods"
    client.sign_in(world.ada)
    assert "No way to pay yet" in client.get(here).text
    answer = client.send(
        here, title="PromptPay", kind="promptpay", currency="THB", promptpay_id="081 555 0100", is_active="y"
    )
    method = PaymentMethod.get()
    assert (answer.status_code, answer.location) == (303, f"{here}/{method.number}")
    page = client.get(f"{here}/{method.number}").text
    assert '<svg class="qr"' in page
    assert "00020101021229370016A00000067701011101130066815550100" in page


def test_a_wrong_id_stays_as_typed_beside_what_is_wrong_with_it(client, world):
    client.sign_in(world.ada)
    answer = client.send(
        "/staff/settings/payment-methods", title="P", kind="promptpay", currency="THB", promptpay_id="12"
    )
    assert answer.status_code == 422
    assert "A PromptPay ID is a Thai mobile number" in answer.text
    assert 'value="12"' in answer.text


def test_a_bank_account_is_changed_and_a_stale_form_is_not_saved(client, world):
    method = make.payment_method()
    here = f"/staff/settings/payment-methods/{method.number}"
    client.sign_in(world.ada)
    assert client.send(here, account_number="77-88", is_active="y").status_code == 303
    assert client.send(here, account_number="99", version="1").status_code == 409
    assert PaymentMethod.get().account_number == "77-88"


def test_managers_see_where_the_money_goes_and_reps_do_not(client, world):
    make.payment_method()
    rows = json.loads(client.sign_in(world.mona).get("/staff/settings/payment-methods.json").text)["rows"]
    assert [row["account_number"] for row in rows] == ["0012-3456-78"]
    assert "Another payment method" not in client.get("/staff/settings/payment-methods").text
    assert client.sign_in(world.rhea).get("/staff/settings/payment-methods").status_code == 403
