"""Erasing for admins: what goes and what stays, said before; the name typed, the password asked; then no way back."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, SelectField, StringField

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.web import forms, lists, pages, places
from portal.web.speech import term
from portal.whole import erasing, erasing_person
from portal.whole.erasing import FIELDS, WHOSE, Erasure
from staff.face import crm

ASK = pages.Page("staff/erasures/ask.html")
INDEX = pages.Page("staff/erasures/index.html")
SHOW = pages.Page("staff/erasures/show.html")
LIST = lists.List(
    "erasure",
    FIELDS,
    columns=[*map(lists.Column, FIELDS.fields)],
    sorts={"number": lists.Sort(Erasure.id)},
    default_sort="-number",
    drawn={"state": erasing.KIND_OF},
    at="staff.erasure_show",
    link="number",
    rows=Erasure.visible_to,
)

places.show_at("staff", "erasure", places.numbered("staff.erasure_show", Erasure))


class EraseForm(forms.Form):
    """Whose wish it is, the name once more, and the password of whoever answers for it."""

    whose = SelectField(lazy_gettext("Why"))
    name = StringField(lazy_gettext("Type the name"), render_kw={"autocomplete": "off"})
    password = PasswordField(lazy_gettext("Your password"))


def _form(**start):
    form = EraseForm(**start)
    form.whose.choices = forms.options((one, term("erasure", "whose", one)) for one in WHOSE)
    return form


@crm.get("/accounts/<number>/erase", may="erasures.ask", on=Account)
def account_erase_form(account, actor):
    return ASK.render(form=_form(formdata=None), **_about(account))


@crm.post("/accounts/<number>/erase", may="erasures.ask", on=Account)
def account_erase(account, actor):
    return _erase(account, actor)


@crm.get("/contacts/<number>/erase", may="erasures.ask", on=Contact)
def contact_erase_form(contact, actor):
    return ASK.render(form=_form(formdata=None), **_about(contact))


@crm.post("/contacts/<number>/erase", may="erasures.ask", on=Contact)
def contact_erase(contact, actor):
    return _erase(contact, actor)


@crm.get("/erasures", may="erasures.see", feeds=("csv", "json"))
def erasure_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/erasures/<number>", may="erasures.see", on=Erasure)
def erasure_show(erasure, actor):
    return SHOW.render(erasure=erasure)


def _about(record):
    person = erasing_person.whole(record)
    return {
        "record": record, "url": places.address_of(record.ref), "goes": erasing.foreseen(person),
        "stays": erasing.kept(person), "open": erasing.obstacles(record),
        "is_company": record.ref.kind == "account" and record.kind == "company",
    }  # fmt: skip


def _erase(record, actor):
    form = _form()
    done = form.run(lambda **typed: erasing.ask(record, **typed), by=actor)
    said = gettext("The letter goes out now; then the person is erased.")
    return form.answer(
        done, ASK, to=lambda made: url_for("staff.erasure_show", number=made.number), said=said,
        again=lambda: _about(record),
    )  # fmt: skip
