"""The bin: what is deleted is gone from every page and comes back as it was; what must be kept stands in the way."""

from datetime import timedelta

import peewee
import pytest

from portal import bin, deeds, search, store, values
from portal.audit import Entry, EntryValue
from portal.bin import Binned
from portal.customers import duplicates, points, tags
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.duplicates import LikelyPair
from portal.customers.match_keys import MatchKey
from portal.customers.memberships import Membership
from portal.deeds import Deed
from portal.errors import Denied
from portal.people.sessions import Session
from portal.whole import bin_rules, binning, bulk, invariants, undo  # noqa: F401
from tests import make, races, routes
from tests.refusals import problems


def newest():
    return Deed.select().order_by(Deed.id.desc()).first()


def rows():
    """Everything in the tables a person hangs on, but for what tells of it."""
    said = {
        "match_key",
        "entry",
        "entry_value",
        "deed",
        "outbox",
        "binned",
        "last_number",
        "seal",
        "search_entry",
        "login",
    }
    kept = {}
    for model in store.tables():
        if model._meta.table_name not in said | {"session", "sent_form", "search_text"}:
            kept[model._meta.table_name] = sorted(map(str, model.select().tuples()))
    return kept


@pytest.fixture
def carol(world):
    """Carol, with another number, a tag, a name in another system, and a way in."""
    carol = world.contacts["carol"]
    points.add(carol, by=world.rhea, kind="phone", value="0917 555 0133")
    tags.put(Contact.get_by_id(carol.id), by=world.rhea, tag="VIP")
    with store.writing():
        bin_rules.ExternalId.create(source="old", kind="contact", value="C-1", record=carol.id)
    return Contact.get_by_id(carol.id)


def test_a_deleted_person_is_gone_and_comes_back_with_everything(world, carol):
    before = rows()
    binning.delete(carol, by=world.rhea)
    deed = newest()
    assert (deed.kind, deed.event, deed.note, deed.account) == (
        "delete",
        "contact.deleted",
        carol.name,
        world.account.id,
    )
    assert Contact.get_or_none(Contact.id == carol.id) is None
    assert not Membership.select().where(Membership.contact == carol.id).exists()
    assert search.find("carol", ["contact"], world.rhea)["contact"].records == []
    assert list(invariants.broken()) == []
    found = undo.preview(deed, world.rhea).records
    assert [(one.name, one.will, one.why) for one in found] == [(carol.name, ("bin-comes-back", {}), None)]
    undo.take_back(deed, by=world.rhea)
    assert rows() == before
    assert search.find("carol", ["contact"], world.rhea)["contact"].records == [carol.id]
    assert list(invariants.broken()) == [] and not Binned.select().exists()


def test_a_deleted_person_is_nobodys_likely_twin_until_he_is_back(world):
    one, other = (make.contact(world.account, "Lina Reyes", phone="+639175550101") for _ in range(2))
    duplicates.run()
    assert LikelyPair.select().count() == 1
    binning.delete(other, by=world.rhea)
    duplicates.run()
    assert not LikelyPair.select().exists()
    assert not MatchKey.select().where((MatchKey.kind == "contact") & (MatchKey.record == other.id)).exists()
    undo.take_back(newest(), by=world.rhea)
    duplicates.run()
    assert LikelyPair.get().one == one.id and LikelyPair.get().state == "open"


def test_what_came_back_can_be_deleted_again_by_taking_that_back(world, carol):
    binning.delete(carol, by=world.rhea)
    made = undo.take_back(newest(), by=world.rhea)
    undo.take_back(made, by=world.rhea)
    assert Contact.get_or_none(Contact.id == carol.id) is None and Binned.select().exists()


def test_papers_stand_in_the_way_and_nothing_is_changed(world, carol):
    make.order(world.account, contact=carol)
    before = routes.dbhash()
    for record, by in ((carol, world.rhea), (Account.get_by_id(world.account.id), world.mona)):
        assert problems(binning.delete, record, by=by) == {"record": "bin-in-the-way"}
    assert routes.dbhash() == before


def test_an_account_goes_with_its_people_addresses_and_prices_and_comes_back_whole(world, carol):
    account = Account.get_by_id(world.account.id)
    make.address(account)
    make.agreed_price(account)
    make.shopping_list(world.memberships["carol"])
    account.watch(by=world.mona)
    before = rows()
    binning.delete(account, by=world.mona)
    assert not Contact.select().where(Contact.account == account.id).exists()
    assert list(invariants.broken()) == []
    undo.take_back(newest(), by=world.mona)
    assert rows() == before


def test_a_deleted_person_does_not_sign_in_any_more_and_again_when_back(world, carol):
    login = world.logins["carol"]
    epoch = type(login).get_by_id(login.id).epoch
    binning.delete(carol, by=world.rhea)
    assert type(login).get_by_id(login.id).epoch > epoch
    assert not Session.select().where((Session.login == login) & Session.ended_at.is_null()).exists()


def test_who_may_not_delete_is_refused_and_who_does_not_see_it_does_not_bring_it_back(world, carol):
    with pytest.raises(Denied):
        binning.delete(Account.get_by_id(world.account.id), by=world.rhea)
    binning.delete(carol, by=world.ada)
    deed = newest()
    assert undo.preview(deed, world.owen).records[0].why == ("undo-not-yours", {})
    assert problems(undo.take_back, deed, by=world.owen) == {"deed": "undo-nothing-fits"}
    assert Binned.select().exists()


def test_a_person_without_his_account_stays_in_the_bin_and_says_so(world, carol):
    binning.delete(carol, by=world.mona)
    deed = newest()
    binning.delete(Account.get_by_id(world.account.id), by=world.mona)
    assert undo.preview(deed, world.ada).records[0].why == ("bin-without-parent", {})
    assert problems(undo.take_back, deed, by=world.ada) == {"deed": "undo-nothing-fits"}
    undo.take_back(newest(), by=world.mona)
    undo.take_back(Deed.get_by_id(deed.id), by=world.mona)
    assert Contact.get_by_id(carol.id).name == carol.name


def test_a_number_is_never_given_twice(world):
    last = make.contact(world.account, "Last One")
    binning.delete(last, by=world.rhea)
    fresh = Contact.add(world.account, by=world.rhea, name="Fresh One")
    assert fresh.id > last.id and bin.last_number(Contact) == fresh.id
    undo.take_back(Deed.get(Deed.event == "contact.deleted"), by=world.rhea)
    assert {Contact.get_by_id(row.id).name for row in (last, fresh)} == {"Last One", "Fresh One"}


def test_somebody_else_took_a_name_in_the_other_system_meanwhile(world, carol):
    binning.delete(carol, by=world.rhea)
    with store.writing():
        bin_rules.ExternalId.create(source="old", kind="contact", value="C-1", record=world.contacts["dave"].id)
    undo.take_back(newest(), by=world.rhea)
    assert Contact.get_by_id(carol.id).name == carol.name
    assert bin_rules.ExternalId.get().record == world.contacts["dave"].id


def test_after_thirty_days_the_bin_is_emptied_and_what_was_said_of_it_forgotten(world, carol):
    binning.delete(carol, by=world.rhea)
    entries = Entry.select().where(Entry.subject == str(carol.ref))
    assert EntryValue.select().where(EntryValue.entry.in_(entries)).exists()
    binning.empty()
    assert Binned.select().exists()
    binning.empty(values.now() + timedelta(days=deeds.DAYS, hours=1))
    assert not Binned.select().exists() and entries.exists()
    assert not EntryValue.select().where(EntryValue.entry.in_(entries)).exists()
    assert problems(binning.restore, carol.ref, newest().id, by=world.rhea) == {"record": "bin-emptied"}
    assert list(invariants.broken()) == []


def test_many_are_deleted_together_or_not_at_all(world):
    people = [make.contact(world.account, f"Person {n}") for n in range(3)]
    chosen = bulk.read(bulk.written(people))
    about = {"by": world.rhea, "may": "contacts.delete", "chosen": chosen}
    drop = lambda row, by: binning.delete(row, by=by)  # noqa: E731
    order = make.order(world.account, contact=people[1])
    assert problems(bulk.carry_out, Contact.visible_to(world.rhea), drop, **about)["rows"] == "many-refused"
    assert Contact.select().where(Contact.id.in_(list(chosen))).count() == 3
    with store.writing():
        type(order).update(contact=None).execute()
    bulk.carry_out(Contact.visible_to(world.rhea), drop, **about)
    assert newest().kind == "many" and newest().count == 3
    undo.take_back(newest(), by=world.rhea)
    assert Contact.select().where(Contact.id.in_(list(chosen))).count() == 3


def test_every_link_to_what_can_be_deleted_has_a_rule():
    """A new table that points to an account or a person says what becomes of its rows."""
    missing, looked, waiting = [], set(), [noun.model for noun in binning._nouns.values()]
    while waiting:
        model = waiting.pop()
        for column, other in model._meta.backrefs.items():
            if binning.rule_of(column) is None:
                missing.append(f"{other.__name__}.{column.name}")
            elif binning.rule_of(column) == binning.ALONG and other not in looked:
                looked.add(other)
                waiting.append(other)
            assert isinstance(column, peewee.ForeignKeyField)
    assert sorted(missing) == []


@pytest.mark.parametrize("act", ["delete", "edit"])
def test_of_two_at_once_the_second_is_told(postgres, act):
    world = make.world()
    carol = world.contacts["carol"].id

    def work(n):
        row = Contact.get_by_id(carol)
        if n and act == "edit":
            return lambda: row.edit(by=world.mona, version=row.version, job_title="Chef")
        return lambda: binning.delete(row, by=world.rhea)

    came = races.race(2, work) if act == "delete" else None
    if act == "delete":
        assert came in (["bin-gone", "done"], ["bin-changed", "done"])
        assert Deed.select().where(Deed.kind == "delete").count() == 1
        return
    Contact.get_by_id(carol).edit(by=world.mona, job_title="Chef")
    assert problems(binning.delete, world.contacts["carol"], by=world.rhea) == {"record": "bin-changed"}
