"""Tags find together what has them, under one spelling, and stay right when they are renamed or made one."""

import pytest

from portal import search
from portal.audit import Entry
from portal.customers import tags
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.tags import Tag, Tagged
from tests import make
from tests.refusals import problems


def names(record):
    return record.tags


def having(*wanted, every=False):
    rows = Account.select().where(tags.having(Account, wanted, every))
    return sorted(account.name for account in rows)


def test_a_tag_is_one_word_however_it_is_written(world):
    tags.put(world.account, by=world.rhea, tag="VIP")
    tags.put(world.account, by=world.rhea, tag=" vip ")
    tags.put(world.contacts["carol"], by=world.rhea, tag="Véip")
    assert (names(world.account), names(world.contacts["carol"])) == (["VIP"], ["Véip"])
    assert Entry.select().where(Entry.event == "account.tagged").count() == 1, "twice changes nothing"
    tags.take(world.account, by=world.rhea, tag="vip")
    tags.take(world.account, by=world.rhea, tag="vip")
    assert names(world.account) == []
    assert Entry.select().where(Entry.event == "account.untagged").count() == 1


def test_records_are_found_by_any_or_every_tag(world):
    other = make.account("Aurora", team=world.north)
    for account, tag in ((world.account, "School"), (world.account, "VIP"), (other, "VIP")):
        tags.put(account, by=world.ada, tag=tag)
    tags.put(world.contacts["dave"], by=world.ada, tag="Church")
    assert having("vip") == ["Aurora", "Carol’s Kitchen"]
    assert having("school", "vip") == ["Aurora", "Carol’s Kitchen"]
    assert having("school", "vip", every=True) == ["Carol’s Kitchen"]
    assert having("vip", "nobody", every=True) == having("nobody") == having("church") == []
    assert world.other_account in Account.select().where(tags.untagged(Account))


def test_of_very_many_records_the_list_meets_them_in_its_own_order(world, monkeypatch):
    monkeypatch.setattr(tags, "FEW", 0)
    tags.put(world.account, by=world.ada, tag="VIP")
    assert having("vip") == ["Carol’s Kitchen"]


def test_a_renamed_tag_is_found_by_its_new_name_only(world):
    tags.put(world.account, by=world.rhea, tag="Reseller")
    tag = Tag.get()
    tag.edit(by=world.mona, name="Wholesale", version=1)
    found = [search.find(words, ["account", "tag"], world.rhea) for words in ("wholesale", "reseller")]
    assert [[hits.records for hits in one.values()] for one in found] == [[[world.account.id], [tag.id]], [[], []]]
    Tag.add(by=world.mona, name="Retail")
    assert problems(tag.edit, by=world.mona, name="RETAIL") == {"name": "name-taken"}


def test_two_tags_become_one_and_nothing_has_it_twice(world):
    tags.put(world.account, by=world.rhea, tag="VIP")
    tags.put(world.account, by=world.rhea, tag="Very important")
    tags.put(world.contacts["carol"], by=world.rhea, tag="Very important")
    old = Tag.get(Tag.name == "Very important")
    assert problems(old.merge, by=world.mona, into="very important") == {"into": "tag-itself"}
    assert problems(old.merge, by=world.mona, into="Nothing") == {"into": "tag-unknown"}
    old.merge(by=world.mona, into="vip")
    carol = Contact.get_by_id(world.contacts["carol"].id)
    assert (names(Account.get_by_id(world.account.id)), names(carol)) == (["VIP"], ["VIP"])
    assert (Tag.select().count(), Tagged.select().count()) == (1, 2)
    assert search.find("important", ["account", "contact", "tag"], world.ada)["contact"].records == []
    Tag.get().remove(by=world.mona)
    assert Tagged.select().count() == 0
    assert search.find("vip", ["contact"], world.ada)["contact"].records == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("", "field-needed"), ("a, b", "tag-malformed"), ("!", "tag-malformed"), ("x" * 41, "text-too-long")],
)
def test_what_is_no_tag(world, typed, problem):
    assert problems(tags.put, world.account, by=world.rhea, tag=typed) == {"tag": problem}


def test_customers_neither_put_tags_nor_read_them(world):
    assert problems(tags.put, world.account, by=world.carol, tag="VIP") == {"tag": "field-not-yours"}
    tags.put(world.account, by=world.rhea, tag="Slow payer")
    assert list(Tag.visible_to(world.carol)) == []


def test_one_record_has_a_bounded_number_of_tags(world, monkeypatch):
    monkeypatch.setattr(tags, "MOST_TAGS", 2)
    for tag in ("one", "two"):
        tags.put(world.account, by=world.rhea, tag=tag)
    assert problems(tags.put, world.account, by=world.rhea, tag="three") == {"tag": "tag-too-many"}
    assert names(Account.get_by_id(world.account.id)) == ["one", "two"]
    assert not Tag.select().where(Tag.name == "three").exists(), "what was refused leaves nothing behind"


def test_tags_of_records_that_are_gone_are_a_fault(world):
    tags.put(world.account, by=world.rhea, tag="VIP")
    assert list(tags.faults()) == []
    make.row(Tagged, tag=Tag.get(), kind="account", record=999)
    make.row(Tagged, tag=Tag.get(), kind="contact", record=1)
    assert list(tags.faults()) == [
        "a tag stands on account:999, which is not there",
        "contact:1 has the tag VIP and does not say so",
    ]
