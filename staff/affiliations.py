"""The further accounts of a person: added from either side, role and period changed, ended, made the main one."""

from functools import partial

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField

from portal import values
from portal.customers import affiliations
from portal.customers.accounts import Account
from portal.customers.affiliations import FIELDS, Affiliation
from portal.customers.contacts import Contact
from portal.web import finding, forms, lists, noun_forms, pages, places
from staff.face import crm

TO_CONTACT = pages.Page("staff/affiliations/new.html")
TO_ACCOUNT = pages.Page("staff/affiliations/person.html")
SHOW = pages.Page("staff/affiliations/show.html")
NAMES = ("role", "job_title", "from_on", "until_on", "note")

places.show_at("staff", "affiliation", places.numbered("staff.affiliation_show", Affiliation))


LIST = lists.List(
    "affiliation",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("contact", lambda row: row.contact.name),
        lists.Column("account", lambda row: row.account.name),
        *map(lists.Column, ("role", "job_title", "from_on", "until_on")),
    ],
    sorts={"number": lists.Sort(Affiliation.id)},
    default_sort="-number",
    search=finding.found_in(Affiliation),
    link="contact",
    at="staff.affiliation_show",
    rows=Affiliation.visible_to,
)


@crm.get("/affiliations", may="affiliations.see", feeds=("csv", "json"))
def affiliation_list(actor):
    return LIST.answer(None, actor)


class AccountForm(forms.Form):
    """To which account a person belongs as well."""

    account = StringField(lazy_gettext("Account"), render_kw={"maxlength": 200, "autocomplete": "off"})


class PersonForm(forms.Form):
    """Who else belongs to an account."""

    contact = StringField(lazy_gettext("Who"), render_kw={"maxlength": 320, "autocomplete": "off"})


class MainForm(forms.EditForm):
    """Whether the person has left the former main account."""

    has_left = BooleanField()


def _adding(actor, base):
    return noun_forms.form_over(FIELDS, NAMES, actor, base=base, role="other")


def _person(contact):
    return url_for("staff.contact_show", number=contact.number, _anchor="companies")


@crm.get("/contacts/<number>/accounts/new", may="affiliations.arrange", on=Contact)
def contact_affiliate_form(contact, actor):
    return TO_CONTACT.render(contact=contact, form=_adding(actor, AccountForm))


@crm.post("/contacts/<number>/accounts/new", may="affiliations.arrange", on=Contact)
def contact_affiliate(contact, actor):
    form = _adding(actor, AccountForm)
    done = form.run(partial(affiliations.affiliate, contact), by=actor)
    return form.answer(done, TO_CONTACT, to=_person(contact), said=gettext("Saved."), contact=contact)


@crm.get("/accounts/<number>/people/new", may="affiliations.arrange", on=Account)
def account_affiliate_form(account, actor):
    return TO_ACCOUNT.render(account=account, form=_adding(actor, PersonForm))


@crm.post("/accounts/<number>/people/new", may="affiliations.arrange", on=Account)
def account_affiliate(account, actor):
    form = _adding(actor, PersonForm)
    done = form.run(partial(affiliations.affiliate_known, account), by=actor)
    here = url_for("staff.account_show", number=account.number, _anchor="people")
    return form.answer(done, TO_ACCOUNT, to=here, said=gettext("Saved."), account=account)


@crm.get("/affiliations/<number>", may="affiliations.see", on=Affiliation)
def affiliation_show(place, actor):
    return SHOW.render(form=_editing(place, actor), **_about(place))


def _editing(place, actor):
    return noun_forms.form_over(FIELDS, NAMES, actor, place)


def _about(place):
    main = MainForm(formdata=None, version=place.version, has_left=True)
    over = place.is_over(values.shop_day())
    return {"place": place, "main": main, "is_over": over, "one_click": forms.Form(formdata=None)}


@crm.post("/affiliations/<number>", may="affiliations.arrange", on=Affiliation)
def affiliation_edit(place, actor):
    form = _editing(place, actor)
    done = form.run(place.edit, by=actor)
    return form.answer(done, SHOW, to=_person(place.contact), said=gettext("Saved."), again=lambda: _about(place))


@crm.post("/affiliations/<number>/end", may="affiliations.arrange", on=Affiliation)
def affiliation_end(place, actor):
    form = forms.OneClick()
    done = form.run(place.end, by=actor)
    return form.answer(done, SHOW, to=_person(place.contact), said=gettext("Ended today. The history stays."))


@crm.post("/affiliations/<number>/main", may="affiliations.arrange", on=Affiliation)
def affiliation_make_main(place, actor):
    main, contact = MainForm(), place.contact
    done = main.run(place.make_main, by=actor)
    if not done.ok:
        return SHOW.render(done.status, form=_editing(place, actor), **_about(place) | {"main": main})
    return main.answer(done, SHOW, to=_person(contact), said=gettext("This is the main account now."))


@crm.post("/affiliations/<number>/remove", may="affiliations.arrange", on=Affiliation)
def affiliation_remove(place, actor):
    form = forms.OneClick()
    done = form.run(place.remove, by=actor)
    return form.answer(done, SHOW, to=_person(place.contact), said=gettext("Taken away."))
