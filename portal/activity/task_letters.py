"""The morning letter: once a day each employee reads what is overdue, what is due, and what to remember."""

from datetime import time, timedelta

import peewee

from portal import audit, store, values
from portal.activity.task_fields import shop_time
from portal.activity.tasks import Task, told_as
from portal.customers.accounts import Account
from portal.people.employees import Employee

CLOCK = values.clock("Suki")
FROM_HOUR = time(6, 30)  # of the shop
MOST = 20  # named in a letter


class TaskMorning(store.Model):
    """The last day on which an employee was told of his tasks."""

    employee = peewee.ForeignKeyField(Employee, unique=True)
    told_on = peewee.DateField()


def run(now=None):
    """Write the letters of this morning that are not written yet; returns how many people had something to do."""
    now = now or values.now()
    if shop_time(now).time() < FROM_HOUR:
        return 0
    today = values.shop_day(now)
    told = TaskMorning.select(TaskMorning.employee).where(TaskMorning.told_on >= today)
    waiting = Employee.select(Employee.id).where(Employee.is_active & Employee.id.not_in(told))
    return sum(_tell(number, today, now) for (number,) in waiting.tuples())


def _tell(employee, today, now):
    """Tell one employee, once a day whatever worker asks; whether there was anything."""
    with audit.change(CLOCK, "task.day_told", values.Ref("employee", employee), now=now) as change:
        before = TaskMorning.get_or_none(TaskMorning.employee == employee)
        if not _claim(employee, today):
            return False
        since = before.told_on if before else today - timedelta(days=1)
        parts = {name: list(query.limit(MOST + 1)) for name, query in _parts(employee, today, since).items()}
        if not any(parts.values()):
            return False
        shown = {name: [task.told() for task in rows[:MOST]] for name, rows in parts.items()}
        change.tell(
            [told_as(employee)], "tasks_of_day", more=any(len(rows) > MOST for rows in parts.values()), **shown
        )
    return True


def _claim(employee, today):
    new = TaskMorning.insert(employee=employee, told_on=today)
    row = new.on_conflict(
        conflict_target=[TaskMorning.employee], update={"told_on": today}, where=TaskMorning.told_on < today
    )
    return bool(store.db.execute(row).rowcount)


def _parts(employee, today, since):
    """{part of the letter: query of its tasks}: no task stands in two."""
    rows = Task.select(Task, Account).join(Account, peewee.JOIN.LEFT_OUTER)
    mine = rows.where((Task.owner == employee) & (Task.state == "open")).order_by(Task.due_on, Task.id)
    later = Task.due_on.is_null() | (Task.due_on > today)
    return {
        "overdue": mine.where(Task.due_on < today),
        "today": mine.where(Task.due_on == today),
        "reminders": mine.where(later & (Task.remind_on > since) & (Task.remind_on <= today)),
    }
