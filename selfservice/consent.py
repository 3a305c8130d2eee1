"""What a person agrees to, by which channels we shall not come, and what and when he likes to hear."""

from functools import partial

from flask import url_for
from flask_babel import gettext

from portal.customers import consent, preferring, reaching, tags
from portal.customers.contacts import Contact
from portal.errors import NotFound
from portal.web import consent_forms, pages, preferring_forms, reaching_forms
from selfservice.face import site

SHOW = pages.Page("selfservice/data/consent.html")


def _own(actor):
    """The person behind this login in the account; None for one who is no contact."""
    return Contact.visible_to(actor).where(Contact.id == (actor.contact or 0)).first()


def _mine(actor):
    contact = _own(actor)
    if contact is None:
        raise NotFound()
    return contact


def _about(contact):
    """The three forms over what holds now; without a contact only what goes with each order."""
    if contact is None:
        return {"contact": None, "history": [], "boxes": [], "agreed": None, "barred": None, "liked": None}
    history, barred = (
        consent.history(contact),
        reaching_forms.opened(reaching_forms.BarredForm(formdata=None, barred=contact.barred.split())),
    )
    agreed = consent_forms.opened(consent_forms.ConsentForm, history)
    liked = preferring_forms.opened(contact, tags.offered("topic"), formdata=None)
    boxes = consent_forms.boxes(agreed)
    about = {"contact": contact, "history": history, "boxes": boxes}
    return about | {"agreed": agreed, "barred": barred, "liked": liked}


def _answer(form, done, contact, name):
    said, here = gettext("Saved. It holds from now on."), url_for("portal.consent_show")
    shown = {} if done.ok else _about(contact) | {name: form}
    return form.answer(done, SHOW, to=here, said=said, **shown)


@site.get("/account/data/consent", may="consent.see")
def consent_show(actor):
    return SHOW.render(**_about(_own(actor)))


@site.post("/account/data/consent", may="consent.choose")
def consent_choose(actor):
    form, contact = consent_forms.named(consent_forms.ConsentForm()), _mine(actor)
    done = form.run(partial(consent.choose, contact), by=actor)
    return _answer(form, done, contact, "agreed")


@site.post("/account/data/consent/reaching", may="contacts.bar")
def reaching_choose(actor):
    form, contact = reaching_forms.opened(reaching_forms.BarredForm()), _mine(actor)
    done = form.run(partial(reaching.choose, contact), by=actor)
    return _answer(form, done, contact, "barred")


@site.post("/account/data/consent/preferences", may="contacts.prefer")
def preferences_choose(actor):
    contact = _mine(actor)
    form = preferring_forms.opened(contact, tags.offered("topic"))
    done = form.run(partial(preferring.choose, contact), by=actor)
    return _answer(form, done, contact, "liked")
