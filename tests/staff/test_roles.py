"""Roles on the wire: what is hidden from a role stands on no page, in no list, file, search or form."""

import json

import pytest

from portal import audit, fields, masking, store
from portal.activity import trail
from portal.activity.interactions import Interaction
from portal.audit import Entry
from portal.customers import points
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.outbox import Outbox
from portal.people import employees, policy, roles
from portal.people.employees import Employee
from portal.people.roles import AREAS, StaffRole
from portal.web import posting
from portal.web.mail import Shop
from tests import mails, make, samples
from tests.roles import give

# What every employee needs, and what an admin arranges: no role leaves it out.
ALWAYS = {
    "announcements", "backups", "branches", "charges", "company", "consent", "custom_fields", "discounts",
    "employees", "field_rules", "health",
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
        "born_on": "1981-02-03",
    },
    "interaction": {"subject": "Quarrel", "text": "He shouted"},
}
PAGES = (
    "/staff/accounts/{account}", "/staff/accounts/{account}?edit=reach", "/staff/contacts/{contact}",
    "/staff/accounts", "/staff/accounts?columns=name,email,phone,tax_number", "/staff/contacts",
    "/staff/accounts.csv", "/staff/accounts.json", "/staff/contacts.csv", "/staff/contacts.json",
    "/staff/contacts?columns=name,email", "/staff/search?q={account}", "/staff/accounts/{account}/orders/new",
    "/staff/", "/staff/audit", "/staff/audit/account/{account}", "/staff/accounts/{account}/timeline.csv",
    "/staff/contacts/{contact}/timeline.json", "/staff/interactions.csv", "/staff/inbox.csv", "/staff/journal/1",
    "/staff/duplicates.csv", "/staff/affiliations.json", "/staff/contacts?q=whisper",
)  # fmt: skip


def test_what_is_hidden_stands_nowhere(client, world):
    account, contact = Account.get_by_id(world.account.id), Contact.get(Contact.account == world.account)
    account.edit(by=world.ada, **SECRETS["account"])
    contact.edit(by=world.ada, **SECRETS["contact"])
    points.add(contact, by=world.ada, kind="email", value="whisper2@shop.example")
    talk = {"kind": "call", "contacts": [contact.id], **SECRETS["interaction"]}
    Interaction.log(account, by=world.ada, **talk)
    hidden = {f"{noun}.{name}": "none" for noun, values in SECRETS.items() for name in values}
    give(world, rights=json.dumps(hidden))
    client.sign_in(world.rhea)
    needles = ["8811", "2233", "secretbox", "998877665", "favour", "whisper2", "whisper@", "Keyholder", "dawn"]
    needles += ["1981", "Quarrel", "shouted"]
    for path in PAGES:
        body = client.get(path.format(account=account.number, contact=contact.number)).get_data(as_text=True)
        assert [needle for needle in needles if needle in body] == [], path
    typed = client.form(f"/staff/accounts/{account.number}/contacts/new").fields | {"name": contact.name}
    known = client.post("/staff/contacts/known", data=typed | {"phone": SECRETS["contact"]["phone"]}).text
    assert contact.name in known
    assert [needle for needle in needles if needle in known] == []


def test_whoever_may_not_see_a_birthday_reads_of_it_in_no_letter(world, settings):
    contact = world.contacts["carol"]
    contact.edit(by=world.ada, born_on="1981-02-03", occupation="Cook")
    told = (Outbox.template == "account_changed") & (Outbox.recipient == str(world.rhea.ref))
    row, shop = Outbox.select().where(told & (Outbox.channel == "mail")).get(), Shop.of(settings)
    assert "1981" in posting.letter_for(row, shop).text
    give(world, rights=json.dumps({"contact.born_on": "none"}))
    text = posting.letter_for(row, shop).text
    assert "1981" not in text
    assert "Cook" in text


LOCKED = {
    "account": ("phone", "email"),
    "contact": ("job_title",),
    "address": ("country", "recipient"),
    "interaction": ("at", "direction", "outcome", "is_shared"),
}


def test_forms_leave_out_what_a_role_may_only_look_at_and_work_without_it(client, world):
    locked = {f"{noun}.{name}": "look" for noun, names in LOCKED.items() for name in names}
    give(world, rights=json.dumps(locked))
    client.sign_in(world.rhea)
    here = f"/staff/accounts/{world.account.number}"
    for page in ("/staff/accounts/new", f"{here}/contacts/new", f"{here}/addresses/new", f"{here}/plan"):
        assert client.get(page).status_code == 200, page
    assert client.send(f"{here}/plan", f"{here}/plan", subject="Rice").status_code == 422
    assert client.send(f"{here}/log", f"{here}/log", subject="Rice", then="").status_code == 303
    made = Interaction.get()
    assert (made.subject, made.outcome, made.is_shared) == ("Rice", "", False)


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


def test_an_address_that_is_hidden_is_neither_previewed_nor_written_to(client, world):
    kept, ben = mails.written(world).conversation, make.contact(world.account, "Ben", email="ben@kitchen.example")
    give(world, rights=json.dumps({"contact.email": "none"}))
    client.sign_in(world.rhea)
    page = f"/staff/mailbox/{kept.number}"
    typed = {"to": str(ben.ref), "subject": "Rice", "text": "It is here."}
    shown = client.send(page, f"{page}/reply", **typed, look="1")
    assert "ben@kitchen.example" not in shown.text
    assert client.send(page, f"{page}/reply", **typed).status_code == 422


def test_reasons_tell_nothing_of_what_is_hidden(client, world):
    pair = samples.likely_pair(world, reasons=["phone-same", "name-spelling"])
    client.sign_in(world.rhea)
    assert "same phone" in client.get(f"/staff/duplicates/{pair.number}").text
    give(world, rights=json.dumps({"contact.phone": "none"}))
    for page in (f"/staff/duplicates/{pair.number}", "/staff/duplicates", "/staff/duplicates.json"):
        shown = client.get(page).text
        assert "same phone" not in shown and "phone-same" not in shown, page
        assert "name" in shown


def test_a_closed_area_is_not_entered_by_another_door(client, world, tmp_path):
    came, role = mails.arrive(tmp_path, mails.mail(sender="New <new@people.example>")), give(world)
    role.edit(by=world.ada, tasks="none", cases="none")
    client.sign_in(world.rhea)
    here = f"/staff/accounts/{world.account.number}/log"
    assert client.send(here, here, subject="Rice", then="7", then_kind="task").status_code == 403
    assert not Interaction.select().exists()
    page = f"/staff/mailbox/{came.conversation.number}"
    assert client.send(page, f"{page}/sort", then="case", account=world.account.number).status_code == 403
    assert client.send(page, f"{page}/sort", then="assign", account=world.account.number).status_code == 303


def test_whoever_sees_every_account_reads_of_no_sign_in_of_others(world):
    role = give(world, reach="all")
    with audit.change(world.ada, "staff_role.edited", role) as change:
        change.happened()
    rhea = employees.actor_for(world.logins["rhea"])
    assert rhea.sees_all
    assert not trail.visible_to(rhea).where(Entry.subject == str(role.ref)).exists()
    assert trail.visible_to(world.ada).where(Entry.subject == str(role.ref)).exists()
