"""Tasks for staff: my day and the team's, giving one, and what is done with it from any page that shows it."""

from functools import partial

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

from portal import audit, values
from portal.activity import attachments, task_days, task_doing, trail
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.people.employees import Employee
from portal.values import Ref
from portal.web import file_pages, forms, pages, panels, places, task_forms
from staff.face import crm

DAY = pages.Page("staff/tasks/day.html")
TEAM = pages.Page("staff/tasks/team.html")
NEW = pages.Page("staff/tasks/new.html")
SHOW = pages.Page("staff/tasks/show.html")
OF_ACCOUNT = pages.Page("staff/tasks/of_account.html", "staff/tasks/_rows.html")
ROW = pages.Page("staff/tasks/_again.html")
RECORDS = ("contact", "order", "case", "lead")  # on whose pages tasks stand, as on that of an account
ON_A_PAGE = 6
STEPS = {  # verb -> form, domain verb, what is said
    "finish": (forms.OneClick, task_doing.finish, lazy_gettext("Done.")),
    "reopen": (forms.OneClick, task_doing.reopen, lazy_gettext("It is open again.")),
    "drop": (forms.OneClick, task_doing.drop, lazy_gettext("It is dropped.")),
    "postpone": (task_forms.PostponeForm, task_doing.postpone, lazy_gettext("It is put off.")),
    "progress": (task_forms.ProgressForm, task_doing.progress, lazy_gettext("Noted.")),
    "tick": (task_forms.TickForm, task_doing.tick, lazy_gettext("Noted.")),
}

attachments.take("task", "/tasks/{}")
places.show_at("staff", "task", places.numbered("staff.task_show", Task))
file_pages.take_files(crm, Task, "/tasks")


@crm.get("/tasks", may="tasks.see")
def task_day(actor):
    who = _colleague(request.args["who"], actor) if request.args.get("who") else None
    day = task_days.of(who.id if who else actor.employee, actor)
    line = task_forms.LineForm(formdata=None, due_on=values.shop_day())
    return DAY.render(day=day, who=who, line=line, back=_here(), **said_of_rows())


def _colleague(number, actor):
    found = Employee.visible_to(actor).where(Employee.by_number(number)).first()
    if found is None:
        raise NotFound(number)
    return found


@crm.get("/tasks/team", may="tasks.team")
def task_team(actor):
    last = task_days.last_of_week()
    return TEAM.render(people=task_days.team(actor), today=values.shop_day(), last_of_week=last)


@crm.get("/tasks/new", may="tasks.work")
def task_new(actor):
    about = _about_record(request.args.get("about"), actor)
    start = {
        "owner": str(actor.employee or ""),
        "about": str(about.ref) if about else "",
        "due_on": values.shop_day(),
    }
    return NEW.render(form=task_forms.giving(actor, **start), about=about, names=_names)


@crm.post("/tasks/new", may="tasks.work")
def task_add(actor):
    form = task_forms.giving(actor)
    about = Ref.parse(form.about.data)
    done = form.run(partial(Task.add, about=about), by=actor)
    said = gettext("The task is given.")
    back = _back(None) or (places.address_of(about) if about else url_for("staff.task_day"))
    return form.answer(done, NEW, to=back, said=said,
                       again=lambda: {"about": _about_record(form.about.data, actor), "names": _names})  # fmt: skip


def _about_record(text, actor):
    """The record that an address or a form names as "order:12", among those this person sees; None without one."""
    ref = Ref.parse(text)
    if ref is None:
        return None
    return trail.record(ref.kind, trail.number_of(ref) or "", actor)


@crm.get("/tasks/<number>", may="tasks.see", on=Task)
def task_show(task, actor):
    editing = request.args.get("edit") and task.can("edit", actor)
    return SHOW.render(**_about(task, actor, form=task_forms.changing(task, actor) if editing else None))


@crm.post("/tasks/<number>/edit", may="tasks.work", on=Task)
def task_edit(task, actor):
    form = task_forms.changing(task, actor)
    done = form.run(task.edit, by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=_page_of(task), said=gettext("Saved."))
    return SHOW.render(done.status, **_about(_now(task, actor), actor, form))


@crm.post("/tasks/<number>/finish", may="tasks.work", on=Task)
def task_finish(task, actor):
    return _step(task, actor, "finish")


@crm.post("/tasks/<number>/reopen", may="tasks.work", on=Task)
def task_reopen(task, actor):
    return _step(task, actor, "reopen")


@crm.post("/tasks/<number>/drop", may="tasks.work", on=Task)
def task_drop(task, actor):
    return _step(task, actor, "drop")


@crm.post("/tasks/<number>/postpone", may="tasks.work", on=Task)
def task_postpone(task, actor):
    return _step(task, actor, "postpone")


@crm.post("/tasks/<number>/progress", may="tasks.work", on=Task)
def task_progress(task, actor):
    return _step(task, actor, "progress")


@crm.post("/tasks/<number>/tick", may="tasks.work", on=Task)
def task_tick(task, actor):
    return _step(task, actor, "tick")


def _step(task, actor, verb):
    """One press: the row as it stands now for htmx, else back to the page it was pressed on."""
    kind, act, said = STEPS[verb]
    form = kind()
    done = form.run(partial(act, task), by=actor)
    if pages.wants_piece():
        refused = [*form.top, *(text for field in form for text in field.errors)]
        return ROW.render(task=_now(task, actor), back=_back("/staff/tasks"), **said_of_rows(refused))
    return form.answer(done, SHOW, to=_back(_page_of(task)), said=said)


def _now(task, actor):
    return Task.visible_to(actor).where(Task.id == task.id).get()


def _about(task, actor, form=None):
    return {
        "task": task,
        "form": form,
        "steps": task.steps(),
        "verbs": [verb for verb in ("finish", "reopen", "drop", "postpone", "edit") if task.can(verb, actor)],
        "story": audit.story(task),
        "panels": panels.of(task, actor),
        "back": _page_of(task),
    } | said_of_rows()


def said_of_rows(refused=()):
    """What a row of a task needs besides the task: a page of another noun shows such rows too."""
    return {"today": values.shop_day(), "address_of": places.address_of, "named": _names, "refused": refused}


def _names(ref):
    """What a line calls the record of a task: its number where it has one of its own."""
    return trail.number_of(ref) or str(ref)


def _here():
    return request.full_path.rstrip("?")


def _back(otherwise):
    """The page of this face on which the button was pressed."""
    address = request.form.get("back", "")
    return address if address.startswith("/staff/") and "\\" not in address else otherwise


def _page_of(task):
    return url_for("staff.task_show", number=task.number)


def _of_record(record, actor):
    """The open tasks about a record, and the line that gives one."""
    return _open_tasks(record, actor) | {"later": None, **_line_for(record)}


def _of_account(account, actor):
    """The line that gives a task; the tasks come by a request of their own: the page of an account asks enough."""
    later = url_for("staff.task_account", number=account.number)
    return {"later": later, "more": False, "ahead": True, **_line_for(account)}


def _open_tasks(record, actor):
    rows = list(Task.about_record(record, actor).where(Task.state == "open").limit(ON_A_PAGE))
    return {"tasks": rows[: ON_A_PAGE - 1], "more": len(rows) == ON_A_PAGE}


def _line_for(record):
    line = task_forms.LineForm(formdata=None, due_on=values.shop_day(), about=str(record.ref))
    back = f"{places.address_of(record.ref)}#tasks"
    return {"line": line, "back": back, "about": str(record.ref), **said_of_rows()}


@crm.get("/accounts/<number>/tasks", may="tasks.see", on=Account)
def task_account(account, actor):
    return OF_ACCOUNT.render(account=account, **_open_tasks(account, actor), **_line_for(account))


panels.show_on("staff", "account", "tasks", "staff/tasks/_panel.html", _of_account, may="tasks.see", rank=12)
for _kind in RECORDS:
    panels.show_on("staff", _kind, "tasks", "staff/tasks/_panel.html", _of_record, may="tasks.see", rank=12)
