"""The sign-in of a customer's person: inviting, what he may do, taking it away."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField

from portal.customers import invitations
from portal.customers.contacts import Contact
from portal.people import security
from portal.web import forms, pages, rights_forms
from portal.web.wording import LANGUAGES
from staff.face import crm

SHOW = pages.Page("staff/contacts/sign_in.html")


class InviteForm(rights_forms.Rights, forms.EditForm):
    language = SelectField(lazy_gettext("Language of the letter"), choices=forms.options(LANGUAGES))


def page_of(contact, **changed):
    """Who would get the letter, or who signs in already and as what; `changed` is the form that was sent."""
    place = invitations.membership_of(contact)
    language = contact.language or contact.account.language
    return {
        "contact": contact,
        "place": place,
        "waiting": invitations.waiting(contact),
        "invite": rights_forms.offer(InviteForm(formdata=None, version=contact.version, language=language)),
        "access": rights_forms.of(place) if place else None,
        "button": forms.EditForm(formdata=None, version=place.version if place else None),
    } | changed


def address_of(contact):
    return url_for("staff.contact_sign_in", number=contact.number)


@crm.get("/contacts/<number>/invite", may="invitations.send", on=Contact)
def contact_sign_in(contact, actor):
    return SHOW.render(**page_of(contact))


@crm.post("/contacts/<number>/invite", may="invitations.send", on=Contact)
def contact_invite(contact, actor):
    """Send the letter to exactly whom the page showed."""
    form = rights_forms.offer(InviteForm())
    done = form.run(invitations.invite, by=actor, contact=contact)
    said = gettext("The invitation is on its way to %(address)s. It holds for seven days.", address=contact.email)
    return form.answer(done, SHOW, to=address_of(contact), said=said, again=lambda: page_of(contact, invite=form))


@crm.post("/contacts/<number>/invite/withdraw", may="invitations.send", on=Contact)
def contact_uninvite(contact, actor):
    form = forms.Form()
    done = form.run(invitations.withdraw, by=actor, contact=contact)
    said = gettext("The link in the letter is dead.")
    return form.answer(done, SHOW, to=address_of(contact), said=said, again=lambda: page_of(contact, button=form))


@crm.post("/contacts/<number>/rights", may="memberships.manage", on=Contact)
def membership_change_rights(contact, actor):
    form = rights_forms.offer(rights_forms.RightsForm())
    done = form.run(invitations.open_membership_of(contact).change_rights, by=actor)
    return form.answer(
        done, SHOW, to=address_of(contact), said=gettext("Saved."), again=lambda: page_of(contact, access=form)
    )


@crm.post("/contacts/<number>/sign-out", may="memberships.manage", on=Contact)
def membership_sign_out(contact, actor):
    """A lost phone, a doubt: every browser of this person is signed out."""
    form = forms.Form()
    login = invitations.open_membership_of(contact).login
    done = form.run(security.sign_out, by=actor, login=login)
    said = gettext("%(name)s is signed out everywhere.", name=contact.name)
    return form.answer(done, SHOW, to=address_of(contact), said=said, again=lambda: page_of(contact))


@crm.post("/contacts/<number>/access/end", may="memberships.manage", on=Contact)
def membership_end(contact, actor):
    form = forms.EditForm()
    done = form.run(invitations.open_membership_of(contact).end, by=actor)
    said = gettext("%(name)s is signed out and cannot sign in for this account any more.", name=contact.name)
    return form.answer(done, SHOW, to=address_of(contact), said=said, again=lambda: page_of(contact, button=form))
