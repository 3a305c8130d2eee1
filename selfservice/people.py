"""The people of the company: who may sign in for the account and do what; inviting colleagues, taking access away."""

from flask import g, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from portal.customers import invitations
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.memberships import FIELDS, Membership
from portal.people import policy
from portal.web import forms, lists, pages, places, rights_forms, sessions
from selfservice.face import site

INDEX = pages.Page("selfservice/people/index.html")
MOST = 200  # people of one account on the page; the feeds hold all

places.show_at("portal", "membership", lambda number: url_for("portal.people_list"))

LIST = lists.List(
    "membership",
    FIELDS,
    columns=[
        lists.Column("name", lambda member: member.login.name),
        lists.Column("email", lambda member: member.login.email),
        lists.Column("role"),
        lists.Column("order_limit_minor", lambda member: member.order_limit, "order_limit"),
        *map(lists.Column, ("may_approve", "created_at")),
    ],
    sorts={"number": lists.Sort(Membership.id)},
    default_sort="number",
)


class ColleagueForm(rights_forms.Rights, forms.Form):
    name = StringField(lazy_gettext("Name"), render_kw={"maxlength": 200, "autocomplete": "off"})
    email = StringField(lazy_gettext("E-mail"), render_kw={"type": "email", "autocomplete": "off"})


def _about(actor, colleague=None, member=None, sent=None):
    """Those who sign in, those who are invited, and the forms of whoever may change it."""
    account = Account.visible_to(actor).first()
    manages = policy.may(actor, "memberships.manage")
    members = list(Membership.working_in(actor).order_by(Membership.id).limit(MOST))
    forms_of = {m.id: rights_forms.of(m) for m in members} if manages else {}
    if member is not None and sent is not None:
        forms_of[member.id] = sent
    return {
        "account": account,
        "members": members,
        "mine": sessions.login(),
        "waiting": invitations.waiting_of(account) if manages else [],
        "colleague": (colleague or rights_forms.offer(ColleagueForm(formdata=None))) if manages else None,
        "rights": forms_of,
        "one_click": forms.Form(formdata=None),
    }


@site.get("/account/people", may="memberships.see", feeds=("csv", "json"))
def people_list(actor):
    if g.get("feed"):
        return LIST.feed(Membership.working_in(actor), actor)
    return INDEX.render(**_about(actor))


@site.post("/account/people", may="invitations.send")
def people_invite(actor):
    form, account = rights_forms.offer(ColleagueForm()), Account.visible_to(actor).first()
    done = form.run(invitations.invite_colleague, by=actor, account=account)
    said = gettext("The invitation is on its way to %(address)s. It holds for seven days.", address=form.email.data)
    return form.answer(done, INDEX, to=_here(), said=said, again=lambda: _about(actor, form))


@site.post("/account/people/invitations/<number>/withdraw", may="invitations.send", on=Contact)
def people_uninvite(contact, actor):
    form = forms.Form()
    done = form.run(invitations.withdraw, by=actor, contact=contact)
    return form.answer(done, INDEX, to=_here(), said=gettext("The link in the letter is dead."), again=_page(actor))


@site.post("/account/people/<number>/rights", may="memberships.manage", on=Membership)
def people_change_rights(member, actor):
    form = rights_forms.offer(rights_forms.RightsForm())
    done = form.run(member.change_rights, by=actor)
    return form.answer(done, INDEX, to=_here(), said=gettext("Saved."), again=_page(actor, None, member, form))


@site.post("/account/people/<number>/end", may="memberships.manage", on=Membership)
def people_end(member, actor):
    form = forms.Form()
    done = form.run(member.end, by=actor)
    said = gettext("%(name)s is signed out and cannot sign in for this account any more.", name=member.login.name)
    return form.answer(done, INDEX, to=_here(), said=said, again=_page(actor))


def _page(actor, *changed):
    return lambda: _about(actor, *changed)


def _here():
    return url_for("portal.people_list")
