"""Plans of tasks for staff: the list, one to write and change, and starting one on a record."""

from functools import partial

from flask import request, url_for
from flask_babel import gettext

from portal import values
from portal.activity import plan_starting, trail
from portal.activity.task_plans import FIELDS, TaskPlan
from portal.errors import NotFound
from portal.values import Ref
from portal.web import forms, lists, pages, places, speech, task_forms
from staff.face import crm

INDEX = pages.Page("staff/task_plans/index.html")
EDIT = pages.Page("staff/task_plans/edit.html")
START = pages.Page("staff/task_plans/start.html")
LIST = lists.List(
    "task_plan",
    FIELDS,
    columns=[*map(lists.Column, ("number", "name", "kind", "is_in_use"))],
    sorts={"name": lists.Sort(TaskPlan.name), "number": lists.Sort(TaskPlan.id)},
    default_sort="name",
    shown=("name", "kind", "is_in_use"),
    link="name",
    at="staff.task_plan_show",
    rows=TaskPlan.visible_to,
)

places.show_at("staff", "task_plan", places.numbered("staff.task_plan_show", TaskPlan))


@crm.get("/task-plans", may="task_plans.see", feeds=("csv", "json"))
def task_plan_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/task-plans/new", may="task_plans.write")
def task_plan_new(actor):
    return EDIT.render(plan=None, form=task_forms.PlanForm())


@crm.post("/task-plans/new", may="task_plans.write")
def task_plan_make(actor):
    form = task_forms.PlanForm()
    done = form.run(TaskPlan.make, by=actor)
    return form.answer(done, EDIT, to=url_for("staff.task_plan_list"), said=gettext("The plan is there."), plan=None)


@crm.get("/task-plans/<number>", may="task_plans.see", on=TaskPlan)
def task_plan_show(plan, actor):
    steps = [{"title": s.title, "after_days": s.after_days, "who": str(s.who)} for s in plan.steps()]
    return EDIT.render(plan=plan, form=task_forms.PlanEditForm(data={**plan.__data__, "steps": steps}))


@crm.post("/task-plans/<number>/edit", may="task_plans.write", on=TaskPlan)
def task_plan_edit(plan, actor):
    form = task_forms.PlanEditForm()
    done = form.run(plan.edit, by=actor)
    return form.answer(done, EDIT, to=_page_of(plan), said=gettext("Saved."), plan=plan)


@crm.post("/task-plans/<number>/put-away", may="task_plans.write", on=TaskPlan)
def task_plan_put_away(plan, actor):
    return _one_click(plan, actor, plan.put_away, gettext("It is put away. Tasks that were started go on."))


@crm.post("/task-plans/<number>/bring-back", may="task_plans.write", on=TaskPlan)
def task_plan_bring_back(plan, actor):
    return _one_click(plan, actor, plan.bring_back, gettext("It is in use again."))


def _one_click(plan, actor, verb, said):
    form = forms.OneClick()
    return form.answer(form.run(verb, by=actor), EDIT, to=_page_of(plan), said=said)


@crm.get("/task-plans/start", may="task_plans.start")
def task_plan_choose(actor):
    ref = Ref.parse(request.args.get("about"))
    if ref is None:
        raise NotFound("about")
    start = {"formdata": None, "begins_on": values.shop_day(), "about": str(ref)}
    return START.render(**_starting(ref, actor, **start))


@crm.post("/task-plans/start", may="task_plans.start")
def task_plan_start(actor):
    ref = Ref.parse(request.form.get("about"))
    if ref is None:
        raise NotFound("about")
    about = _starting(ref, actor)
    form = about.pop("form")
    done = form.run(partial(plan_starting.start_chosen, about=ref), by=actor)
    count = len(done.result or ())
    said = speech.wording().ngettext("One task is given.", "%(num)s tasks are given.", count)
    return form.answer(done, START, to=f"{places.address_of(ref)}#tasks", said=said, **about)


def _starting(ref, actor, **start):
    """The form that starts a plan on a record this person sees, and what the page says of it."""
    record = trail.record(ref.kind, trail.number_of(ref) or "", actor)
    plans = list(plan_starting.offered(ref.kind, actor))
    form = task_forms.starting(plans, **start)
    return {"form": form, "plans": plans, "record": record, "url": places.address_of(ref)}


def _page_of(plan):
    return url_for("staff.task_plan_show", number=plan.number)
