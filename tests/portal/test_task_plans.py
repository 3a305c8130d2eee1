"""Plans of tasks and the morning letter: who gets what of a plan, and what each reads once a day."""

from datetime import timedelta

import pytest

from portal import values
from portal.activity import plan_starting, task_letters
from portal.activity.task_plans import TaskPlan
from portal.activity.tasks import Task
from portal.errors import Stale
from tests import make
from tests.letters import letters, told
from tests.races import race
from tests.refusals import problems
from tests.tasks import task as make_task

TODAY = values.shop_day()
MORNING = values.shop_midnight(TODAY) + timedelta(hours=7)
WELCOME = (
    {"title": "Call and thank", "after_days": "0", "who": "owner"},
    {"title": "Look at the first order", "after_days": "14", "who": "manager"},
    {"title": "", "after_days": "3", "who": "owner"},
    {"title": "Send the price list", "after_days": "1", "who": "starter"},
)


def plan(world, **fields):
    return TaskPlan.make(by=world.mona, **{"name": "Welcome", "steps": WELCOME} | fields)


# Plans


def test_a_plan_that_is_started_gives_each_of_its_tasks_to_its_person_on_its_day(world):
    made = plan_starting.start(plan(world), world.account.ref, by=world.ada)
    owners = [(task.owner.name, (task.due_on - TODAY).days, task.account_id == world.account.id) for task in made]
    assert owners == [("Rhea Cruz", 0, True), ("Mona Santos", 14, True), ("Ada Lim", 1, True)]
    assert told("task_assigned") == ["Mona Santos", "Rhea Cruz"]


def test_a_step_of_somebody_who_left_is_the_starters_own(world):
    gone = make.employee("Gary Go", is_active=False)
    welcome = plan(world, steps=[{"title": "Call", "who": str(world.employees["owen"].id)}])
    world.employees["owen"].deactivate(by=world.ada)
    [task] = plan_starting.start(welcome, world.account.ref, by=world.rhea)
    assert task.owner.name == "Rhea Cruz"
    assert problems(plan, world, name="Other", steps=[{"title": "Call", "who": str(gone.id)}]) == {
        "steps": "plan-line-malformed"
    }


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"steps": []}, {"steps": "plan-empty"}),
        ({"steps": [{"title": "x"}] * 31}, {"steps": "plan-steps-many"}),
        ({"steps": [{"title": "x", "after_days": "soon"}]}, {"steps": "plan-line-malformed"}),
        ({"steps": [{"title": "x", "after_days": "9999"}]}, {"steps": "plan-line-malformed"}),
        ({"name": ""}, {"name": "field-needed"}),
        ({"kind": "product"}, {"kind": "choice-unknown"}),
    ],
)
def test_what_makes_no_plan_is_refused(world, given, refused):
    assert problems(plan, world, **given) == refused


def test_two_plans_of_one_name_are_refused_and_a_plan_starts_only_on_its_kind(world):
    welcome = plan(world)
    assert problems(plan, world) == {"name": "plan-known"}
    order = make.order(world.account)
    assert problems(plan_starting.start, welcome, order.ref, by=world.rhea) == {"plan": "plan-not-for-this"}
    welcome.put_away(by=world.mona)
    assert problems(plan_starting.start, welcome.id, world.account.ref, by=world.rhea) == {"plan": "plan-put-away"}


def test_nobody_starts_a_plan_on_an_account_he_does_not_see(world):
    refused = problems(plan_starting.start, plan(world), world.other_account.ref, by=world.rhea)
    assert refused == {"about": "about-unknown"}
    assert not Task.select().exists()


def test_an_edit_changes_the_steps_and_makes_what_was_opened_before_stale(world):
    welcome = plan(world)
    opened = welcome.version
    welcome.edit(by=world.mona, version=opened, name="Welcome", kind="account", steps=WELCOME[:1])
    assert [step.title for step in welcome.steps()] == ["Call and thank"]
    with pytest.raises(Stale):
        welcome.edit(by=world.mona, version=opened, name="Other", kind="account", steps=WELCOME)


# The morning letter


def test_each_morning_one_letter_names_what_is_overdue_due_and_to_be_remembered(world):
    rhea = world.employees["rhea"]
    make_task(rhea, "Late", due_on=TODAY - timedelta(days=2), account=world.account)
    make_task(rhea, "Now")
    make_task(rhea, "Soon", due_on=TODAY + timedelta(days=9), remind_on=TODAY)
    make_task(rhea, "Not yet", due_on=TODAY + timedelta(days=9))
    make_task(rhea, "Over", state="done")
    assert task_letters.run(MORNING - timedelta(hours=2)) == 0
    assert task_letters.run(MORNING) == 1
    assert task_letters.run(MORNING + timedelta(hours=3)) == 0
    letter = letters("tasks_of_day")["Rhea Cruz"]
    assert letter.subject == "3 tasks for today"
    assert [word in letter.text for word in ("Late", "Now", "Soon", "Not yet", "Over\n")] == [True] * 3 + [False] * 2
    assert task_letters.run(MORNING + timedelta(days=1)) == 1


def test_two_workers_write_one_letter(postgres):
    world = make.world()
    make_task(world.employees["rhea"])
    assert race(2, lambda n: lambda: task_letters.run(MORNING)) == ["done", "done"]
    assert len(letters("tasks_of_day")) == 1
    assert told("tasks_of_day") == ["Rhea Cruz"]
