"""The customer's account: who we deliver to and bill, one's own data, changed where they stand."""

from flask import request, url_for
from peewee import JOIN

from portal.customers import field_rules, moves
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.memberships import Membership
from portal.errors import NotFound
from portal.people import policy
from portal.people.employees import Employee
from portal.service import request_asking, requests
from portal.web import pages, panels, places, request_forms, sessions
from selfservice.face import site

SHOW = pages.Page("selfservice/account/show.html")

# One section is one save, one event, one notice; of what we look at first, one request.
OURS = {
    "name": ("name",),
    "phone": ("phone",),
    "email": ("email",),
    "website": ("website",),
    "language": ("language",),
    "papers": ("legal_name", "tax_number", "billing_email", "terms_days"),
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
    names, known = _sections(actor, account, contact), field_rules.modes()
    shown = {name: _section(actor, account, contact, name, known=known) for name in names}
    if sent is not None:
        shown[edit] = sent
    addresses = moves.addresses_of(account)
    return {
        "account": account,
        "contact": contact,
        "login": sessions.login(),
        "sections": shown,
        "edit": edit,
        "waiting": requests.waiting_on(account),
        "ship_to": next((address for address in addresses if address.is_default_shipping), None),
        "bill_to": next((address for address in addresses if address.is_default_billing), None),
        "panels": panels.of(account, actor),
        "members": list(Membership.visible_to(actor).where(Membership.ended_at.is_null()).order_by(Membership.id)),
    }


def _own(actor):
    """The account this person works in, with its owner, and the contact he is in it; one query."""
    me = (Contact.id == actor.contact) & (Contact.account == Account.id)
    rows = Account.visible_to(actor).select_extend(Employee, Contact).join(Employee, JOIN.LEFT_OUTER)
    account = rows.switch(Account).join(Contact, JOIN.LEFT_OUTER, on=me, attr="me").get()
    contact = getattr(account, "me", None)
    if contact is not None:
        contact.account = account
    return account, contact


def _sections(actor, account, contact):
    """Names of the sections this person may change."""
    ours = OURS if policy.may(actor, "accounts.edit", account) else {}
    mine = MINE if contact and policy.may(actor, "contacts.edit", contact) else {}
    return [*ours, *mine]


def _section(actor, account, contact, name, **options):
    fields, record = (OURS[name], account) if name in OURS else (MINE[name], contact)
    return request_forms.form_over(record, fields, actor, prefix=name, **{"is_sent": False} | options)


@site.post("/account/edit/<section>", may="accounts.edit", uploads=True)
def account_edit(actor, section):
    account, contact = _own(actor)
    if section not in OURS:
        raise NotFound()
    form = _section(actor, account, contact, section, is_sent=True)
    return _answer(form, account, actor, section)


@site.post("/account/me/<section>", may="contacts.edit", uploads=True)
def contact_edit(actor, section):
    account, contact = _own(actor)
    if section not in MINE or contact is None:
        raise NotFound()
    form = _section(actor, account, contact, section, is_sent=True)
    return _answer(form, contact, actor, section)


def _answer(form, record, actor, section):
    done = form.run(lambda **typed: request_asking.alter(record, **typed), by=actor)
    shown = {} if done.ok else _about(actor, section, form)
    return form.answer(done, SHOW, to=_after, said=request_forms.said(done.result), **shown)


def _after(saved):
    """Back to the account; where we wait for a paper, to the page that takes it."""
    request = saved.request
    if request is None or request.state != "proof":
        return url_for("portal.account_show")
    return url_for("portal.request_show", number=request.number) + "#proof"
