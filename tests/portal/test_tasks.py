"""Tasks: who sees which, how one is given, comes further, is done, put off, and comes again."""

from datetime import date, timedelta

import pytest

from portal import audit, values
from portal.activity import repeating, task_doing, timeline, trail
from portal.activity.tasks import Task, TaskStep
from portal.customers.contacts import Contact
from portal.errors import NotFound, Stale
from portal.values import Ref
from tests import make
from tests.letters import letters, told
from tests.races import race
from tests.refusals import problems
from tests.tasks import task as make_task

TODAY = values.shop_day()


def seen(task, *actors):
    return [Task.visible_to(actor).where(Task.id == task.id).exists() for actor in actors]


def again(task):
    return Task.get_by_id(task.id)


def following(task):
    return Task.select().where(Task.follows == task.id).first()


# Who sees it


def test_a_task_is_seen_by_its_people_by_who_sees_the_account_by_those_above_and_by_admins(world):
    alone = make_task(world.employees["rhea"])
    about_account = make_task(world.employees["owen"], account=world.account)
    given = make_task(world.employees["owen"], made_by=world.employees["rhea"])
    assert seen(alone, world.rhea, world.mona, world.owen, world.ada) == [True, True, False, True]
    assert seen(about_account, world.rhea, world.mona, world.owen, world.ada) == [True, True, True, True]
    assert seen(given, world.rhea, world.mona, world.owen) == [True, False, True]


def test_a_private_task_is_its_two_peoples_own(world):
    task = make_task(world.employees["rhea"], account=world.account, is_private=True, made_by=world.employees["owen"])
    assert seen(task, world.rhea, world.owen, world.mona, world.ada) == [True, True, False, False]


def test_customers_know_of_no_task_and_no_event_of_one(world):
    Task.add("Ask for the price", by=world.rhea, about=world.account.ref)
    with pytest.raises(NotFound):
        Task.visible_to(world.carol)
    from_trail = trail_events(world.carol)
    assert trail_events(world.rhea) == ["task.added"]
    assert from_trail == []


def trail_events(actor):
    return [entry.event for entry in trail.visible_to(actor) if entry.event.startswith("task")]


# Giving one


def test_a_task_about_an_order_belongs_to_its_account_and_its_owner_is_told(world):
    order = make.order(world.account)
    task = Task.add("Check the stock", by=world.mona, owner=world.rhea.employee, about=order.ref, due_on=TODAY)
    assert (task.account_id, task.about_ref, task.made_by_id) == (world.account.id, order.ref, world.mona.employee)
    assert told("task_assigned") == ["Rhea Cruz"]


def test_who_gives_a_task_to_himself_is_told_nothing(world):
    Task.add("Call", by=world.rhea)
    assert told("task_assigned") == []


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"title": ""}, {"title": "field-needed"}),
        ({"owner": 999_999}, {"owner": "employee-unknown"}),
        ({"due_time": "14:30"}, {"due_time": "task-time-without-day"}),
        ({"due_on": "2026-11-30", "due_time": "half two"}, {"due_time": "task-time-malformed"}),
        ({"repeats": "weekly"}, {"due_on": "task-rhythm-without-day"}),
        ({"repeats": "daily", "due_on": TODAY, "repeat_every": 0}, {"repeat_every": "number-not-between"}),
        ({"repeats": "weekly", "due_on": TODAY, "repeat_days": "mon,luna"}, {"repeat_days": "choice-unknown"}),
        ({"steps": ["x"] * 51}, {"steps": "task-steps-many"}),
        ({"about": Ref("order", 999_999)}, {"about": "about-unknown"}),
        ({"about": Ref("login", 1)}, {"about": "about-unknown"}),
        ({"priority": "now"}, {"priority": "choice-unknown"}),
    ],
)
def test_what_makes_no_task_is_refused_at_its_field(world, given, refused):
    assert problems(Task.add, **{"title": "Call", "by": world.rhea} | given) == refused


def test_nobody_gives_a_task_about_what_he_does_not_see(world):
    order = make.order(world.other_account)
    assert problems(Task.add, "Look", by=world.rhea, about=order.ref) == {"about": "about-unknown"}
    assert problems(Task.add, "Look", by=world.rhea, account=world.other_account.id) == {"account": "account-unknown"}


def test_customers_give_no_tasks(world):
    assert problems(Task.add, "Call", by=world.carol, priority="high") == {"priority": "field-not-yours"}


def test_a_checklist_keeps_its_ticks_through_an_edit(world):
    task = Task.add("Open the account", by=world.rhea, steps="Tax number\n\nAddress\n")
    first = task.steps()[0]
    task_doing.tick(task, by=world.rhea, step=first.id)
    task.edit(by=world.rhea, version=task.version, steps="Address\nTax number\nPhone")
    assert [(step.title, step.is_done) for step in task.steps()] == [
        ("Address", False), ("Tax number", True), ("Phone", False),
    ]  # fmt: skip
    assert again(task).percent == 33


def test_an_edit_of_what_somebody_changed_is_stale(world):
    task = make_task(world.employees["rhea"])
    opened = task.version
    again(task).edit(by=world.mona, title="Visit")
    with pytest.raises(Stale):
        again(task).edit(by=world.rhea, version=opened, title="Write")


# Doing it


def test_the_percent_follows_the_checklist_and_cannot_be_typed_then(world):
    task = Task.add("Open the account", by=world.rhea, steps=["Tax number", "Address"])
    task_doing.tick(task, by=world.rhea, step=task.steps()[1].id)
    assert again(task).percent == 50
    assert problems(task_doing.progress, task, by=world.rhea, percent=80) == {"percent": "task-percent-by-steps"}


def test_a_step_of_another_task_is_not_ticked(world):
    task = Task.add("Mine", by=world.rhea, steps=["One"])
    other = Task.add("Other", by=world.rhea, steps=["One"])
    assert problems(task_doing.tick, task, by=world.rhea, step=other.steps()[0].id) == {"step": "task-step-unknown"}


def test_whoever_gave_a_task_is_told_that_it_is_done_and_it_can_be_opened_again(world):
    task = Task.add("Check", by=world.mona, owner=world.rhea.employee)
    task_doing.finish(task, by=world.rhea)
    assert told("task_done") == ["Mona Santos"]
    assert (again(task).state, again(task).closed_by) == ("done", "Rhea Cruz")
    assert problems(task_doing.finish, task, by=world.rhea) == {"state": "task-moved-on"}
    task_doing.reopen(task, by=world.rhea)
    assert again(task).state == "open"


@pytest.mark.parametrize(("to", "days"), [("tomorrow", 1), ("next_week", 7 - TODAY.weekday())])
def test_putting_off_keeps_the_hour_and_the_distance_of_the_reminder(world, to, days):
    due = {"due_on": TODAY, "due_time": "14:30", "remind_on": TODAY - timedelta(days=2)}
    task = Task.add("Call", by=world.rhea, **due)
    task_doing.postpone(task, by=world.rhea, to=to)
    day = TODAY + timedelta(days=days)
    kept = again(task)
    assert (kept.due_on, kept.due_time, kept.remind_on) == (day, "14:30", day - timedelta(days=2))


def test_a_closed_task_is_not_edited_postponed_or_given(world):
    task = task_doing.drop(make_task(world.employees["rhea"]), by=world.rhea)
    moved_on = {"state": "task-moved-on"}
    assert problems(task.edit, by=world.rhea, title="Other") == moved_on
    assert problems(task_doing.postpone, task, by=world.rhea, to="tomorrow") == moved_on
    assert problems(task.assign, by=world.rhea, owner=world.mona.employee) == moved_on


# Coming again


@pytest.mark.parametrize(
    ("day", "rule", "expected"),
    [
        ("2026-11-22", ("daily", 3), "2026-11-25"),
        ("2026-11-23", ("weekly", 1, ("mon", "thu")), "2026-11-26"),
        ("2026-11-26", ("weekly", 2, ("mon", "thu")), "2026-12-07"),
        ("2027-01-31", ("monthly", 1, (), 31), "2027-02-28"),
        ("2027-02-28", ("monthly", 1, (), 31), "2027-03-31"),
        ("2028-02-29", ("yearly", 1, (), 29), "2029-02-28"),
    ],
)
def test_a_rhythm_finds_its_next_day(day, rule, expected):
    assert repeating.following(date.fromisoformat(day), *rule) == date.fromisoformat(expected)


def test_done_late_it_comes_next_on_a_day_that_has_not_gone_by(world):
    late = TODAY - timedelta(days=10)
    task = Task.add("Count the till", by=world.rhea, due_on=late, repeats="weekly", steps=["Cash", "Cards"])
    task_doing.tick(task, by=world.rhea, step=task.steps()[0].id)
    task_doing.finish(task, by=world.rhea)
    after = following(task)
    assert after.due_on == late + timedelta(days=14)
    assert [step.is_done for step in after.steps()] == [False, False]


def test_counted_from_its_completion_the_next_comes_so_long_after(world):
    rule = {"repeats": "daily", "repeat_every": 30, "counts_from": "done"}
    task = Task.add("Clean", by=world.rhea, due_on=TODAY - timedelta(days=4), **rule)
    task_doing.finish(task, by=world.rhea)
    assert following(task).due_on == TODAY + timedelta(days=30)


def test_opened_again_its_untouched_next_goes_and_one_that_was_worked_on_stays(world):
    task = Task.add("Clean", by=world.rhea, due_on=TODAY, repeats="daily")
    task_doing.finish(task, by=world.rhea)
    task_doing.reopen(task, by=world.rhea)
    assert following(task) is None
    task_doing.finish(task, by=world.rhea)
    following(task).edit(by=world.rhea, title="Clean well")
    task_doing.reopen(task, by=world.rhea)
    task_doing.finish(task, by=world.rhea)
    assert Task.select().where(Task.follows == task.id).count() == 1


def test_done_by_several_at_once_it_comes_again_once(postgres):
    world = make.world()
    task = Task.add("Clean", by=world.rhea, due_on=TODAY, repeats="daily")

    def work(n):
        mine = again(task)
        return lambda: task_doing.finish(mine, by=world.rhea)

    assert race(3, work) == ["done", "task-moved-on", "task-moved-on"]
    assert Task.select().where(Task.follows == task.id).count() == 1


def test_steps_ticked_at_once_all_count(postgres):
    world = make.world()
    task = Task.add("Open", by=world.rhea, steps=["One", "Two", "Three", "Four"])
    steps = task.steps()

    def work(n):
        mine = again(task)
        return lambda: task_doing.tick(mine, by=world.rhea, step=steps[n].id)

    assert race(4, work) == ["done"] * 4
    assert again(task).percent == 100
    assert TaskStep.select().where(TaskStep.is_done).count() == 4


def test_the_timeline_names_the_task_that_is_done(world):
    task_doing.finish(Task.add("Call Carol", by=world.rhea, about=world.account.ref), by=world.rhea)
    told = timeline.of_account(world.account, world.rhea).happenings
    said = {one.event: [(field, new) for _, field, _, new in one.changes] for one in told}
    assert said["task.done"] == [("title", "Call Carol")]


def test_who_gave_and_who_does_a_task_read_which_it_is(world):
    task = Task.add("Call Carol", by=world.mona, owner=world.rhea.employee, about=world.account.ref, due_on=TODAY)
    task_doing.finish(task, by=world.rhea)
    given, done = letters("task_assigned")["Rhea Cruz"], letters("task_done")["Mona Santos"]
    assert given.subject == "For you to do: Call Carol" and "Carol’s Kitchen" in given.text
    assert done.subject == "Done: Call Carol" and f"/staff/tasks/{task.number}" in done.text


def test_what_happens_stands_on_the_timeline_of_the_account_but_not_of_a_private_task(world):
    contact = Contact.select().where(Contact.account == world.account).first()
    Task.add("Call", by=world.rhea, about=contact.ref)
    Task.add("Secret", by=world.rhea, about=contact.ref, is_private=True)
    about = audit.Entry.select().where(audit.Entry.about == str(world.account.ref), audit.Entry.event == "task.added")
    assert about.count() == 1
