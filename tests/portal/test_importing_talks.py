"""Interactions of another system come in once, with who took part, and stand on the timeline at their moment."""

from portal import externals, search, store
from portal.activity import timeline
from portal.activity.interactions import INSIDE, Interaction, InteractionPerson
from portal.externals import ExternalId
from portal.whole import interactions_whole
from tests import make
from tests.imports import bring, table, tally

TALKS = """
source = "old"
key = "no"
[columns]
account = "who"
contact = "person"
kind = "what"
at = "when"
subject = "line"
outcome = "came"
minutes = "min"
"""
HEAD = "no,who,person,what,when,line,came,min\n"
ROWS = HEAD + "1,7,70,call,2025-03-01T10:00,Wants rice,reached,4\n2,7,,visit,2025-03-02T09:00,Saw the shop,met,30\n"


def known(world):
    with store.writing():
        for kind, value, record in (
            ("account", "7", world.account.id), ("contact", "70", world.contacts["carol"].id)
        ):  # fmt: skip
            ExternalId.create(source="old", kind=kind, value=value, record=record)


def test_talks_come_in_once_and_are_found_and_told(world, tmp_path):
    known(world)
    assert tally(bring(table(tmp_path, ROWS), "interactions", TALKS)) == {"created": 2}
    call = Interaction.get(kind="call")
    assert (call.people, call.minutes, call.outcome, call.state) == ("Carol Dizon", 4, "reached", "done")
    assert externals.record_of("old", "interaction", "1") == call.id
    assert search.find("shop", ["interaction"], world.rhea, rights=[INSIDE])["interaction"].records
    told = timeline.of_account(world.account, world.rhea, timeline.Asked.read(kind="interactions"))
    assert [one.talk.subject for one in told.happenings] == ["Saw the shop", "Wants rice"]
    assert tally(bring(table(tmp_path, ROWS), "interactions", TALKS)) == {"same": 2}


def test_a_moved_talk_takes_its_people_along(world, tmp_path):
    known(world)
    bring(table(tmp_path, ROWS), "interactions", TALKS)
    done = bring(table(tmp_path, ROWS.replace("03-01T10:00", "03-05T10:00")), "interactions", TALKS)
    assert tally(done) == {"changed": 1, "same": 1}
    assert {row.at.day for row in InteractionPerson.select()} == {5}
    assert list(interactions_whole.faults()) == []


def test_what_does_not_fit_is_said(world, tmp_path):
    known(world)
    foreign = make.contact(world.other_account)
    with store.writing():
        ExternalId.create(source="old", kind="contact", value="80", record=foreign.id)
    rows = "1,7,80,call,2025-03-01,X,,\n2,7,,visit,2025-03-01,X,wrong_number,\n3,9,,call,2025-03-01,X,,\n"
    done = bring(table(tmp_path, HEAD + rows + "4,7,,call,someday,X,,\n"), "interactions", TALKS)
    assert [problem for *_, problem in done.said] == [
        "import-contact-elsewhere", "choice-unknown", "import-no-account", "import-not-a-date",
    ]  # fmt: skip
    assert not Interaction.select().exists()
