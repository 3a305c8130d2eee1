"""The further numbers, e-mails, profiles and messengers of contacts and accounts: added, preferred, removed."""

from functools import partial

from flask_babel import gettext

from portal.customers import points
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.web import pages, places, point_forms
from staff import contacts
from staff.face import crm

ON_CONTACT = pages.Page("staff/contacts/show.html", "staff/points/_points.html")
ON_ACCOUNT = pages.Page("staff/points/show.html", "staff/points/_points.html")


@crm.get("/accounts/<number>/points", may="accounts.see", on=Account)
def account_points(account, actor):
    return ON_ACCOUNT.render(**_about(account))


def _about(record):
    return {record.ref.kind: record} | point_forms.on(record)


@crm.post("/accounts/<number>/points", may="accounts.edit", on=Account)
def account_add_point(account, actor):
    return _add(account, actor, ON_ACCOUNT, lambda: _about(account))


@crm.post("/contacts/<number>/points", may="contacts.edit", on=Contact)
def contact_add_point(contact, actor):
    return _add(contact, actor, ON_CONTACT, lambda: contacts.about(contact, actor))


def _add(record, actor, page, about):
    form = point_forms.opened(point_forms.PointForm())
    done = form.run(partial(points.add, record), by=actor)
    if not done.ok:
        return page.render(done.status, **about() | {"form": None, "point_form": form})
    return form.answer(done, page, to=_page_of(record), said=gettext("Saved."), saved=True, **_about_saved(record))


def _about_saved(record):
    shown = _about(record)
    del shown["saved"]
    return shown


@crm.post("/accounts/<number>/points/prefer", may="accounts.edit", on=Account)
def account_prefer_point(account, actor):
    return _with_point(account, actor, points.prefer)


@crm.post("/accounts/<number>/points/drop", may="accounts.edit", on=Account)
def account_drop_point(account, actor):
    return _with_point(account, actor, points.drop)


@crm.post("/contacts/<number>/points/prefer", may="contacts.edit", on=Contact)
def contact_prefer_point(contact, actor):
    return _with_point(contact, actor, points.prefer)


@crm.post("/contacts/<number>/points/drop", may="contacts.edit", on=Contact)
def contact_drop_point(contact, actor):
    return _with_point(contact, actor, points.drop)


def _with_point(record, actor, verb):
    form = point_forms.OnePointForm()
    done = form.run(partial(verb, record), by=actor)
    return form.answer(done, ON_ACCOUNT, to=_page_of(record), said=gettext("Saved."))


def _page_of(record):
    here = places.address_of(record.ref)
    return f"{here}/points" if record.ref.kind == "account" else here
