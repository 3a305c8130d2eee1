"""Preferences: what people switch off is not sent, what they want later waits, and safety never does."""

import os
import signal
import threading
from datetime import datetime, timedelta

import pytest

from portal import audit, outbox, store
from portal.activity import gathering, outgoing, preferences, unsubscribing
from portal.errors import Invalid, Stale
from portal.outbox import Outbox
from portal.people.logins import Login
from portal.people.teams import Team
from portal.values import Actor, Ref
from tests import make

RHEA = Actor(Ref("login", 7), name="Rhea", role="rep")
NOON = datetime(2026, 11, 17, 4)  # in Manila; a Tuesday
NEW_YORK = "America/New_York"
NIGHT = datetime(2026, 11, 17, 15)  # 11 in the evening


def tell(login, template="order_confirmed", now=NOON, **params):
    """The outbox rows of an event that tells a login by inbox and mail."""
    with audit.change(RHEA, "team.made", now=now) as change:
        change.create(Team, name=f"Team {Team.select().count()}")
        change.tell([login.recipient], template, **params)
    return list(Outbox.select().where(Outbox.entry == change.entry_id).order_by(Outbox.id))


def choose(login, off=(), **plan):
    return preferences.choose(by=login.acting(), login=login, off=set(off), **plan)


def seen(rows):
    return [(row.channel, row.state) for row in rows]


@pytest.fixture
def carol(world):
    return world.logins["carol"]


def test_who_never_chose_is_told_everything_at_once(carol):
    assert seen(tell(carol)) == [("inbox", "sent"), ("mail", "waiting")]


def test_a_topic_that_is_off_is_not_told_by_that_channel_and_the_page_names_nobody(carol):
    choose(carol, {("orders", "mail")})
    assert seen(tell(carol)) == [("inbox", "sent")]
    choose(carol, {("orders", "mail"), ("orders", "inbox")})
    assert tell(carol) == [] and audit.last_told() == []
    assert len(tell(carol, "order_shipped")) == 2


def test_safety_and_reminders_are_told_whatever_is_chosen(carol):
    choose(carol, {("security", "mail"), ("security", "inbox"), ("reminders", "mail")}, rhythm="weekly")
    choose(carol, {("security", "mail")}, quiet_from=20, quiet_until=8, rhythm="daily")
    for template in ("login_changed", "reminder_final"):
        assert seen(tell(carol, template, NIGHT)) == [("inbox", "sent"), ("mail", "waiting")]


def test_what_is_owed_is_told_by_mail_or_in_the_inbox(carol):
    with pytest.raises(Invalid) as refusal:
        choose(carol, {("invoices", "mail"), ("invoices", "inbox")})
    assert refusal.value.problems == {"invoices_mail": ("notices-one-stays", {})}
    choose(carol, {("invoices", "mail")})
    assert seen(tell(carol, "invoice_issued")) == [("inbox", "sent")]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"rhythm": "hourly"}, "rhythm"),
        ({"hour": 24}, "hour"),
        ({"weekday": 7}, "weekday"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"quiet_from": 20, "quiet_until": None}, "quiet_until"),
        ({"quiet_from": 20, "quiet_until": 99}, "quiet_until"),
    ],
)
def test_what_cannot_be_chosen_is_refused_at_its_field(carol, plan, field):
    with pytest.raises(Invalid) as refusal:
        choose(carol, **plan)
    assert list(refusal.value.problems) == [field]


def test_at_night_mail_waits_until_morning_where_the_person_is(carol):
    choose(carol, quiet_from=22, quiet_until=7, zone="Asia/Bangkok")
    assert seen(tell(carol, now=NIGHT - timedelta(hours=1))) == [("inbox", "sent"), ("mail", "waiting")]  # 21 there
    inbox, mail = tell(carol, now=NIGHT)
    assert (inbox.state, mail.state, mail.due_at) == ("sent", "held", datetime(2026, 11, 18, 0))
    gathering.run(mail.due_at - timedelta(seconds=1))
    assert outbox.claim(now=mail.due_at - timedelta(seconds=1)) == [] or Outbox.get_by_id(mail.id).state == "held"
    gathering.run(mail.due_at)
    assert Outbox.get_by_id(mail.id).state == "waiting"


@pytest.mark.parametrize(
    ("plan", "now", "due"),
    [
        ({"rhythm": "daily", "hour": 18}, NOON, datetime(2026, 11, 17, 10)),
        ({"rhythm": "daily", "hour": 12}, NOON, datetime(2026, 11, 18, 4)),
        ({"rhythm": "weekly", "weekday": 1, "hour": 12}, NOON, datetime(2026, 11, 24, 4)),
        ({"rhythm": "weekly", "weekday": 4, "hour": 8}, NOON, datetime(2026, 11, 20, 0)),
        # The clocks of New York go back on 1 November 2026: nine in the morning is an hour later in UTC.
        ({"rhythm": "daily", "hour": 9, "zone": NEW_YORK}, datetime(2026, 10, 31, 14), datetime(2026, 11, 1, 14)),
    ],
)  # fmt: skip
def test_a_gathered_letter_goes_at_the_hour_of_the_person(plan, now, due):
    assert preferences.NoticePlan(**plan).gathered_at(now) == due


@pytest.mark.parametrize(
    ("hours", "hour", "ends"),
    [
        ((22, 7), 23, 7), ((22, 7), 3, 7), ((22, 7), 7, None),
        ((13, 15), 14, 15), ((13, 15), 12, None), ((5, 5), 5, None),
    ],
)  # fmt: skip
def test_quiet_hours_end_where_they_say(hours, hour, ends):
    plan = preferences.NoticePlan(quiet_from=hours[0], quiet_until=hours[1], zone="UTC")
    end = plan.quiet_ends_at(datetime(2026, 11, 17, hour, 30))
    assert (end and end.hour) == ends


def test_what_came_together_is_one_letter_with_one_message_id(carol):
    choose(carol, rhythm="daily", hour=18)
    tell(carol)
    rows = tell(carol, "order_shipped")
    assert seen(rows) == [("inbox", "sent"), ("gathered", "held")]
    evening = rows[1].due_at
    assert gathering.run(evening) == 1 and gathering.run(evening) == 0
    [letter] = Outbox.select().where(Outbox.template == "gathered")
    assert (letter.state, letter.channel, letter.address) == ("waiting", "mail", carol.email)
    assert letter.params["notices"] == [row.id for row in Outbox.select().where(Outbox.channel == "gathered")]


def test_a_gathered_letter_goes_to_the_address_that_signs_in_today(carol):
    choose(carol, rhythm="daily", hour=18)
    [_, held] = tell(carol)
    with store.writing():
        Login.update(email="new@people.example").where(Login.id == carol.id).execute()
    gathering.run(held.due_at)
    assert Outbox.get(Outbox.template == "gathered").address == "new@people.example"


def test_a_letter_with_a_link_that_ends_does_not_wait_for_the_others(carol):
    choose(carol, rhythm="weekly")
    for link in ({"link": 7}, {"link": 7, "spare": True}):
        assert seen(tell(carol, url=link)) == [("inbox", "sent"), ("mail", "waiting")]


def test_what_waits_is_not_sent_when_its_topic_is_switched_off_meanwhile(carol):
    choose(carol, rhythm="daily", hour=18)
    [_, held] = tell(carol)
    choose(carol, {("orders", "mail")})
    assert Outbox.get_by_id(held.id).state == "withheld"
    assert gathering.run(held.due_at) == 0


def test_nobody_overwrites_what_was_chosen_in_another_tab(carol):
    version = choose(carol).version
    choose(carol, {("orders", "mail")})
    with pytest.raises(Stale):
        choose(carol, version=version)


def test_all_receivers_of_a_change_cost_one_statement(world, count_queries):
    people = [world.logins[name] for name in ("carol", "cora", "dave")]
    for login in people:
        choose(login, {("news", "mail"), ("orders", "inbox")})
    rows = [row for login in people for row in outbox.rows_for(1, [login.recipient], "order_placed", {}, NOON, "x")]
    assert count_queries(lambda: outbox.as_wished(rows, NOON)) == 1
    rows = [row | {"template": "login_changed"} for row in rows]
    assert count_queries(lambda: outbox.as_wished(rows, NOON)) == 0


def test_of_several_workers_one_writes_the_gathered_letter(postgres):
    carol = make.login("Carol Dizon")
    choose(carol, rhythm="daily", hour=18)
    [_, held] = tell(carol)
    start = threading.Barrier(4)

    def work():
        with store.connection():
            start.wait()
            gathering.run(held.due_at)

    workers = [threading.Thread(target=work) for _ in range(4)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert Outbox.select().where(Outbox.template == "gathered").count() == 1


def test_a_worker_killed_at_any_statement_leaves_one_letter_and_no_notice_twice(database):
    carol = make.login("Carol Dizon")
    choose(carol, rhythm="daily", hour=18)
    [_, first], [_, second] = tell(carol), tell(carol, "order_shipped")
    store.close()
    for statements in range(1, 12):
        if not os.fork():
            store.open(database.url)
            _die_after(statements)
            gathering.run(first.due_at)
            os._exit(0)
        os.wait()
    gathering.run(first.due_at)
    [letter] = Outbox.select().where(Outbox.template == "gathered")
    assert letter.params["notices"] == [first.id, second.id]
    assert {row.state for row in Outbox.select().where(Outbox.channel == "gathered")} == {"gathered"}


def _die_after(statements):
    """Kill this process as it is about to ask the database once more."""
    execute, left = store.db.obj.execute_sql, iter(range(statements))

    def counted(*arguments):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    store.db.obj.execute_sql = counted


def test_mail_that_waited_for_the_morning_is_not_late_when_it_comes(carol, world):
    choose(carol, quiet_from=22, quiet_until=7)
    [_, mail] = tell(carol, now=NIGHT)
    gathering.run(mail.due_at)
    assert list(outgoing.late(world.ada, now=mail.due_at + timedelta(minutes=1))) == []
    assert list(outgoing.late(world.ada, now=mail.due_at + timedelta(minutes=9))) == [mail]


def test_managers_see_what_waits_to_be_gathered_and_why(carol, world):
    choose(carol, rhythm="daily", hour=18)
    [_, held] = tell(carol)
    assert [(mail.id, mail.state) for mail in outgoing.Mail.visible_to(world.ada)] == [(held.id, "held")]


def test_a_mail_program_and_a_person_at_once_both_get_their_wish(postgres):
    carol = make.login("Carol Dizon")
    start = threading.Barrier(4)
    asked = [unsubscribing.Asked(carol.ref, key) for key in ("orders", "orders", "news", "prices")]

    def press(one):
        with store.connection():
            start.wait()
            one.stop()

    presses = [threading.Thread(target=press, args=(one,)) for one in asked]
    [press.start() for press in presses]
    [press.join() for press in presses]
    off = preferences.off_of(preferences.plan_of(carol.ref))
    assert off == {("orders", "mail"), ("news", "mail"), ("prices", "mail")}


def test_who_silences_the_letters_about_changes_is_told_so_by_one_last_letter(carol):
    for _ in range(2):
        choose(carol, {("people", "mail")})
    [letter] = Outbox.select().where(Outbox.template == "login_changed")
    assert (letter.channel, letter.address, letter.state) == ("mail", carol.email, "waiting")
    assert letter.params["event"] == "notices.chosen"
