"""The products that a person likes, on the page of the contact."""

from functools import partial

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, StringField

from portal.customers.contacts import Contact
from portal.sales import likings
from portal.web import forms, pages, panels
from staff import contacts
from staff.face import crm

SHOW = pages.Page("staff/contacts/show.html")


class LikingForm(forms.Form):
    """One more product, by its code."""

    product = StringField(lazy_gettext("Code of a product"), render_kw={"maxlength": 60, "autocomplete": "off"})


class OneLikingForm(forms.OneClick):
    """One button beside a product."""

    product = HiddenField()


@crm.post("/contacts/<number>/likings", may="likings.arrange", on=Contact)
def contact_add_liking(contact, actor):
    form = LikingForm()
    done = form.run(partial(likings.like, contact), by=actor)
    if not done.ok:
        shown = contacts.about(contact, actor)
        next(panel for panel in shown["panels"] if panel["name"] == "likings")["form"] = form
        return SHOW.render(done.status, **shown)
    return form.answer(done, SHOW, to=_page_of(contact), said=gettext("Saved."))


@crm.post("/contacts/<number>/likings/drop", may="likings.arrange", on=Contact)
def contact_drop_liking(contact, actor):
    form = OneLikingForm()
    done = form.run(partial(likings.unlike, contact), by=actor)
    return form.answer(done, SHOW, to=_page_of(contact), said=gettext("Saved."))


def _page_of(contact):
    return url_for("staff.contact_show", number=contact.number, _anchor="likings")


def _of_contact(contact, actor):
    """The products that a contact likes; one query."""
    return {"contact": contact, "products": likings.of(contact), "form": LikingForm(formdata=None),
            "one_click": forms.Form(formdata=None)}  # fmt: skip


panels.show_on("staff", "contact", "likings", "staff/likings/_panel.html", _of_contact, may="likings.see", side=True)
