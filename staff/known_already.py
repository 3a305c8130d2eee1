"""Who is known already, for whoever types somebody anew: asked on leaving a field, and again on sending."""

from flask import request, url_for
from flask_babel import gettext

from portal.customers import known_already, likeness
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.customers.contacts import CONTACT_FIELDS, Contact
from portal.web import forms, noun_forms, pages
from staff.face import crm

BUTTON = pages.Page("staff/accounts/show.html")  # never shown: the verb is refused on a page of its own
LIKELY = pages.Page("staff/known_already/_likely.html")
TYPED = {"account": ("name", "phone", "email"), "contact": ("name", "phone", "email")}
TABLES = {"account": ACCOUNT_FIELDS, "contact": CONTACT_FIELDS}


def likely(kind, form, actor, **more):
    """[Likely] for what stands in a form."""
    return likeness.like(kind, dict(form.values()) | more, actor)


@crm.post("/accounts/known", may="accounts.open")
def account_known(actor):
    return _piece("account", actor)


@crm.post("/contacts/known", may="contacts.add")
def contact_known(actor):
    return _piece("contact", actor)


def _piece(kind, actor):
    """The piece below the fields, once a name was typed."""
    asked = set(TABLES[kind].writable(actor)) & {*TYPED[kind], "kind"}
    typed = {name: request.form.get(name, "")[:400] for name in asked}
    found = likeness.like(kind, typed, actor) if typed.get("name", "").strip() else []
    return LIKELY.render(likely=found, noun=kind)


@crm.post("/accounts/<number>/take-in", may="accounts.edit", on=Account)
def account_take_in(account, actor):
    return _take_in(account, actor)


@crm.post("/contacts/<number>/take-in", may="contacts.edit", on=Contact)
def contact_take_in(contact, actor):
    return _take_in(contact, actor)


def _take_in(record, actor):
    """What was typed for a new one goes to the known one."""
    kind = record.ref.kind
    form = noun_forms.form_over(TABLES[kind], TYPED[kind], actor, base=forms.OneClick)
    done = form.run(lambda *, by, **typed: known_already.add_to(record, by=by, **typed), by=actor)
    page = url_for(f"staff.{kind}_show", number=record.number)
    said = gettext("What you typed stands here now, as far as it was new.")
    return form.answer(done, BUTTON, to=page, said=said)
