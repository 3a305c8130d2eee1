"""Employees: rights follow the row at once, the last admin stays, and the first one comes in by a link."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import outbox, store, values
from portal.errors import Expired, Invalid, NotFound, Stale
from portal.people import employees, links, policy, sessions, sign_in, staff_invitations
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.people.teams import Team
from portal.values import ANONYMOUS
from tests import make
from tests.refusals import problems

NOW = values.now()
PASSWORD = "my purple elephant dances"


def letters(template, event=None):
    rows = outbox.Outbox.select().where((outbox.Outbox.template == template) & (outbox.Outbox.channel == "mail"))
    return sorted(row.address for row in rows if event in (None, row.params.get("event")))


def row(world, name):
    return Employee.get_by_id(world.employees[name].id)


def accept(link, password=PASSWORD):
    found, employee = staff_invitations.find(link.token, NOW)
    return staff_invitations.accept(by=ANONYMOUS, link=found, employee=employee, password=password, now=NOW)


# Rights


def test_what_an_employee_acts_as(world):
    rhea = employees.actor_for(world.logins["rhea"])
    assert (rhea.name, rhea.role, rhea.teams, rhea.employee) == ("Rhea Cruz", "rep", (world.north.id,), 1 + 1)
    assert employees.actor_for(world.logins["ada"]).teams == ()
    assert employees.actor_for(world.logins["carol"]) is None


def test_only_admins_manage_employees_and_teams(world):
    for action in ("employees.manage", "teams.manage"):
        allowed = [name for name in ("rhea", "mona", "owen", "ada", "carol", "cora", "dave")
                   if policy.may(getattr(world, name), action)]  # fmt: skip
        assert allowed == ["ada"]


def test_customers_find_no_employee_and_no_team(world):
    for noun in (Employee, Team):
        assert noun.visible_to(world.rhea).count() >= 2
        with pytest.raises(NotFound):
            noun.visible_to(world.carol)


# Changing


def test_a_new_colleague_is_kept_as_typed_without_a_sign_in(world):
    added = Employee.add(
        by=world.ada, name=" Liza  Uy ", email="LIZA@Shop.example", phone="0917 555 0199", role="manager",
        team=str(world.south.id), manager="", job_title="", now=NOW,
    )  # fmt: skip
    kept = Employee.get_by_id(added.id)
    assert (kept.name, kept.email, kept.phone) == ("Liza Uy", "LIZA@shop.example", "+639175550199")
    assert (kept.role, kept.team, kept.manager, kept.login) == ("manager", world.south, None, None)


def test_bad_details_are_told_by_field_all_at_once(world):
    found = problems(
        Employee.add, by=world.ada, name=" ", email="nonsense", phone="x", role="boss", manager="x"
    ) | problems(Employee.add, by=world.ada, name="Liza Uy", team="4711")
    assert found == {
        "name": "field-needed",
        "email": "email-malformed",
        "phone": "phone-impossible",
        "role": "choice-unknown",
        "manager": "number-malformed",
        "team": "team-unknown",
    }


def test_a_manager_may_not_edit_even_past_the_page(world):
    assert problems(row(world, "rhea").edit, by=world.mona, role="admin") == {"role": "field-not-yours"}


def test_another_role_or_team_ends_the_sessions_and_is_told(world):
    opened = sessions.open(world.logins["rhea"], now=NOW)
    row(world, "rhea").edit(by=world.ada, role="manager", now=NOW)
    assert sessions.find(opened.token, "staff", NOW) is None
    assert letters("login_changed") == ["rhea@shop.example"]
    again = sessions.open(Login.get_by_id(world.logins["rhea"].id), now=NOW)
    row(world, "rhea").edit(by=world.ada, team=world.south, now=NOW)
    assert sessions.find(again.token, "staff", NOW) is None


def test_another_phone_ends_nothing(world):
    opened = sessions.open(world.logins["rhea"], now=NOW)
    row(world, "rhea").edit(by=world.ada, phone="0917 555 0000", now=NOW)
    assert sessions.find(opened.token, "staff", NOW)


def test_an_edit_over_a_newer_version_is_stale(world):
    opened_at = row(world, "rhea").version
    row(world, "rhea").edit(by=world.ada, version=opened_at, phone="0917 555 0000")
    with pytest.raises(Stale):
        row(world, "rhea").edit(by=world.ada, version=opened_at, phone="0917 555 1111")


def test_who_signs_in_changes_the_address_by_proof_only(world):
    assert problems(row(world, "rhea").edit, by=world.ada, email="other@shop.example") == {"email": "email-by-person"}
    assert problems(row(world, "mona").edit, by=world.ada, manager=row(world, "mona")) == {"manager": "manager-self"}


def test_somebody_who_left_is_out_at_once_and_may_come_back(world):
    opened = sessions.open(world.logins["rhea"], now=NOW)
    row(world, "rhea").deactivate(by=world.ada, now=NOW)
    assert sessions.find(opened.token, "staff", NOW) is None
    assert employees.actor_for(world.logins["rhea"]) is None
    row(world, "rhea").reactivate(by=world.ada, now=NOW)
    assert employees.actor_for(world.logins["rhea"]).role == "rep"
    assert sessions.find(opened.token, "staff", NOW) is None


def test_the_last_admin_stays(world):
    ada = row(world, "ada")
    assert problems(ada.deactivate, by=world.ada) == {"role": "last-admin"}
    assert problems(ada.edit, by=world.ada, role="rep") == {"role": "last-admin"}
    make.employee("Amy Uy", "admin")
    ada.edit(by=world.ada, role="rep")
    assert row(world, "ada").role == "rep"


def test_two_admins_cannot_remove_each_other(postgres):
    pair = [make.employee(name, "admin") for name in ("Ada Lim", "Amy Uy")]
    actors = [make.staff_actor(person) for person in pair]

    def remove(n):
        with store.connection():
            try:
                Employee.get_by_id(pair[1 - n].id).deactivate(by=actors[n])
            except (Invalid, Stale):
                return 0
            return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(remove, (0, 1))) == 1
    assert Employee.select().where(Employee.is_active).count() == 1


# Teams


def test_teams_have_names_of_their_own(world):
    east = Team.add(by=world.ada, name=" East ")
    assert problems(Team.add, by=world.ada, name="East") == {"name": "team-known"}
    assert problems(Team.add, by=world.ada, name=" ") == {"name": "field-needed"}
    assert problems(east.rename, by=world.ada, name="North") == {"name": "team-known"}
    assert east.rename(by=world.ada, name="Far East", version=1).name == "Far East"
    with pytest.raises(Stale):
        Team.get_by_id(east.id).rename(by=world.ada, name="Near East", version=1)


# Invitations


def test_an_invited_employee_chooses_a_password_and_is_in(world):
    liza = Employee.add(by=world.ada, name="Liza Uy", email="liza@shop.example", role="rep", team=world.north)
    link = staff_invitations.invite(liza, by=world.ada, language="fil", now=NOW)
    assert letters("staff_invitation") == ["liza@shop.example"]
    opened = accept(link)
    assert sessions.find(opened.token, "staff", NOW)
    assert employees.actor_for(opened.login).language == "fil"
    with pytest.raises(Expired):
        accept(link)
    assert sign_in.by_password(by=ANONYMOUS, kind="staff", email="liza@shop.example", password=PASSWORD, now=NOW)


def test_a_second_invitation_replaces_the_first(world):
    liza = Employee.add(by=world.ada, name="Liza Uy", email="typo@shop.example")
    first = staff_invitations.invite(liza, by=world.ada, now=NOW)
    liza.edit(by=world.ada, email="liza@shop.example")
    second = staff_invitations.invite(liza, by=world.ada, now=NOW)
    with pytest.raises(Expired):
        accept(first)
    assert accept(second).login.email == "liza@shop.example"


def test_who_left_or_whose_address_is_anothers_is_not_invited(world):
    liza = Employee.add(by=world.ada, name="Liza Uy", email="rhea@shop.example")
    assert problems(staff_invitations.invite, liza, by=world.ada) == {"email": "email-taken"}
    liza.deactivate(by=world.ada)
    assert problems(staff_invitations.invite, liza, by=world.ada) == {"employee": "employee-left"}


def test_a_lost_mailbox_is_replaced_by_an_admin_and_the_old_address_is_told(world):
    opened = sessions.open(world.logins["rhea"], now=NOW)
    link = staff_invitations.invite(row(world, "rhea"), by=world.ada, email="rhea.new@shop.example", now=NOW)
    assert letters("login_changed", "employee.invited") == ["rhea@shop.example"]
    assert accept(link).login.email == "rhea.new@shop.example"
    assert letters("login_changed", "employee.joined") == ["rhea.new@shop.example", "rhea@shop.example"]
    assert sessions.find(opened.token, "staff", NOW) is None
    assert Employee.select().where(Employee.login.is_null(False)).count() == 4


def test_a_week_later_or_after_leaving_it_is_over(world):
    liza = Employee.add(by=world.ada, name="Liza Uy", email="liza@shop.example")
    link = staff_invitations.invite(liza, by=world.ada, now=NOW)
    with pytest.raises(Expired):
        staff_invitations.find(link.token, NOW + timedelta(days=7))
    liza.deactivate(by=world.ada)
    with pytest.raises(Expired):
        staff_invitations.find(link.token, NOW)


# The first admin


def token_of(path):
    return path.removeprefix("/staff/invitation/")


def test_the_first_admin_comes_in_by_the_link_that_set_up_prints(database):
    path = staff_invitations.first_admin_link("ada@shop.example", "Ada Lim", now=NOW)
    link, _ = staff_invitations.find(token_of(path), NOW)
    assert employees.actor_for(accept(link).login).role == "admin"
    assert outbox.Outbox.select().where(outbox.Outbox.template == "staff_invitation").count() == 0
    with pytest.raises(Invalid):
        staff_invitations.first_admin_link("eve@shop.example", "Eve", now=NOW)


def test_setting_up_again_replaces_the_link_and_adds_nobody(database):
    first = staff_invitations.first_admin_link("ada@shop.example", "Ada Lim", now=NOW)
    staff_invitations.first_admin_link("ada@shop.example", "Ada Lim", now=NOW)
    with pytest.raises(Expired):
        staff_invitations.find(token_of(first), NOW)
    assert Employee.select().count() == 1


def test_a_hundred_parallel_openings_make_one_admin(postgres):
    path = staff_invitations.first_admin_link("ada@shop.example", "Ada Lim", now=NOW)
    link = staff_invitations.find(token_of(path), NOW)[0]

    def one(n):
        with store.connection():
            try:
                accept(link, password=f"{PASSWORD} {n}")
            except (Expired, Stale):
                return 0
            return 1

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(100))) == 1
    assert Login.select().count() == sessions.Session.select().count() == 1


def test_parallel_set_ups_leave_one_link(postgres):
    def one(n):
        with store.connection():
            try:
                staff_invitations.first_admin_link("ada@shop.example", "Ada Lim")
            except Invalid:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) >= 1
    live = Link.select().where((Link.purpose == "first_admin") & Link.used_at.is_null())
    assert live.count() == 1
    assert links.address(live.get().id)
