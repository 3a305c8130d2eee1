"""Accounts for staff: the list, the page of one with its sections edited in place, opening, giving away, watching."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from peewee import JOIN
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from portal import externals
from portal.activity import view_log
from portal.customers import affiliations, moves
from portal.customers.accounts import ACCOUNT_FIELDS, KINDS, Account
from portal.customers.addresses import Address
from portal.customers.known_already import open_account
from portal.customers.parents import Placed
from portal.errors import NotFound
from portal.insight import silence
from portal.people import employees
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.sales import figures
from portal.sales.order_stops import OrderStop
from portal.web import (
    finding,
    forms,
    interaction_forms,
    interaction_pages,
    list_cells,
    list_deeds,
    list_tags,
    lists,
    noun_forms,
    pages,
    panels,
    places,
    reaching_forms,
    speech,
    tag_forms,
)
from portal.web.list_deeds import Deed
from portal.web.terms.marks import N_
from staff import known_already
from staff.face import crm

INDEX = pages.Page("staff/accounts/index.html")
SHOW = pages.Page("staff/accounts/show.html", "staff/accounts/_details.html")
NEW = pages.Page("staff/accounts/new.html")
BUTTON = pages.Page(SHOW.page)  # one button, never a piece
REASSIGN = pages.Page("staff/accounts/reassign.html")

# What is edited together: one section is one save, one event, one notice.
SECTIONS = {
    "details": ("name", "kind", "phone", "email", "website", "language"),
    "papers": ("legal_name", "tax_number", "billing_email", "country", "currency", "terms_days", "since_on"),
    "note": ("note",),
}
TOWN = lazy_gettext("Barangay, city")
FIRST = ("kind", "name", "phone", "email", "language", "country")

places.show_at("staff", "account", places.numbered("staff.account_show", Account))


def _active(query, text, actor):
    """`active=no` shows closed ones, `active=all` both."""
    wanted = lists.one_of(("yes", "no", "all"), text, "active")
    return query if wanted == "all" else query.where(Account.is_active == (wanted == "yes"))


def _stopped(query, text, actor):
    """`stopped=yes` shows those whose ordering is stopped, `stopped=no` the others."""
    wanted = lists.one_of(("yes", "no"), text, "stopped")
    stopped = Account.id.in_(OrderStop.select(OrderStop.account).where(OrderStop.standing()))
    return query.where(stopped if wanted == "yes" else ~stopped)


def _silent(query, text, actor):
    """`silent=yes` shows those from which nothing has come for longer than their rhythm."""
    lists.one_of(("yes",), text, "silent")
    return query.where(Account.id.in_(silence.silent()))


def _rows(actor):
    """The accounts, each with its owner."""
    return Account.visible_to(actor).select_extend(Employee).join(Employee, JOIN.LEFT_OUTER)


def _name(account, beside):
    """The name, with a mark at those that are closed."""
    return account.name if account.is_active else gettext("%(name)s (closed)", name=account.name)


def _rhythm(account, beside):
    beat = beside["rhythm"].get(account.id, [])
    words = ngettext("%(num)s order in 60 days", "%(num)s orders in 60 days", len(beat))
    return list_cells.picture("rhythm", tuple(beat), None, words, show=False)


def _last(account, beside):
    bought = beside["bought"].get(account.id)
    return speech.wording().day(bought.last_at) if bought else None


def _bought(account, beside):
    """What they bought in 12 months, each currency by itself."""
    bought = beside["bought"].get(account.id)
    return " + ".join(speech.wording().amount_text(money) for money in bought.year) if bought else None


def _reassign(row, by, **given):
    now = {"owner": row.owner_id, "team": row.team_id}
    return row.reassign(by=by, version=row.version, **now | given)


MANY = (
    *list_tags.deeds("accounts.edit"),
    Deed("owner", "accounts.reassign", lambda row, by, value: _reassign(row, by, owner=value), "owner", asks="field"),
    Deed("team", "accounts.reassign", lambda row, by, value: _reassign(row, by, team=value), "team", asks="field"),
    *(list_deeds.edit("accounts.edit", name) for name in ("kind", "language", "country")),
    Deed("close", "accounts.close", lambda row, by, value: row.close(by=by, version=row.version), "is_active",
         lazy_gettext("Close the accounts")),
    Deed("reopen", "accounts.close", lambda row, by, value: row.reopen(by=by, version=row.version), "is_active",
         lazy_gettext("Open them again")),
    list_deeds.delete("accounts.delete"),
)  # fmt: skip
NEAR_COUNTRIES = 2  # in the sentence; the other 240 stand among the further filters
KIND_WORDS = {"household": N_("households"), "company": N_("companies")}
FIELDS_LISTED = (
    "kind", "legal_name", "phone", "email", "billing_email", "website", "tax_number", "language", "country",
    "currency",
)  # fmt: skip
LIST = lists.List(
    "account",
    ACCOUNT_FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("name", show=_name),
        *map(lists.Column, FIELDS_LISTED),
        lists.Column("owner", lambda account: account.owner.name if account.owner else None),
        *map(lists.Column, ("since_on", "is_active", "created_at")),
        lists.Column("tag"),
        lists.Column("town", show=lambda row, beside: beside["town"].get(row.id), label=TOWN, css="dim"),
        lists.Column("rhythm", show=_rhythm, label=lazy_gettext("Rhythm, 60 days")),
        lists.Column("last", show=_last, label=lazy_gettext("Last"), css="num dim"),
        lists.Column("bought", show=_bought, label=lazy_gettext("Bought, 12 months"), css="num"),
    ],
    sorts={"name": lists.Sort(Account.folded), "number": lists.Sort(Account.id)},
    default_sort="name",
    filters={
        "active": _active,
        "is_active": None,
        "stopped": _stopped,
        "silent": _silent,
        **list_tags.filter_of(Account),
    },
    defaults={"active": "yes"},
    search=finding.found_in(Account),
    expand=externals.beside,
    shown=("number", "name", "town", "owner", "rhythm", "last", "bought"),
    at="staff.account_show",
    beside=lambda accounts: _beside(accounts),
    said=("active", "kind", "owner", "country", "tag"),
    rows=_rows,
    many=MANY,
)


@crm.get("/accounts", may="accounts.see", feeds=("csv", "json"))
def account_list(actor):
    return LIST.answer(None, actor, INDEX, choices=_choices(actor))


def _beside(accounts):
    """What stands beside a page of accounts, by account id: town, purchases, rhythm; one query each."""
    ids = [account.id for account in accounts]
    return {"town": _towns(ids), "bought": figures.bought(ids), "rhythm": figures.rhythms(ids)}


def _choices(actor):
    """What the filter sentence offers: kinds, owners, countries."""
    people = Employee.select(Employee.id, Employee.name).order_by(Employee.name)
    if not actor.sees_all:  # who could own what this person sees; asking the accounts would read each of them
        mine = Employee.id.in_(employees.and_below(actor.employee))
        near = mine if actor.sees_own else (Employee.role == "admin") | Employee.team.in_(list(actor.teams))
        people = people.where(near)
    return {
        "kind": [(kind, gettext(KIND_WORDS[kind])) for kind in KINDS],
        "owner": [("", gettext("anybody")), ("me", gettext("me")), ("none", gettext("nobody")), *people.tuples()],
        "country": [("", gettext("any country")), *noun_forms.countries(speech.language())[:NEAR_COUNTRIES]],
    }


def _towns(ids):
    """{account id: "Commonwealth, Quezon City"}."""
    rows = Address.select(Address.account, Address.district, Address.city)
    rows = rows.where(Address.account.in_(ids) & Address.is_default_shipping)
    return {row.account_id: ", ".join(part for part in (row.district, row.city) if part) for row in rows}


@crm.get("/accounts/new", may="accounts.open")
def account_new(actor):
    return NEW.render(form=_opening(actor), likely=[])


@crm.post("/accounts/new", may="accounts.open")
def account_open(actor):
    form = _opening(actor)
    done = form.run(open_account, by=actor)
    known = lambda: {"likely": known_already.likely("account", form, actor)}  # noqa: E731
    return form.answer(done, NEW, to=_page_of, said=gettext("The account is open."), again=known)


class OpeningForm(forms.Form):
    """The first facts of an account; the tick is shown once somebody known was typed."""

    is_another = BooleanField(lazy_gettext("This is another account"))


def _opening(actor):
    return noun_forms.form_over(
        ACCOUNT_FIELDS, (*FIRST, *noun_forms.own_of(ACCOUNT_FIELDS, actor)), actor, base=OpeningForm, country="PH"
    )


def _page_of(account):
    return url_for("staff.account_show", number=account.number)


@crm.get("/accounts/<number>", may="accounts.see", on=Placed)
def account_show(account, actor):
    view_log.note(actor, account, account)
    section = request.args.get("edit")
    form = section_form(account, actor, section) if section in SECTIONS else None
    return SHOW.render(**about(account, actor) | {"form": form, "section": section if form else None})


def about(account, actor):
    """What the page of an account shows besides the section that is open."""
    (owner, watchers), (orders, bought) = account.keepers(), figures.recent(account)
    people, addresses = affiliations.people_of(account), moves.addresses_of(account)
    shown = {
        "account": account,
        "owner": owner,
        "watchers": [person.name for person in watchers],
        "is_watched": actor.employee in [person.id for person in watchers],
        "sections": SECTIONS,
        "section": None,
        "form": None,
        "saved": False,
        "people": people,
        "not_by": reaching_forms.words,
        "addresses": addresses,
        "orders": orders,
        "bought": bought,
        "panels": panels.of(account, actor),
    }
    keepers = dict.fromkeys([*filter(None, [owner]), *watchers])
    return shown | _talks(account, actor, [place.contact for place in people], keepers, addresses)


def _talks(account, actor, contacts, keepers, addresses):
    """The form to write a talk down over the story, which calls people and addresses by name; and the tags."""
    form = interaction_forms.logging(contacts, formdata=None)
    talks = interaction_pages.talks(account, actor, form, [*contacts, *keepers])
    return (
        talks | {"names": {str(record.ref): record.name for record in contacts + addresses}} | tag_forms.on(account)
    )


def section_form(account, actor, section):
    """The form of one section of the page."""
    return noun_forms.form_over(ACCOUNT_FIELDS, SECTIONS[section], actor, account)


@crm.post("/accounts/<number>/edit/<section>", may="accounts.edit", on=Account)
def account_edit(account, actor, section):
    if section not in SECTIONS:
        raise NotFound()
    form = section_form(account, actor, section)
    done = form.run(account.edit, by=actor)
    shown = about(account, actor) | {"section": None if done.ok else section, "saved": done.ok}
    del shown["form"]
    return form.answer(done, SHOW, to=_page_of(account), said=gettext("Saved."), **shown)


@crm.get("/accounts/<number>/reassign", may="accounts.reassign", on=Account)
def account_reassign_form(account, actor):
    return REASSIGN.render(account=account, form=_reassigning(account))


@crm.post("/accounts/<number>/reassign", may="accounts.reassign", on=Account)
def account_reassign(account, actor):
    form = _reassigning(account)
    done = form.run(account.reassign, by=actor)
    return form.answer(done, REASSIGN, to=url_for("staff.account_list"), said=gettext("Saved."), account=account)


class ReassignForm(forms.EditForm):
    """Who looks after an account, and whose team sees it."""

    owner = SelectField(validate_choice=False)
    team = SelectField(validate_choice=False)


def _reassigning(account):
    form = ReassignForm(owner=account.owner_id or 0, team=account.team_id or 0, version=account.version)
    people = Employee.select(Employee.id, Employee.name).where(Employee.is_active).order_by(Employee.name)
    owners = [(0, gettext("Nobody")), *people.tuples()]
    teams = [(0, gettext("Everybody who works here")), *Team.select(Team.id, Team.name).order_by(Team.name).tuples()]
    form.owner.choices = [SelectChoice(*choice) for choice in owners]
    form.team.choices = [SelectChoice(*choice) for choice in teams]
    return form


@crm.post("/accounts/<number>/watch", may="accounts.watch", on=Account)
def account_watch(account, actor):
    return _at_once(account, actor, account.watch, gettext("You are told of what happens here."))


@crm.post("/accounts/<number>/unwatch", may="accounts.watch", on=Account)
def account_unwatch(account, actor):
    return _at_once(account, actor, account.unwatch, gettext("You are told no longer."))


@crm.post("/accounts/<number>/close", may="accounts.close", on=Account)
def account_close(account, actor):
    return _at_once(account, actor, account.close, gettext("The account is closed."))


@crm.post("/accounts/<number>/reopen", may="accounts.close", on=Account)
def account_reopen(account, actor):
    return _at_once(account, actor, account.reopen, gettext("The account is open again."))


def _at_once(account, actor, verb, said):
    """One button, one verb; back to the page of the account."""
    form = forms.OneClick()
    done = form.run(verb, by=actor)
    return form.answer(done, BUTTON, to=_page_of(account), said=said)
