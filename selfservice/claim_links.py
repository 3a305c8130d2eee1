"""A claim without signing in: the page that the code on a thing leads to, and the form that a letter leads to."""

from flask import url_for
from flask_babel import gettext

from portal.service import claim_links
from portal.web import pages, warranty_forms, warranty_pages
from portal.web.door import asking, client
from selfservice.face import site

ASK = pages.Page("selfservice/claim_links/ask.html")
SENT = pages.Page("selfservice/claim_links/sent.html")
FORM = pages.Page("selfservice/claim_links/form.html")
DONE = pages.Page("selfservice/claim_links/done.html")


@site.get("/warranties/claim", may="claims.ask_by_mail")
def claim_begin(actor):
    return ASK.render(form=warranty_forms.AskForm(), tag="")


@site.get("/warranties/claim/<tag>", may="claims.ask_by_mail")
def claim_ask(actor, tag):
    """Nothing is looked up: a code that is nobody's reads the same."""
    return ASK.render(form=warranty_forms.AskForm(), tag=tag[: claim_links.LONGEST_TAG])


@site.post("/warranties/claim", may="claims.ask_by_mail")
def claim_ask_plain(actor):
    return _ask(actor, "")


@site.post("/warranties/claim/<tag>", may="claims.ask_by_mail")
def claim_ask_tagged(actor, tag):
    return _ask(actor, tag)


def _ask(actor, tag):
    form = warranty_forms.AskForm()
    done = form.run(claim_links.ask, by=asking(actor), tag=tag, client=client())
    return form.answer(done, ASK, to=url_for("portal.claim_sent"), tag=tag)


@site.get("/warranties/claim-sent", may="claims.ask_by_mail")
def claim_sent(actor):
    return SENT.render()


@site.get("/warranties/claim-form/<token>", may="claims.ask_by_mail")
def claim_form(actor, token):
    link, thing = claim_links.find(token)
    return FORM.render(form=_form(thing), **_about(link, thing))


@site.post("/warranties/claim-form/<token>", may="claims.ask_by_mail", uploads=True)
def claim_send(actor, token):
    link, thing = claim_links.find(token)
    form = _form(thing)
    done = form.run(lambda **given: claim_links.claim(link=link, thing=thing, **given), by=asking(actor))
    said = gettext("We have it, and answer by mail.")
    return form.answer(done, FORM, to=url_for("portal.claim_done"), said=said, **_about(link, thing))


@site.get("/warranties/claim-done", may="claims.ask_by_mail")
def claim_done(actor):
    return DONE.render()


def _form(thing):
    return warranty_forms.claiming(thing) if thing is not None else warranty_forms.StrangerClaimForm()


def _about(link, thing):
    left = warranty_pages.left(thing) if thing is not None else ""
    about = {"thing": thing, "left": left, "is_over": thing is not None and thing.standing() == "over"}
    return about | {"serial": link.params["serial"], "here": url_for("portal.claim_form", token=link.token)}
