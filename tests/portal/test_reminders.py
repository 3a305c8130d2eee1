"""Reminders: each tone once per invoice, one letter per account, never what is paid, held, small or a credit note."""

import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest

from portal import outbox, store, values
from portal.errors import Invalid, Stale
from portal.sales import credit_notes, paid_notes, reminders
from portal.sales.invoices import Invoice
from portal.sales.reminder_rules import ReminderPlan
from portal.sales.reminders import Reminder, ReminderHold, ReminderLetter
from portal.service.returns import Return
from portal.web import mail
from portal.whole import invariants
from tests import make
from tests.portal.test_payments import invoice_of, pay
from tests.races import at_once
from tests.refusals import problems

TODAY = values.shop_day()
MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4)  # 12:00 in Manila


def arrange(world, **given):
    start = {"is_on": True, "is_weekdays": False, "least": 1, "days_1": 3, "days_2": 14, "days_3": 30}
    return ReminderPlan.arrange(
        by=world.mona, **start | dict.fromkeys(("is_active_1", "is_active_2", "is_active_3"), True) | given
    )


def late(world, days, pesos=500, account=None, on=MONDAY):
    """An invoice that was due so many days before `on`."""
    invoice = invoice_of(world, pesos, account=account)
    with store.writing():
        Invoice.update(due_on=on - timedelta(days=days)).where(Invoice.id == invoice.id).execute()
    return Invoice.get_by_id(invoice.id)


def run(days=0):
    return reminders.run(now=NOON + timedelta(days=days))


def told(template=None):
    rows = outbox.Outbox.select().where(outbox.Outbox.template.startswith("reminder_"))
    return [(row.template, row.name, row.channel) for row in rows.order_by(outbox.Outbox.id) if row.channel == "mail"]


def sound():
    return list(invariants.broken(with_files=False)) == []


def test_a_shop_that_never_arranged_reminders_sends_none(world):
    late(world, 40)
    assert run() == 0


def test_an_invoice_climbs_the_three_tones_once_each(world):
    arrange(world)
    late(world, 2)
    found = []
    for day in range(60):
        if run(day):
            found.append((day + 2, ReminderLetter.select().order_by(ReminderLetter.id.desc()).get().tone))
        assert run(day) == 0
    assert found == [(3, "friendly"), (14, "firm"), (30, "final")]
    assert [name for name, _, _ in told()] == ["reminder_friendly", "reminder_firm", "reminder_final"]
    assert {person for _, person, _ in told()} == {"Carol Dizon"} and sound()


def test_old_debts_begin_friendly_and_climb_with_a_pause(world):
    arrange(world)
    late(world, 90)
    days = [day for day in range(20) if run(day)]
    assert days == [0, reminders.GAP_DAYS, 2 * reminders.GAP_DAYS]
    assert [letter.level for letter in ReminderLetter.select().order_by(ReminderLetter.id)] == [1, 2, 3]


def test_one_letter_per_account_lists_all_that_is_overdue_in_the_highest_tone(world):
    arrange(world)
    first, second = late(world, 20), late(world, 5)
    dave = late(world, 5, account=world.other_account)
    make.row(Reminder, invoice=first, level=1, letter=_old_letter(world.account))
    assert run() == 2
    letters = {
        letter.account_id: letter for letter in ReminderLetter.select().where(ReminderLetter.sent_on == MONDAY)
    }
    mine = letters[world.account.id]
    assert (mine.tone, [line["number"] for line in mine.lines]) == ("firm", [first.number, second.number])
    assert mine.totals == [values.Money(100_000, "PHP")] and mine.lines[0]["days"] == 20
    assert letters[world.other_account.id].lines[0]["number"] == dave.number
    assert sorted((r.invoice_id, r.level) for r in Reminder.select()) == [
        (first.id, 1),
        (first.id, 2),
        (second.id, 1),
        (dave.id, 1),
    ]


def _old_letter(account):
    return make.row(ReminderLetter, account=account, level=1, sent_on=MONDAY - timedelta(days=11))


def test_what_is_paid_credited_small_or_not_due_is_let_be(world):
    arrange(world, least=50)
    paid, credited, small = late(world, 10), late(world, 10), late(world, 10, pesos=49)
    late(world, 2)
    pay(world, 500, allocate={paid: 50_000})
    credit_notes.credit(credited, by=world.mona, reason="wrong price")
    assert reminders.due(MONDAY) == [] and small.open_minor == 4_900


def test_it_stops_when_it_is_paid(world):
    arrange(world)
    invoice = late(world, 5)
    assert run() == 1
    pay(world, 500, allocate={invoice: 50_000})
    assert sum(run(day) for day in range(1, 60)) == 0


def test_an_account_on_hold_waits_until_the_day_has_passed(world):
    arrange(world)
    late(world, 5)
    until = MONDAY + timedelta(days=4)
    reminders.hold(world.account, by=world.mona, until=until, reason="they dispute the rice", now=NOON)
    assert [run(day) for day in range(6)] == [0, 0, 0, 0, 0, 1]
    assert reminders.held(world.account, MONDAY).reason == "they dispute the rice"


def test_a_hold_is_replaced_and_released(world):
    arrange(world)
    late(world, 5)
    for days in (3, 9):
        reminders.hold(world.account, by=world.mona, until=MONDAY + timedelta(days=days), reason="talks", now=NOON)
    assert ReminderHold.select().where(ReminderHold.standing(MONDAY)).count() == 1
    reminders.release(world.account, by=world.mona)
    assert run() == 1 and sound()


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [
        (None, "x", "until"),
        ("soon", "x", "until"),
        (date(2026, 11, 1), "x", "until"),
        (date(2030, 1, 1), "x", "until"),
        (MONDAY, " ", "reason"),
    ],
)
def test_a_hold_needs_a_day_ahead_and_a_reason(world, until, reason, field):
    with pytest.raises(Invalid) as refusal:
        reminders.hold(world.account, by=world.mona, until=until, reason=reason, now=NOON)
    assert field in refusal.value.problems


def test_letters_go_out_by_day_and_only_on_the_days_of_the_plan(world):
    arrange(world, is_weekdays=True)
    late(world, 5)
    assert run(-1) == 0  # Sunday
    assert reminders.run(now=datetime(2026, 11, 22, 20)) == 0  # 4:00 on Monday in Manila
    assert reminders.next_days(MONDAY - timedelta(days=1), ReminderPlan.current()) == [
        MONDAY,
        MONDAY + timedelta(days=1),
    ]
    assert run() == 1


def test_someone_may_send_now_whatever_the_hour(world):
    arrange(world, is_on=False)
    late(world, 5)
    assert reminders.send(world.account, by=world.mona, now=datetime(2026, 11, 22, 20)).by_name == "Mona Santos"
    again = problems(reminders.send, world.account, by=world.mona, now=datetime(2026, 11, 22, 20))
    assert again == {"account": "reminder-nothing-due"}


def test_an_account_that_nobody_reads_for_stays_due_until_somebody_calls(world):
    arrange(world)
    late(world, 5, account=make.account("Silent"))
    late(world, 5)
    assert run() == 1 and [letter.account_id for letter in ReminderLetter.select()] == [world.account.id]
    assert [found.account.name for found in reminders.due(MONDAY)] == ["Silent"] and run() == 0
    with pytest.raises(Invalid, match="reminder-nobody"):
        reminders.send(reminders.due(MONDAY)[0].account, by=world.mona, now=NOON)


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        ({"days_1": 0}, "days_1", "number-not-between"),
        ({"days_2": 3}, "days_2", "reminder-days-rise"),
        ({"days_3": 400}, "days_3", "number-not-between"),
        ({"days_1": "x"}, "days_1", "number-malformed"),
        ({"is_active_1": False, "is_active_2": False, "is_active_3": False}, "is_active_1", "reminder-none-active"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(world, given, field, problem):
    with pytest.raises(Invalid) as refusal:
        arrange(world, **given)
    assert refusal.value.problems[field][0] == problem


def test_the_plan_is_kept_and_an_old_page_does_not_overwrite_it(world):
    plan = arrange(world, days_1=5, is_active_2=False)
    assert [rule.level for rule in ReminderPlan.current().active] == [1, 3]
    arrange(world, days_1=6, version=plan.version)
    assert ReminderPlan.current().days_1 == 6
    arrange(world, least=9, version=ReminderPlan.current().version)
    with pytest.raises(Stale):
        arrange(world, least=7, version=plan.version)
    with pytest.raises(Invalid, match="field-not-yours"):
        ReminderPlan.arrange(by=world.rhea, is_on=True)


def test_what_goes_out_next_is_told_day_by_day(world):
    arrange(world)
    late(world, 5)
    late(world, 2, account=world.other_account)
    days, plan = (MONDAY, MONDAY + timedelta(days=1)), ReminderPlan.current()
    found = reminders.upcoming(world.ada, days, plan)
    accounts = [[letter.account.id for letter in found[day]] for day in days]
    assert accounts == [[world.account.id], [world.other_account.id]]


def test_an_open_return_pauses_the_invoices_of_its_order(world):
    arrange(world)
    invoice = late(world, 5)
    make.row(Return, account=world.account, order=invoice.order, state="asked", reason="damaged")
    assert run() == 0
    with store.writing():
        Return.update(state="declined").execute()
    assert run() == 1


def test_what_a_customer_says_is_paid_has_a_week_to_arrive(world):
    arrange(world)
    invoice = late(world, 5)
    paid_notes.say_paid(invoice, by=world.carol, paid_on=TODAY, reference="GC-1", now=NOON)
    assert [run(day) for day in range(10)] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_reps_see_the_reminders_of_their_accounts_and_customers_their_own(world):
    arrange(world)
    late(world, 5)
    late(world, 5, account=world.other_account)
    days, plan = (MONDAY, MONDAY + timedelta(days=1)), ReminderPlan.current()
    assert [len(found) for found in reminders.upcoming(world.rhea, days, plan).values()] == [1, 0]
    assert [len(found) for found in reminders.upcoming(world.ada, days, plan).values()] == [2, 0]
    run()
    seen = {
        name: ReminderLetter.visible_to(getattr(world, name)).count()
        for name in ("rhea", "owen", "ada", "carol", "dave")
    }
    assert seen == {"rhea": 1, "owen": 1, "ada": 2, "carol": 1, "dave": 1}


SHOP = mail.Shop("Aling Nena", base_url="https://shop.example")
THREATS = ("legal", "lawyer", "court", "penalty", "collection", "immediately", "must")


@pytest.mark.parametrize("tone", ["friendly", "firm", "final"])
def test_no_letter_threatens_and_each_says_what_and_how(world, tone):
    money = {"minor": 123_450, "currency": "PHP"}
    lines = [{"number": f"INV-2026-00000{n}", "due_on": "2026-11-03", "days": n, "open": money} for n in (1, 2)]
    to = values.Recipient(values.Ref("login", 1), "Carol")
    for invoices in (lines, lines[:1]):
        params = {"account": {"name": "Kitchen", "number": "1"}, "invoices": invoices, "sums": [money]}
        letter = mail.render(f"reminder_{tone}", params, to, SHOP)
        assert not any(word in letter.text.lower().split() for word in THREATS)
        assert (
            "₱1,234.50" in letter.text
            and "INV-2026-000001" in letter.text
            and "https://shop.example/invoices" in letter.html
        )
        assert letter.subject.count("INV-2026") == (1 if len(invoices) == 1 else 0)


def test_two_workers_at_once_write_one_letter(postgres):
    world = make.world()
    arrange(world)
    late(world, 5)
    sent = at_once(4, lambda number: reminders.run(now=NOON))
    assert sum(sent) == 1 and ReminderLetter.select().count() == 1 and len(told()) == 1


KILLED = """
import os, sys
from datetime import datetime
from portal import outbox, store, values
from portal.sales import reminders
import wsgi
store.open(sys.argv[1])
real, calls = reminders._write, []
def dies(change, *given):
    letter = real(change, *given)
    calls.append(letter)
    if len(calls) == 3:
        os.kill(os.getpid(), 9)
    return letter
reminders._write = dies
with store.connection():
    reminders.run(now=datetime(2026, 11, 23, 4))
"""


def test_a_worker_killed_in_the_middle_of_reminders_sends_each_once(database, world):
    arrange(world)
    accounts = [make.account(email=f"shop{n}@people.example") for n in range(6)]
    for account in accounts:
        late(world, 5, account=account)
    killed = subprocess.run([sys.executable, "-c", KILLED, database.url], check=False, timeout=60)  # noqa: S603
    assert killed.returncode == -9 and ReminderLetter.select().count() == 2
    assert run() == 4 and run() == 0
    assert sorted(letter.account_id for letter in ReminderLetter.select()) == [account.id for account in accounts]
    assert len(told()) == 6 and sound()
