"""Doing tasks: how far one has come, done, dropped, put off, opened again; the next of a repeating one."""

from datetime import timedelta

from portal import audit, search, store, values
from portal.activity import repeating
from portal.activity.task_fields import moment
from portal.activity.tasks import Task, TaskStep, count_steps, told_as, write_steps
from portal.errors import Invalid
from portal.fields import Field

KEPT_FOR_NEXT = (
    "title", "text", "owner", "made_by", "account", "about", "priority", "is_private",
    "repeats", "repeat_every", "repeat_days", "repeat_anchor", "counts_from",
)  # fmt: skip
DAY = Field("to", "date", is_required=True)


def finish(task, *, by, now=None):
    """It is done. Whoever gave it is told; of a repeating one the next is made, once, whoever presses at once.

    Raises Invalid(state="task-moved-on").
    """
    with audit.change(by, "task.done", task, about=task.concerns, now=now) as change:
        task.move(change, "finish", state="done", percent=100, closed_at=change.now, closed_by=by.name)
        _name(change, task)
        if task.repeats:
            _make_next(change, task)
        if task.made_by_id not in (None, by.employee) and not by.is_quiet:
            change.tell([told_as(task.made_by_id)], "task_done", **task.told(), by=by.name)
    return task


def reopen(task, *, by, now=None):
    """It was not done after all. The next of a repeating one goes again, unless somebody worked on it.

    Raises Invalid(state="task-moved-on").
    """
    with audit.change(by, "task.reopened", task, about=task.concerns, now=now) as change:
        task.move(change, "reopen", state="open", percent=0, closed_at=None, closed_by="")
        _name(change, task)
        count_steps(task)
        untouched = (Task.follows == task.id) & (Task.state == "open") & (Task.version == 1)
        following = Task.select().where(untouched).first()
        if following:
            with audit.change(by, "task.removed", following, about=following.concerns, now=now) as inner:
                inner.delete(following)
                search.drop(following.ref)
    return task


def drop(task, *, by, now=None):
    """It need not be done any more; a repeating one ends. Raises Invalid(state="task-moved-on")."""
    with audit.change(by, "task.dropped", task, about=task.concerns, now=now) as change:
        task.move(change, "drop", state="dropped", closed_at=change.now, closed_by=by.name)
        _name(change, task)
    return task


def postpone(task, *, by, to, now=None):
    """Put it off to another day, at the same hour; a reminder keeps its distance.

    `to` is a day (also as text), or "tomorrow", or "next_week" (its Monday). Raises Invalid on "to" and "state".
    """
    today = values.shop_day(now)
    day = {"tomorrow": tomorrow(today), "next_week": next_week(today)}.get(to) or DAY.clean(to)
    with audit.change(by, "task.postponed", task, about=task.concerns, now=now) as change:
        if day != task.due_on:  # a row on Today is pressed twice without a key
            moved = {"due_on": day, "due_at": moment(day, task.due_time), "remind_on": _reminder(task, day)}
            task.move(change, "postpone", **moved)
    return task


def progress(task, *, by, percent, now=None):
    """How far it has come, from 0 to 100 per cent; of a checklist the steps tell.

    Raises Invalid on "percent" (number-not-between, task-percent-by-steps) and on "state".
    """
    if not isinstance(percent, int) or not 0 <= percent <= 100:
        raise Invalid(percent=("number-not-between", {"least": 0, "most": 100}))
    with audit.change(by, "task.progressed", task, about=task.concerns, now=now) as change:
        if TaskStep.select().where(TaskStep.task == task).exists():
            raise Invalid(percent="task-percent-by-steps")
        if percent != task.percent:
            task.move(change, "progress", percent=percent)
    return task


def tick(task, *, by, step, is_done=True, now=None):
    """A step of the checklist (its id) is done, or not yet; the percent follows.

    Raises Invalid on "step" (task-step-unknown) and on "state".
    """
    with audit.change(by, "task.ticked", task, about=task.concerns, now=now) as change:
        task.move(change, "tick")  # holds the row: of two ticks at once both count
        here = (TaskStep.id == step) & (TaskStep.task == task)
        line = TaskStep.get_or_none(here)
        if line is None:
            raise Invalid(step="task-step-unknown")
        if line.is_done != bool(is_done):
            change.record("steps", None, f"{'✓' if is_done else '○'} {line.title}")
            TaskStep.update(is_done=bool(is_done), done_by=by.name if is_done else "").where(here).execute()
            count_steps(task)
    return task


def _name(change, task):
    """Let the timeline of the account, which looks up no names, say which task it was."""
    change.record("title", None, task.title)


def _make_next(change, task):
    """The next of a repeating task, inside the change that finished this one; there is one at most."""
    if Task.select().where(Task.follows == task.id).exists():
        return None
    day = day_after(task, change.now)
    fields = {name: getattr(task, name) for name in KEPT_FOR_NEXT} | {"due_on": day, "follows": task}
    fields |= {"due_at": moment(day, task.due_time), "remind_on": _reminder(task, day), "created_at": change.now}
    with (
        audit.change(change.by, "task.repeated", about=task.concerns, now=change.now) as inner,
        store.taken(state=("task-moved-on", {"number": task.number, "state": "done"})),
    ):
        following = inner.create(Task, **fields)
        write_steps(following, [step.title for step in task.steps()])
        following.index()
    return following


def _reminder(task, day):
    """The day of the reminder, as far before `day` as it was before the old one."""
    if task.remind_on is None or task.due_on is None:
        return task.remind_on
    return day - (task.due_on - task.remind_on)


def day_after(task, now=None):
    """The day on which a repeating task falls next, counted from its due day or from its completion."""
    today = values.shop_day(now)
    rule = (task.repeats, task.repeat_every, task.weekdays)
    if task.counts_from == "done":
        return repeating.following(today, *rule)
    return repeating.following_from(task.due_on or today, today, *rule, task.repeat_anchor)


def tomorrow(today=None):
    """The day after today in the shop."""
    return (today or values.shop_day()) + timedelta(days=1)


def next_week(today=None):
    """Monday of next week."""
    today = today or values.shop_day()
    return today + timedelta(days=7 - today.weekday())
