"""What the pages of claims show on either face: one claim with its way, and how long we may still take."""

from flask_babel import gettext, ngettext

from portal import audit
from portal.sales.invoices import Invoice
from portal.sales.orders import Order
from portal.service.claims import SETTLED, STARTS, WAY
from portal.service.warranties import Warranty
from portal.web import forms, pages, panels, speech, warranty_forms

ANSWERED = ("accept", "refuse", "give_up", "repair")  # with words that the customer reads


def about(claim, actor, **shown):
    """Its panels, story, credit notes, and which steps are open; three queries."""
    beside = panels.of(claim, actor)
    notes = Invoice.select().where(Invoice.cause == str(claim.ref)).order_by(Invoice.id)
    return {
        "claim": claim,
        "panels": beside,
        "story": audit.story(claim, panels.refs(beside)),
        "names": panels.names(beside),
        "way": way(claim),
        "promise": promise(claim),
        "verbs": [verb for verb in STARTS if claim.can(verb, actor)],
        "credit_notes": list(notes) if claim.settled_how == "refunded" else [],
        "replacement": Order.NUMBER.format(claim.replacement_id) if claim.replacement_id else None,
        "thing": Warranty.NUMBER.format(claim.warranty_id) if claim.warranty_id else None,
        "form": forms.Form(formdata=None),
        "steps": {verb: warranty_forms.replying(verb, formdata=None) for verb in ANSWERED},
        "costing": warranty_forms.costs(claim, formdata=None) if actor.is_staff else None,
        "refused": None,
    } | shown


def way(claim):
    """[(word, done | now | next)] from asked to closed; nothing once it was refused or withdrawn."""
    state = "settled" if claim.state in SETTLED else claim.state
    if state not in WAY:
        return []
    here, last = WAY.index(state), len(WAY) - 1
    at = ["done" if n < here or here == last else "now" if n == here else "next" for n in range(len(WAY))]
    words = [claim.settled_how if step == "settled" and claim.settled_how else step for step in WAY]
    return [(speech.term("claim", "state", word), at[n]) for n, word in enumerate(words)]


def promise(claim):
    """How our promise of an answer stands, in words: "" once it is answered."""
    late = claim.days_late()
    if late is None:
        return ""
    if late > 0:
        return ngettext("%(num)s day late", "%(num)s days late", late)
    return gettext("today") if late == 0 else ngettext("in %(num)s day", "in %(num)s days", -late)


def answer(form, done, claim, actor, page, *, to, said, show):
    """After a verb: on to `to`; refused, the page as it stands now with what was typed."""
    if done.ok:
        return form.answer(done, pages.Page(page.page), to=to, said=said)
    now = type(claim).visible_to(actor).where(type(claim).id == claim.id).get()
    return page.render(done.status, **show(now, actor))
