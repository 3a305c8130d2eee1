"""What we know about a customer: each field with its origin, everything to take along, and nobody else's."""

from datetime import timedelta

import pytest

from portal import store, values
from portal.activity import view_log
from portal.activity.view_log import ViewLog
from portal.customers import consent
from portal.customers.consent import Consent
from portal.customers.data_requests import DataRequest
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.people import policy
from portal.values import Money
from portal.whole import dossier
from tests import make

NOW = values.now()


def refused(call, **problem):
    with pytest.raises(Invalid) as refusal:
        call()
    assert {name: message for name, (message, _) in refusal.value.problems.items()} == problem


def facts(world, name="carol"):
    place = world.memberships[name]
    found = dossier.facts(world.logins[name], place, world.contacts[name], [], [])
    return {(fact.noun, fact.field): fact for section in found.values() for fact in section}


# The page


def test_each_field_says_who_brought_it_and_who_changed_it_last(world):
    world.contacts["carol"].edit(by=world.rhea, job_title="Chef")
    world.contacts["carol"].edit(by=world.carol, job_title="Owner")
    known = facts(world)
    title = known["contact", "job_title"]
    assert (title.value, title.origin.actor_name, title.changed.actor_name) == ("Owner", "Rhea Cruz", "Carol Dizon")
    assert known["login", "email"].value == "carol@kitchen.example"


def test_of_himself_a_person_reads_what_only_staff_write_and_of_the_account_only_what_customers_read(world):
    world.contacts["carol"].edit(by=world.rhea, preferences="Likes jasmine rice", spending_minor=500_000)
    world.account.edit(by=world.rhea, note="Pays late")
    known = facts(world)
    assert known["contact", "preferences"].value == "Likes jasmine rice"
    assert known["contact", "spending_minor"].value == Money(500_000, "PHP")
    assert ("account", "note") not in known and "note" in dossier.hidden_fields()


def test_everything_holds_the_account_and_oneself_and_nobody_elses(world, monkeypatch):
    monkeypatch.setattr(dossier, "BATCH", 2)
    mine = [make.order(world.account).number for _ in range(5)]
    make.order(world.other_account)
    make.invoice(world.account)
    world.contacts["cora"].edit(by=world.rhea, preferences="Hates rice")
    sections = {section.noun: (section.columns, [row for rows in section.batches for row in rows])
                for section in dossier.everything(world.carol)}  # fmt: skip
    numbers = [row[sections["order"][0].index("number")] for row in sections["order"][1]]
    assert numbers[:5] == mine and len(numbers) == 6
    assert len(sections["order_line"][1]) == 6 and sections["order_line"][1][0][0] == mine[0]
    total = sections["order"][0].index("total_minor")
    assert sections["order"][1][0][total] == Money(10_000, "PHP")
    assert "Hates rice" not in str(sections) and "Dave" not in str(sections)
    assert sections["invoice"][1][0][sections["invoice"][0].index("state")] == "open"
    assert len(sections["invoice"][1]) == 1 and "cost" not in str(sections["order_line"][0])


# Who looked


def test_a_look_is_kept_once_a_day_for_each_record_and_costs_nothing_after(world, count_queries):
    for _ in range(2):
        view_log.note(world.rhea, world.account, world.account, NOW)
        view_log.note(world.rhea, world.contacts["carol"], world.account, NOW)
    view_log.note(world.rhea, world.account, world.account, NOW + timedelta(days=1))
    view_log.note(world.carol, world.account, world.account, NOW)
    assert ViewLog.select().count() == 3
    assert count_queries(lambda: view_log.note(world.rhea, world.account, world.account, NOW)) == 0
    assert [row.what for row in ViewLog.visible_to(world.cora)] == ["account", "account"]
    assert ViewLog.visible_to(world.dave).count() == 0


# Consent


def test_nothing_is_a_yes_before_somebody_said_so_and_each_change_is_kept(world):
    carol = world.contacts["carol"]
    assert not consent.allows(carol, "news", "mail") and consent.standing(consent.history(carol)) == {}
    consent.choose(carol, by=world.carol, news_mail=True, news_phone=False)
    assert consent.allows(carol, "news", "mail") and Consent.select().count() == 1
    consent.choose(carol, by=world.carol, news_mail=True)
    consent.choose(carol, by=world.carol, news_mail=False)
    assert [(row.is_given, row.by_name) for row in consent.history(carol)] == [
        (False, "Carol Dizon"), (True, "Carol Dizon"),
    ]  # fmt: skip
    assert not Outbox.select().exists()


def test_staff_say_how_they_heard_it_and_the_person_alone_is_told(world):
    cora = world.contacts["cora"]
    refused(lambda: consent.choose(cora, by=world.rhea, news_phone=True), how="reason-needed")
    refused(lambda: consent.choose(cora, by=world.cora, spam_mail=True), spam_mail="choice-unknown")
    consent.choose(cora, by=world.rhea, how="on the phone", news_phone=True)
    assert {row.name for row in Outbox.select().where(Outbox.template == "consent_changed")} == {"Cora Dizon"}
    assert policy.may(world.cora, "consent.choose", cora) and not policy.may(world.carol, "consent.choose", cora)


# Requests


def test_a_request_is_promised_an_answer_and_gets_it_once(world):
    made = DataRequest.ask(by=world.cora, kind="deletion", words="Forget my birthday", now=NOW)
    assert (made.state, made.due_on) == ("asked", values.shop_day(NOW) + timedelta(days=30))
    refused(lambda: DataRequest.ask(by=world.cora, kind="deletion", words="Again"), kind="data-request-open")
    assert {row.name for row in Outbox.select()} == {"Rhea Cruz"}
    made.take(by=world.rhea)
    refused(lambda: made.take(by=world.mona), state="data-request-answered")
    refused(lambda: made.settle(by=world.rhea, decision="done", reply=" "), reply="field-needed")
    made.settle(by=world.rhea, decision="declined", reply="We must keep invoices")
    refused(lambda: made.settle(by=world.rhea, decision="done", reply="Done"), state="data-request-answered")
    told = Outbox.select().where(Outbox.template == "data_request_answered")
    assert {row.name for row in told} == {"Cora Dizon"}


def test_a_request_is_its_own_persons_and_of_those_who_see_the_account(world):
    DataRequest.ask(by=world.cora, kind="correction", words="My name is Cora Diaz")
    people = (world.cora, world.carol, world.dave, world.rhea, world.owen)
    assert [DataRequest.visible_to(who).count() for who in people] == [1, 0, 0, 1, 0]


@pytest.mark.parametrize("given, problem", [
    ({"kind": "deletion", "words": ""}, {"words": "field-needed"}),
    ({"kind": "else", "words": "x"}, {"kind": "choice-unknown"}),
    ({"kind": "deletion", "words": "x" * 2001}, {"words": "text-too-long"}),
])  # fmt: skip
def test_a_request_that_says_nothing_is_refused(world, given, problem):
    refused(lambda: DataRequest.ask(by=world.cora, **given), **problem)


def test_where_nobody_looks_after_the_account_the_admins_are_told(world):
    with store.writing():
        type(world.account).update(owner=None).execute()
    DataRequest.ask(by=world.cora, kind="correction", words="My name is Cora Diaz")
    assert {row.name for row in Outbox.select()} == {"Ada Lim"}
