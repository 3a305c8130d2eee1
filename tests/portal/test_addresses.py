"""Addresses: several per account, one default per purpose, printed as each country does it."""

import threading

import pytest

from portal import search, store
from portal.audit import Entry
from portal.customers import postal
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.errors import Invalid, Stale
from portal.outbox import Outbox
from portal.values import system
from tests import make

HOME = {"line1": "Blk 7 Lot 12 Sampaguita St.", "district": "Commonwealth", "city": "Quezon City",
        "postal_code": "1121"}  # fmt: skip
BANGKOK = {"line1": "99/1 ซอยสุขุมวิท 62", "district": "บางจาก", "city": "พระโขนง", "region": "กรุงเทพมหานคร",
           "postal_code": "10260", "country": "TH"}  # fmt: skip


def add(world, by=None, **changes):
    return Address.add(world.account, by=by or world.carol, **HOME | changes)


def problems(refusal):
    return {field: message for field, (message, _) in refusal.value.problems.items()}


def defaults(account, purpose="shipping"):
    return [a.line1 for a in Address.active(account, purpose) if getattr(a, f"is_default_{purpose}")]


def mailed():
    return {row.name: row.params for row in Outbox.select().where(Outbox.channel == "mail")}


def test_the_first_address_is_the_default_and_the_customer_and_owner_hear_of_it(world):
    address = add(world)
    assert address.is_default_shipping and address.is_default_billing
    change = {"field": "address", "old": None}
    change["new"] = "Blk 7 Lot 12 Sampaguita St., Brgy. Commonwealth, Quezon City 1121"
    assert mailed()["Carol Dizon"]["changes"] == mailed()["Rhea Cruz"]["changes"] == [change]
    assert Entry.select().count() == 1


def test_there_is_always_one_default_per_purpose(world):
    first, second = add(world), add(world, line1="Second")
    assert defaults(world.account) == ["Blk 7 Lot 12 Sampaguita St."]
    second.prefer(by=world.carol, purpose="shipping")
    assert (defaults(world.account), defaults(world.account, "billing")) == (["Second"], [first.line1])
    third = add(world, line1="Third", make_default=True)
    assert defaults(world.account) == defaults(world.account, "billing") == ["Third"]
    third.edit(by=world.carol, for_shipping=False)
    assert defaults(world.account) == [first.line1], "the oldest fit one takes over"
    third.archive(by=world.carol)
    assert defaults(world.account, "billing") == [first.line1]
    Address.get_by_id(first.id).archive(by=world.carol)
    Address.get_by_id(second.id).archive(by=world.carol)
    assert defaults(world.account) == [] and Address.default(world.account, "shipping") is None


def test_an_address_is_not_the_default_of_what_it_is_not_for(world):
    add(world)
    bills = add(world, line1="Bills", for_shipping=False)
    with pytest.raises(Invalid) as refusal:
        bills.prefer(by=world.carol, purpose="shipping")
    assert problems(refusal) == {"purpose": "not-for-purpose"}
    with pytest.raises(Invalid) as refusal:
        add(world, line1="Nothing", for_shipping=False, for_billing=False)
    assert problems(refusal) == {"for_shipping": "purpose-needed"}


def test_the_same_address_is_recognised_however_it_is_written(world):
    add(world)
    for again in (HOME, {"line1": "BLK 7, LOT 12 SAMPAGUITA ST", "district": "Brgy. Commonwealth"}):
        with pytest.raises(Invalid) as refusal:
            add(world, **again)
        assert problems(refusal) == {"line1": "address-known"}
    assert add(world, recipient="The canteen next door")
    assert Address.add(world.other_account, by=world.dave, **HOME), "another customer may live there too"


def test_editing_into_a_known_address_is_refused_and_staying_is_not(world):
    add(world)
    second = add(world, line1="Second")
    with pytest.raises(Invalid):
        second.edit(by=world.carol, line1=HOME["line1"])
    second.edit(by=world.carol, version=1, **HOME | {"line1": "Second", "label": "Store"})
    assert second.label == "Store"


@pytest.mark.parametrize("country, missing", [
    ("PH", {"district", "city"}), ("TH", {"district", "city", "region", "postal_code"}), ("DE", {"city"}),
])  # fmt: skip
def test_each_country_asks_for_what_it_needs(world, country, missing):
    with pytest.raises(Invalid) as refusal:
        Address.add(world.account, by=world.carol, line1="1 Street", country=country)
    assert set(refusal.value.problems) == missing
    assert Address.add(world.account, by=system("import"), line1="1 Street", country=country)


@pytest.mark.parametrize("field, value, message", [
    ("line1", "a\0b", "text-unreadable"), ("city", "x" * 121, "text-too-long"), ("country", "XX", "country-unknown"),
    ("postal_code", "112", "postal-code-four"), ("phone", "12", "phone-impossible"), ("line1", "", "field-needed"),
    ("recipient", "\ud83d", "text-unreadable"), ("country", "", "field-needed"),
])  # fmt: skip
def test_bad_input_is_refused_at_its_field(world, field, value, message):
    with pytest.raises(Invalid) as refusal:
        add(world, **{field: value})
    assert problems(refusal)[field] == message
    assert Address.select().count() == 0


def test_an_edit_shows_the_whole_address_before_and_after(world):
    address = add(world)
    address.edit(by=world.carol, version=1, city="Marikina", postal_code="1800")
    [change] = mailed()["Rhea Cruz"]["changes"]
    assert change["old"].endswith("Quezon City 1121") and change["new"].endswith("Marikina 1800")


def test_a_stale_edit_and_an_edit_of_an_archived_address_are_refused(world):
    address = add(world)
    address.edit(by=world.rhea, version=1, label="Kitchen")
    with pytest.raises(Stale):
        Address.get_by_id(address.id).edit(by=world.carol, version=1, label="Home")
    address.archive(by=world.carol, version=2)
    for verb in (lambda a: a.edit(by=world.rhea, label="x"), lambda a: a.archive(by=world.rhea)):
        with pytest.raises(Invalid) as refusal:
            verb(Address.get_by_id(address.id))
        assert problems(refusal) == {"address": "address-put-away"}


def test_a_viewer_writes_nothing_and_nobody_sees_anothers(world):
    with pytest.raises(Invalid):
        add(world, by=world.cora)
    address = add(world)
    assert list(Address.visible_to(world.cora)) == [address] == list(Address.visible_to(world.mona))
    assert list(Address.visible_to(world.dave)) == [] == list(Address.visible_to(world.owen))


def test_addresses_are_printed_as_each_country_does_it():
    def printed(**place):
        return postal.lines(dict.fromkeys(postal.PLACE, "") | place, home="PH")

    assert printed(**HOME, country="PH") == ["Blk 7 Lot 12 Sampaguita St.", "Brgy. Commonwealth", "Quezon City 1121"]
    assert printed(line1="1 Rizal", district="Barangay 5", city="Cebu", country="PH")[1] == "Barangay 5"
    assert printed(**BANGKOK) == ["99/1 ซอยสุขุมวิท 62", "แขวงบางจาก เขตพระโขนง", "กรุงเทพมหานคร 10260", "Thailand"]
    up_country = BANGKOK | {"district": "สุเทพ", "city": "เมือง", "region": "เชียงใหม่", "postal_code": "50200"}
    assert printed(**up_country)[1] == "ต.สุเทพ อ.เมือง"
    latin = BANGKOK | {"district": "Bang Chak", "city": "Phra Khanong", "region": "Bangkok"}
    assert printed(**latin)[1:3] == ["Bang Chak, Phra Khanong", "Bangkok 10260"]
    assert printed(line1="Obere Str. 57", city="Berlin", postal_code="12209", country="DE")[1] == "12209 Berlin"
    seattle = printed(line1="1 Pike", city="Seattle", region="Washington", postal_code="98101", country="US")
    assert seattle == ["1 Pike", "Seattle, Washington 98101", "United States"]


def test_a_snapshot_does_not_move_with_the_address(world):
    address = add(world)
    kept = address.snapshot
    address.edit(by=world.carol, line1="Elsewhere 1")
    assert postal.lines(kept)[0] == HOME["line1"]
    assert (kept["recipient"], kept["address"]) == ("Carol’s Kitchen", address.id)
    assert store.canonical(kept)


def test_an_account_is_found_by_where_it_is(world):
    add(world)
    Address.add(world.other_account, by=world.dave, **BANGKOK)
    assert search.find("commonwealth", ["account"], world.ada)["account"].records == [world.account.id]
    assert search.find("พระโขนง", ["account"], world.ada)["account"].records == [world.other_account.id]


def test_two_first_addresses_at_once_leave_one_default(postgres):
    world, barrier, failures = make.world(), threading.Barrier(2), []

    def race(line1):
        with store.connection():
            barrier.wait()
            try:
                Address.add(Account.get_by_id(world.account.id), by=world.carol, **HOME | {"line1": line1})
            except Exception as trouble:  # shown by the assertion below
                failures.append(trouble)

    threads = [threading.Thread(target=race, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert len(defaults(world.account)) == len(defaults(world.account, "billing")) == 1
    assert Address.select().count() == 2
