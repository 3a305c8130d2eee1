"""Employees, as admins arrange them: who works here, who may do what, who may sign in."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from portal.errors import NotFound
from portal.people import links, security, staff_invitations
from portal.people.employees import EMPLOYEE_FIELDS, Employee
from portal.people.roles import StaffRole
from portal.people.teams import Team
from portal.values import STAFF_ROLES
from portal.web import forms, list_cells, list_deeds, lists, pages, places
from portal.web.speech import term
from portal.web.wording import LANGUAGES
from staff.face import crm

LIST = pages.Page("staff/employees/list.html")
SHOW = pages.Page("staff/employees/show.html")
NEW = pages.Page("staff/employees/new.html")

places.show_at("staff", "employee", places.numbered("staff.employee_show", Employee))


class NewForm(forms.Form):
    name = StringField(lazy_gettext("Name"))
    email = StringField(lazy_gettext("E-mail"))
    phone = StringField(lazy_gettext("Phone"))
    job_title = StringField(lazy_gettext("Job title"))
    department = StringField(lazy_gettext("Department"))
    role = SelectField(lazy_gettext("Role"))
    team = SelectField(lazy_gettext("Team"))
    manager = SelectField(lazy_gettext("Manager"))
    hired_on = DateField(lazy_gettext("Here since"), validators=[Optional()])


class EmployeeForm(NewForm, forms.EditForm):
    """The same over an employee who is there."""


class InviteForm(forms.EditForm):
    email = StringField(lazy_gettext("E-mail"), id="invite-email")
    language = SelectField(lazy_gettext("Language of the letter"), choices=forms.options(LANGUAGES))


def _colleague_named(query, words):
    """Whose name or address has each of these words."""
    for word in words.split():
        query = query.where(Employee.name.contains(word) | Employee.email.contains(word))
    return query


def _here(query, text):
    """`here=yes` works here, `here=no` has left."""
    return query.where(Employee.is_active == (lists.one_of(("yes", "no"), text, "here") == "yes"))


def _signs_in(employee, beside):
    """How somebody stands with signing in."""
    if not employee.is_active:
        return list_cells.state("closed", gettext("has left"))
    signs_in = ("done", gettext("signs in")) if employee.login_id else ("wait", gettext("not invited yet"))
    return list_cells.state(*signs_in)


EMPLOYEES = lists.List(
    "employees",
    EMPLOYEE_FIELDS,
    [
        lists.Column("number"),
        *(lists.Column(f.name) for f in EMPLOYEE_FIELDS),
        lists.Column("address", label=lazy_gettext("E-mail")),
        lists.Column("signs_in", show=_signs_in, label=lazy_gettext("Sign-in")),
    ],
    {"name": lists.Sort(Employee.name), "hired": lists.Sort(Employee.hired_on, nullable=True)},
    "name",
    filters={
        "role": lists.choice(Employee.role),
        "team": lambda query, text, actor: query.where(Team.name == text),
        "here": lambda query, text, actor: _here(query, text),
    },
    search=_colleague_named,
    shown=("name", "role", "team", "address", "hired_on", "signs_in"),
    at="staff.employee_show",
    said=("here", "role", "team"),
    rows=Employee.visible_to,
    many=tuple(list_deeds.edit("employees.manage", name) for name in ("job_title", "department", "hired_on")),
)


def form_for(actor, employee=None):
    """The form with the roles, teams and people to choose from; without what this employee changes himself."""
    form = EmployeeForm(obj=employee) if employee else NewForm()
    form.role.choices = forms.options(_roles(actor))
    if employee and employee.staff_role_id and not form.is_submitted():
        form.role.data = employee.staff_role.number
    teams = Team.visible_to(actor).order_by(Team.name)
    form.team.choices = forms.options([("", gettext("none")), *((team.number, team.name) for team in teams)])
    others = Employee.visible_to(actor).where(Employee.is_active).order_by(Employee.name)
    others = [(other.number, other.name) for other in others if other != employee]
    form.manager.choices = forms.options([("", gettext("nobody")), *others])
    if employee and employee.login_id:
        del form.email
    return form


def _roles(actor):
    """[(what is sent, what is read)]: the base roles, then those that the shop made of them."""
    made = StaffRole.visible_to(actor).where(StaffRole.standard.is_null()).order_by(StaffRole.name)
    own = [(role.number, f"{role.name} ({term('staff_role', 'base', role.base)})") for role in made]
    return [(role, term("employee", "role", role)) for role in STAFF_ROLES] + own


def _with_role(verb):
    """The verb, given the one choice of the form as a base role or as one of our own."""

    def carry_out(*, role, **typed):
        own = role if role.isdecimal() else None
        return verb(**typed, staff_role=own, **({} if own else {"role": role}))

    return carry_out


def page_of(employee, actor, **changed):
    """What the page of an employee shows; `changed` is the form that was sent."""
    invite = InviteForm(formdata=None, email=employee.address, language="en", version=employee.version)
    return {
        "employee": employee,
        "details": changed.get("details") or form_for(actor, employee),
        "invite": changed.get("invite") or invite,
        "button": changed.get("button") or forms.EditForm(formdata=None, version=employee.version),
        "waiting": links.open_for("staff_invite", employee.ref),
    }


def address_of(employee):
    return url_for("staff.employee_show", number=employee.number)


@crm.get("/settings/employees", may="employees.manage", feeds=("csv", "json"))
def employee_list(actor):
    teams = [(team.name, team.name) for team in Team.visible_to(actor).order_by(Team.name)]
    roles = [(role, term("employee", "role", role)) for role in STAFF_ROLES]
    return EMPLOYEES.answer(None, actor, LIST, teams=teams, roles=roles)


@crm.get("/settings/employees/new", may="employees.manage")
def employee_new(actor):
    return NEW.render(form=form_for(actor))


@crm.post("/settings/employees", may="employees.manage")
def employee_add(actor):
    form = form_for(actor)
    done = form.run(_with_role(Employee.add), by=actor)
    said = gettext("Added. An invitation lets this person sign in.")
    return form.answer(done, NEW, to=address_of, said=said)


@crm.get("/settings/employees/<number>", may="employees.manage", on=Employee)
def employee_show(employee, actor):
    return SHOW.render(**page_of(employee, actor))


@crm.post("/settings/employees/<number>", may="employees.manage", on=Employee)
def employee_edit(employee, actor):
    form = form_for(actor, employee)
    done = form.run(_with_role(employee.edit), by=actor)
    return form.answer(
        done,
        SHOW,
        to=address_of(employee),
        said=gettext("Saved."),
        again=lambda: page_of(employee, actor, details=form),
    )


@crm.post("/settings/employees/<number>/invite", may="employees.manage", on=Employee)
def employee_invite(employee, actor):
    """Send the letter to exactly the address the page showed; a newer version of the employee asks again."""
    form = InviteForm()
    done = form.run(staff_invitations.invite, by=actor, employee=employee)
    said = gettext("The invitation is on its way to %(address)s. It holds for seven days.", address=form.email.data)
    return form.answer(
        done, SHOW, to=address_of(employee), said=said, again=lambda: page_of(employee, actor, invite=form)
    )


@crm.post("/settings/employees/<number>/sign-out", may="employees.manage", on=Employee)
def employee_sign_out(employee, actor):
    """A lost phone, a doubt: every browser of this employee is signed out."""
    if employee.login is None:
        raise NotFound()
    form = forms.Form()
    done = form.run(security.sign_out, by=actor, login=employee.login)
    said = gettext("%(name)s is signed out everywhere.", name=employee.name)
    return form.answer(done, SHOW, to=address_of(employee), said=said, again=lambda: page_of(employee, actor))


@crm.post("/settings/employees/<number>/deactivate", may="employees.manage", on=Employee)
def employee_deactivate(employee, actor):
    form = forms.EditForm()
    done = form.run(employee.deactivate, by=actor)
    said = gettext("%(name)s is signed out and cannot sign in any more.", name=employee.name)
    return form.answer(
        done, SHOW, to=address_of(employee), said=said, again=lambda: page_of(employee, actor, button=form)
    )


@crm.post("/settings/employees/<number>/reactivate", may="employees.manage", on=Employee)
def employee_reactivate(employee, actor):
    form = forms.EditForm()
    done = form.run(employee.reactivate, by=actor)
    said = gettext("%(name)s can sign in again.", name=employee.name)
    return form.answer(
        done, SHOW, to=address_of(employee), said=said, again=lambda: page_of(employee, actor, button=form)
    )
