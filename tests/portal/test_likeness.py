"""Whoever is typed anew is held against who is known, within what the asking person may see."""

from datetime import date

import pytest

from portal import store
from portal.customers import likeness
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.match_keys import MatchKey
from tests import make

pytestmark = pytest.mark.usefixtures("database")


def _named(found):
    return [likely.record.name for likely in found if likely.record]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Dimaculangan, Roberto"},
        {"name": "Engr. Bobby Dimaculangan", "phone": "+63 917 555 0144"},
        {"name": "ROBERTO DIMACULANGAN (old)", "email": "r.dimaculangan+shop@gmail.com"},
        {"name": "Roberto Dimaculnagan", "born_on": "1980-05-02"},
        {"name": "Rоberto Dimaculangan", "phone": "0917-5550144"},
    ],
)
def test_a_person_is_found_however_he_is_spelt(world, typed):
    make.contact(
        world.account,
        "Roberto Dimaculangan",
        email="rdimaculangan@gmail.com",
        phone="+639175550144",
        born_on=date(1980, 5, 2),
    )
    for name in ("Rosa Dimaculangan", "Lina Reyes", "Roberto Cruz"):
        make.contact(world.account, name)
    before = store.queries()
    found = likeness.like("contact", typed, world.rhea)
    assert store.queries() - before <= 8
    assert _named(found) == ["Roberto Dimaculangan"]
    assert found[0].reasons


def test_family_at_one_phone_are_several_people(world):
    make.contact(world.account, "Rosa Dimaculangan", email="home@dimaculangan.example", phone="+639175550144")
    typed = {"name": "Roberto Dimaculangan", "email": "home@dimaculangan.example", "phone": "+639175550144"}
    assert likeness.like("contact", typed, world.rhea) == []


def test_of_a_record_of_another_team_nothing_is_told_but_that_it_is_there(world):
    make.contact(world.other_account, "Roberto Dimaculangan", email="rdimaculangan@gmail.com")
    (found,) = likeness.like(
        "contact", {"name": "Roberto Dimaculangan", "email": "rdimaculangan@gmail.com"}, world.rhea
    )
    assert found.record is None


def test_branches_of_a_company_are_several_and_legal_forms_none(world):
    make.account("Aling Puring Trading Inc.", email="info@puring.example", tax_number="123-456-789-000")
    make.account("Mang Tomas Lechon Cubao", phone="+6328555123")
    assert _named(likeness.like("account", {"name": "Aling Puring Trdg"}, world.ada)) == ["Aling Puring Trading Inc."]
    assert likeness.like("account", {"name": "Mang Tomas Lechon Makati", "phone": "02 8555 123"}, world.ada) == []


def test_keys_follow_every_change_of_the_record(world):
    account = Account.open(by=world.rhea, name="Lualhati Farms")
    Address.add(
        account,
        by=world.rhea,
        line1="77 Sampaguita St.",
        district="Cogon",
        city="Tagbilaran",
        region="Bohol",
        postal_code="6300",
    )
    person = Contact.add(account, by=world.rhea, name="Nonoy Villaflor")
    person.edit(by=world.rhea, name="Lorenzo Catacutan", phone="0917 555 0177")
    assert likeness.like("contact", {"name": "Nonoy Villaflor"}, world.rhea) == []
    assert _named(likeness.like("contact", {"name": "Catacutan Lorenzo"}, world.rhea)) == ["Lorenzo Catacutan"]
    at_home = {"name": "Lualhati Farm Supply", "line1": "77 Sampaguita Street", "city": "Tagbilaran City"}
    assert _named(likeness.like("account", at_home, world.rhea)) == ["Lualhati Farms"]


def test_the_keys_made_in_bulk_are_those_of_the_verbs(world):
    person = make.contact(world.account, "Lorenzo Catacutan", phone="+639175550177")
    mine = (MatchKey.kind == "contact") & (MatchKey.record == person.id)
    before = set(MatchKey.select(MatchKey.key).where(mine).tuples())
    with store.housekeeping("likeness"):
        MatchKey.delete().where(mine).execute()
        likeness.reindex("contact", [person.id])
    assert before and set(MatchKey.select(MatchKey.key).where(mine).tuples()) == before
