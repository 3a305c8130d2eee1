"""Teams, as admins arrange them."""

import peewee
from flask import g, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from portal.people.employees import Employee
from portal.people.teams import TEAM_FIELDS, Team
from portal.web import forms, lists, pages, places
from staff.face import crm

LIST = pages.Page("staff/teams/list.html")
TEAMS = lists.List(
    "teams", TEAM_FIELDS, [lists.Column("number"), lists.Column("name")], {"name": lists.Sort(Team.name)}, "name"
)

places.show_at("staff", "team", lambda number: url_for("staff.team_list"))


class TeamForm(forms.Form):
    name = StringField(lazy_gettext("Name"))


class RenameForm(forms.EditForm):
    name = StringField(lazy_gettext("Name"))


def rows(actor):
    """Every team with the number of its people."""
    people = peewee.fn.COUNT(Employee.id).alias("people")
    query = Team.visible_to(actor).select(Team, people)
    query = query.join(Employee, peewee.JOIN.LEFT_OUTER, on=(Employee.team == Team.id) & Employee.is_active)
    return list(query.group_by(Team.id).order_by(Team.name))


@crm.get("/settings/teams", may="teams.manage", feeds=("csv", "json"))
def team_list(actor):
    if g.feed:
        return TEAMS.feed(Team.visible_to(actor), actor)
    return LIST.render(teams=rows(actor), form=TeamForm(), renaming=None)


@crm.post("/settings/teams", may="teams.manage")
def team_add(actor):
    form = TeamForm()
    done = form.run(Team.add, by=actor)
    to, said = url_for("staff.team_list"), gettext("The team is there. Give it people on their pages.")
    return form.answer(done, LIST, to=to, said=said, again=lambda: {"teams": rows(actor)}, renaming=None)


@crm.get("/settings/teams/<number>", may="teams.manage", on=Team)
def team_edit(team, actor):
    return LIST.render(teams=rows(actor), form=RenameForm(obj=team), renaming=team)


@crm.post("/settings/teams/<number>", may="teams.manage", on=Team)
def team_rename(team, actor):
    form = RenameForm()
    done = form.run(team.rename, by=actor)
    to, said = url_for("staff.team_list"), gettext("Saved.")
    return form.answer(done, LIST, to=to, said=said, again=lambda: {"teams": rows(actor)}, renaming=team)
