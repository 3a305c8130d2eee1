"""The switch of a customer who works for several companies."""

from flask import redirect, request
from flask_babel import gettext

from portal.customers import memberships
from portal.web import forms, sessions
from selfservice.face import site


@site.post("/account/switch", may="memberships.switch")
def membership_switch(actor):
    """Work for another of one's companies, from its first page on."""
    place = memberships.switch(sessions.login(), sessions.session(), request.form.get("number", ""))
    forms.say(gettext("You now work for %(account)s.", account=place.account.name))
    return redirect("/", code=303)
