"""Staff invitations: how an employee gets a sign-in, and how the very first admin does."""

from datetime import timedelta

import peewee

from portal import audit, store, values
from portal.errors import Expired, Invalid, Stale
from portal.people import links, passwords, policy, security, sessions
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.values import Actor, Recipient, Ref

PURPOSES = ("staff_invite", "first_admin")
LOCK = 0x41444D4E  # of the advisory lock under which the first admin is written down

policy.allow("staff_invitations.accept", policy.EVERYONE)
links.allow("staff_invite", "/invitation/{}", timedelta(days=7))
links.allow("first_admin", "/invitation/{}", timedelta(days=1))


def invite(employee, *, by, email="", language="en", version=None, now=None):
    """Send an employee a link to choose a password with; an earlier one dies. Returns the Link.

    For somebody who has a sign-in already it replaces address and password: the way back after a lost mailbox.
    Raises Invalid(email), Invalid(employee="employee-left"), Stale when the page it was sent from is out of date.
    """
    if version is not None and version != employee.version:
        raise Stale(employee)
    if not employee.is_active:
        raise Invalid(employee="employee-left")
    shown, key = values.email(email or employee.address)
    with audit.change(by, "employee.invited", employee, now=now) as change:
        if _belongs_to_another(employee, key):
            raise Invalid(email="email-taken")
        link = _issue("staff_invite", employee, shown, language, change)
        change.record("invited", None, shown)
        to = Recipient(employee.ref, employee.name, shown, language, channels=("mail",))
        change.tell([to], "staff_invitation", url={"link": link.id}, name=employee.name, by=by.name)
        if employee.login_id:
            changes = [{"field": "email_asked", "old": employee.login.email, "new": shown}]
            change.tell([employee.login.mailbox], "login_changed", **security.told(change, employee.login, changes))
        return link


def first_admin_link(email, name, *, now=None):
    """The path that lets the first admin in, once, within a day. Asking again replaces it.

    Raises Invalid(email="admin-exists" or as `values.email`), Invalid(name).
    """
    shown, _ = values.email(email)
    name = values.one_line(name)
    if name is None:
        raise Invalid(name="field-needed")
    try:
        with audit.change(values.system("setup"), "employee.first_admin", now=now) as change:
            employee = _first_admin(change, shown, name)
            change.subject = employee.ref
            return _issue("first_admin", employee, shown, "en", change).path
    except peewee.IntegrityError:  # another set-up made its link at the same moment
        raise Invalid(email="first-admin-asked")


def has_admin():
    """Whether some admin has a sign-in, so that no link for a first one is needed."""
    return _admins().where(Employee.login.is_null(False)).exists()


def _admins():
    return Employee.select().where((Employee.role == "admin") & Employee.is_active)


def _first_admin(change, email, name):
    if not store.is_sqlite():  # there one writes at a time anyway
        store.db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    if has_admin():
        raise Invalid(email="admin-exists")
    waiting = _admins().where(Employee.email == email).first()
    return waiting or change.create(Employee, name=name, email=email, role="admin")


def find(token, now=None):
    """(link, employee) behind the token of an invitation. NotFound, Expired."""
    link = links.find(token, *PURPOSES, kind="staff", now=now)
    employee = Employee.get_or_none((Employee.id == Ref.parse(link.subject).id) & Employee.is_active)
    if employee is None:
        raise Expired(link)
    return link, employee


def accept(*, by, link, employee, password, agent="", now=None):
    """Choose a password and be signed in (`sessions.Opened`). Raises Expired, Invalid(password)."""
    passwords.check(password, (employee.name, link.email))
    acting = Actor(employee.ref, employee.name, language=by.language, request=by.request)
    try:
        with audit.change(acting, "employee.joined", employee, now=now) as change:
            link.use(change, now)
            login, changes = _login(change, link, employee, password)
            change.tell([login.recipient], "login_changed", **security.told(change, login, changes))
            return sessions.open(login, agent, now=change.now)
    except peewee.IntegrityError:  # the address signs somebody else in by now
        raise Expired(link)


def _login(change, link, employee, password):
    shown, key = values.email(link.email)
    fields = {"email": shown, "email_key": key, "password_hash": passwords.scramble(password)}
    fields |= {"verified_at": change.now, "is_active": True}
    if employee.login_id:
        login = employee.login
        changes = [{"field": "email", "old": login.email, "new": shown}] if login.email != shown else []
        if changes:
            change.tell([login.mailbox], "login_changed", **security.told(change, login, changes))
        change.update(login, **fields)
        login.raise_epoch(change)
        return login, changes
    language = link.params.get("language", "en")
    login = change.create(Login, kind="staff", name=employee.name, language=language, **fields)
    change.update(employee, login=login)
    return login, []


def _belongs_to_another(employee, key):
    found = Login.by_key("staff", key)
    return found is not None and found.id != employee.login_id


def _issue(purpose, employee, email, language, change):
    links.withdraw(purpose, None if purpose == "first_admin" else employee.ref, now=change.now)
    return links.issue(purpose, "staff", email, subject=employee.ref, params={"language": language}, now=change.now)
