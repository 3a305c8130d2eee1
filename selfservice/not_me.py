"""Disowning a change, “this was not me”: what the link of its letter would take back, and the button that does."""

from flask import redirect, request
from flask_babel import gettext

from portal.errors import Expired
from portal.people import revert_links
from portal.web import pages, sessions, speech
from portal.web.door import ButtonForm, asking
from portal.whole import disowning
from selfservice.face import site

PAGE = pages.Page("selfservice/not_me.html")


def _show(link, form, status=200):
    """What would be taken back; nobody needs to be signed in for it, and whoever is stays it."""
    title = gettext("Was this not you?")
    return PAGE.render(status, step="open", title=title, form=form, deeds=disowning.deeds(link), email=link.email)


def _speak(link):
    if sessions.actor().is_anonymous:
        speech.prefer(revert_links.login_of(link).language)


@site.get("/not-me/<token>", may="security.disown")
def change_show(actor, token):
    try:
        link = revert_links.find(token)
    except Expired as over:
        _speak(over.link)
        if over.link.outcome:
            return PAGE.render(step="done", title=gettext("It is taken back"), email=over.link.email)
        return PAGE.render(410, step="late", title=gettext("This link is over"))
    _speak(link)
    return _show(link, ButtonForm(formdata=None))


@site.post("/not-me/<token>", may="security.disown")
def change_disown(actor, token):
    form = ButtonForm()
    try:
        link = revert_links.find(token)
        done = form.run(lambda by: disowning.disown(link, by=by), by=asking(actor))
    except Expired:
        return redirect(request.path, code=303)
    return redirect(request.path, code=303) if done.ok else _show(link, form, done.status)
