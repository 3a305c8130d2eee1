"""Contacts are kept by staff and, for what is theirs, by the customers themselves."""

import pytest

from portal import search
from portal.audit import Entry
from portal.customers import points
from portal.customers.contacts import Contact
from portal.customers.points import MOST_POINTS
from portal.errors import Invalid, Stale
from portal.outbox import Outbox
from portal.people import policy
from tests import make


def mailed():
    return {row.name: row.params for row in Outbox.select().where(Outbox.channel == "mail")}


def problems(refusal):
    return {field: message for field, (message, _) in refusal.value.problems.items()}


def kept(contact):
    return [(p.kind, p.value) for p in points.of(contact)]


def test_staff_add_a_person_and_the_customer_hears_of_it(world):
    lina = Contact.add(
        world.account, by=world.rhea, name="Lina Reyes", role="bookkeeper", phone="0917 555 0111",
        gender="female", born_on="1980-02-29", spending_minor="12,000.00", preferences="Invoices only.\nNo calls.",
    )  # fmt: skip
    assert (lina.phone, str(lina.born_on), lina.spending_minor) == ("+639175550111", "1980-02-29", 1_200_000)
    fields = [c["field"] for c in mailed()["Carol Dizon"]["changes"]]
    assert fields == ["name", "role", "phone"], "what only staff may read is not in the customer's notice"
    assert (mailed()["Carol Dizon"]["record"], Entry.get().about) == ("Lina Reyes", str(world.account.ref))


def test_faults_stand_at_their_fields(world):
    with pytest.raises(Invalid) as refusal:
        Contact.add(
            world.account, by=world.rhea, name="", role="king", born_on="2099-01-01", spending_minor="-5", email="x"
        )
    assert problems(refusal) == {
        "name": "field-needed", "role": "choice-unknown", "born_on": "date-not-past",
        "spending_minor": "number-out-of-range", "email": "email-malformed",
    }  # fmt: skip
    assert Contact.select().count() == 3


def test_a_customer_changes_her_own_number_and_her_rep_hears_of_it(world):
    world.contacts["carol"].edit(by=world.carol, version=1, phone="0917 555 0199")
    told = mailed()
    assert told.keys() == {"Carol Dizon", "Rhea Cruz"}
    assert told["Rhea Cruz"]["changes"] == [{"field": "phone", "old": "", "new": "+639175550199"}]
    assert told["Rhea Cruz"]["noun"] == "contact"


def test_a_contact_who_signs_in_is_told_of_his_own_data(world):
    world.contacts["cora"].edit(by=world.rhea, phone="0917 555 0199")
    assert mailed().keys() == {"Carol Dizon", "Cora Dizon"}


def test_who_may_edit_whom(world):
    carol, cora, dave = (world.contacts[name] for name in ("carol", "cora", "dave"))
    assert policy.may(world.carol, "contacts.edit", cora)
    assert not policy.may(world.cora, "contacts.edit", cora), "a viewer only looks"
    buyer = make.customer_actor(make.member(world.account, "Ben Dizon", "buyer"))
    assert not policy.may(buyer, "contacts.edit", carol)
    assert policy.may(buyer, "contacts.edit", Contact.get_by_id(buyer.contact))
    assert dave not in list(Contact.visible_to(world.carol))
    assert set(Contact.visible_to(world.owen)) == {dave}
    with pytest.raises(Invalid) as refusal:
        carol.edit(by=buyer, gender="female", role="owner", email="x@y.example")
    assert problems(refusal) == dict.fromkeys(("gender", "role", "email"), "field-not-yours")


def test_a_stale_form_changes_nothing(world):
    world.contacts["carol"].edit(by=world.rhea, version=1, phone="0917 555 0199")
    with pytest.raises(Stale):
        Contact.get_by_id(world.contacts["carol"].id).edit(by=world.carol, version=1, name="Carol D.")


def test_of_a_changed_address_the_old_and_the_new_one_are_told(world):
    world.contacts["cora"].edit(by=world.rhea, email="cora@new.example")
    addresses = {row.address for row in Outbox.select().where(Outbox.channel == "mail")}
    assert addresses == {"carol@kitchen.example", "cora@kitchen.example", "cora@new.example"}


def test_a_person_has_several_numbers_and_one_main_one(world):
    carol = world.contacts["carol"]
    points.add(carol, by=world.rhea, kind="phone", value="0917 555 0101")
    assert carol.phone == "+639175550101", "the first number is the main one"
    points.add(carol, by=world.carol, kind="phone", value="02 8555 0102", label="kitchen")
    points.add(carol, by=world.rhea, kind="email", value="carol@home.example")
    assert kept(carol) == [("email", "carol@home.example"), ("phone", "+63285550102")]
    points.prefer(carol, by=world.carol, point=points.of(carol)[1].id)
    assert carol.phone == "+63285550102"
    assert kept(carol)[1] == ("phone", "+639175550101")
    points.drop(carol, by=world.rhea, point=points.of(carol)[1].id)
    assert kept(carol) == [("email", "carol@home.example")]
    last = mailed()["Carol Dizon"]["changes"]
    assert last == [{"field": "phone", "old": "+639175550101", "new": None}]


def test_the_same_number_is_not_kept_twice(world):
    carol = world.contacts["carol"]
    points.add(carol, by=world.rhea, kind="phone", value="0917 555 0101")
    for again in ("+63 917 555 0101", "0917-555-0101"):
        with pytest.raises(Invalid) as refusal:
            points.add(carol, by=world.rhea, kind="phone", value=again)
        assert problems(refusal) == {"value": "point-known"}


@pytest.mark.parametrize("kind, value, field", [
    ("phone", "1", "value"), ("email", "nobody", "value"), ("fax", "1234567", "kind"), ("phone", "", "value"),
    ("email", "a\0@b.example", "value"),
])  # fmt: skip
def test_a_point_that_reaches_nobody_is_refused(world, kind, value, field):
    with pytest.raises(Invalid) as refusal:
        points.add(world.contacts["carol"], by=world.rhea, kind=kind, value=value)
    assert list(refusal.value.problems) == [field]


def test_there_is_an_end_to_numbers(world):
    carol = world.contacts["carol"]
    for n in range(MOST_POINTS + 1):
        points.add(carol, by=world.rhea, kind="phone", value=f"0917 555 {n:04d}")
    with pytest.raises(Invalid) as refusal:
        points.add(carol, by=world.rhea, kind="phone", value="0917 555 9999")
    assert problems(refusal) == {"value": "point-too-many"}


@pytest.mark.parametrize("point", [0, 999, 2**63, "x", "", None])
def test_a_number_of_somebody_else_cannot_be_dropped(world, point):
    dave = world.contacts["dave"]
    points.add(dave, by=world.owen, kind="phone", value="0917 555 0101")
    points.add(dave, by=world.owen, kind="phone", value="0917 555 0102")
    for strange in (point, points.of(dave)[0].id):
        with pytest.raises(Invalid):
            points.drop(world.contacts["carol"], by=world.rhea, point=strange)
    assert len(points.of(dave)) == 1


def test_a_customer_does_not_change_addresses_that_staff_keep(world):
    with pytest.raises(Invalid):
        points.add(world.contacts["carol"], by=world.carol, kind="email", value="else@where.example")


def test_somebody_who_left_is_kept_but_closed(world):
    world.contacts["cora"].close(by=world.rhea, version=1)
    assert not Contact.get_by_id(world.contacts["cora"].id).is_active
    world.contacts["cora"].reopen(by=world.rhea)
    assert world.contacts["cora"].is_active


def test_a_contact_is_found_by_every_number_and_name(world):
    carol = world.contacts["carol"]
    carol.edit(by=world.rhea, name="Maria Clara Dizon", job_title="Head cook")
    points.add(carol, by=world.rhea, kind="phone", value="0917 555 0101")
    points.add(carol, by=world.rhea, kind="email", value="head@home.example")
    for words in ("clara", "0917 555 0101", "head@home", "cook"):
        assert search.find(words, ["contact"], world.rhea)["contact"].records == [carol.id], words
    assert search.find("clara", ["contact"], world.dave)["contact"].records == []
