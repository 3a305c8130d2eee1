"""The customer's claims: what is wrong with a thing, on one page from its wallet, and how it stands."""

from flask import redirect, url_for
from flask_babel import gettext, lazy_gettext

from portal.service import claiming, claims
from portal.service.claims import KIND_OF, Claim
from portal.service.warranties import Warranty
from portal.web import (
    claim_pages,
    file_pages,
    forms,
    pages,
    places,
    under_way,
    warranty_forms,
    warranty_lists,
    warranty_pages,
)
from selfservice.face import site

INDEX = pages.Page("selfservice/claims/index.html")
ASK = pages.Page("selfservice/claims/ask.html")
SHOW = pages.Page("selfservice/claims/show.html")
LIST = warranty_lists.claim_list(default_sort="-number", shown=("number", "state", "product_name", "asked_at"))

places.show_at("portal", "claim", places.numbered("portal.claim_show", Claim))
file_pages.take_files(site, Claim, "/claims")


@site.get("/claims", may="claims.see", feeds=("csv", "json"))
def claim_list(actor):
    return LIST.answer(Claim.visible_to(actor), actor, INDEX)


@site.get("/warranties/<number>/claim", may="claims.ask", on=Warranty)
def claim_new(thing, actor):
    known = claims.open_of(thing)
    if known:
        return redirect(_page_of(known), code=303)
    form = warranty_forms.claiming(thing, warranty_pages.reach_of(actor))
    return ASK.render(form=form, **_thing(thing))


@site.post("/warranties/<number>/claim", may="claims.ask", on=Warranty, uploads=True)
def claim_asked(thing, actor):
    form = warranty_forms.claiming(thing)
    done = form.run(lambda **given: claiming.claim(thing, **given), by=actor)
    return form.answer(done, ASK, to=_page_of, said=gettext("We have it, and will answer."), **_thing(thing))


def _thing(thing):
    return {"thing": thing, "left": warranty_pages.left(thing), "is_over": thing.standing() == "over"}


@site.get("/claims/<number>", may="claims.see", on=Claim)
def claim_show(claim, actor):
    return SHOW.render(**claim_pages.about(claim, actor))


@site.post("/claims/<number>/withdraw", may="claims.withdraw", on=Claim)
def claim_withdraw(claim, actor):
    form = forms.OneClick()
    done = form.run(lambda **given: claiming.withdraw(claim, **given), by=actor)
    return form.answer(done, SHOW, to=_page_of(claim), said=gettext("The claim is withdrawn."))


def _page_of(claim):
    return url_for("portal.claim_show", number=claim.number)


under_way.offer(
    Claim,
    Claim.open_for,
    at="asked_at",
    may="claims.see",
    drawn=KIND_OF,
    endpoint="portal.claim_show",
    word=lazy_gettext("Claim"),
    needs={"accepted": (lazy_gettext("Bring or send us the thing of %(number)s"), lazy_gettext("See the claim"))},
)
