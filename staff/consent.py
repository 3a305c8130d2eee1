"""What a customer's person agreed to, as staff read it and write down what they hear."""

from flask import url_for
from flask_babel import gettext

from portal.customers import consent
from portal.customers.contacts import Contact
from portal.web import consent_forms, pages
from staff.face import crm

SHOW = pages.Page("staff/consent/show.html")


@crm.get("/contacts/<number>/consent", may="consent.see", on=Contact)
def consent_show(contact, actor):
    form = consent_forms.opened(consent_forms.HeardForm, consent.history(contact))
    return SHOW.render(form=form, **_about(contact, form))


@crm.post("/contacts/<number>/consent", may="consent.choose", on=Contact)
def consent_choose(contact, actor):
    form = consent_forms.named(consent_forms.HeardForm())
    done = form.run(lambda **given: consent.choose(contact, **given), by=actor)
    here = url_for("staff.consent_show", number=contact.number)
    return form.answer(done, SHOW, to=here, said=gettext("Saved."), again=lambda: _about(contact, form))


def _about(contact, form):
    return {"contact": contact, "boxes": consent_forms.boxes(form), "history": consent.history(contact)}
