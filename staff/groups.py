"""Groups of accounts, as managers set them: added, renamed, taken away when nothing uses them."""

from flask import url_for
from flask_babel import gettext

from portal.customers.groups import FIELDS, AccountGroup
from portal.web import forms, lists, noun_forms, pages, places
from staff.face import crm

INDEX = pages.Page("staff/groups/index.html")
EDIT = pages.Page("staff/groups/edit.html")
NAMES = ("name",)

places.show_at("staff", "account_group", lambda record: url_for("staff.account_list", group=record))

LIST = lists.List(
    "account_group",
    FIELDS,
    columns=[*map(lists.Column, ("number", "name"))],
    sorts={"name": lists.Sort(AccountGroup.name)},
    default_sort="name",
)


@crm.get("/settings/groups", may="groups.see", feeds=("csv", "json"))
def group_list(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor)
    return LIST.answer(AccountGroup.visible_to(actor), actor, INDEX, form=form)


@crm.post("/settings/groups", may="groups.edit")
def group_add(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor)
    done = form.run(AccountGroup.add, by=actor)
    said = gettext("The group is there. Put accounts into it on their own pages.")
    again = {"found": LIST.find(AccountGroup.visible_to(actor), actor)}
    return form.answer(done, INDEX, to=url_for("staff.group_list"), said=said, again=lambda: again)


@crm.get("/settings/groups/<number>", may="groups.edit", on=AccountGroup)
def group_show(group, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, group)
    return EDIT.render(form=form, group=group, one_click=forms.Form(formdata=None))


@crm.post("/settings/groups/<number>", may="groups.edit", on=AccountGroup)
def group_rename(group, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, group)
    done = form.run(group.rename, by=actor)
    about = {"group": group, "one_click": forms.Form(formdata=None)}
    return form.answer(done, EDIT, to=url_for("staff.group_list"), said=gettext("Saved."), **about)


@crm.post("/settings/groups/<number>/remove", may="groups.edit", on=AccountGroup)
def group_remove(group, actor):
    form = forms.OneClick()
    done = form.run(group.remove, by=actor)
    return form.answer(done, EDIT, to=url_for("staff.group_list"), said=gettext("The group is gone."))
