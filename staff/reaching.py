"""Do-not-contact for staff: written down with its reason, and lifted again, on the page of the person."""

from functools import partial

from flask import url_for
from flask_babel import gettext

from portal.customers import reaching
from portal.customers.contacts import Contact
from portal.web import pages, reaching_forms
from staff import contacts
from staff.face import crm

SHOW = pages.Page("staff/contacts/show.html", "staff/contacts/_reaching.html")


@crm.post("/contacts/<number>/no-contact", may="contacts.bar", on=Contact)
def contact_bar(contact, actor):
    form = reaching_forms.opened(reaching_forms.BarForm())
    done = form.run(partial(reaching.bar, contact), by=actor)
    again = lambda: {**contacts.about(contact, actor), "form": None, "bar_form": form}  # noqa: E731
    if not done.ok:
        return SHOW.render(done.status, **again())
    return form.answer(done, SHOW, to=_page_of(contact), said=gettext("Written down."), **reaching_forms.on(contact))


@crm.post("/contacts/<number>/no-contact/lift", may="contacts.bar", on=Contact)
def contact_lift(contact, actor):
    form = reaching_forms.LiftForm()
    done = form.run(partial(reaching.lift, contact), by=actor)
    return form.answer(done, SHOW, to=_page_of(contact), said=gettext("Saved."), **reaching_forms.on(contact))


def _page_of(contact):
    return url_for("staff.contact_show", number=contact.number, _anchor="reaching")
