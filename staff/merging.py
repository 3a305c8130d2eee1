"""Merging for staff: two records side by side, field by field, and what comes along."""

from flask import request, url_for
from flask_babel import gettext
from wtforms import RadioField

from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import NotFound
from portal.web import forms, pages, speech
from portal.whole import merging, merging_back
from staff.face import crm

SHOW = pages.Page("staff/merging/show.html")
CHOOSE = pages.Page("staff/merging/choose.html")
EVENTS = merging_back.EVENTS  # taken back from the journal


@crm.get("/accounts/<number>/merge", may="accounts.merge", on=Account)
def account_merge_form(account, actor):
    return _shown(account, actor)


@crm.post("/accounts/<number>/merge", may="accounts.merge", on=Account)
def account_merge(account, actor):
    return _merged(account, actor)


@crm.get("/contacts/<number>/merge", may="contacts.merge", on=Contact)
def contact_merge_form(contact, actor):
    return _shown(contact, actor)


@crm.post("/contacts/<number>/merge", may="contacts.merge", on=Contact)
def contact_merge(contact, actor):
    return _merged(contact, actor)


def _shown(record, actor):
    if not request.args.get("with"):
        return CHOOSE.render(record=record, noun=record.ref.kind)
    other = _other(record, actor)
    form = _form(record, other, actor)
    return SHOW.render(form=form, **_about(record, other, actor, form))


def _merged(record, actor):
    other = _other(record, actor)
    form = _form(record, other, actor)
    done = form.run(lambda *, by, people="", **chosen: _carry_out(record, other, by, people, chosen), by=actor)
    page = url_for(f"staff.{record.ref.kind}_show", number=record.number)
    said = gettext("The two are one now. The journal takes it back for 30 days.")
    return form.answer(done, SHOW, to=page, said=said, again=lambda: _about(record, other, actor, form))


def _carry_out(record, other, by, people, chosen):
    take = [name.removeprefix("take_") for name, side in chosen.items() if side == "other"]
    return merging.merge(record, other, by=by, take=take, people=people)


def _other(record, actor):
    """The record that goes, by its number in the address, among those this person sees."""
    model = type(record)
    other = model.visible_to(actor).where(model.by_number(request.args.get("with", ""))).first()
    if other is None or other == record:
        raise NotFound(model.__name__)
    return other


def _form(record, other, actor):
    """A choice per field that differs, and what becomes of people who sign in."""
    inputs, data = {}, {}
    for side in merging.sides(record, other, actor):
        name = f"take_{side.name}"
        inputs[name] = RadioField(speech.term(record.ref.kind, side.name), validate_choice=False)
        data[name] = "other" if side.is_taken else "mine"
    if merging.needs_choice(other):
        inputs["people"] = RadioField(gettext("People who sign in for the account that goes"), validate_choice=False)
    form = type("MergeForm", (forms.Form,), inputs)(data=data)
    for side in merging.sides(record, other, actor):
        form[f"take_{side.name}"].choices = forms.options([("mine", side.mine), ("other", side.theirs)])
    if "people" in form:
        form.people.choices = forms.options([
            ("both", gettext("They stay, and both sides see what both had. They are told.")),
            ("end", gettext("They sign in no longer.")),
        ])  # fmt: skip
    return form


def _about(record, other, actor, form):
    return {
        "record": record,
        "other": other,
        "noun": record.ref.kind,
        "sides": merging.sides(record, other, actor),
        "problems": merging.problems(record, other),
        "warnings": merging.warnings(record, other, "people" in form),
        "counts": merging.counts(record, other),
        "name_of": lambda row: row.name,
    }
