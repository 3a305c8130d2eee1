"""Roles: what an admin takes from a base role is gone at once, for the query, the form, the search and the page."""

import json

import pytest

from portal import audit, search, store
from portal.activity import trail
from portal.customers.accounts import Account
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.errors import Invalid, Stale
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.people.roles import StaffRole
from tests import make
from tests.refusals import problems
from tests.roles import give, staff_role


def narrowed(world, name="rhea", **fields):
    """The actor of a colleague who has a role of the shop's own."""
    give(world, name, **fields)
    return acting(world, name)


def acting(world, name):
    return employees.actor_for(Employee.get_by_id(world.employees[name].id).login)


def test_without_a_role_of_our_own_nothing_is_narrowed(world):
    assert acting(world, "rhea").limits.reach == "team"
    assert acting(world, "rhea").limits.hidden == frozenset()


def test_own_reach_sees_what_they_and_those_below_them_look_after(world):
    rep = narrowed(world, reach="own")
    assert [a.owner_id for a in Account.visible_to(rep)] == [rep.employee]
    with store.writing():
        Employee.update(manager=world.employees["rhea"].id).where(Employee.id == world.employees["owen"].id).execute()
    assert {a.owner_id for a in Account.visible_to(rep)} == {rep.employee, world.employees["owen"].id}


def test_reach_of_all_sees_every_account_and_no_more_rights(world):
    rep = narrowed(world, "owen", reach="all")
    assert Account.visible_to(rep).count() == Account.select().count()
    assert not policy.may(rep, "accounts.reassign")


def test_search_and_trail_keep_to_the_reach(world):
    for account in Account.select():
        make.found_by(account)
    rep = narrowed(world, reach="own")
    own, foreign = world.account, world.other_account
    assert search.find(own.name, ["account"], rep)["account"].records == [own.id]
    assert search.find(foreign.name, ["account"], rep)["account"].records == []
    with audit.change(world.ada, "account.edited", own, about=own) as change:
        change.happened()
    with audit.change(world.ada, "account.edited", foreign, about=foreign) as change:
        change.happened()
    assert {entry.about for entry in trail.visible_to(rep)} == {str(own.ref)}


def test_a_closed_area_refuses_its_actions_and_a_looked_one_all_but_looking(world):
    rep = narrowed(world, areas=json.dumps({"payments": "none", "orders": "look"}))
    assert not policy.may(rep, "payments.see")
    assert policy.may(rep, "orders.see")
    assert not policy.may(rep, "orders.confirm")
    assert policy.may(rep, "contacts.edit")


def test_a_hidden_field_is_neither_read_nor_written_and_a_locked_one_is_read(world):
    rep = narrowed(world, rights=json.dumps({"contact.born_on": "none", "contact.phone": "look"}))
    assert "born_on" not in CONTACT_FIELDS.readable(rep)
    assert "phone" in CONTACT_FIELDS.readable(rep)
    assert {"born_on", "phone"} & set(CONTACT_FIELDS.writable(rep)) == set()
    contact = Contact.get()
    assert problems(contact.edit, by=rep, phone="0917 123 4567") == {"phone": "field-not-yours"}


def test_a_role_is_made_narrowed_and_told_apart_from_its_base(world):
    role = StaffRole.add(by=world.ada, name="Warehouse", base="rep")
    role.edit(by=world.ada, reach="all", payments="none", orders="full")
    role.allow_fields(by=world.ada, noun="contact", born_on="none", phone="look", name="full")
    assert role.area_levels == {"payments": "none"}
    assert role.field_levels == {"contact.born_on": "none", "contact.phone": "look"}
    role.allow_fields(by=world.ada, noun="contact", born_on="full", phone="full")
    assert role.field_levels == {}


@pytest.mark.parametrize(
    ("noun", "name", "level"),
    [
        ("contact", "name", "none"),
        ("account", "owner", "full"),
        ("contact", "phone", "sometimes"),
        ("contact", "x", "look"),
    ],
)
def test_a_level_that_a_field_cannot_have_is_refused(world, noun, name, level):
    role = staff_role()
    assert problems(role.allow_fields, by=world.ada, noun=noun, **{name: level}) == {name: "choice-unknown"}


def test_a_role_in_use_stays(world):
    role = staff_role()
    Employee.get_by_id(world.employees["rhea"].id).edit(by=world.ada, staff_role=role.id)
    assert problems(role.remove, by=world.ada) == {"role": "role-in-use"}
    assert StaffRole.get_by_id(role.id)


def test_two_roles_do_not_share_a_name_and_the_slower_admin_is_told(world):
    role = StaffRole.add(by=world.ada, name="Clerk", base="rep")
    assert problems(StaffRole.add, by=world.ada, name="Clerk", base="manager") == {"name": "role-known"}
    role.edit(by=world.ada, version=1, reach="own")
    with pytest.raises(Stale):
        StaffRole.get_by_id(role.id).edit(by=world.ada, version=1, reach="all")


def test_the_base_of_a_role_is_the_base_of_whoever_has_it(world):
    role = staff_role(base="manager")
    person = Employee.get_by_id(world.employees["rhea"].id)
    person.edit(by=world.ada, staff_role=role.id)
    assert (person.role, acting(world, "rhea").role) == ("manager", "manager")
    person.edit(by=world.ada, role="rep", staff_role=None)
    assert acting(world, "rhea").limits.reach == "team"


def test_the_standard_role_holds_for_whoever_has_none_of_his_own(world):
    role = StaffRole.arrange(by=world.ada, base="rep", name="Sales rep")
    role.edit(by=world.ada, reach="own")
    assert acting(world, "owen").limits.reach == "own"
    assert acting(world, "mona").limits.reach == "team"
    assert StaffRole.arrange(by=world.ada, base="rep", name="Sales rep") == role


def test_a_manager_chain_has_no_circle(world):
    rhea, mona = (Employee.get_by_id(world.employees[name].id) for name in ("rhea", "mona"))
    rhea.edit(by=world.ada, manager=mona.id)
    with pytest.raises(Invalid) as refusal:
        mona.edit(by=world.ada, manager=rhea.id)
    assert refusal.value.problems == {"manager": ("manager-below", {})}
