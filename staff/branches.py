"""Branches, as admins set them: where orders are picked up, and when somebody is there."""

from flask import url_for
from flask_babel import gettext

from portal.sales import branches
from portal.sales.branches import FIELDS, Branch
from portal.web import lists, noun_forms, pages, places
from staff.face import crm

INDEX = pages.Page("staff/branches/index.html")
EDIT = pages.Page("staff/branches/edit.html")
NAMES = ("name", "line1", "city", "country", "phone", "hours", "is_active")

places.show_at("staff", "branch", lambda record: url_for("staff.branch_list"))

LIST = lists.List(
    "branch",
    FIELDS,
    columns=[lists.Column(name) for name in ("name", "line1", "city", "country", "phone", "is_active")],
    sorts={"name": lists.Sort(Branch.name)},
    default_sort="name",
)


@crm.get("/settings/branches", may="branches.see", feeds=("csv", "json"))
def branch_list(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, is_active=True)
    return LIST.answer(Branch.visible_to(actor), actor, INDEX, form=form)


@crm.post("/settings/branches", may="branches.edit")
def branch_add(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor)
    done = form.run(branches.add, by=actor)
    found = LIST.find(Branch.visible_to(actor), actor)
    here = url_for("staff.branch_list")
    return form.answer(done, INDEX, to=here, said=gettext("Customers can choose the branch now."), found=found)


@crm.get("/settings/branches/<number>", may="branches.edit", on=Branch)
def branch_show(branch, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, branch)
    form.hours.data = branch.hours_text
    return EDIT.render(form=form, branch=branch)


@crm.post("/settings/branches/<number>", may="branches.edit", on=Branch)
def branch_edit(branch, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, branch)
    done = form.run(branch.edit, by=actor)
    said = gettext("Saved. Earlier orders keep the old name.")
    return form.answer(done, EDIT, to=url_for("staff.branch_list"), said=said, branch=branch)
