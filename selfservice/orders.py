"""The customer's orders: the list, the page of one with its story, cancelling."""

from functools import partial

from flask import url_for
from flask_babel import gettext

from portal.sales import cancelling, placing
from portal.sales.orders import Order
from portal.web import forms, order_lists, order_pages, pages, piece_forms, places
from selfservice.face import site

LIST = order_lists.order_list()
INDEX = pages.Page("selfservice/orders/index.html")
SHOW = pages.Page("selfservice/orders/show.html", "selfservice/orders/_order.html")
PAGE = pages.Page(SHOW.page)

places.show_at("portal", "order", places.numbered("portal.order_show", Order))


@site.get("/orders", may="orders.see", feeds=("csv", "json"))
def order_list(actor):
    states = order_lists.states(gettext("All"), gettext("Not here yet"))
    return LIST.answer(Order.listed_for(actor), actor, INDEX, states=states)


@site.get("/orders/<number>", may="orders.see", on=Order)
def order_show(order, actor):
    return SHOW.render(**order_pages.about(order, actor))


@site.post("/orders/<number>/cancel", may="orders.cancel", on=Order)
def order_cancel(order, actor):
    form = order_pages.CancelForm()
    done = form.run(partial(cancelling.cancel, order), by=actor)
    said = gettext("The order is cancelled.")
    here = url_for("portal.order_show", number=order.number)
    return order_pages.answer(form, done, order, actor, SHOW, to=here, said=said, field="cancelling")


@site.post("/orders/<number>/cancel-lines", may="orders.cancel", on=Order)
def order_cancel_lines(order, actor):
    form = piece_forms.CutForm()
    done = form.run(partial(cancelling.cancel_lines, order), by=actor)
    said = gettext("These pieces are cancelled.")
    here = url_for("portal.order_show", number=order.number)
    return order_pages.answer(form, done, order, actor, SHOW, to=here, said=said, field="cutting")


@site.post("/orders/<number>/discard", may="orders.place", on=Order)
def order_discard(order, actor):
    form = forms.Form()
    done = form.run(lambda **given: placing.discard(order, **given), by=actor)
    said = gettext("The draft is gone.")
    return order_pages.answer(form, done, order, actor, PAGE, to=url_for("portal.order_list"), said=said)
