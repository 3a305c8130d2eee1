"""Employees and teams over the wire: an admin arranges who works here."""

import pytest

from portal import store
from portal.people import sessions
from portal.people.employees import Employee
from portal.people.links import Link
from portal.people.logins import Login
from portal.people.teams import Team
from tests import make

LIST = "/staff/settings/employees"
PASSWORD = "my purple elephant dances"


@pytest.fixture
def ada(client, world):
    return client.sign_in(world.ada)


def address(world, name="rhea"):
    return f"{LIST}/{world.employees[name].number}"


def test_the_list_shows_who_works_here_and_narrows(ada, world):
    page = ada.get(LIST).text
    assert all(name in page for name in ("Ada Lim", "Mona Santos", "Owen Tan", "Rhea Cruz"))
    assert "Owen Tan" not in ada.get(f"{LIST}?team=North").text
    assert "Rhea Cruz" not in ada.get(f"{LIST}?role=admin").text
    assert "Rhea Cruz" in ada.get(f"{LIST}?q=cruz").text
    assert "Nobody fits" in ada.get(f"{LIST}?here=no").text


def test_the_same_list_as_json_and_csv_holds_no_secrets(ada, world):
    rows = ada.get(f"{LIST}.json").json["rows"]
    assert {row["name"] for row in rows} == {"Ada Lim", "Mona Santos", "Owen Tan", "Rhea Cruz"}
    assert "password" not in str(rows)
    assert "Rhea Cruz" in ada.get(f"{LIST}.csv").text


def test_a_new_colleague_is_added_invited_and_comes_in(ada, app, world):
    answer = ada.send(f"{LIST}/new", name="Liza Uy", email="liza@shop.example", role="rep", team=world.north.number)
    liza = Employee.get(Employee.name == "Liza Uy")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}/{liza.number}")
    page = ada.get(f"{LIST}/{liza.number}").text
    assert "Not invited yet" in page and "liza@shop.example" in page
    ada.send(f"{LIST}/{liza.number}", f"{LIST}/{liza.number}/invite", language="fil")
    assert "The invitation is on its way to liza@shop.example" in ada.get(f"{LIST}/{liza.number}").text
    liza_at_home = app.test_client()
    path = Link.get().path
    assert liza_at_home.send(path, password="password123456").status_code == 422
    assert liza_at_home.send(path, password=PASSWORD).headers["Location"] == "/staff/"
    assert liza_at_home.get("/staff/security").status_code == 200
    assert app.test_client().get(path).status_code == 410


def test_faults_stand_at_their_fields_and_what_was_typed_stays(ada, world):
    answer = ada.send(f"{LIST}/new", name="", email="nonsense", hired_on="31/31/2020")
    assert answer.status_code == 422
    assert 'value="nonsense"' in answer.text and 'value="31/31/2020"' in answer.text
    answer = ada.send(f"{LIST}/new", name="", email="nonsense")
    assert 'id="name-error"' in answer.text and 'id="email-error"' in answer.text


def test_another_team_signs_the_person_out(ada, app, world):
    rhea = app.test_client().sign_in(world.rhea)
    ada.send(address(world), address(world), team=world.south.number)
    assert Employee.get_by_id(world.employees["rhea"].id).team == world.south
    assert rhea.get("/staff/security").status_code == 303


def test_an_edit_over_a_newer_version_shows_both(ada, world):
    form = ada.form(address(world), address(world))
    world.employees["rhea"].edit(by=world.ada, job_title="Sales, Quezon City")
    answer = ada.post(address(world), data=form.fields | {"job_title": "Sales, Manila"})
    assert answer.status_code == 409
    assert "Sales, Quezon City" in answer.text and "Sales, Manila" in answer.text
    assert Employee.get_by_id(world.employees["rhea"].id).job_title == "Sales, Quezon City"


def test_an_invitation_from_a_page_that_is_out_of_date_is_not_sent(ada, world):
    liza = Employee.add(by=world.ada, name="Liza Uy", email="typo@shop.example")
    form = ada.form(f"{LIST}/{liza.number}", f"{LIST}/{liza.number}/invite")
    liza.edit(by=world.ada, email="liza@shop.example")
    assert ada.post(f"{LIST}/{liza.number}/invite", data=form.fields).status_code == 409
    assert Link.select().count() == 0


def test_who_leaves_is_out_at_once_and_may_come_back(ada, app, world):
    rhea = app.test_client().sign_in(world.rhea)
    ada.send(address(world), f"{address(world)}/deactivate")
    assert rhea.get("/staff/security").status_code == 303
    assert not Login.get_by_id(world.logins["rhea"].id).is_active
    ada.send(address(world), f"{address(world)}/reactivate")
    assert Login.get_by_id(world.logins["rhea"].id).is_active


def test_an_employee_is_signed_out_everywhere_by_an_admin(ada, app, world):
    rhea = app.test_client().sign_in(world.rhea)
    assert ada.send(address(world), f"{address(world)}/sign-out").status_code == 303
    assert rhea.get("/staff/security").status_code == 303
    nobody = Employee.add(by=world.ada, name="Liza Uy")
    form = ada.form(address(world))
    assert ada.post(f"{LIST}/{nobody.number}/sign-out", data=form.fields).status_code == 404


def test_a_sign_in_is_called_what_its_person_is_called(ada, world):
    ada.send(address(world), address(world), name="Rhea Cruz-Tan")
    assert Login.get_by_id(world.logins["rhea"].id).name == "Rhea Cruz-Tan"
    world.contacts["carol"].edit(by=world.rhea, name="Carol Dizon-Lim")
    assert Login.get_by_id(world.logins["carol"].id).name == "Carol Dizon-Lim"


def test_the_last_admin_cannot_leave(ada, world):
    answer = ada.send(address(world, "ada"), f"{address(world, 'ada')}/deactivate")
    assert answer.status_code == 422
    assert "the last admin" in answer.text
    assert ada.get(LIST).status_code == 200


def test_managers_and_reps_do_not_come_here(client, world):
    for who in (world.mona, world.rhea):
        client.sign_in(who)
        assert client.get(LIST).status_code == 403
        assert client.get("/staff/settings/teams").status_code == 403


def test_teams_are_added_and_renamed(ada, world):
    assert ada.send("/staff/settings/teams", name="East").status_code == 303
    east = Team.get(Team.name == "East")
    assert ada.send("/staff/settings/teams", name="East").status_code == 422
    page = f"/staff/settings/teams/{east.number}"
    form = ada.form(page)
    assert ada.send(page, name="Far East").status_code == 303
    assert ada.post(page, data=form.fields | {"name": "Near East"}).status_code == 409
    assert Team.get_by_id(east.id).name == "Far East"


def test_settings_lead_there_for_admins(ada, client, world):
    assert LIST in ada.get("/staff/settings").text
    client.sign_in(world.mona)
    assert LIST not in client.get("/staff/settings").text


def test_the_list_costs_a_few_queries_however_many_work_here(ada, world):
    for _ in range(30):
        make.employee(team=world.north)
    before = store.queries()
    assert ada.get(LIST).status_code == 200
    assert store.queries() - before <= 8


def test_a_double_press_invites_once(ada, world):
    form = ada.form(address(world), f"{address(world)}/invite")
    first, second = (ada.post(f"{address(world)}/invite", data=form.fields) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert Link.select().count() == 1
    assert sessions.Session.select().count() == 1


def test_teams_come_as_files_too(client, world):
    client.sign_in(world.ada)
    assert [row["name"] for row in client.get("/staff/settings/teams.json").json["rows"]] == ["North", "South"]
    assert "North" in client.get("/staff/settings/teams.csv").text
