"""Contacts for staff: the list, one person with sections edited in place, and the further ways to reach them."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField

from portal import externals
from portal.activity import view_log
from portal.customers import spending
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.affiliations import Known, companies_of
from portal.customers.contacts import CONTACT_FIELDS, ROLES, Contact
from portal.customers.known_already import add_contact
from portal.errors import NotFound
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
    point_forms,
    reaching_forms,
    speech,
    tag_forms,
)
from portal.web.contact_filters import BirthdayFilter, NoContactFilter, sparse
from portal.web.list_deeds import Deed
from staff import known_already
from staff.face import crm

INDEX = pages.Page("staff/contacts/index.html")
SHOW = pages.Page("staff/contacts/show.html", "staff/contacts/_details.html")
BUTTON = pages.Page(SHOW.page)  # one button, never a piece
NEW = pages.Page("staff/contacts/new.html")
KNOWN = pages.Page("staff/contacts/known.html")

SECTIONS = {
    "person": ("name", "title", "role", "job_title", "since_on"),
    "reach": ("phone", "email", "channel", "best_day", "best_hours", "best_time", "language"),
    "personal": ("gender", "born_on", "occupation", "income_band", "household_size", "spending_minor", "preferences"),
}
FIRST = ("name", "role", "job_title", "phone", "email", "language")

places.show_at("staff", "contact", places.numbered("staff.contact_show", Contact))


def _here(query, text, actor):
    """`active=no` shows those who left, `active=all` both."""
    wanted = lists.one_of(("yes", "no", "all"), text, "active")
    return query if wanted == "all" else query.where(Contact.is_active == (wanted == "yes"))


def _name(contact, beside):
    """The name, with a mark at those who left."""
    return contact.name if contact.is_active else gettext("%(name)s (left)", name=contact.name)


def _not_by(contact, beside):
    """Whom not to contact, so that it cannot be overlooked."""
    return list_cells.state("refused", reaching_forms.words(contact)) if contact.barred else None


MANY = (
    *list_tags.deeds("contacts.edit"),
    *(list_deeds.edit("contacts.edit", name) for name in ("role", "language", "channel")),
    Deed("close", "contacts.close", lambda row, by, value: row.close(by=by, version=row.version), "is_active",
         lazy_gettext("They have left")),
    Deed("reopen", "contacts.close", lambda row, by, value: row.reopen(by=by, version=row.version), "is_active",
         lazy_gettext("They are back")),
    list_deeds.delete("contacts.delete"),
)  # fmt: skip
LIST = lists.List(
    "contact",
    CONTACT_FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("name", show=_name),
        lists.Column("account", lambda contact: contact.account.name),
        *(lists.Column(name) for name in ("role", "title", "job_title", "email", "phone", "language", "channel")),
        *map(lists.Column, ("best_day", "best_hours", "best_time", "gender", "born_on", "occupation", "income_band")),
        *map(lists.Column, ("household_size", "is_active", "created_at")),
        lists.Column("no_contact", show=_not_by),
        lists.Column("tag"),
    ],
    sorts={
        "name": lists.Sort(Contact.folded),
        "number": lists.Sort(Contact.id),
        "born_on": lists.Sort(Contact.birthday),  # by the day of the year
    },
    default_sort="name",
    # `owner=me`: people of the accounts I look after
    filters={
        "active": _here,
        "is_active": None,
        "no_contact": NoContactFilter("no_contact"),
        "birthday": BirthdayFilter("birthday"),
        **sparse(),
        **list_tags.filter_of(Contact),
        "owner": lists.Link("account", ACCOUNT_FIELDS["owner"], Account.owner),
    },
    search=finding.found_in(Contact),
    expand=externals.beside,
    defaults={"active": "yes"},
    shown=("name", "account", "role", "phone", "email"),
    at="staff.contact_show",
    said=("active", "role", "owner", "tag"),
    rows=Contact.visible_to,
    many=MANY,
)


@crm.get("/contacts", may="contacts.see", feeds=("csv", "json"))
def contact_list(actor):
    roles = [(role, speech.term("contact", "role", role)) for role in ROLES]
    return LIST.answer(None, actor, INDEX, roles=roles)


@crm.get("/accounts/<number>/contacts/new", may="contacts.add", on=Account)
def contact_new(account, actor):
    return NEW.render(account=account, form=_adding(actor), likely=[])


@crm.post("/accounts/<number>/contacts/new", may="contacts.add", on=Account)
def contact_add(account, actor):
    form = _adding(actor)
    done = form.run(lambda **typed: add_contact(account, **typed), by=actor)
    known = lambda: {"account": account, "likely": known_already.likely("contact", form, actor)}  # noqa: E731
    return form.answer(done, NEW, to=_page_of, said=gettext("Saved."), again=known)


def _adding(actor):
    names = (*FIRST, *noun_forms.own_of(CONTACT_FIELDS, actor))
    return noun_forms.form_over(CONTACT_FIELDS, names, actor, base=AddingForm, role="buyer")


class AddingForm(forms.Form):
    """The first facts of a person; the tick is shown once somebody known was typed."""

    is_another = BooleanField(lazy_gettext("This is another person"))


def _page_of(contact):
    return url_for("staff.contact_show", number=contact.number)


@crm.get("/contacts/<number>", may="contacts.see", on=Known)
def contact_show(contact, actor):
    view_log.note(actor, contact, contact.account)
    if not contact.is_whole:
        return KNOWN.render(
            contact=contact, places=companies_of(contact, actor)[1:], not_by=reaching_forms.words(contact)
        )
    section = request.args.get("edit")
    form = _section_form(contact, actor, section) if section in SECTIONS else None
    return SHOW.render(**about(contact, actor) | {"form": form, "section": section if form else None})


def about(contact, actor):
    """What the page of a contact shows besides the section that is open."""
    return (
        {
            "contact": contact,
            "sections": SECTIONS,
            "section": None,
            "form": None,
            "companies": companies_of(contact, actor),
            "spent": spending.read(getattr(contact, "spent", None)),
            "panels": panels.of(contact, actor),
        }
        | point_forms.on(contact)
        | tag_forms.on(contact)
        | reaching_forms.on(contact)
        | interaction_pages.talks(contact, actor, interaction_forms.logging(formdata=None), [])
    )


def _section_form(contact, actor, section):
    return noun_forms.form_over(CONTACT_FIELDS, SECTIONS[section], actor, contact)


@crm.post("/contacts/<number>/edit/<section>", may="contacts.edit", on=Contact)
def contact_edit(contact, actor, section):
    if section not in SECTIONS:
        raise NotFound()
    form = _section_form(contact, actor, section)
    done = form.run(contact.edit, by=actor)
    shown = about(contact, actor) | {"section": None if done.ok else section, "saved": done.ok}
    del shown["form"]
    return form.answer(done, SHOW, to=_page_of(contact), said=gettext("Saved."), **shown)


@crm.post("/contacts/<number>/close", may="contacts.close", on=Contact)
def contact_close(contact, actor):
    return _at_once(contact, actor, contact.close)


@crm.post("/contacts/<number>/reopen", may="contacts.close", on=Contact)
def contact_reopen(contact, actor):
    return _at_once(contact, actor, contact.reopen)


def _at_once(contact, actor, verb):
    form = forms.OneClick()
    done = form.run(verb, by=actor)
    return form.answer(done, BUTTON, to=_page_of(contact), said=gettext("Saved."))
