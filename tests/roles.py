"""Roles of the shop's own, and colleagues who have one."""

from itertools import count

from portal import store
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from tests import make

_next = count(1)


def staff_role(base="rep", **fields):
    """A role, as wide as its base but for `fields`."""
    return make.row(StaffRole, **{"name": f"Clerk {next(_next)}", "base": base} | fields)


def give(world, name="rhea", **fields):
    """Give a colleague a role of the shop's own; returns it."""
    role = staff_role(**fields)
    with store.writing():
        Employee.update(staff_role=role).where(Employee.id == world.employees[name].id).execute()
    return role
