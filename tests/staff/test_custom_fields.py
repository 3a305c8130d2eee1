"""Own fields on the wire: the admin's pages, and the fields on the pages of any record."""

import io

from portal.custom import CustomField
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.sales.catalogue import Product
from portal.sales.orders import Order
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


def test_forms_for_new_records_ask_for_own_fields_and_first_for_those_that_are_needed(client, world):
    custom_field(label="Gate code", is_required=True)
    custom_field(kind="choice", label="Roast", options=("Light", "Dark"), default="dark")
    custom_field("contact", label="Nickname")
    custom_field("product", kind="decimal", label="Strength", places=1)
    custom_field("address", label="Floor")
    mona = client.sign_in(world.mona)
    refused = mona.send("/staff/accounts/new", name="New shop")
    assert refused.status_code == 422 and "Gate code" in refused.text
    assert mona.send("/staff/accounts/new", name="New shop", gate_code="1").status_code == 303
    made = Account.get(Account.name == "New shop")
    assert (made.gate_code, made.roast) == ("1", "dark")
    mona.send("/staff/accounts/1/contacts/new", name="Lina", nickname="Lin")
    assert Contact.get(Contact.name == "Lina").nickname == "Lin"
    made = mona.send("/staff/catalogue/new", code="R1", name="Roast", strength="2.5", list_minor="100", unit="bag")
    assert made.status_code == 303, made.text
    assert str(Product.get().strength) == "2.5"
    assert "Floor" in mona.get("/staff/accounts/1/addresses/new").text


def test_a_field_that_hangs_on_another_says_so_beside_it(client, world):
    custom_field(kind="yes", label="Has a gate")
    custom_field(label="Gate code", shown_if="has_a_gate", shown_for=["yes"], helps={"en": "Four figures."})
    rhea = client.sign_in(world.rhea)
    page = rhea.get("/staff/further/account/1").text
    assert "Four figures. Only where “Has a gate” is Yes." in page and 'data-shown-if="has_a_gate"' in page
    assert "Gate code" not in rhea.get("/staff/accounts/1").text
    rhea.send("/staff/further/account/1", has_a_gate="yes", gate_code="1")
    assert "Gate code" in rhea.get("/staff/accounts/1").text


def test_a_file_is_kept_with_the_record_and_comes_only_as_a_download(client, world):
    custom_field("order", kind="file", label="Signed offer")
    order = make.order(world.account)
    rhea = client.sign_in(world.rhea)
    here = f"/staff/further/order/{order.number}"
    sent = rhea.send(here, signed_offer=(io.BytesIO(b"We agree."), "offer.txt"))
    assert sent.status_code == 303, sent.text
    kept = Order.get_by_id(order.id).signed_offer
    page = rhea.get(f"/staff/orders/{order.number}").text
    assert "offer.txt" in page and f"/staff/files/{kept}" in page
    assert rhea.get(f"/staff/files/{kept}").headers["Content-Disposition"].startswith("attachment")
    assert client.sign_in(world.owen).get(f"/staff/files/{kept}").status_code == 404
    rhea = client.sign_in(world.rhea)
    rhea.send(here)
    assert Order.get_by_id(order.id).signed_offer == kept, "nothing chosen leaves the file where it is"


def test_a_link_is_written_by_number_or_by_a_name_that_only_one_has(client, world):
    custom_field(kind="record", label="Sister shop", target="account")
    custom_field(kind="record", label="Godparent", target="employee")
    for number in range(2):
        make.account(f"Twin {number}", owner=world.employees["rhea"], team=world.north)
    only = make.account("Bean House", owner=world.employees["rhea"], team=world.north)
    rhea = client.sign_in(world.rhea)
    several = rhea.send("/staff/further/account/1", sister_shop="twin")
    assert several.status_code == 422 and "Twin 0" in several.text and "Twin 1" in several.text
    assert rhea.send("/staff/further/account/1", sister_shop="dave").status_code == 422, "of another team"
    assert rhea.send("/staff/further/account/1", sister_shop="bean", godparent="3").status_code == 303
    assert Account.get_by_id(1).sister_shop == only.id
    page = rhea.get("/staff/accounts/1").text
    assert "Bean House" in page and f"/staff/accounts/{only.id}" in page and "Owen Tan" in page
