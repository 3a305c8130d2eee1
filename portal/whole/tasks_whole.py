"""Invariants of tasks: what must hold for what is to do, whatever was postponed, repeated or imported."""

import peewee

from portal import store, values
from portal.activity.tasks import Task, TaskStep
from portal.values import Ref


def faults():
    """A checklist tells the percent, an hour lies on its day, what is closed says when, what it is about is there."""
    yield from _counted()
    for task in Task.select().where(Task.due_at.is_null(False)).iterator():
        if values.shop_day(task.due_at) != task.due_on:
            yield f"task {task.number} is due on {task.due_on}, but at {task.due_at}"
    for task in Task.select().where((Task.state == "open") != Task.closed_at.is_null()).iterator():
        yield f"task {task.number} is {task.state}, and was closed at {task.closed_at}"
    for (text,) in Task.select(Task.about).distinct().where(Task.about != "").tuples().iterator():
        ref = Ref.parse(text)
        model = store.kinds().get(ref.kind) if ref else None
        if model is None or not model.select(model.id).where(model.id == ref.id).exists():
            yield f"a task is about {text}, which is not there"


def _counted():
    ticked = peewee.fn.SUM(peewee.Case(None, [(TaskStep.is_done, 1)], 0))
    part = 100 * ticked / peewee.fn.COUNT(TaskStep.id)
    rows = Task.select(Task.id, Task.percent, part.alias("part")).join(TaskStep).where(Task.state == "open")
    for task in rows.group_by(Task.id, Task.percent).having(part != Task.percent).iterator():
        yield f"task {task.number} has come {task.percent} %, its checklist says {task.part}"
