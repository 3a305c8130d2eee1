"""A look of one of us at a customer's pages: it begins from the staff face, and ends here."""

from flask import redirect
from flask_babel import gettext

from portal.customers.looks import Look
from portal.errors import NotFound
from portal.people import employees
from portal.web import forms, sessions
from selfservice.face import site


@site.get("/looking/<number>", may="looks.enter")
def look_enter(actor, number):
    """Show this browser the pages from now on, if its own staff session has begun that look; nothing is written."""
    found = sessions.staff_session()
    staff = employees.actor_for(found[1]) if found else None
    look = Look.live(int(number), found[0], staff) if staff and number.isdecimal() and len(number) < 10 else None
    if look is None:
        raise NotFound()
    sessions.begin_look(look)
    return redirect("/", code=303)


@site.post("/looking/end", may="looks.end")
def look_end(actor):
    look = sessions.look()
    if look is None:
        return redirect("/", code=303)
    number = look.membership.account.number
    done = forms.Form().run(look.end, by=sessions.looking_staff())
    sessions.leave()
    if done.ok:
        forms.say(gettext("You look no longer."))
    return redirect(f"/staff/accounts/{number}", code=303)
