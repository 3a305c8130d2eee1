"""Seeing a customer's pages as one of its people sees them: choosing whose, and beginning."""

from flask import url_for
from wtforms import StringField

from portal.customers.accounts import Account
from portal.customers.looks import Look
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.web import forms, pages, places, sessions
from staff.face import crm

CHOOSE = pages.Page("staff/looks/choose.html")

places.show_at("staff", "look", lambda number: url_for("portal.look_enter", number=number))


class LookForm(forms.Form):
    """One button for each member."""

    member = StringField()


@crm.get("/accounts/<number>/look", may="memberships.look_as", on=Account)
def look_choose(account, actor):
    return CHOOSE.render(account=account, members=_members(account, actor), form=LookForm(formdata=None))


@crm.post("/accounts/<number>/look", may="memberships.look_as", on=Account)
def look_begin(account, actor):
    form, members = LookForm(), _members(account, actor)
    here = sessions.session()
    done = form.run(lambda *, by, member: Look.begin(_chosen(members, member), by=by, session=here), by=actor)
    to = lambda look: url_for("portal.look_enter", number=look.id)  # noqa: E731
    return form.answer(done, CHOOSE, to=to, account=account, members=members)


def _members(account, actor):
    return list(Membership.working_in(actor).where(Membership.account == account).order_by(Membership.id))


def _chosen(members, number):
    found = next((member for member in members if member.number == number), None)
    if found is None:
        raise Invalid(membership="look-not-member")
    return found
