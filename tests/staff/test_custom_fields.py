"""Own fields on the wire: the admin's pages, and the fields on the pages of any record."""

from portal.custom import CustomField
from portal.customers.accounts import Account
from tests import make
from tests.own_fields import custom_field

SETTINGS = "/staff/settings/custom-fields"


def test_an_admin_makes_a_field_and_a_rep_fills_it_in_at_once(client, world):
    made = client.sign_in(world.ada).send(
        f"{SETTINGS}/new/account/text", label_en="Gate code", section="Delivery", readers=["rep"], writers=["rep"]
    )
    assert made.status_code == 303
    rhea = client.sign_in(world.rhea)
    page = rhea.get("/staff/accounts/1").text
    assert "Gate code" in page and "Delivery" in page
    here = "/staff/further/account/1?section=Delivery"
    saved = rhea.send(here, version="1", gate_code="4711")
    assert saved.headers["Location"].endswith("/staff/accounts/1#custom")
    assert "4711" in rhea.get("/staff/accounts/1").text
    stale = rhea.send(here, version="1", gate_code="0815")
    assert stale.status_code == 409 and "4711" in stale.text and "0815" in stale.text


def test_each_kind_has_a_form_to_make_it(client, world):
    ada = client.sign_in(world.ada)
    for kind in ("text", "words", "decimal", "money", "date", "yes", "choice", "choices", "record", "email", "phone"):
        assert ada.get(f"{SETTINGS}/new/product/{kind}").status_code == 200
        more = {"options_new": "Light | Magaan\nDark"} if "choice" in kind else {}
        made = ada.send(f"{SETTINGS}/new/product/{kind}", label_en=f"My {kind}", readers=["rep"], writers=["rep"],
                        places="1", target="account", **more)  # fmt: skip
        assert made.status_code == 303, kind
        assert ada.get(made.headers["Location"]).status_code == 200
    page = ada.get(SETTINGS + "?noun=product").text
    assert all(f"My {kind}" in page for kind in ("text", "choices"))
    product = make.product("RICE", stock=3)
    shown = ada.get(f"/staff/further/product/{product.code}").text
    assert "My money (PHP)" in shown and "Light" in shown


def test_a_label_in_three_languages_is_read_in_the_readers_own(client, world):
    custom_field(label="Gate code")
    field = CustomField.get()
    ada = client.sign_in(world.ada)
    here = f"{SETTINGS}/{field.number}"
    assert ada.send(here, here, label_en="Gate code", label_th="รหัสประตู", readers=["rep"]).status_code == 303
    assert "รหัสประตู" in ada.get("/staff/accounts/1?lang=th").text


def test_who_does_not_arrange_fields_gets_no_page_of_them(client, world):
    assert client.sign_in(world.mona).get(SETTINGS).status_code == 403


def test_a_person_meets_only_the_fields_that_are_for_him(client, world):
    custom_field(label="Margin", readers=["manager"], writers=["manager"])
    custom_field(label="Gate code")
    rhea = client.sign_in(world.rhea)
    page = rhea.get("/staff/accounts/1").text
    assert "Gate code" in page and "Margin" not in page
    assert "Margin" not in rhea.get("/staff/further/account/1").text
    rhea.send("/staff/further/account/1", version="1", gate_code="1", margin="90")
    assert Account.get_by_id(1).margin == ""
    assert "Gate code" not in client.sign_in(world.carol).get("/account").text


def test_a_customer_reads_and_fills_in_what_is_open_to_customers(client, world):
    custom_field(label="Gate code", readers=["customer_admin", "viewer"], writers=["customer_admin"])
    carol = client.sign_in(world.carol)
    assert "Gate code" in carol.get("/account").text
    assert carol.send("/further/account/1", version="1", gate_code="4711").status_code == 303
    cora = client.sign_in(world.cora)
    assert "4711" in cora.get("/account").text
    assert cora.get("/further/account/1").status_code == 404


def test_a_form_with_a_fault_keeps_what_was_typed(client, world):
    custom_field(kind="date", label="Fair on")
    refused = client.sign_in(world.rhea).send("/staff/further/account/1", version="1", fair_on="soon")
    assert refused.status_code == 422 and "soon" in refused.text
