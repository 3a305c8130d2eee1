"""Accepting an invitation to sign in for an account."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField

from portal.customers import invitations
from portal.web import forms, sessions
from portal.web.door import agent, asking
from selfservice.face import site
from selfservice.sign_in import door


class AcceptForm(forms.Form):
    password = PasswordField(lazy_gettext("Password"))


def page_of(link, contact):
    """What the page of an invitation shows; who signs in with the address already has to do so first."""
    known, here = invitations.login_of(link), sessions.current()
    is_signed_in = known is not None and here is not None and here.login_id == known.id
    title = gettext("You are invited by %(shop)s", shop=link.params["by"])
    return {
        "step": "invitation",
        "title": title,
        "door": door,
        "link": link,
        "contact": contact,
        "known": known,
        "is_signed_in": is_signed_in,
    }


@site.get("/invitation/<token>", may="invitations.accept")
def invitation_show(actor, token):
    return door.page.render(form=AcceptForm(), **page_of(*invitations.find(token)))


@site.post("/invitation/<token>", may="invitations.accept")
def invitation_accept(actor, token):
    link, contact = invitations.find(token)
    form, here = AcceptForm(), sessions.current()
    login = here.login if here else None
    done = form.run(invitations.accept, by=asking(actor), link=link, contact=contact, login=login, agent=agent())
    said = gettext("Welcome. You can now see and order for %(account)s.", account=contact.account.name)
    to = url_for("portal.first_steps_resume")
    return door.let_in(done, form.answer(done, door.page, to=to, said=said, **page_of(link, contact)))
