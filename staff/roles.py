"""Roles, as admins make them: reach, areas and fields that narrow what a rep or a manager may."""

import peewee
from flask import g, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField

from portal import fields
from portal.errors import NotFound
from portal.people import roles
from portal.people.employees import Employee
from portal.people.roles import AREAS, BASES, FIELDS, LEVELS, NOUNS, REACHES, StaffRole
from portal.web import forms, lists, pages, places
from portal.web.speech import term
from staff.face import crm

INDEX = pages.Page("staff/roles/index.html")
SHOW = pages.Page("staff/roles/show.html")
ROLES = lists.List(
    "roles", FIELDS, [lists.Column(f.name) for f in FIELDS], {"name": lists.Sort(StaffRole.name)}, "name"
)

places.show_at("staff", "staff_role", places.numbered("staff.role_show", StaffRole))


class NewForm(forms.Form):
    """A role to begin with."""

    name = StringField(lazy_gettext("Name"))
    base = SelectField(lazy_gettext("Made of"))


def _choices(name, values):
    return forms.options((value, term("staff_role", name, value)) for value in values)


def _adding():
    form = NewForm()
    form.base.choices = _choices("base", BASES)
    return form


def _held():
    """{role id: how many have it}; the standard ones are held by whoever has none of his own."""
    count = peewee.fn.COUNT(Employee.id)
    who = Employee.select(Employee.staff_role, count).where(Employee.is_active & Employee.staff_role.is_null(False))
    return dict(who.group_by(Employee.staff_role).tuples())


def _index(actor):
    made = list(StaffRole.visible_to(actor).order_by(StaffRole.name))
    return {
        "own": [role for role in made if not role.standard],
        "standard": [(base, next((role for role in made if role.standard == base), None)) for base in BASES],
        "held": _held(),
        "one_click": forms.Form(formdata=None),
    }


@crm.get("/settings/roles", may="roles.manage", feeds=("csv", "json"))
def role_list(actor):
    if g.feed:
        return ROLES.feed(StaffRole.visible_to(actor), actor)
    return INDEX.render(form=_adding(), **_index(actor))


@crm.post("/settings/roles", may="roles.manage")
def role_add(actor):
    form = _adding()
    done = form.run(StaffRole.add, by=actor)
    return form.answer(
        done, INDEX, to=_page_of, said=gettext("Now say what it leaves out."), again=lambda: _index(actor)
    )


@crm.post("/settings/roles/standard/<base>", may="roles.manage")
def role_arrange(actor, base):
    if base not in BASES:
        raise NotFound()
    form = forms.OneClick()
    done = form.run(StaffRole.arrange, by=actor, base=base, name=term("staff_role", "base", base))
    return form.answer(done, INDEX, to=_page_of)


def _page_of(role):
    return url_for("staff.role_show", number=role.number)


@crm.get("/settings/roles/<number>", may="roles.manage", on=StaffRole)
def role_show(role, actor):
    return SHOW.render(**_about(role))


def _about(role, main=None, sent=None):
    """The page of a role; `main` or `sent`, the form of one noun's fields, is what came back."""
    shown = [sent if sent and sent.noun == noun else _noun_form(role, noun) for noun in NOUNS]
    return {
        "role": role,
        "main": main or _form(role, is_sent=False),
        "areas": AREAS,
        "nouns": [form for form in shown if form.names],
        "open_noun": sent.noun if sent else None,
        "people": Employee.select().where((Employee.staff_role == role) & Employee.is_active).order_by(Employee.name),
        "one_click": forms.Form(formdata=None),
    }


def _form(role, is_sent=True):
    inputs = {"name": StringField(term("staff_role", "name")), "reach": SelectField(term("staff_role", "reach"))}
    inputs |= {area: SelectField(term("staff_role", "area", area)) for area in AREAS}
    data = dict.fromkeys(AREAS, roles.FULL) | role.area_levels
    form = type("RoleForm", (forms.EditForm,), inputs)(obj=role, data=data, **{} if is_sent else {"formdata": None})
    form.reach.choices = _choices("reach", REACHES)
    for area in AREAS:
        form[area].choices = _choices("level", LEVELS)
    return form


@crm.post("/settings/roles/<number>", may="roles.manage", on=StaffRole)
def role_edit(role, actor):
    form = _form(role)
    done = form.run(role.edit, by=actor)
    said = gettext("Saved. It holds from each person’s next click.")
    return form.answer(done, SHOW, to=_page_of(role), said=said, again=lambda: _about(role, main=form))


def _noun_form(role, noun, is_sent=False):
    """A choice for each field of a noun that this role can be kept from."""
    names = role.open_fields(noun)
    inputs = {name: SelectField(term(noun, name)) for name in names}
    data = {name: role.field_levels.get(f"{noun}.{name}", role.levels_of(noun, name)[0]) for name in names}
    sent = {} if is_sent else {"formdata": None}
    form = type("FieldsForm", (forms.EditForm,), inputs)(data=data | {"version": role.version}, **sent)
    form.noun, form.names = noun, names
    form.narrowed = sum(key.startswith(f"{noun}.") for key in role.field_levels)
    for name in names:
        form[name].choices = _choices("level", role.levels_of(noun, name))
        form[name].id = form[name].label.field_id = f"{noun}-{name}"
    return form


@crm.post("/settings/roles/<number>/fields/<noun>", may="roles.manage", on=StaffRole)
def role_allow_fields(role, actor, noun):
    if noun not in NOUNS or noun not in fields.TABLES:
        raise NotFound()
    form = _noun_form(role, noun, is_sent=True)
    done = form.run(role.allow_fields, by=actor, noun=noun)
    to, said = f"{_page_of(role)}#{noun}", gettext("Saved. It holds from each person’s next click.")
    return form.answer(done, SHOW, to=to, said=said, again=lambda: _about(role, sent=form))


@crm.post("/settings/roles/<number>/remove", may="roles.manage", on=StaffRole)
def role_remove(role, actor):
    form = forms.OneClick()
    done = form.run(role.remove, by=actor)
    return form.answer(done, SHOW, to=url_for("staff.role_list"), said=gettext("The role is gone."))
