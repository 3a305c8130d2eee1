"""Discount limits, as admins set them: by role, and for single employees instead."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal.people.employees import Employee
from portal.sales import discounts
from portal.sales.discounts import DiscountLimit
from portal.web import forms, pages, places, speech
from staff.face import crm

SHOW = pages.Page("staff/discounts/show.html")

places.show_at("staff", "discount_limit", lambda record: url_for("staff.discount_limits"))


class LimitForm(forms.Form):
    """What somebody may give without asking; `who` is a role or an employee."""

    who = SelectField(lazy_gettext("Who"), validate_choice=False)
    percent = StringField(lazy_gettext("Up to, per cent"), render_kw={"maxlength": 8})


@crm.get("/settings/discounts", may="discounts.see")
def discount_limits(actor):
    return SHOW.render(form=_form(actor, is_sent=False), **_about())


@crm.post("/settings/discounts", may="discounts.edit")
def discount_limit_set(actor):
    form = _form(actor)
    done = form.run(_set, by=actor)
    here = url_for("staff.discount_limits")
    return form.answer(done, SHOW, to=here, said=gettext("It counts from now on."), again=_about)


@crm.post("/settings/discounts/<number>/remove", may="discounts.edit", on=DiscountLimit)
def discount_limit_remove(limit, actor):
    form = forms.OneClick()
    done = form.run(limit.remove, by=actor)
    said = gettext("What the role may give counts again.")
    return form.answer(done, SHOW, to=url_for("staff.discount_limits"), said=said)


def _set(*, by, who, percent):
    who = who or ""
    if who in discounts.ROLES:
        return discounts.set_limit(by=by, role=who, percent=percent)
    key = int(who) if who.isascii() and who.isdigit() and len(who) < 10 else 0
    return discounts.set_limit(by=by, employee=key, percent=percent)


def _form(actor, is_sent=True):
    form = LimitForm(**{} if is_sent else {"formdata": None})
    people = Employee.visible_to(actor).where(Employee.is_active & Employee.role.in_(discounts.ROLES))
    named = [(str(person.id), person.name) for person in people.order_by(Employee.name)]
    roles = [
        (role, gettext("every %(role)s", role=speech.term("employee", "role", role))) for role in discounts.ROLES
    ]
    form.who.choices = [SelectChoice(*choice) for choice in [*roles, *named]]
    return form


def _about():
    roles, single = discounts.limits()
    return {"roles": roles, "single": single, "one_click": forms.Form(formdata=None)}
