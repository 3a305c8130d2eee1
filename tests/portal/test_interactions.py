"""Interactions: written down once, by whom it may, and read by nobody else."""

from datetime import timedelta

import pytest

from portal import audit, search, store, values
from portal.activity import follow_ups, interaction_letters, meetings, trail
from portal.activity.interactions import INSIDE, Interaction, InteractionPerson
from portal.activity.tasks import Task
from portal.customers import reaching
from portal.errors import Stale
from portal.outbox import Outbox
from portal.people import links
from portal.values import Ref
from portal.web import posting
from portal.whole import interactions_whole
from tests import make, talks
from tests.letters import SHOP, letters, told
from tests.races import race
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
    assert problems(log, world, about=world.other_account.ref) == {"about": "record-unknown"}
    assert problems(log, world, about=Ref("login", 1)) == {"about": "record-unknown"}
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


def plan(world, hours=48, by=None, **given):
    given = {"kind": "meeting", "subject": "The menu", "contacts": [world.contacts["carol"].id]} | given
    return meetings.plan(world.account, by=by or world.rhea, at=values.now() + timedelta(hours=hours), **given)


def now_of(interaction):
    return Interaction.visible_to(values.system("test")).where(Interaction.id == interaction.id).get()


def test_what_is_planned_is_told_to_colleagues_and_to_customers_who_are_invited(world):
    quiet = plan(world, colleagues=[world.mona.employee])
    assert told("interaction_planned") == ["Mona Santos"] and not quiet.is_shared
    invited = plan(world, is_invited=True, join_link="meet.example/abc", place="Room 2", minutes=60)
    assert told("interaction_planned") == ["Carol Dizon", "Mona Santos"] and invited.is_shared
    assert [one.id for one in Interaction.planned_for(world.carol)] == [invited.id]
    letter = letters("interaction_planned")["Carol Dizon"]
    assert "https://meet.example/abc" in letter.html and "/account/talks/IA-000002" in letter.text
    row = Outbox.select().where((Outbox.name == "Carol Dizon") & (Outbox.channel == "mail")).get()
    mail = posting.message_for(row, SHOP, links.address).content.decode()
    assert "text/calendar" in mail and "UID:interaction-2@" in mail and "LOCATION:Room 2" in mail
    assert problems(plan, world, hours=-2) == {"at": "interaction-over"}


def test_of_two_colleagues_who_write_down_the_same_meeting_one_is_told(postgres, world):
    meeting = plan(world)

    def hold(number):
        mine, by = now_of(meeting), (world.rhea, world.mona)[number]
        return lambda: meetings.hold(mine, by=by, outcome="took_place", text=f"Words {number}")

    assert race(2, hold) == ["done", "interaction-done"]
    assert now_of(meeting).text.count("Words") == 1


def test_a_meeting_that_is_moved_takes_its_people_along_and_tells_them(world):
    meeting = plan(world, is_invited=True)
    later = meeting.at + timedelta(days=1)
    meetings.move(meeting, by=world.mona, at=later, version=1)
    assert {row.at for row in InteractionPerson.select()} == {later}
    assert told("interaction_moved") == ["Carol Dizon", "Rhea Cruz"]
    with pytest.raises(Stale):
        meetings.move(now_of(meeting), by=world.rhea, at=later + timedelta(days=1), version=1)
    assert problems(now_of(meeting).edit, by=world.rhea, at=values.now()) == {"at": "interaction-by-move"}
    meetings.cancel(now_of(meeting), by=world.rhea, reason="Carol is away")
    assert told("interaction_cancelled") == ["Carol Dizon"] and "Carol is away" in now_of(meeting).reason
    assert problems(meetings.move, now_of(meeting), by=world.rhea, at=later) == {"state": "interaction-cancelled"}
    assert problems(meetings.hold, meeting, by=world.rhea) == {"state": "interaction-cancelled"}


def test_customers_are_asked_how_it_was_only_where_they_read_it(world):
    meetings.hold(plan(world), by=world.rhea, is_score_asked=True)
    assert told("interaction_rate") == []
    shown = meetings.hold(plan(world, is_invited=True), by=world.rhea, is_score_asked=True, outcome="took_place")
    assert told("interaction_rate") == ["Carol Dizon"] and shown.at <= values.now()
    meetings.rate(now_of(shown), by=world.carol, rating="4", words="Short and good")
    assert (now_of(shown).score, told("interaction_rated")) == (4, ["Rhea Cruz"])
    assert problems(meetings.rate, now_of(shown), by=world.carol, rating="6") == {"rating": "choice-unknown"}
    assert problems(meetings.rate, log(world, is_shared=True), by=world.carol, rating=5) == {
        "state": "interaction-not-asked"
    }


def test_what_follows_is_agreed_on_in_the_same_change_or_not_at_all(world):
    call = follow_ups.log(
        world.account, by=world.rhea, kind="call", subject="Send the price of 40 sacks", then="3",
        contacts=[world.contacts["carol"].id],
    )  # fmt: skip
    task = Task.get()
    assert (task.title, task.owner_id, task.about) == (call.subject, world.rhea.employee, str(call.ref))
    assert task.due_on == values.shop_day() + timedelta(days=3)
    follow_ups.log(world.account, by=world.rhea, kind="call", subject="Again", then="7", then_kind="visit")
    assert Interaction.select().where(Interaction.state == "planned").get().kind == "visit"
    before = Interaction.select().count()
    refused = {"then_title": "field-needed"}
    assert problems(follow_ups.log, world.account, by=world.rhea, kind="call", then="3") == refused
    assert problems(follow_ups.log, world.account, by=world.rhea, kind="call", then="5") == {"then": "choice-unknown"}
    assert Interaction.select().count() == before


def test_a_call_with_its_task_costs_few_statements(world):
    with store.connection():
        before = store.queries()
        log(world, contacts=[world.contacts["carol"].id], outcome="reached")
        assert store.queries() - before <= 9


def test_letters_go_to_people_without_a_login_too_but_not_to_those_who_left(world):
    lina = make.contact(world.account, email="lina@people.example")
    gone = make.contact(world.account, "Gone Reyes", email="gone@people.example", is_active=False)
    meeting = plan(world, contacts=[lina.id, gone.id])
    assert [person.email for person, _ in interaction_letters.theirs(meeting)] == ["lina@people.example"]


def test_who_does_not_want_calls_is_not_called_but_may_ask_for_one(world):
    carol = world.contacts["carol"]
    reaching.bar(carol, by=world.rhea, channel="phone", reason="Said so")
    assert problems(plan, world, kind="call") == {"contacts": "interaction-not-to-reach"}
    assert plan(world, kind="call", direction="in").state == "planned"
    assert log(world, contacts=[carol.id]).state == "done"  # what happened is written down


def test_what_cannot_be_is_found(world):
    assert list(interactions_whole.faults()) == []
    one = talks.talk(world.account, kind="note", is_shared=True, outcome="reached", score=5, state="planned")
    with store.writing():
        InteractionPerson.update(at=one.at - timedelta(days=1)).execute()
    assert len(list(interactions_whole.faults())) == 4
