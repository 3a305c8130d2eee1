"""A person belongs to several accounts with role and period, stays one record, and is seen as far as each allows."""

import contextlib

import pytest

from portal import search, store, values
from portal.customers import affiliations, memberships
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation, Known, affiliate
from portal.customers.contacts import Contact
from portal.errors import Stale
from tests import make
from tests.letters import told
from tests.races import race
from tests.refusals import problems

TODAY = values.shop_day()


@pytest.fixture
def lina(world):
    """A bookkeeper of Carol's kitchen who signs in nowhere."""
    return make.contact(world.account, "Lina Reyes", role="bookkeeper", phone="+639175550111", since_on=TODAY)


@pytest.fixture
def aurora(world):
    return make.account("Aurora", team=world.north, owner=world.employees["rhea"])


def places(account):
    return [(p.contact.name, p.role, p.is_over) for p in affiliations.people_of(Account.get_by_id(account.id))]


def companies(contact, actor):
    return [
        (p.account.name, p.role, p.is_over) for p in affiliations.companies_of(Contact.get_by_id(contact.id), actor)
    ]


def test_a_person_belongs_to_several_accounts_with_role_and_period(world, lina, aurora):
    row = affiliate(lina, by=world.rhea, account="aurora", role="buyer", from_on="2024-02-01", job_title="Adviser")
    assert places(aurora) == [("Lina Reyes", "buyer", False)]
    assert companies(lina, world.rhea) == [("Carol’s Kitchen", "bookkeeper", False), ("Aurora", "buyer", False)]
    row.end(by=world.rhea, until_on="2024-12-31", version=1)
    assert places(aurora) == [("Lina Reyes", "buyer", True)]
    affiliate(lina, by=world.rhea, account=aurora.number, role="owner")
    assert companies(lina, world.rhea)[1:] == [("Aurora", "owner", False), ("Aurora", "buyer", True)]
    assert told("account_changed") == [], "the owner did it himself"


def test_an_affiliation_that_cannot_be_is_refused_at_its_field(world, lina, aurora):
    row = affiliate(lina, by=world.rhea, account=aurora, role="buyer", from_on="2024-02-01")
    again = {"by": world.rhea, "role": "buyer"}
    assert problems(affiliate, lina, account="Aurora", **again) == {"account": "affiliation-known"}
    assert problems(affiliate, lina, account=world.account.number, **again) == {"account": "affiliation-known"}
    assert problems(affiliate, lina, account="Nobody", **again) == {"account": "account-not-found"}
    assert problems(affiliate, lina, account=world.other_account.number, **again) == {"account": "account-not-found"}
    assert problems(affiliate, lina, account="", **again) == {"account": "field-needed"}
    assert problems(row.end, by=world.rhea, until_on="2024-01-31") == {"until_on": "dates-reversed"}
    assert problems(row.edit, by=world.rhea, role="king", from_on="soon") == {
        "role": "choice-unknown", "from_on": "date-malformed",
    }  # fmt: skip
    assert problems(row.edit, by=world.carol, role="buyer") == {"role": "field-not-yours"}


def test_whoever_moves_to_another_company_stays_one_record_and_the_old_one_keeps_the_history(world, lina, aurora):
    row = affiliate(lina, by=world.rhea, account=aurora, role="purchasing_manager", from_on=TODAY, job_title="Head")
    order = make.order(world.account, contact=lina)
    row.make_main(by=world.mona, has_left=True, version=1)
    moved = Contact.get_by_id(lina.id)
    assert (moved.account, moved.role, moved.job_title, moved.since_on) == (
        aurora,
        "purchasing_manager",
        "Head",
        TODAY,
    )
    assert companies(lina, world.rhea) == [
        ("Aurora", "purchasing_manager", False),
        ("Carol’s Kitchen", "bookkeeper", True),
    ]
    assert Affiliation.get().until_on == TODAY
    assert (order.contact_id, order.account) == (lina.id, world.account), "orders stay where they are"
    assert told("account_changed") == ["Rhea Cruz"]
    assert list(affiliations.faults()) == []
    with pytest.raises(Stale):
        Affiliation.get().edit(by=world.mona, version=1, note="x")


def test_whoever_signs_in_for_an_account_stays_its_person(world, aurora):
    carol = world.contacts["carol"]
    row = affiliate(carol, by=world.rhea, account=aurora)
    assert problems(row.make_main, by=world.rhea) == {"contact": "contact-signs-in"}
    world.memberships["carol"].end(by=world.ada)
    row.make_main(by=world.rhea)
    assert Contact.get_by_id(carol.id).account == aurora
    assert memberships.open_of(world.logins["carol"]) == []


def test_who_sees_only_the_second_account_sees_name_and_reach_and_changes_nothing(world, lina):
    row = affiliate(lina, by=world.ada, account=world.other_account, role="buyer")
    known = Known.visible_to(world.owen).where(Contact.id == lina.id).get()
    assert not known.is_whole
    assert Known.visible_to(world.rhea).where(Contact.id == lina.id).get().is_whole
    assert lina not in list(Contact.visible_to(world.owen)), "the whole person belongs to the main account"
    assert companies(lina, world.rhea) == [("Carol’s Kitchen", "bookkeeper", False)], "nor does Rhea learn of Owen's"
    assert search.find("lina", ["contact", "affiliation"], world.owen)["affiliation"].records == [row.id]
    assert problems(row.make_main, by=world.owen) == {"contact": "contact-elsewhere"}
    assert list(Affiliation.visible_to(world.carol)) == []
    lina.edit(by=world.rhea, name="Lina Cruz")
    assert search.find("cruz", ["affiliation"], world.owen)["affiliation"].records == [row.id]
    row.end(by=world.owen, until_on=TODAY)
    assert search.find("cruz", ["affiliation"], world.owen)["affiliation"].records == []


def test_the_search_is_rebuilt_as_the_verbs_keep_it(world, lina, aurora):
    affiliate(lina, by=world.rhea, account=aurora, job_title="Adviser")
    kept = search.SearchEntry.get(search.SearchEntry.kind == "affiliation")
    [entry] = Affiliation.search_entries(0, 10)
    assert (search.text_of("affiliation", entry.text), entry.account) == (kept.text, kept.account)


def test_two_who_move_one_person_at_once(postgres):
    world = make.world()
    lina = make.contact(world.account, "Lina Reyes")
    rows = [affiliate(lina, by=world.ada, account=make.account(f"Store {n}", team=world.north)) for n in range(2)]

    def work(n):
        mine = Affiliation.get_by_id(rows[n].id)

        def move():
            with contextlib.suppress(Stale):
                mine.make_main(by=world.mona, has_left=True)

        return move

    assert race(2, work) == ["done", "done"]
    with store.connection():
        assert Contact.get_by_id(lina.id).account in [row.account for row in rows]
        assert list(affiliations.faults()) == []
