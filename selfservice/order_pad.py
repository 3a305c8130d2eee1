"""Ordering: the pad, the review with nothing stored, and the one click that places the order or keeps a draft."""

from flask import request
from flask_babel import gettext

from portal.sales import placing
from portal.sales.orders import Order
from portal.sales.shopping_lists import ShoppingList
from portal.sales.suggestions import Suggestion
from portal.web import sessions
from portal.web.order_desk import Desk
from portal.web.pages import Page
from portal.web.surfaces import load
from selfservice.face import site

DESK = Desk(
    Page("selfservice/orders/pad.html", "selfservice/orders/_sum.html"),
    Page("selfservice/orders/review.html"),
    "portal.order_show",
)


@site.get("/orders/new", may="orders.place")
def order_pad(actor):
    """The pad; `?draft=SO-000124` goes on with a draft. What was ordered before opens reviewed: `?again=SO-000123`,
    with `&line=2` that line alone, and `?list=12`; what was suggested begins the pad: `?suggested=SG-000001`.
    """
    asked, account = request.args, sessions.account()
    if asked.get("list"):
        return DESK.open(account, actor, lines=load(ShoppingList, actor, asked["list"]).wanted)
    if asked.get("suggested"):
        return DESK.begin(account, actor, load(Suggestion, actor, asked["suggested"]).wanted)
    earlier = asked.get("again") or asked.get("draft")
    order = load(Order, actor, earlier) if earlier else None
    chosen = asked.getlist("line", type=int)
    return DESK.open(account, actor, order, placing.again(order, actor, chosen) if order and chosen else None)


@site.post("/orders/new", may="orders.place")
def order_fill(actor):
    return DESK.fill(sessions.account(), actor)


@site.post("/orders/new/review", may="orders.place")
def order_review(actor):
    return DESK.review(sessions.account(), actor)


@site.post("/orders/new/place", may="orders.place")
def order_place(actor):
    return DESK.place(sessions.account(), actor, gettext("We have your order."))


@site.post("/orders/new/draft", may="orders.place")
def order_keep(actor):
    return DESK.keep(sessions.account(), actor)
