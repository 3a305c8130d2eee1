"""Orders that staff write for a customer: whose, the pad with discounts, the review, placed or kept as a draft."""

from flask import request
from flask_babel import gettext

from portal import search
from portal.customers.accounts import Account
from portal.sales.orders import Order
from portal.sales.shopping_lists import ShoppingList
from portal.web.order_desk import Desk
from portal.web.pages import Page
from portal.web.surfaces import load
from staff.face import crm

MOST_FOUND = 20
CHOOSE = Page("staff/orders/whose.html")
DESK = Desk(
    Page("staff/orders/pad.html", "staff/orders/_sum.html"), Page("staff/orders/review.html"), "staff.order_show"
)


def _whose(actor):
    return load(Account, actor, request.values.get("account", ""))


@crm.get("/orders/new", may="orders.place")
def order_pad(actor):
    """The pad of `?account=3127`, of an order (`?draft=`, `?again=`) or of a shared `?list=`; else whose it is."""
    earlier = request.args.get("again") or request.args.get("draft")
    if earlier:
        order = load(Order, actor, earlier)
        return DESK.open(order.account, actor, order)
    if request.args.get("list"):
        kept = load(ShoppingList, actor, request.args["list"])
        return DESK.open(kept.account, actor, lines=kept.wanted)
    if request.args.get("account"):
        return DESK.open(_whose(actor), actor)
    words = request.args.get("q", "").strip()[:200]
    rows = Account.visible_to(actor).where(Account.is_active)
    rows = rows.where(Account.id.in_(search.matches("account", words))) if words else rows
    return CHOOSE.render(q=words, accounts=list(rows.order_by(Account.folded).limit(MOST_FOUND)))


@crm.post("/orders/new", may="orders.place")
def order_fill(actor):
    return DESK.fill(_whose(actor), actor)


@crm.post("/orders/new/review", may="orders.place")
def order_review(actor):
    return DESK.review(_whose(actor), actor)


@crm.post("/orders/new/place", may="orders.place")
def order_place(actor):
    return DESK.place(_whose(actor), actor, gettext("The order is placed."))


@crm.post("/orders/new/ask", may="approvals.ask")
def order_ask(actor):
    return DESK.ask(_whose(actor), actor)


@crm.post("/orders/new/draft", may="orders.place")
def order_keep(actor):
    return DESK.keep(_whose(actor), actor)
