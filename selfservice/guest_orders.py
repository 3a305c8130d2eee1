"""Guest orders: what a customer sent by a public form before he had an account, for him to take over."""

from flask import url_for
from flask_babel import gettext, lazy_gettext

from portal.sales import guest_orders
from portal.sales.leads import KIND_OF, STATES, Lead
from portal.web import forms, pages, under_way
from selfservice.face import site

INDEX = pages.Page("selfservice/guest_orders/index.html")
MOST_SHOWN = 20


NEEDS = (lazy_gettext("You sent %(number)s before you had an account"), lazy_gettext("Take it over"))

under_way.offer(
    Lead,
    guest_orders.unclaimed,
    at="created_at",
    may="leads.claim",
    drawn=KIND_OF,
    endpoint="portal.guest_order_list",
    word=lazy_gettext("Order"),
    needs=dict.fromkeys(STATES, NEEDS),
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
