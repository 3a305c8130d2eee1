"""Ordering: the pad, the review with nothing stored, and the one click that places the order or keeps a draft."""

from flask import request
from flask_babel import gettext

from portal.sales.orders import Order
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
    """The pad; `?again=SO-000123` opens reviewed, `?draft=SO-000124` goes on with a draft."""
    earlier = request.args.get("again") or request.args.get("draft")
    return DESK.open(sessions.account(), actor, load(Order, actor, earlier) if earlier else None)


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
