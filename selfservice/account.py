"""The customer's account: who we deliver to and bill, one's own data, changed where they stand."""

from flask import request, url_for
from flask_babel import gettext

from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.addresses import Address
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.customers.memberships import Membership
from portal.errors import NotFound
from portal.people import policy
from portal.web import noun_forms, pages, panels, places, sessions
from selfservice.face import site

SHOW = pages.Page("selfservice/account/show.html")

# One section is one save, one event, one notice.
OURS = {
    "name": ("name",),
    "phone": ("phone",),
    "email": ("email",),
    "website": ("website",),
    "language": ("language",),
}
MINE = {"my-name": ("name", "title"), "my-phone": ("phone",), "my-time": ("channel", "best_time")}

places.show_at("portal", "account", lambda number: url_for("portal.account_show"))
places.show_at("portal", "contact", lambda number: url_for("portal.account_show"))


@site.get("/account", may="accounts.see")
def account_show(actor):
    return SHOW.render(**_about(actor, request.args.get("edit")))


def _about(actor, edit=None, sent=None):
    """The page: each section holds its form, folded; `edit` names the open one, `sent` is the form that came back."""
    account, contact = _own(actor)
    shown = {name: _section(actor, account, contact, name) for name in _sections(actor, account, contact)}
    if sent is not None:
        shown[edit] = sent
    addresses = list(Address.active(account))
    return {
        "account": account,
        "contact": contact,
        "login": sessions.login(),
        "sections": shown,
        "edit": edit,
        "ship_to": next((address for address in addresses if address.is_default_shipping), None),
        "bill_to": next((address for address in addresses if address.is_default_billing), None),
        "panels": panels.of(account, actor),
        "members": list(Membership.visible_to(actor).where(Membership.ended_at.is_null()).order_by(Membership.id)),
    }


def _own(actor):
    """The account this person works in and the contact he is in it."""
    account = Account.visible_to(actor).first()
    contact = Contact.visible_to(actor).where(Contact.id == actor.contact).first()
    return account, contact


def _sections(actor, account, contact):
    """Names of the sections this person may change."""
    ours = OURS if policy.may(actor, "accounts.edit", account) else {}
    mine = MINE if contact and policy.may(actor, "contacts.edit", contact) else {}
    return [*ours, *mine]


def _section(actor, account, contact, name, is_sent=False):
    table, fields, record = (
        (ACCOUNT_FIELDS, OURS[name], account) if name in OURS else (CONTACT_FIELDS, MINE[name], contact)
    )
    return noun_forms.form_over(table, fields, actor, record, prefix=name, is_sent=is_sent)


@site.post("/account/edit/<section>", may="accounts.edit")
def account_edit(actor, section):
    account, contact = _own(actor)
    if section not in OURS:
        raise NotFound()
    form = _section(actor, account, contact, section, is_sent=True)
    return _answer(form, form.run(account.edit, by=actor), actor, section)


@site.post("/account/me/<section>", may="contacts.edit")
def contact_edit(actor, section):
    account, contact = _own(actor)
    if section not in MINE or contact is None:
        raise NotFound()
    form = _section(actor, account, contact, section, is_sent=True)
    return _answer(form, form.run(contact.edit, by=actor), actor, section)


def _answer(form, done, actor, section):
    shown = {} if done.ok else _about(actor, section, form)
    return form.answer(done, SHOW, to=url_for("portal.account_show"), said=gettext("Saved."), **shown)
