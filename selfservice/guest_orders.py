"""Guest orders: what a customer sent by a public form before he had an account, for him to take over."""

from flask import url_for
from flask_babel import gettext

from portal.sales import guest_orders
from portal.sales.leads import Lead
from portal.web import forms, pages, panels
from selfservice.face import site

INDEX = pages.Page("selfservice/guest_orders/index.html")
MOST_SHOWN = 20


def _waiting(account, actor):
    found = list(guest_orders.unclaimed(actor).limit(3))
    return {"leads": found, "waits": len(found)} if found else None


panels.show_on(
    "portal", "home", "guest_orders", "selfservice/guest_orders/_home.html", _waiting, may="leads.claim", rank=30
)


@site.get("/guest-orders", may="leads.claim")
def guest_order_list(actor):
    return INDEX.render(leads=list(guest_orders.unclaimed(actor).limit(MOST_SHOWN)), form=forms.Form())


@site.post("/guest-orders/<number>/claim", may="leads.claim", on=Lead)
def guest_order_claim(lead, actor):
    """On to the draft; when nothing of it can be ordered any more, back to the list."""
    form = forms.OneClick()
    done = form.run(lambda **given: guest_orders.claim(lead, **given), by=actor)
    said = gettext("It is yours now. Nothing is ordered before you place it.")
    return form.answer(done, INDEX, to=_draft_of, said=said)


def _draft_of(lead):
    if lead.order is None:
        return url_for("portal.guest_order_list")
    return url_for("portal.order_show", number=lead.order.number)
