"""A role of the demo shop's own: whoever packs and receives sees all orders, and no money."""

from portal.people.employees import Employee
from portal.people.roles import StaffRole

NAME, PACKER = "Warehouse", ("Jun Peralta", "jun@aling-nena.example", "0917 555 0145")
AREAS = {"payments": "none", "invoices": "none", "leads": "none", "prices": "look", "catalogue": "look"}
CONTACT = {"born_on": "none", "spending_minor": "none", "preferences": "none", "gender": "none"}


def make_roles(by):
    """The role, narrowed, and the colleague who has it; `by` is the shop's admin."""
    role = StaffRole.add(by=by, name=NAME, base="rep", reach="all")
    role.edit(by=by, **AREAS)
    role.allow_fields(by=by, noun="contact", **CONTACT)
    name, email, phone = PACKER
    Employee.add(by=by, name=name, email=email, phone=phone, job_title="Packing and receiving", staff_role=role.id)
