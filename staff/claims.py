"""Claims for staff: the queue with the day we promised, one claim with its next step, what it cost."""

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from portal.service import claim_deciding, claiming
from portal.service.claims import STATES, Claim
from portal.service.warranties import Warranty
from portal.web import (
    claim_pages,
    file_pages,
    forms,
    list_cells,
    lists,
    pages,
    panels,
    places,
    queues,
    speech,
    warranty_forms,
    warranty_lists,
    warranty_pages,
)
from staff.face import crm

INDEX = pages.Page("staff/claims/index.html")
ASK = pages.Page("staff/claims/ask.html")
SHOW = pages.Page("staff/claims/show.html")
SAID = {
    "accept": lazy_gettext("The claim is accepted."),
    "refuse": lazy_gettext("The claim is refused."),
    "give_up": lazy_gettext("The claim is refused after all."),
    "receive": lazy_gettext("It is booked in."),
    "repair": lazy_gettext("It is repaired."),
    "replace": lazy_gettext("The same is ordered again."),
    "refund": lazy_gettext("The customer has the credit."),
    "close": lazy_gettext("The claim is closed."),
    "cost": lazy_gettext("The costs are written down."),
}


def _promise(claim, beside):
    """How far off the day is that we promised, while we have not answered."""
    words = claim_pages.promise(claim)
    return list_cells.state("needs" if claim.days_late() >= 0 else "wait", words) if words else ""


LIST = warranty_lists.claim_list(
    at="staff.claim_show",
    default_sort="answer",
    defaults={"state": "open"},
    said=("state",),
    rows=Claim.visible_to,
    more=(lists.Column("promise", show=_promise, label=lazy_gettext("Answer promised")),),
    shown=("number", "state", "promise", "product_name", "serial", "account_name", "asked_by", "asked_at"),
)

places.show_at("staff", "claim", places.numbered("staff.claim_show", Claim))
file_pages.take_files(crm, Claim, "/claims")

queues.offer(
    "claims",
    Claim.waiting_for_us,
    may="claims.see",
    said=lambda count: ngettext("%(num)s claim waits for us", "%(num)s claims wait for us", count),
    at="staff.claim_list",
    state="asked,received",
)


@crm.get("/claims", may="claims.see", feeds=("csv", "json"))
def claim_list(actor):
    states = [(state, speech.term("claim", "state", state)) for state in STATES]
    return LIST.answer(None, actor, INDEX, states=[*states, (",".join(STATES), gettext("in any state"))])


@crm.get("/warranties/<number>/claim", may="claims.ask", on=Warranty)
def claim_new(thing, actor):
    return ASK.render(form=warranty_forms.claiming(thing), thing=thing, left=warranty_pages.left(thing))


@crm.post("/warranties/<number>/claim", may="claims.ask", on=Warranty, uploads=True)
def claim_asked(thing, actor):
    form = warranty_forms.claiming(thing)
    done = form.run(lambda **given: claiming.claim(thing, **given), by=actor)
    said, about = gettext("The claim is written down."), {"thing": thing, "left": warranty_pages.left(thing)}
    return form.answer(done, ASK, to=_page_of, said=said, **about)


@crm.get("/claims/<number>", may="claims.see", on=Claim)
def claim_show(claim, actor):
    return SHOW.render(**_about(claim, actor))


@crm.post("/claims/<number>/accept", may="claims.accept", on=Claim)
def claim_accept(claim, actor):
    return _step(claim, actor, "accept", warranty_forms.replying("accept"))


@crm.post("/claims/<number>/refuse", may="claims.refuse", on=Claim)
def claim_refuse(claim, actor):
    return _step(claim, actor, "refuse", warranty_forms.replying("refuse"))


@crm.post("/claims/<number>/give-up", may="claims.give_up", on=Claim)
def claim_give_up(claim, actor):
    return _step(claim, actor, "give_up", warranty_forms.replying("give_up"))


@crm.post("/claims/<number>/receive", may="claims.receive", on=Claim)
def claim_receive(claim, actor):
    return _step(claim, actor, "receive", forms.Form())


@crm.post("/claims/<number>/repair", may="claims.repair", on=Claim)
def claim_repair(claim, actor):
    return _step(claim, actor, "repair", warranty_forms.replying("repair"))


@crm.post("/claims/<number>/replace", may="claims.replace", on=Claim)
def claim_replace(claim, actor):
    return _step(claim, actor, "replace", forms.Form())


@crm.post("/claims/<number>/refund", may="claims.refund", on=Claim)
def claim_refund(claim, actor):
    return _step(claim, actor, "refund", forms.Form())


@crm.post("/claims/<number>/close", may="claims.close", on=Claim)
def claim_close(claim, actor):
    return _step(claim, actor, "close", forms.Form())


@crm.post("/claims/<number>/cost", may="claims.cost", on=Claim)
def claim_cost(claim, actor):
    return _step(claim, actor, "cost", warranty_forms.costs(claim))


def _step(claim, actor, verb, form):
    done = form.run(lambda **given: getattr(claim_deciding, verb)(claim, **given), by=actor)
    show = {"to": _page_of(claim), "said": SAID[verb], "show": lambda now, by: _about(now, by, verb, form)}
    return claim_pages.answer(form, done, claim, actor, SHOW, **show)


def _about(claim, actor, verb=None, form=None):
    account_url = places.address_of(claim.account.ref) if claim.account_id else None
    found = claim_pages.about(claim, actor, account_url=account_url, owner=_owner(claim))
    if form is not None:
        found["refused"] = form
        found |= {"costing": form} if verb == "cost" else {"steps": found["steps"] | {verb: form}}
    return found


def _owner(claim):
    """Whose the thing of an unproved claim is by our books, for staff to compare."""
    if not (claim.is_unproved and claim.warranty_id):
        return None
    return claim.warranty.account


def _on_account(account, actor):
    """The way to what a customer owns and claims from the page of the account, which asks enough already."""
    return {"number": account.number}


panels.show_on("staff", "account", "claims", "staff/claims/_on_account.html", _on_account, may="claims.see", rank=60)


def _page_of(claim):
    return url_for("staff.claim_show", number=claim.number)
