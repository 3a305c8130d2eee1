"""Pairs of records that may be one are found by the worker, decided once, and not asked about again."""

import pytest

from portal import store
from portal.customers import duplicates
from portal.customers.contacts import Contact
from portal.customers.duplicates import LikelyPair
from portal.customers.match_keys import MatchKey
from portal.errors import Invalid
from tests import make

pytestmark = pytest.mark.usefixtures("database")


def _pairs():
    return [(pair.kind, pair.one, pair.other, pair.state) for pair in LikelyPair.select().order_by(LikelyPair.id)]


def _two(world):
    one = make.contact(world.account, "Roberto Dimaculangan", phone="+639175550144")
    return one, make.contact(world.account, "Dimaculangan, Bobby", phone="+639175550144")


def test_the_worker_finds_pairs_also_among_those_whose_keys_nobody_made(world):
    one, other = _two(world)
    make.contact(world.account, "Rosa Dimaculangan", phone="+639175550144")
    with store.housekeeping("likeness"):
        MatchKey.delete().execute()
    duplicates.run()
    duplicates.run()
    assert _pairs() == [("contact", one.id, other.id, "open")]
    assert LikelyPair.waiting(world.rhea).get().reasons
    assert not LikelyPair.waiting(world.owen).exists(), "of another team"


def test_an_edit_makes_and_ends_a_pair(world):
    one, other = _two(world)
    duplicates.run()
    Contact.get_by_id(other.id).edit(by=world.rhea, name="Lina Reyes", phone="0918 555 0100")
    duplicates.run()
    assert _pairs() == []
    Contact.get_by_id(other.id).edit(by=world.rhea, name="Robert Dimaculangan", phone="0917 555 0144")
    duplicates.run()
    assert _pairs() == [("contact", one.id, other.id, "open")]


def test_who_was_said_to_be_two_is_not_asked_about_again(world):
    one, other = _two(world)
    duplicates.run()
    pair = LikelyPair.get()
    pair.set_apart(by=world.rhea)
    with pytest.raises(Invalid):
        pair.set_apart(by=world.mona)
    Contact.get_by_id(other.id).edit(by=world.rhea, job_title="Buyer")
    duplicates.run()
    assert _pairs() == [("contact", one.id, other.id, "apart")]
