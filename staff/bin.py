"""Deleting for staff: what goes along and what stands in the way, said before, and then one press."""

from flask import url_for
from flask_babel import gettext

from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.web import forms, pages, places
from portal.whole import binning, bulk
from staff.face import crm

SHOW = pages.Page("staff/bin/show.html")


class DeleteForm(forms.EditForm):
    """One press, about the record as it was looked at."""


@crm.get("/accounts/<number>/delete", may="accounts.delete", on=Account)
def account_delete_form(account, actor):
    return _ask(account)


@crm.post("/accounts/<number>/delete", may="accounts.delete", on=Account)
def account_delete(account, actor):
    return _delete(account, actor)


@crm.get("/contacts/<number>/delete", may="contacts.delete", on=Contact)
def contact_delete_form(contact, actor):
    return _ask(contact)


@crm.post("/contacts/<number>/delete", may="contacts.delete", on=Contact)
def contact_delete(contact, actor):
    return _delete(contact, actor)


@crm.get("/interactions/<number>/delete", may="interactions.delete", on=Interaction)
def interaction_delete_form(interaction, actor):
    return _ask(interaction)


@crm.post("/interactions/<number>/delete", may="interactions.delete", on=Interaction)
def interaction_delete(interaction, actor):
    return _delete(interaction, actor)


@crm.get("/tasks/<number>/delete", may="tasks.delete", on=Task)
def task_delete_form(task, actor):
    return _ask(task)


@crm.post("/tasks/<number>/delete", may="tasks.delete", on=Task)
def task_delete(task, actor):
    return _delete(task, actor)


def _ask(record):
    return SHOW.render(form=DeleteForm(formdata=None, version=record.version), **_about(record))


def _about(record):
    closure = binning.Closure(record)
    known = {kind: count for kind, count in sorted(closure.counts(record).items()) if kind in binning.SAID}
    return {
        "record": record, "name": bulk.name_of(record), "along": known,
        "obstacles": sorted(closure.obstacles.items()),
        "url": places.address_of(record.ref), "is_open": getattr(record, "is_active", False),
    }  # fmt: skip


def _delete(record, actor):
    form = DeleteForm()
    done = form.run(lambda by, version: binning.delete(record, by=by, version=version), by=actor)
    deed, done = done.deed, done._replace(deed=None)  # the next page is where it leads
    said = gettext("Deleted. For 30 days it can be taken back here.")
    return form.answer(
        done, SHOW, to=lambda _: url_for("staff.journal_show", number=deed), said=said, again=lambda: _about(record)
    )
