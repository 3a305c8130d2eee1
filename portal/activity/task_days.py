"""Days of tasks: what one of us has to do, by when, and how the people under a manager stand."""

from datetime import timedelta
from typing import NamedTuple

import peewee

from portal import store, values
from portal.activity.task_fields import PRIORITIES
from portal.activity.tasks import Task
from portal.people import employees
from portal.people.employees import Employee

MOST = 200  # tasks on the page of a day; the list holds all


class Day(NamedTuple):
    """The open tasks of a person by when they are due, and what was done today; `more` says there are others."""

    overdue: list
    today: list
    week: list
    later: list
    undated: list
    done: list
    more: bool

    def __bool__(self):
        return any((self.overdue, self.today, self.week, self.later, self.undated))


class Colleague(NamedTuple):
    """How many open tasks a colleague has, by when they are due, and how many were done today."""

    person: Employee
    overdue: int = 0
    today: int = 0
    week: int = 0
    open: int = 0
    done: int = 0


def last_of_week(today=None):
    """The Sunday that ends this week."""
    today = today or values.shop_day()
    return today + timedelta(days=6 - today.weekday())


def of(person, actor, now=None):
    """The Day of an employee (an id) as far as `actor` sees it; two queries."""
    today = values.shop_day(now)
    theirs = Task.visible_to(actor).where(Task.owner == (person or 0))
    due = theirs.where(Task.state == "open").order_by(Task.due_on.is_null(), Task.due_on, Task.id)
    rows = list(due.limit(MOST + 1))
    done = theirs.where((Task.state == "done") & (Task.closed_at >= values.shop_midnight(today)))
    parts = {name: [] for name in ("overdue", "today", "week", "later", "undated")}
    for task in rows[:MOST]:
        parts[_part(task, today)].append(task)
    for tasks in parts.values():
        tasks.sort(key=pressing)
    return Day(**parts, done=list(done.order_by(Task.closed_at.desc()).limit(MOST)), more=len(rows) > MOST)


def _part(task, today):
    if task.due_on is None:
        return "undated"
    if task.due_on <= today:
        return "overdue" if task.due_on < today else "today"
    return "week" if task.due_on <= last_of_week(today) else "later"


def pressing(task):
    """By day, then by hour, then by priority."""
    return (
        task.due_on is None,
        task.due_on,
        task.due_at is None,
        task.due_at,
        PRIORITIES.index(task.priority),
        task.id,
    )


def team(actor, now=None):
    """[Colleague] of a manager and those under him, of everybody for who sees all; two queries."""
    people = Employee.select().where(Employee.is_active).order_by(Employee.name)
    if not actor.sees_all:
        people = people.where(Employee.id.in_(employees.and_below(actor.employee)))
    people = list(people)
    counts = {owner: numbers for owner, *numbers in store.db.execute(_counts(people, actor, values.shop_day(now)))}
    return [Colleague(person, *map(int, counts.get(person.id, (0,) * 5))) for person in people]


def _counts(people, actor, today):
    is_open, done_today = Task.state == "open", Task.closed_at >= values.shop_midnight(today)
    parts = (
        is_open & (Task.due_on < today),
        is_open & (Task.due_on == today),
        is_open & (Task.due_on > today) & (Task.due_on <= last_of_week(today)),
        is_open,
        (Task.state == "done") & done_today,
    )
    sums = [peewee.fn.SUM(peewee.Case(None, [(part, 1)], 0)) for part in parts]
    theirs = Task.visible_to(actor).where(Task.owner.in_([person.id for person in people]))
    return (
        theirs.where(is_open | ((Task.state == "done") & done_today)).select(Task.owner, *sums).group_by(Task.owner)
    )
