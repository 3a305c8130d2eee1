"""Starting a plan: its tasks on one record, each on its day and for its person."""

from datetime import timedelta

from portal import audit, values
from portal.activity.task_plans import TaskPlan
from portal.activity.tasks import Task, place_of
from portal.errors import Invalid
from portal.fields import Field

BEGINS = Field("begins_on", "date")


def offered(kind, actor):
    """Query of the plans that can be started on records of a kind."""
    return TaskPlan.visible_to(actor).where(TaskPlan.is_in_use & (TaskPlan.kind == kind)).order_by(TaskPlan.name)


def start(plan, about, *, by, begins_on=None, now=None):
    """Give the tasks of a plan (the row or its id) about a record (its Ref); returns them. Their owners are told.

    Days count from `begins_on` (today). A step whose person is not there is the starter's own.
    Raises Invalid on "plan" (plan-put-away, plan-not-for-this), "begins_on" and "about".
    """
    plan = plan if isinstance(plan, TaskPlan) else TaskPlan.get_or_none(TaskPlan.id == plan)
    if plan is None or not plan.is_in_use:
        raise Invalid(plan="plan-put-away")
    if about is None or about.kind != plan.kind:
        raise Invalid(plan="plan-not-for-this")
    first = begins_on or values.shop_day(now)
    account = place_of(by, None, about)["account"]
    with audit.change(by, "task_plan.started", plan, about=account, now=now) as change:
        change.happened()
        return [
            Task.add(
                step.title, by=by, owner=_person(step, account) or by.employee, about=about, plan=plan,
                due_on=first + timedelta(days=step.after_days), now=change.now,
            )
            for step in plan.steps()
        ]  # fmt: skip


def start_chosen(*, by, about, plan, begins_on):
    """`start` with what a form sends: the number of a plan, and a day as text. Raises Invalid likewise."""
    day = BEGINS.clean(begins_on)
    return start(int(plan) if str(plan).isdecimal() else 0, about, by=by, begins_on=day)


def _person(step, account):
    """The active employee whom the rule of a step names, None where there is none: then the starter does it."""
    if step.employee_id:
        return step.employee if step.employee.is_active else None
    keeper = account.owner if account is not None and step.role != "starter" else None
    if keeper is not None and step.role == "manager":
        keeper = keeper.manager
    return keeper if keeper is not None and keeper.is_active else None
