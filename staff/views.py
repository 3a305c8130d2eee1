"""Saved views of lists: keeping an address under a name, sharing it, beginning with it, forgetting it."""

from flask import abort
from flask_babel import gettext, lazy_gettext
from peewee import JOIN
from wtforms import SelectField, StringField

from portal.activity.views import VIEW_FIELDS, SavedView
from portal.people import policy
from portal.people.employees import Employee
from portal.web import forms, list_views, lists, pages, places
from staff.face import crm

INDEX = pages.Page("staff/views/index.html")
SHOW = pages.Page("staff/views/show.html")
NEW = pages.Page("staff/views/new.html")

places.show_at("staff", "saved_view", places.numbered("staff.view_show", SavedView))

LIST = lists.List(
    "saved_view",
    VIEW_FIELDS,
    columns=[
        *map(lists.Column, ("number", "name", "place", "query", "shared")),
        lists.Column("employee", lambda view: view.employee.name),
        lists.Column("created_at"),
    ],
    sorts={"name": lists.Sort(SavedView.name), "number": lists.Sort(SavedView.id)},
    default_sort="name",
    shown=("name", "place", "shared", "employee"),
    at="staff.view_show",
    said=("shared",),
)


class ViewForm(forms.EditForm):
    name = StringField(lazy_gettext("Name"), render_kw={"maxlength": 60})
    shared = SelectField(lazy_gettext("Who sees it"), validate_choice=False)


@crm.get("/views", may="views.see", feeds=("csv", "json"))
def view_list(actor):
    query = SavedView.visible_to(actor).select_extend(Employee).join(Employee, JOIN.INNER)
    return LIST.answer(query, actor, INDEX)


@crm.post("/views", may="views.save")
def view_save(actor):
    form = list_views.save_form(actor)
    place = form.place.data or ""
    if not is_list(place):
        abort(404)
    done = form.run(SavedView.save_as, by=actor)
    said = gettext("The view is kept. It stands over the list from now on.")
    return form.answer(done, NEW, to=lambda view: view.address, said=said)


def is_list(path):
    """Whether a path is a page of this face: views lead nowhere else."""
    return path.startswith("/staff/") and not any(c in path for c in "?#\\") and "//" not in path


@crm.get("/views/<number>", may="views.see", on=SavedView)
def view_show(view, actor):
    return SHOW.render(view=view, form=_editing(view, actor), one_click=forms.Form(formdata=None))


@crm.post("/views/<number>", may="views.edit", on=SavedView)
def view_edit(view, actor):
    form = _editing(view, actor)
    done = form.run(view.edit, by=actor)
    again = {"view": view, "one_click": forms.Form(formdata=None)}
    return form.answer(done, SHOW, to=view.address, said=gettext("Saved."), **again)


def _editing(view, actor):
    form = ViewForm(obj=view)
    choices = list_views.shares(actor)
    kept = [] if view.shared in dict(choices) else [(view.shared, gettext("its team"))]
    form.shared.choices = forms.options([*choices, *kept])
    if not policy.may(actor, "views.share"):
        del form.shared
    return form


@crm.post("/views/<number>/remove", may="views.edit", on=SavedView)
def view_remove(view, actor):
    done = (form := forms.OneClick()).run(view.remove, by=actor)
    return form.answer(done, SHOW, to=f"{view.place}?view=all", said=gettext("The view is gone."))


@crm.post("/views/<number>/first", may="views.save", on=SavedView)
def view_begin(view, actor):
    done = (form := forms.OneClick()).run(view.begin_with, by=actor)
    return form.answer(done, SHOW, to=view.address, said=gettext("Your list begins with this view from now on."))


@crm.post("/views/<number>/unfirst", may="views.save", on=SavedView)
def view_unbegin(view, actor):
    done = (form := forms.OneClick()).run(view.begin_without, by=actor)
    said = gettext("Your list begins with everything again.")
    return form.answer(done, SHOW, to=f"{view.place}?view=all", said=said)
