"""Accounts are opened, edited, given away and watched by the right people, and the right people hear of it."""

from dataclasses import replace

import pytest

from portal import memory, reindexing, search, store
from portal.audit import Entry, EntryValue
from portal.customers import points, tags
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.known_already import open_account
from portal.customers.tags import Tag
from portal.errors import Invalid, Stale
from portal.outbox import Outbox
from portal.people import policy, teams
from portal.search import SearchEntry
from portal.values import system
from tests import make
from tests.roles import give


def told(channel="mail"):
    """{name: params} of everybody who was written to."""
    return {row.name: row.params for row in Outbox.select().where(Outbox.channel == channel)}


def problems(refusal):
    return {field: message for field, (message, _) in refusal.value.problems.items()}


def changed(name, channel="mail"):
    return [(c["field"], c["old"], c["new"]) for c in told(channel)[name]["changes"]]


def test_a_rep_opens_an_account_that_is_his_and_his_teams(world):
    account = Account.open(by=world.rhea, name="Señor Niño’s Café", kind="company", phone="0917 555 0142")
    assert (account.owner_id, account.team_id) == (world.rhea.employee, world.north.id)
    assert (account.phone, account.folded) == ("+639175550142", "senor ninos cafe")
    entry = Entry.get()
    assert (entry.event, entry.subject, entry.about) == ("account.opened", str(account.ref), str(account.ref))
    assert Account.visible_to(world.mona).where(Account.id == account.id).exists()
    assert not Account.visible_to(world.owen).where(Account.id == account.id).exists()


def test_a_rep_cannot_open_an_account_for_another(world):
    with pytest.raises(Invalid) as refusal:
        Account.open(by=world.rhea, name="Gift", owner=world.owen.employee)
    assert problems(refusal) == {"owner": "field-not-yours"}
    account = Account.open(by=world.mona, name="Gift", owner=world.rhea.employee, team=world.north.id)
    assert account.owner == world.employees["rhea"]


def test_opening_an_account_twice_is_asked_about(world):
    with pytest.raises(Invalid) as refusal:
        open_account(by=world.rhea, name="CAROL'S  kitchen")
    assert problems(refusal) == {"is_another": "account-like"}
    assert open_account(by=world.rhea, name="Carol's kitchen", is_another=True).id != world.account.id
    assert open_account(by=world.owen, name="Carol's Kitchen"), "Owen may not learn of Carol's"


def test_the_currency_follows_the_country(world):
    assert Account.open(by=world.rhea, name="ครัวคุณแม่", country="TH").currency == "THB"


def test_every_fault_is_named_at_its_field(world):
    typed = {"name": "\0", "phone": "1", "email": "carol@", "website": "javascript:alert(1)", "language": "xx"}
    with pytest.raises(Invalid) as refusal:
        world.account.edit(by=world.rhea, **typed, note="x" * 4001)
    assert problems(refusal) == {
        "name": "text-unreadable", "phone": "phone-impossible", "email": "email-malformed",
        "website": "website-malformed", "language": "choice-unknown", "note": "text-too-long",
    }  # fmt: skip
    assert Entry.select().count() == 0


@pytest.mark.parametrize("name", ["", "   ", None, "a" * 201, "\ud800", "Carol\u202e", "Se\ufffdor", "a\x1bb"])
def test_a_name_that_cannot_be_read_is_refused(world, name):
    with pytest.raises(Invalid) as refusal:
        world.account.edit(by=world.carol, name=name)
    assert list(refusal.value.problems) == ["name"]


def test_a_change_by_the_customer_tells_her_and_the_owner_once(world):
    world.account.edit(by=world.carol, version=1, phone="0917 555 0100")
    assert told().keys() == told("inbox").keys() == {"Carol Dizon", "Rhea Cruz"}
    assert changed("Carol Dizon") == changed("Rhea Cruz") == [("phone", "+639175550188", "+639175550100")]
    said = told()["Carol Dizon"]
    assert (said["by"], said["by_staff"], said["person"]["name"]) == ("Carol Dizon", False, "Rhea Cruz")
    assert Entry.select().count() == 1


def test_a_change_by_staff_tells_the_customer_and_the_watchers_but_not_the_doer(world):
    world.account.watch(by=world.mona)
    world.account.watch(by=world.mona)
    world.account.edit(by=world.rhea, name="Carol’s Kitchen and Bar", note="pays late")
    assert told().keys() == {"Carol Dizon", "Mona Santos"}
    assert changed("Carol Dizon") == [("name", "Carol’s Kitchen", "Carol’s Kitchen and Bar")]
    assert ("note", "", "pays late") in changed("Mona Santos")


def test_an_internal_note_is_no_news_for_the_customer(world):
    world.account.edit(by=world.mona, note="likes to be called early")
    assert told().keys() == {"Rhea Cruz"}


def test_of_a_new_e_mail_of_the_account_both_addresses_are_told(world):
    account = make.account("Old", email="old@carol.example", team=world.north)
    make.member(account, "Ben Dizon", "customer_admin", email="ben@carol.example")
    account.edit(by=world.rhea, email="new@carol.example")
    mailed = {row.address for row in Outbox.select().where(Outbox.channel == "mail")}
    assert mailed == {"ben@carol.example", "old@carol.example", "new@carol.example"}


def test_an_account_without_logins_is_told_at_its_own_address(world):
    lone = make.account("Lone", email="lone@stores.example", team=world.north)
    lone.edit(by=world.rhea, phone="0917 555 0100")
    rows = list(Outbox.select())
    assert [(row.channel, row.address) for row in rows] == [("mail", "lone@stores.example")]


def test_nothing_changed_is_no_event(world):
    world.account.edit(by=world.carol, version=1, name="Carol’s Kitchen")
    assert (Entry.select().count(), Outbox.select().count(), world.account.version) == (0, 0, 1)


def test_a_form_opened_before_another_change_is_stale(world):
    world.account.edit(by=world.rhea, version=1, phone="0917 555 0100")
    with pytest.raises(Stale) as stale:
        Account.get_by_id(world.account.id).edit(by=world.carol, version=1, phone="0917 555 0199")
    assert stale.value.current.phone == "+639175550100"
    assert told().keys() == {"Carol Dizon"}, "the refused change tells nobody"


def test_a_customer_changes_only_what_is_hers(world):
    for field, value in {"note": "x", "tax_number": "1", "owner": 1, "is_active": False, "id": 7}.items():
        with pytest.raises(Invalid) as refusal:
            world.account.edit(by=world.carol, **{field: value})
        assert problems(refusal) == {field: "field-not-yours"}
    with pytest.raises(Invalid):
        world.account.edit(by=world.cora, phone="0917 555 0100")
    assert not policy.may(world.cora, "accounts.edit", world.account)


def test_a_manager_gives_an_account_away_and_both_owners_hear_of_it(world):
    world.account.reassign(by=world.mona, owner=world.owen.employee, team=world.south.id)
    assert told().keys() == {"Rhea Cruz", "Owen Tan"}
    assert (told()["Owen Tan"]["old_owner"], told()["Owen Tan"]["new_owner"]) == ("Rhea Cruz", "Owen Tan")
    assert not Account.visible_to(world.rhea).exists()
    assert not policy.may(world.rhea, "accounts.reassign", world.account)


@pytest.mark.parametrize("owner", [2**31, 2**63, -1, "x", 999])
def test_an_account_goes_to_nobody_who_is_not_there(world, owner):
    with pytest.raises(Invalid) as refusal:
        world.account.reassign(by=world.mona, owner=owner, team=None)
    assert list(refusal.value.problems) == ["owner"]


def test_an_owner_must_see_his_account(world):
    with pytest.raises(Invalid) as refusal:
        world.account.reassign(by=world.mona, owner=world.owen.employee, team=world.north.id)
    assert problems(refusal) == {"owner": "owner-not-in-team"}
    world.account.reassign(by=world.mona, owner=world.owen.employee, team=None)
    assert world.account.team is None


def test_a_watcher_who_may_no_longer_see_the_account_is_told_no_longer(world):
    world.account.watch(by=world.mona)
    assert "Mona Santos" in [p.name for p in world.account.staff_for()]
    world.account.reassign(by=world.ada, owner=world.owen.employee, team=world.south.id)
    assert [p.name for p in world.account.staff_for()] == ["Owen Tan"]


@pytest.mark.parametrize(("reach", "is_told"), [("own", False), ("team", True), ("all", True)])
def test_a_watcher_is_told_as_far_as_his_role_reaches(world, reach, is_told):
    world.account.watch(by=world.mona)
    give(world, "mona", base="manager", reach=reach)
    assert ("Mona" in " ".join(who.name for who in world.account.staff_for(world.rhea))) is is_told


def test_watching_ends(world):
    world.account.watch(by=world.mona)
    assert [person.name for person in world.account.keepers()[1]] == ["Mona Santos"]
    world.account.unwatch(by=world.mona)
    assert world.account.keepers() == (world.employees["rhea"], [])
    assert [e.event for e in Entry.select().order_by(Entry.id)] == ["account.watched", "account.unwatched"]


def test_closing_and_reopening_tell_the_customer(world):
    world.account.close(by=world.mona, version=1)
    assert not Account.get_by_id(world.account.id).is_active
    assert told().keys() == {"Carol Dizon", "Rhea Cruz"}
    world.account.reopen(by=world.mona, version=2)
    assert world.account.is_active


def test_imports_tell_nobody_and_may_set_everything(world):
    account = Account.open(by=system("import"), name="Old", owner=world.owen.employee, team=world.north.id)
    account.edit(by=system("import"), phone="0917 555 0100", note="x")
    assert (account.owner_id, account.team_id) == (world.owen.employee, world.north.id)
    assert Outbox.select().count() == 0


def test_who_is_told_of_orders(world):
    buyer = make.member(world.account, "Ben Dizon", "buyer", email="ben@kitchen.example")
    assert [p.name for p in world.account.people_for("orders")] == ["Carol Dizon", "Ben Dizon", "Rhea Cruz"]
    assert [p.name for p in world.account.people_for("account")] == ["Carol Dizon", "Rhea Cruz"]
    doer = make.customer_actor(buyer)
    assert [p.name for p in world.account.people_for("account", doer)] == ["Carol Dizon", "Ben Dizon", "Rhea Cruz"]


def test_an_account_is_found_by_part_of_what_stands_in_it(world):
    world.account.edit(by=world.rhea, name="Lutong Bahay ni Inday", website="lutong.example", phone="0917 555 0107")
    for words in ("bahay lut", "inday", world.account.number, "917 555 0107", "lutong.ex"):
        assert search.find(words, ["account"], world.rhea)["account"].records == [world.account.id], words
    assert search.find("inday", ["account"], world.owen)["account"].records == []


def test_the_search_is_rebuilt_as_the_verbs_keep_it(world):
    Address.add(world.account, by=world.carol, line1="1 Street", district="Payatas", city="Quezon City")
    lina = Contact.add(world.account, by=world.rhea, name="Lina Reyes")
    points.add(lina, by=world.rhea, kind="phone", value="0917 555 0111")
    points.add(world.account, by=world.rhea, kind="facebook", value="facebook.com/carols.kitchen")
    tags.put(lina, by=world.rhea, tag="Wholesale")
    for account in Account.select():
        account.edit(by=world.ada, website=f"www.store{account.id}.example")
    for contact in Contact.select():
        contact.edit(by=world.ada, best_time="morning")
    kept = sorted(SearchEntry.select().tuples())
    with store.housekeeping("search"):
        SearchEntry.update(text="x", team=None).execute()
    sources = {noun.__name__.lower(): noun.search_entries for noun in (Account, Contact, Tag)}
    assert reindexing.rebuild(sources) == 7
    assert sorted(SearchEntry.select().tuples()) == kept


def test_secrets_of_values_stand_beside_the_entry(world):
    world.account.edit(by=world.carol, phone="0917 555 0100")
    assert [(v.field, v.old, v.new) for v in EntryValue.select()] == [("phone", '"+639175550188"', '"+639175550100"')]


def test_a_large_team_sees_the_same_as_a_small_one(world, monkeypatch):
    pool = make.account("Pool store")
    seen = [world.account.id, pool.id]
    for few in (0, 1000):
        monkeypatch.setattr(teams, "FEW", few)
        memory.forget()
        assert sorted(a.id for a in Account.visible_to(world.rhea)) == seen
        assert [a.id for a in Account.visible_to(replace(world.rhea, teams=()))] == [pool.id]


def test_managers_say_how_many_days_an_account_has_to_pay(world):
    with pytest.raises(Invalid) as refused:
        world.account.edit(by=world.rhea, terms_days="14")
    assert refused.value.problems["terms_days"][0] == "field-not-yours"
    world.account.edit(by=world.mona, terms_days="14")
    assert Account.get_by_id(world.account.id).terms_days == 14
    for typed, message in (("", "field-needed"), ("-1", "number-out-of-range"), ("366", "number-not-between"),
                           ("soon", "number-malformed")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            world.account.edit(by=world.mona, terms_days=typed)
        assert refused.value.problems["terms_days"][0] == message
