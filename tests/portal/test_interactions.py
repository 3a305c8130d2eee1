"""Interactions: written down once, by whom it may, and read by nobody else."""

from datetime import timedelta

from portal import audit, search, values
from portal.activity import trail
from portal.activity.interactions import INSIDE, Interaction, InteractionPerson
from portal.values import Ref
from tests import make
from tests.refusals import problems


def log(world, by=None, account=None, **given):
    given = {"kind": "call", "subject": "Rice for the fiesta"} | given
    return Interaction.log(account or world.account, by=by or world.rhea, **given)


def test_a_call_stands_with_its_people_and_is_found_by_staff_alone(world):
    carol = world.contacts["carol"]
    call = log(world, contacts=[carol.id], colleagues=[world.mona.employee], direction="in", outcome="reached")
    call = Interaction.visible_to(world.rhea).where(Interaction.by_number("IA-000001")).get()
    assert (call.kind, call.state, call.owner_id, call.outcome) == ("call", "done", world.rhea.employee, "reached")
    assert call.people == "Carol Dizon, Rhea Cruz, Mona Santos"
    assert search.find("fiesta", ["interaction"], world.rhea, rights=[INSIDE])["interaction"].records == [call.id]
    assert search.find("fiesta", ["interaction"], world.rhea)["interaction"].records == []
    assert audit.Entry.select().where(audit.Entry.subject == str(call.ref)).get().about == str(world.account.ref)


def test_customers_read_what_is_shared_and_nothing_else(world):
    call, shown = log(world), log(world, is_shared=True)
    assert [one.id for one in Interaction.visible_to(world.carol)] == [shown.id]
    assert [one.id for one in Interaction.visible_to(world.dave)] == []
    told = {entry.subject for entry in trail.visible_to(world.carol)}
    assert str(shown.ref) in told and str(call.ref) not in told
    assert search.find("fiesta", ["interaction"], world.carol, rights=[INSIDE])["interaction"].records  # the premise
    assert search.find("fiesta", ["interaction"], world.carol)["interaction"].records == [shown.id]
    shown.edit(by=world.rhea, version=shown.version, is_shared=False)
    assert search.find("fiesta", ["interaction"], world.carol)["interaction"].records == []
    assert not Interaction.visible_to(world.carol).exists()
    assert problems(log, world, kind="note", is_shared=True) == {"is_shared": "interaction-internal"}


def test_what_does_not_fit_is_refused_and_nothing_is_written(world):
    tomorrow, foreign = values.now() + timedelta(days=1), make.contact(world.other_account)
    assert problems(log, world, at=tomorrow) == {"at": "interaction-ahead"}
    assert problems(log, world, kind="telepathy") == {"kind": "choice-unknown"}
    assert problems(log, world, kind="visit", outcome="wrong_number") == {"outcome": "choice-unknown"}
    assert problems(log, world, minutes=1441) == {"minutes": "number-not-between"}
    assert problems(log, world, join_link="javascript:alert(1)") == {"join_link": "website-malformed"}
    assert problems(log, world, join_link="ftp://meet.example/1") == {"join_link": "website-malformed"}
    assert problems(log, world, contacts=[foreign.id]) == {"contacts": "contact-unknown"}
    assert problems(log, world, colleagues=[9999]) == {"colleagues": "employee-unknown"}
    assert problems(log, world, about=make.order(world.other_account).ref) == {"about": "record-unknown"}
    assert problems(log, world, about=Ref("weather", 1)) == {"about": "record-unknown"}
    assert problems(log, world, at="yesterday") == {"at": "moment-malformed"}
    assert problems(log, world, score=5) == {"score": "field-not-yours"}
    assert not Interaction.select().exists()


def test_an_hour_that_is_typed_is_meant_in_the_shop(world):
    assert log(world, at="2026-01-05T14:30").at.isoformat() == "2026-01-05T06:30:00"


def test_an_edit_keeps_what_it_was_and_takes_its_people_along(world):
    call = log(world, contacts=[world.contacts["carol"].id])
    earlier = call.at - timedelta(days=2)
    call.edit(by=world.rhea, version=1, subject="Rice for the wedding", at=earlier, contacts=[])
    assert {row.at for row in InteractionPerson.select()} == {earlier}
    assert call.number and Interaction.get_by_id(call.id).people == "Rhea Cruz"
    entry = audit.Entry.select().where(audit.Entry.event == "interaction.edited").get()
    assert set(entry.fields.split(",")) == {"subject", "at", "people"}
