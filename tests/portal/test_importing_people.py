"""Tags, parents, demographics and further accounts of people come in like everything else."""

import pytest

from portal.customers import parents
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation
from portal.customers.contacts import Contact
from portal.customers.tags import Tag, Tagged
from portal.whole import invariants
from tests.imports import bring, table, tally

STORES = """
source = "old"
key = "no"
[columns]
name = "name"
parent = "above"
tags = "words"
"""
PEOPLE = """
source = "old"
key = "no"
[columns]
account = "store"
name = "name"
born_on = "born"
occupation = "job"
income_band = "income"
tags = "words"
"""
PLACES = """
source = "old"
key = "{person}-{store}"
[columns]
contact = "person"
account = "store"
role = "as"
from_on = "from"
until_on = "until"
"""
THREE = "no,name,above,words\n1,Holding,,VIP; School\n2,North,1,vip\n3,South,1,\n"
TWO = "no,store,name,born,job,income,words\n7,2,Lina Reyes,1990-05-04,Baker,middle,Wholesale\n8,3,Ben Cruz,,,,\n"


@pytest.fixture
def stores(database, tmp_path):
    assert tally(bring(table(tmp_path, THREE), "accounts", STORES)) == {"created": 3}
    assert tally(bring(table(tmp_path, TWO), "contacts", PEOPLE)) == {"created": 2}
    return {account.name: account for account in Account.select()}


def test_accounts_come_with_tags_and_stand_below_their_parents(stores, tmp_path):
    assert (stores["Holding"].tags, stores["North"].tags, stores["South"].tags) == (["School", "VIP"], ["VIP"], [])
    assert stores["North"].parent == stores["South"].parent == stores["Holding"]
    assert sorted(tag.name for tag in Tag.select()) == ["School", "VIP", "Wholesale"]
    bring(table(tmp_path, THREE.replace("VIP; School", "Gold")), "accounts", STORES)
    assert Account.get_by_id(stores["Holding"].id).tags == ["Gold"]
    assert Tagged.select().where(Tagged.kind == "account").count() == 2
    assert list(invariants.broken(with_files=False)) == []


def test_a_file_that_closes_a_circle_closes_none(stores, tmp_path):
    bring(table(tmp_path, THREE.replace("Holding,,", "Holding,2,")), "accounts", STORES)
    assert list(parents.faults()) == []


def test_people_come_with_what_is_known_of_them(stores):
    lina = Contact.get(Contact.name == "Lina Reyes")
    assert (lina.birthday, lina.occupation, lina.income_band, lina.tags) == (504, "Baker", "middle", ["Wholesale"])


def test_people_are_linked_to_further_stores_with_role_and_period(stores, tmp_path):
    rows = "person,store,as,from,until\n7,3,owner,2020-01-02,2021-12-31\n7,1,buyer,2022-01-01,\n"
    bad = "7,2,buyer,,\n8,1,buyer,2022-01-01,2021-01-01\n9,1,buyer,,\n"
    done = bring(table(tmp_path, rows + bad), "affiliations", PLACES)
    assert (tally(done)["created"], tally(done)["refused"]) == (2, 3)
    why = [(line, problem) for line, _, problem in done.said]
    assert why[:2] == [(4, "affiliation-known"), (5, "dates-reversed")]
    lina = Contact.get(Contact.name == "Lina Reyes")
    found = [(row.account.name, row.role, str(row.until_on)) for row in lina.affiliation_set.order_by(Affiliation.id)]
    assert found == [("South", "owner", "2021-12-31"), ("Holding", "buyer", "None")]
    assert tally(bring(table(tmp_path, rows), "affiliations", PLACES)) == {"same": 2}
