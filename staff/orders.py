"""Orders for staff: the list, the page of one, and the steps from placed to delivered or cancelled."""

from functools import partial

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext

from portal import rows, values
from portal.customers.accounts import ACCOUNT_FIELDS, Account
from portal.sales import cancelling, placing, shipments, stock, waiting
from portal.sales.orders import Order
from portal.web import forms, lists, order_lists, order_pages, pages, piece_forms, places, queues
from portal.web.list_deeds import Deed
from staff.face import crm

INDEX = pages.Page("staff/orders/index.html")
SHOW = pages.Page("staff/orders/show.html", "staff/orders/_order.html")
PAGE = pages.Page(SHOW.page)
SAID = {
    "confirm": lazy_gettext("The order is confirmed."),
    "ship": lazy_gettext("It is on its way."),
    "ready": lazy_gettext("It is ready to be picked up."),
    "deliver": lazy_gettext("The order was delivered."),
    "cancel": lazy_gettext("The order is cancelled, and what was kept for it is free again."),
    "cut": lazy_gettext("These pieces are cancelled, and what was kept for them is free again."),
    "promise": lazy_gettext("The days are promised."),
}

places.show_at("staff", "order", places.numbered("staff.order_show", Order))


MANY = (
    Deed("confirm", "orders.confirm", lambda row, by, value: row.confirm(by=by), "state", lazy_gettext("Confirm")),
    Deed("ship", "orders.ship", lambda row, by, value: shipments.ship(row, by=by), "state",
         lazy_gettext("Ship what is here"), hold=stock.hold_all),
    Deed("cancel", "orders.cancel", lambda row, by, value: cancelling.cancel(row, by=by, reason=value), "state",
         lazy_gettext("Cancel"), asks="words", word=lazy_gettext("Cancel, because"), hold=stock.hold_all),
)  # fmt: skip
OWNER = lists.Link("account", ACCOUNT_FIELDS["owner"], Account.owner)  # `owner=me`: of the accounts I look after
LIST = order_lists.order_list({"owner": OWNER}, at="staff.order_show", rows=Order.listed_for, many=MANY)


queues.offer(
    "orders",
    lambda actor: Order.visible_to(actor).where(rows.as_indexed(Order.state == "placed")),
    may="orders.confirm",
    said=lambda count: ngettext("%(num)s order to confirm", "%(num)s orders to confirm", count),
    at="staff.order_list",
    state="placed",
)
queues.offer(
    "behind",
    lambda actor: Order.visible_to(actor).where(waiting.overdue(values.shop_day())),
    may="orders.see",
    said=lambda count: ngettext("%(num)s order later than promised", "%(num)s orders later than promised", count),
    at="staff.order_list",
    is_urgent=True,
    goods="overdue",
)
queues.offer(
    "ready",
    lambda actor: Order.visible_to(actor).where(waiting.ready()),
    may="orders.ship",
    said=lambda count: ngettext("%(num)s order can go now", "%(num)s orders can go now", count),
    at="staff.order_list",
    goods="ready",
)


@crm.get("/orders", may="orders.see", feeds=("csv", "json"))
def order_list(actor):
    states = order_lists.states(gettext("all"), gettext("not done yet"))
    return LIST.answer(None, actor, INDEX, states=states)


@crm.get("/orders/<number>", may="orders.see", on=order_pages.Shown)
def order_show(order, actor):
    return SHOW.render(**order_pages.about(order, actor, **_beside(order)))


@crm.post("/orders/<number>/confirm", may="orders.confirm", on=Order)
def order_confirm(order, actor):
    return _step(order, actor, "confirm", forms.Form(), order.confirm)


@crm.post("/orders/<number>/ship", may="orders.ship", on=Order)
def order_ship(order, actor):
    """Send what the form says; prefilled with all that is kept for it."""
    name = "ready" if order.delivery == "pickup" else "ship"
    return _step(order, actor, name, piece_forms.ShipForm(), partial(shipments.ship, order), "shipping")


@crm.post("/orders/<number>/promise", may="orders.promise", on=Order)
def order_promise(order, actor):
    return _step(order, actor, "promise", piece_forms.PromiseForm(), partial(waiting.promise, order), "promising")


@crm.post("/orders/<number>/cancel-lines", may="orders.cancel", on=Order)
def order_cancel_lines(order, actor):
    return _step(order, actor, "cut", piece_forms.CutForm(), partial(cancelling.cancel_lines, order), "cutting")


@crm.post("/orders/<number>/deliver", may="orders.deliver", on=Order)
def order_deliver(order, actor):
    return _step(order, actor, "deliver", forms.Form(), partial(shipments.deliver_all, order))


@crm.post("/orders/<number>/cancel", may="orders.cancel", on=Order)
def order_cancel(order, actor):
    return _step(order, actor, "cancel", order_pages.CancelForm(), partial(cancelling.cancel, order), "cancelling")


@crm.post("/orders/<number>/discard", may="orders.place", on=Order)
def order_discard(order, actor):
    form = forms.Form()
    done = form.run(lambda **given: placing.discard(order, **given), by=actor)
    said, here = gettext("The draft is gone."), url_for("staff.order_list")
    return order_pages.answer(form, done, order, actor, PAGE, to=here, said=said, **_beside(order))


def _step(order, actor, name, form, verb, field="form"):
    done = form.run(verb, by=actor)
    here = url_for("staff.order_show", number=order.number)
    about = {"said": SAID[name], "field": field} | _beside(order)
    return order_pages.answer(form, done, order, actor, SHOW, to=here, **about)


def _beside(order):
    return {"account_url": places.address_of(order.account.ref)}
