"""The trail over the wire: what happened, to whoever may see the record, with the fields that person may read."""

from datetime import timedelta

import pytest

from portal import audit, values
from portal.activity import trail
from portal.audit import Entry
from tests import make


def renamed(world, by=None, account=None, **fields):
    account = account or world.account
    with audit.change(by or world.rhea, "account.edited", account, about=account) as change:
        change.update(account, **(fields or {"name": "Carol’s Café"}))
    return change.entry_id


def rows(client, query=""):
    return client.get(f"/staff/audit.json{query}").json["rows"]


def test_an_entry_says_who_what_and_from_what_to_what(client, world):
    renamed(world, world.carol, phone="+639175550199")
    page = client.sign_in(world.rhea).get("/staff/audit")
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert page.status_code == 200
    for expected in ("Carol Dizon", "0917 555 0188", "0917 555 0199", "Carol’s Kitchen"):
        assert expected in text


@pytest.mark.parametrize(("name", "seen"), [("rhea", 1), ("mona", 1), ("ada", 2), ("owen", 1)])
def test_staff_see_what_happened_in_the_accounts_they_see(client, world, name, seen):
    mine, other = renamed(world), renamed(world, world.owen, world.other_account, name="Ramos")
    client.sign_in(getattr(world, name))
    found = {int(row["number"]) for row in rows(client)}
    assert len(found & {mine, other}) == seen
    assert (mine in found) == (name != "owen")


def test_accounts_of_nobody_are_seen_by_all(client, world):
    entry = renamed(world, world.ada, make.account("Pool"), name="New name")
    assert [int(row["number"]) for row in rows(client.sign_in(world.owen))] == [entry]


def test_the_trail_of_a_record_opens_to_those_who_see_the_record(client, world):
    renamed(world)
    number = world.account.number
    assert "Carol’s Café" in client.sign_in(world.rhea).get(f"/staff/audit/account/{number}").text
    client.sign_in(world.owen)
    for address in (f"account/{number}", "account/99999", "account/x", "nonsense/1", f"entry/{number}", "session/1"):
        assert client.get(f"/staff/audit/{address}").status_code == 404, address
        assert client.get(f"/staff/audit/{address}.json").status_code == 404, address


def test_the_trail_of_an_account_holds_what_happened_within_it(client, world):
    contact = world.contacts["cora"]
    with audit.change(world.rhea, "contact.edited", contact, about=world.account) as change:
        change.update(contact, job_title="Cook")
    client.sign_in(world.rhea)
    assert "Cook" in client.get(f"/staff/audit/account/{world.account.number}").text
    assert [r["event"] for r in client.get(f"/staff/audit/contact/{contact.number}.json").json["rows"]] == [
        "contact.edited"
    ]


def test_secrets_are_said_to_have_changed_and_nothing_more(client, world):
    login = world.logins["carol"]
    with audit.change(world.carol, "login.password_changed", login, about=world.account) as change:
        change.update(login, password_hash="$argon2id$canary")
    client.sign_in(world.ada)
    assert "kept secret" in client.get("/staff/audit").text
    assert "canary" not in client.get("/staff/audit").text + client.get("/staff/audit.json").text


def test_fields_that_one_may_not_read_are_left_out(client, world):
    renamed(world, tax_number="123-canary", name="Café")
    with audit.change(world.ada, "employee.edited", world.employees["rhea"], about=world.account) as change:
        change.record("salary_minor", 1, 2)
    client.sign_in(world.rhea)
    assert "salary" not in client.get("/staff/audit").text + client.get("/staff/audit.json").text
    assert "salary" in client.sign_in(world.ada).get("/staff/audit.json").text


def test_filters_narrow_the_list_and_stand_in_the_address(client, world):
    by_staff, by_carol = renamed(world), renamed(world, world.carol, name="Another name")
    client.sign_in(world.rhea)

    def numbers(query):
        return [int(row["number"]) for row in rows(client, query)]

    assert numbers("?by=customers") == [by_carol]
    assert numbers("?by=staff") == [by_staff]
    assert numbers("?who=Carol") == [by_carol]
    assert numbers("?kind=account&event=account.") == [by_carol, by_staff]
    assert numbers("?kind=order") == []
    today = values.shop_day()
    assert numbers(f"?since={today}&until={today}") == [by_carol, by_staff]
    assert numbers(f"?until={today - timedelta(days=1)}") == []
    assert client.get("/staff/audit?since=yesterday").status_code == 422


def test_feeds_give_the_changes_in_words_and_as_values(client, world):
    renamed(world)
    client.sign_in(world.rhea)
    [row] = rows(client)
    assert {"field": "name", "old": "Carol’s Kitchen", "new": "Carol’s Café"} in row["changes"]
    assert "Carol’s Kitchen → Carol’s Café" in client.get("/staff/audit.csv").text


def test_a_page_looks_through_the_newest_events_and_the_file_through_all(client, world, monkeypatch):
    monkeypatch.setattr(trail, "NEWEST", 2)
    mine = renamed(world)
    for n in range(2):
        renamed(world, world.owen, world.other_account, name=f"Ramos {n}")
    client.sign_in(world.rhea)
    assert "Nothing happened" in client.get("/staff/audit").text
    assert [int(row["number"]) for row in rows(client)] == [mine]
    assert "Café" in client.get(f"/staff/audit/account/{world.account.number}").text
    assert "Café" in client.sign_in(world.ada).get("/staff/audit").text


def test_customers_have_no_trail_of_others(client, world):
    answer = client.sign_in(world.carol).get("/staff/audit")
    assert answer.status_code == 303 and "/staff/sign-in" in answer.headers["Location"]


def test_a_page_full_of_entries_costs_few_queries(client, world, count_queries):
    for n in range(30):
        renamed(world, [world.rhea, world.carol][n % 2], name=f"Name {n}")
    assert Entry.select().count() == 30
    client.sign_in(world.rhea)
    assert count_queries(lambda: client.get("/staff/audit")) <= 10


def test_an_order_with_its_lines_can_be_read(client, world):
    with audit.change(world.rhea, "order.placed", world.account.ref, about=world.account) as change:
        change.record("lines", None, [{"code": "R25", "quantity": 2}])
    assert client.sign_in(world.ada).get("/staff/audit").status_code == 200
