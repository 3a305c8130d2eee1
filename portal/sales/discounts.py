"""Discounts: the highest one a role, or one employee, may give on a line without asking a manager."""

import peewee

from portal import audit, store, values
from portal.errors import Invalid, NotFound
from portal.people import policy
from portal.people.employees import Employee

DEFAULTS_BP = {"rep": 1_000, "manager": 3_000}  # until an admin decides otherwise
ANY_BP = 10_000  # admins give any: somebody must be able to, and they decide what the others may
ROLES = tuple(DEFAULTS_BP)

policy.allow("discounts.see", policy.MANAGERS)
policy.allow("discounts.edit", policy.ADMINS)


class DiscountLimit(store.Versioned):
    """The highest discount in basis points that a role, or one employee instead of it, may give without asking."""

    role = peewee.CharField(max_length=12, null=True, unique=True)
    employee = peewee.ForeignKeyField(Employee, null=True, unique=True)
    basis_points = peewee.IntegerField()

    @classmethod
    def visible_to(cls, actor):
        """Query of the limits: all of them for managers and admins, none for others."""
        if actor.role in policy.MANAGERS or actor.is_system:
            return cls.select()
        raise NotFound()

    def remove(self, *, by, now=None):
        """From now on what the role of the employee may give counts again."""
        with audit.change(by, "discount_limit.removed", self, now=now) as change:
            change.delete(self)


def most_of(by):
    """The highest discount this person may give, in basis points; customers give none. At most one query."""
    if by.role == "admin" or by.is_system:
        return ANY_BP
    if by.role not in DEFAULTS_BP:
        return 0
    rows = DiscountLimit.select().where((DiscountLimit.role == by.role) | (DiscountLimit.employee == by.employee))
    found = {row.employee_id: row.basis_points for row in rows}
    return found.get(by.employee, found.get(None, DEFAULTS_BP[by.role]))


def limits():
    """([(role, basis points, its row or None)], [rows of single employees by name]) for the page that sets them."""
    rows = list(DiscountLimit.select(DiscountLimit, Employee).join(Employee, peewee.JOIN.LEFT_OUTER))
    by_role = {row.role: row for row in rows if row.role}
    roles = [(role, by_role[role].basis_points if role in by_role else DEFAULTS_BP[role]) for role in ROLES]
    return roles, sorted((row for row in rows if row.employee_id), key=lambda row: row.employee.name)


def set_limit(*, by, percent, role=None, employee=None, now=None):
    """Set what a role may give without asking, or one employee (id); a blank per cent gives an employee his role's.

    Raises Invalid: choice-unknown on "role", employee-unknown on "employee", percent-malformed on "percent".
    """
    if (role is None) == (employee is None) or (role is not None and role not in ROLES):
        raise Invalid(role="choice-unknown")
    is_blank = not str(percent or "").strip()
    points = None if is_blank and employee else values.basis_points(percent)
    if points is not None and points > ANY_BP:
        raise Invalid(percent="percent-malformed")
    who = None if employee is None else Employee.get_or_none((Employee.id == employee) & Employee.is_active)
    if employee is not None and who is None:
        raise Invalid(employee="employee-unknown")
    mine = (DiscountLimit.employee == who) if who else (DiscountLimit.role == role)
    found = DiscountLimit.get_or_none(mine)
    if points is None:
        return found and found.remove(by=by, now=now)
    with audit.change(by, "discount_limit.set", found, now=now) as change, store.taken(percent="changed-meanwhile"):
        if found is None:
            return change.create(DiscountLimit, role=role, employee=who, basis_points=points)
        change.update(found, basis_points=points)
        return found
