"""What came from another system is called by its old names as well, where staff look."""

from tests import make
from tests.imports import ACCOUNTS, bring, table


def test_old_ids_stand_in_the_json_of_accounts_and_contacts(client, tmp_path):
    world = make.world()
    bring(table(tmp_path, "no,name,phone,email\n29818,Brakes and Gears,,\n"), "accounts", ACCOUNTS)
    people = 'source = "old"\nkey = ["no", "person:{no}"]\n[columns]\naccount = "store"\nname = "name"\n'
    bring(table(tmp_path, "no,store,name\n7,29818,Ana Cruz\n"), "contacts", people)
    client.sign_in(world.ada)
    accounts = {row["name"]: row for row in client.get("/staff/accounts.json").json["rows"]}
    assert accounts["Brakes and Gears"]["external_ids"] == [{"source": "old", "value": "29818"}]
    assert accounts[world.account.name]["external_ids"] == []
    contacts = {row["name"]: row for row in client.get("/staff/contacts.json").json["rows"]}
    assert [name["value"] for name in contacts["Ana Cruz"]["external_ids"]] == ["7", "person:7"]
    assert "external_ids" not in client.get("/staff/accounts.csv").text
