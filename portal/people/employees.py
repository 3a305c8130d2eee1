"""Employees: the shop's people, their role, team and manager."""

import peewee

from portal import audit, store, values
from portal.errors import Invalid, NotFound
from portal.fields import STAFF, Field, Table
from portal.people import links, logins, policy, roles, security, sessions
from portal.people.logins import Login
from portal.people.roles import StaffRole
from portal.people.teams import ADMIN, Team
from portal.values import STAFF_ROLES, Actor

EMPLOYEE_FIELDS = Table(
    "employee",
    Field("name", read=STAFF, write=ADMIN, sort=True, is_required=True),
    Field("email", "email", STAFF, ADMIN, longest=320),
    Field("phone", "phone", STAFF, ADMIN, longest=60),
    Field("job_title", "text", STAFF, ADMIN, filter=True, longest=120),
    Field("department", "text", STAFF, ADMIN, filter=True, longest=120),
    Field("role", "choice", STAFF, ADMIN, filter=True, choices=STAFF_ROLES, is_required=True),
    Field("staff_role", "link", STAFF, ADMIN, filter=True),
    Field("team", "link", STAFF, ADMIN, filter=True),
    Field("manager", "link", STAFF, ADMIN, filter=True),
    Field("hired_on", "date", STAFF, ADMIN, sort=True, filter=True),
    Field("is_active", "yes", STAFF, filter=True),
)
RIGHTS = {"role", "staff_role", "team"}  # a change of these ends the person's sessions
LINKS = ("team", "manager", "staff_role")

policy.allow("employees.see", policy.STAFF)
policy.allow("employees.manage", policy.ADMINS)


class Employee(store.Versioned):
    """Somebody who works here; a login is optional (imported staff have none until invited)."""

    name = peewee.CharField(max_length=200)
    email = peewee.CharField(max_length=320, default="")
    phone = peewee.CharField(max_length=60, default="")
    job_title = peewee.CharField(max_length=120, default="")
    department = peewee.CharField(max_length=120, default="")
    role = peewee.CharField(max_length=12, default="rep")  # rep, manager, admin
    staff_role = peewee.ForeignKeyField(StaffRole, null=True)  # one that the shop made of it
    team = peewee.ForeignKeyField(Team, null=True)
    manager = peewee.ForeignKeyField("self", null=True)
    login = peewee.ForeignKeyField(Login, null=True, unique=True)
    hired_on = peewee.DateField(null=True)
    is_active = peewee.BooleanField(default=True)
    created_at = store.MomentField(default=values.now)

    @classmethod
    def visible_to(cls, actor):
        """Query of the employees, with login and team: all of them for staff, none for others."""
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        query = cls.select(cls, Login, Team).join(Login, peewee.JOIN.LEFT_OUTER)
        return query.switch(cls).join(Team, peewee.JOIN.LEFT_OUTER)

    @property
    def recipient(self):
        """This employee as somebody to be told: inbox and language of the login, else mail alone."""
        if self.login is None:
            return values.Recipient(self.ref, self.name, self.email or None, channels=("mail",))
        return self.login.recipient

    @property
    def address(self):
        """Where mail reaches this employee: the address that signs in, else the one that was written down."""
        return self.login.email if self.login else self.email

    @classmethod
    def add(cls, *, by, name, now=None, **details):
        """A new colleague, who cannot sign in before being invited. Raises Invalid by field."""
        EMPLOYEE_FIELDS.check(by, details)
        fields = _clean({"name": name, **details})
        with audit.change(by, "employee.added", now=now) as change:
            return change.create(cls, **fields)

    def edit(self, *, by, version=None, now=None, **changes):
        """Change details; another role or team ends this person's sessions at once and is told.

        Raises Invalid by field (role="last-admin" when nobody else could manage the shop), Stale.
        """
        EMPLOYEE_FIELDS.check(by, changes)
        changes = _clean(changes)
        if self.login_id and changes.get("email", self.login.email) != self.login.email:
            raise Invalid(email="email-by-person")
        if changes.get("manager") == self:
            raise Invalid(manager="manager-self")
        if changes.get("manager") and changes["manager"].id in self.chain_ids():
            raise Invalid(manager="manager-below")
        with audit.change(by, "employee.edited", self, now=now) as change:
            if changes.get("role", "admin") != "admin":
                self._leave_an_admin()
            differences = change.update(self, version=version, **changes)
            if "name" in differences and self.login_id:
                logins.rename(Login.id == self.login_id, self.name)
            if RIGHTS & differences.keys() and self.login_id:
                self.login.raise_epoch(change)
                self._tell_rights(change, differences)
        return self

    def _tell_rights(self, change, differences):
        changes = [
            {"field": name, "old": old, "new": new} for name, (old, new) in differences.items() if name in RIGHTS
        ]
        for one in changes:
            model = {"team": Team, "staff_role": StaffRole}.get(one["field"])
            if model:
                named = model.select(model.id, model.name).where(model.id.in_([one["old"], one["new"]]))
                names = dict(named.tuples())
                one |= {"old": names.get(one["old"]), "new": names.get(one["new"])}
        told = security.told(change, self.login, changes, noun="employee")
        change.tell([self.recipient], "login_changed", **told)

    def chain_ids(self):
        """Ids of this employee and of everybody below him."""
        return {row.id for row in Employee.select(Employee.id).where(Employee.id.in_(and_below(self.id)))}

    def deactivate(self, *, by, version=None, now=None):
        """Somebody left: sessions and links die with this, what they did stays under their name.

        Raises Invalid(role="last-admin"), Stale.
        """
        with audit.change(by, "employee.deactivated", self, now=now) as change:
            self._leave_an_admin()
            change.update(self, version=version, is_active=False)
            links.withdraw("staff_invite", self.ref, now=change.now)
            if self.login_id:
                change.update(self.login, is_active=False)
                self.login.raise_epoch(change)
                sessions.end_all(self.login, now=change.now)
        return self

    def reactivate(self, *, by, version=None, now=None):
        """Somebody is back, with the password of before. Raises Stale."""
        with audit.change(by, "employee.reactivated", self, now=now) as change:
            change.update(self, version=version, is_active=True)
            if self.login_id:
                change.update(self.login, is_active=True)
        return self

    def _leave_an_admin(self):
        """Refuse to lose the last admin who can sign in; admins are locked, so that two cannot remove each other."""
        rows = Employee.select(Employee.id).where(
            (Employee.role == "admin") & Employee.is_active & Employee.login.is_null(False)
        )
        rows = rows.order_by(Employee.id)
        admins = [row.id for row in (rows if store.is_sqlite() else rows.for_update())]
        if admins == [self.id]:
            raise Invalid(role="last-admin")


def and_below(employee):
    """Subquery of the ids of an employee (id) and of everybody below him, manager by manager."""
    chain = Employee.select(Employee.id).where(Employee.id == (employee or 0)).cte("chain", recursive=True)
    under = Employee.alias()
    whole = chain.union(under.select(under.id).join(chain, on=(under.manager == chain.c.id)))  # UNION ends a circle
    return whole.select_from(whole.c.id)


def beside_logins(query):
    """A query of logins, each with the active employee behind it, so that `actor_for` need not ask again."""
    ours = (Employee.login == Login.id) & Employee.is_active
    return with_role(query.select_extend(Employee).join(Employee, peewee.JOIN.LEFT_OUTER, on=ours, attr="person"))


def with_role(query):
    """A query over employees, each with the role that the shop made for him or for all of his base role."""
    own = StaffRole.id == Employee.staff_role
    role = own | (Employee.staff_role.is_null() & (StaffRole.standard == Employee.role))
    query = query.select_extend(StaffRole)
    return query.join_from(Employee, StaffRole, peewee.JOIN.LEFT_OUTER, on=role, attr="made_role")


def limits_where(where):
    """What the role of one employee takes from its base; one query."""
    person = with_role(Employee.select(Employee)).where(where).first()
    return roles.limits_of(getattr(person, "made_role", None))


def actor_for(login):
    """What the employee of a staff login acts as, or None when nobody active stands behind it. One query at most."""
    if "person" in login.__dict__:
        person = login.person if login.person and login.person.id else None
    else:
        person = with_role(Employee.select(Employee)).where((Employee.login == login) & Employee.is_active).first()
    return person and Actor(
        login.ref,
        name=person.name,
        role=person.role,
        teams=(person.team_id,) if person.team_id else (),
        employee=person.id,
        language=login.language,
        limits=roles.limits_of(getattr(person, "made_role", None)),
    )


def take_address_over(login, former, by):
    """The employee is reached where he signs in."""
    for person in Employee.select().where((Employee.login == login) & (Employee.email == former)):
        with audit.change(by, "employee.edited", person) as change:
            change.update(person, email=login.email)


logins.followed_by("staff", take_address_over)


def admins():
    """The active admins, for news that belong to nobody else."""
    rows = Employee.select(Employee, Login).join(Login, peewee.JOIN.LEFT_OUTER)
    return list(rows.where((Employee.role == "admin") & Employee.is_active).order_by(Employee.id))


def _clean(given):
    """What was typed as it is kept, team and manager as rows; every fault at once in one Invalid."""
    rows = {name: given[name] for name in LINKS if isinstance(given.get(name), store.Model)}
    problems, fields = {}, {}
    try:
        fields = EMPLOYEE_FIELDS.clean({name: value for name, value in given.items() if name not in rows})
    except Invalid as refusal:
        problems = refusal.problems
    for name in LINKS:
        model = {"team": Team, "manager": Employee, "staff_role": StaffRole}[name]
        if fields.get(name) is not None:
            fields[name] = model.get_or_none(model.id == fields[name])
            if fields[name] is None:
                problems[name] = f"{name}-unknown"
    if problems:
        raise Invalid(**problems)
    fields |= rows
    if fields.get("staff_role"):
        fields["role"] = fields["staff_role"].base
    return fields
