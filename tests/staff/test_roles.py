"""Roles on the wire: what is hidden from a role stands on no page, in no list, file, search or form."""

import json

import pytest

from portal import fields, masking, store
from portal.customers import points
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.people import policy, roles
from portal.people.employees import Employee
from portal.people.roles import AREAS, StaffRole
from tests.roles import give

# What every employee needs, and what an admin arranges: no role leaves it out.
ALWAYS = {
    "announcements", "branches", "charges", "company", "consent", "custom_fields", "discounts",
    "employees", "field_rules",
    "help", "inbox", "lists", "mail", "notices", "patterns", "payment_methods", "promises", "search",
    "security", "settings", "sign_in", "sign_up", "staff_invitations", "teams", "today", "views",
    "warranty_terms",
}  # fmt: skip


def test_every_area_of_staff_can_be_left_out_or_is_needed_always(database):
    ours = {a.partition(".")[0] for a, held in policy.actions().items() if held & {"rep", "manager"}}
    named = {prefix for prefixes in AREAS.values() for prefix in prefixes}
    assert ours - named - ALWAYS == set()
    assert named - {a.partition(".")[0] for a in policy.actions()} == set()


def test_every_noun_of_the_page_has_a_field_table(client):
    assert set(roles.NOUNS) <= set(fields.TABLES)


def test_a_hidden_field_reads_as_blank_and_queries_see_it_as_it_is(client, world):
    with store.writing():
        Account.update(phone="+63288887777").where(Account.id == world.account.id).execute()
    account = Account.get_by_id(world.account.id)
    with masking.hiding(frozenset({"account.phone"})):
        assert account.phone == ""
        assert Account.select().where(Account.phone == "+63288887777").exists()
    assert account.phone == "+63288887777"


def test_an_admin_makes_a_role_and_gives_it_to_somebody(client, world):
    client.sign_in(world.ada)
    client.send("/staff/settings/roles", action="/staff/settings/roles", name="Warehouse", base="rep")
    role = StaffRole.get(StaffRole.name == "Warehouse")
    here = f"/staff/settings/roles/{role.number}"
    client.send(here, action=here, name="Warehouse", reach="own", payments="none")
    client.send(here, f"{here}/fields/contact", born_on="none")
    person = world.employees["rhea"]
    client.send(f"/staff/settings/employees/{person.number}", role=role.number)
    assert Employee.get_by_id(person.id).staff_role_id == role.id
    client.sign_in(world.rhea)
    assert client.get("/staff/payments").status_code == 403
    assert client.get("/staff/contacts?born_on=any").status_code == 422


SECRETS = {
    "account": {
        "phone": "+63288112233",
        "email": "secretbox@shop.example",
        "tax_number": "998877665",
        "note": "Owes a favour",
    },
    "contact": {
        "phone": "+639178112233",
        "email": "whisper@shop.example",
        "job_title": "Keyholder",
        "best_time": "at dawn",
    },
}
PAGES = (
    "/staff/accounts/{account}", "/staff/accounts/{account}?edit=reach", "/staff/contacts/{contact}",
    "/staff/accounts", "/staff/accounts?columns=name,email,phone,tax_number", "/staff/contacts",
    "/staff/accounts.csv", "/staff/accounts.json", "/staff/contacts.csv", "/staff/contacts.json",
    "/staff/contacts?columns=name,email", "/staff/search?q={account}", "/staff/accounts/{account}/orders/new",
    "/staff/", "/staff/audit", "/staff/audit/account/{account}",
)  # fmt: skip


def test_what_is_hidden_stands_nowhere(client, world):
    account, contact = Account.get_by_id(world.account.id), Contact.get(Contact.account == world.account)
    account.edit(by=world.ada, **SECRETS["account"])
    contact.edit(by=world.ada, **SECRETS["contact"])
    points.add(contact, by=world.ada, kind="email", value="whisper2@shop.example")
    hidden = {f"{noun}.{name}": "none" for noun, values in SECRETS.items() for name in values}
    give(world, rights=json.dumps(hidden))
    client.sign_in(world.rhea)
    needles = ["8811", "2233", "secretbox", "998877665", "favour", "whisper", "Keyholder", "dawn"]
    for path in PAGES:
        body = client.get(path.format(account=account.number, contact=contact.number)).get_data(as_text=True)
        assert [needle for needle in needles if needle in body] == [], path


@pytest.mark.parametrize("words", ["secretbox", "0288112233", "8811 2233"])
def test_what_is_hidden_finds_nothing(client, world, words):
    account = Account.get_by_id(world.account.id)
    account.edit(by=world.ada, **SECRETS["account"])
    client.sign_in(world.rhea)
    assert account.name in client.get("/staff/accounts", query_string={"q": words}).get_data(as_text=True)
    give(world, rights=json.dumps({"account.email": "none", "account.phone": "none"}))
    for path in ("/staff/accounts", "/staff/accounts.csv", "/staff/search"):
        answer = client.get(path, query_string={"q": words})
        assert account.name not in answer.get_data(as_text=True), path
        assert answer.status_code != 303


def test_a_form_that_sends_a_locked_field_changes_nothing(client, world):
    give(world, rights=json.dumps({"contact.phone": "look"}))
    contact = Contact.get(Contact.account == world.account)
    client.sign_in(world.rhea)
    before = contact.phone
    client.send(
        f"/staff/contacts/{contact.number}?edit=reach", best_time="mornings", extra={"phone": "0917 000 1111"}
    )
    assert Contact.get_by_id(contact.id).phone == before


def test_a_role_that_changes_holds_from_the_next_click(client, world):
    role = give(world)
    client.sign_in(world.rhea)
    assert client.get("/staff/orders").status_code == 200
    role.edit(by=world.ada, orders="none")
    assert client.get("/staff/orders").status_code == 403
