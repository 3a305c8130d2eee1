"""The list of tasks: its filters, what is done to many, and its days as a calendar."""

from flask import current_app, g
from flask_babel import lazy_gettext

from portal import values
from portal.activity import task_days, task_doing
from portal.activity.task_fields import FIELDS, STATES
from portal.activity.tasks import KIND_OF, Task
from portal.errors import Invalid
from portal.values import Ref
from portal.web import calendars, finding, list_addresses, list_cells, lists, pages, places, speech
from portal.web.list_deeds import Deed
from portal.web.terms.marks import N_
from staff.face import crm

INDEX = pages.Page("staff/tasks/index.html")
MOST_DAYS = 1000  # of a calendar
DUE = ("overdue", "today", "week")


def _due(query, text, actor):
    """`due=overdue`, `today` and `week` are what should be done before, by and in the days after today."""
    lists.one_of(DUE, text, "due")
    if text == "overdue":
        return query.where(Task.overdue())
    last = task_days.last_of_week() if text == "week" else values.shop_day()
    return query.where((Task.state == "open") & (Task.due_on <= last))


def _about(query, text, actor):
    """`about=order:12` is what concerns one record; of an account all that concerns it."""
    ref = Ref.parse(text)
    if ref is None:
        raise Invalid(about=("filter-record-unknown", {"value": text}))
    here = Task.about == text
    return query.where(here | (Task.account == ref.id) if ref.kind == "account" else here)


def _drawn_due(task, beside):
    if task.due_on is None:
        return None
    day = speech.wording().day(task.due_on)
    return list_cells.state("needs", day) if task.is_overdue() else day


MANY = (
    Deed("finish", "tasks.work", lambda row, by, value: task_doing.finish(row, by=by), "state", lazy_gettext("Done")),
    Deed("owner", "tasks.work", lambda row, by, value: row.assign(by=by, owner=value), "owner", asks="field"),
    Deed("due_on", "tasks.work", lambda row, by, value: task_doing.postpone(row, by=by, to=value), "due_on",
         asks="field"),
    Deed("priority", "tasks.work", lambda row, by, value: row.edit(by=by, version=row.version, priority=value),
         "priority", asks="field"),
    Deed("drop", "tasks.work", lambda row, by, value: task_doing.drop(row, by=by), "state",
         lazy_gettext("Drop them")),
)  # fmt: skip
LIST = lists.List(
    "task",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("title"),
        lists.Column("state"),
        lists.Column("due_on", show=_drawn_due),
        lists.Column("due_time"),
        lists.Column("priority"),
        lists.Column("percent"),
        lists.Column("owner", lambda task: task.owner.name),
        lists.Column("account", lambda task: task.account.name if task.account_id else None),
        *map(lists.Column, ("about", "is_private", "remind_on", "repeats", "created_at", "closed_at", "closed_by")),
    ],
    sorts={
        "due": lists.Sort(Task.due_on, nullable=True),
        "number": lists.Sort(Task.id),
        "created": lists.Sort(Task.created_at),
    },
    default_sort="due",
    filters={
        "state": lists.Choice("task", FIELDS["state"], Task.state, {"all": (N_("all"), STATES)}),
        "due": _due,
        "about": _about,
    },
    defaults={"state": "open"},
    search=finding.found_in(Task),
    drawn={"state": KIND_OF},
    shown=("title", "due_on", "priority", "owner", "account", "percent"),
    link="title",
    at="staff.task_show",
    said=("state", "owner", "due", "priority"),
    rows=Task.visible_to,
    many=MANY,
)


@crm.get("/tasks/all", may="tasks.see", feeds=("csv", "json", "ics"))
def task_list(actor):
    if g.get("feed") == "ics":
        query = LIST.narrow(Task.visible_to(actor), list_addresses.asked(), actor, [])
        return calendars.answer("tasks", days_of(query))
    return LIST.answer(None, actor, INDEX)


def days_of(query):
    """The days of the tasks of a query, those without one left out, as calendars show them."""
    rows = query.where(Task.due_on.is_null(False)).order_by(Task.due_on, Task.id).limit(MOST_DAYS)
    return [_day(task) for task in rows]


def _day(task):
    page = current_app.config["SETTINGS"].base_url + places.address_of(task.ref)
    about = task.account.name if task.account_id else ""
    uid = calendars.uid("task", task.id)
    return calendars.Day(uid, task.due_on, task.title, about, page, task.created_at, remind_days=None)
