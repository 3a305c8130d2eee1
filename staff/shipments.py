"""Shipments for staff: the list, the page of one and what happens to it, and those of an order on its page."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField

from portal import search, values
from portal.customers.accounts import Account
from portal.sales.orders import Order
from portal.sales.shipments import FIELDS, KIND_OF, Shipment
from portal.web import forms, list_filters, lists, noun_forms, order_lists, pages, panels, places
from staff.face import crm

INDEX = pages.Page("staff/shipments/index.html")
SHOW = pages.Page("staff/shipments/show.html")
TRACKED = ("carrier", "tracking_number", "tracking_url", "note")

places.show_at("staff", "shipment", places.numbered("staff.shipment_show", Shipment))


class DeliverForm(forms.Form):
    """Who took it."""

    received_by = StringField(lazy_gettext("Received by"), render_kw={"maxlength": 200})


class UndoForm(forms.Form):
    """Why it never left after all."""

    reason = TextAreaField(lazy_gettext("Why?"), render_kw={"maxlength": 500, "rows": 2})


def _since(query, text, actor):
    return query.where(Shipment.shipped_at >= values.shop_midnight(list_filters.day(text, "from")))


def _until(query, text, actor):
    end = values.shop_midnight(list_filters.day(text, "to") + timedelta(days=1))
    return query.where(Shipment.shipped_at < end)


def _found(query, text):
    """By their own numbers, and by all that finds their order."""
    own = Shipment.id.in_(search.matches("shipment", text))
    return query.where(own | Shipment.order.in_(search.matches("order", text)))


LIST = lists.List(
    "shipment",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "state")),
        lists.Column("order", lambda row: row.order.number),
        lists.Column("account", lambda row: row.order.account.number),
        lists.Column("account_name", lambda row: row.order.account_name),
        lists.Column("branch_name", lambda row: row.order.branch_name or None),
        *map(lists.Column, (*TRACKED, "by_name", "shipped_at", "delivered_at", "received_by")),
    ],
    sorts={"number": lists.Sort(Shipment.id), "shipped": lists.Sort(Shipment.shipped_at)},
    default_sort="-number",
    filters={
        "from": _since,
        "to": _until,
        "branch": lambda query, text, actor: query.where(Order.branch == order_lists.whole(text)),
        "account": lambda query, text, actor: query.where(Account.by_number(text)),
    },
    search=_found,
    drawn={"state": KIND_OF},
    shown=("number", "state", "order", "account_name", "shipped_at", "carrier", "tracking_number", "received_by"),
    at="staff.shipment_show",
    said=("state", "from", "to"),
    rows=Shipment.visible_to,
)


@crm.get("/shipments", may="shipments.see", feeds=("csv", "json"))
def shipment_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/shipments/<number>", may="shipments.see", on=Shipment)
def shipment_show(shipment, actor):
    return SHOW.render(**_about(shipment, actor))


@crm.post("/shipments/<number>/deliver", may="shipments.deliver", on=Shipment)
def shipment_deliver(shipment, actor):
    form = DeliverForm()
    done = form.run(shipment.deliver, by=actor)
    said = gettext("It was picked up.") if shipment.order.delivery == "pickup" else gettext("It was delivered.")
    return _answer(form, done, shipment, actor, said, delivering=form)


@crm.post("/shipments/<number>/track", may="shipments.track", on=Shipment)
def shipment_track(shipment, actor):
    form = noun_forms.form_over(FIELDS, TRACKED, actor, shipment)
    done = form.run(shipment.track, by=actor)
    return _answer(form, done, shipment, actor, gettext("Saved."), tracking=form)


@crm.post("/shipments/<number>/undo", may="shipments.undo", on=Shipment)
def shipment_undo(shipment, actor):
    form = UndoForm()
    done = form.run(shipment.undo, by=actor)
    said = gettext("Undone. The goods are on the shelf again and kept for the order.")
    return _answer(form, done, shipment, actor, said, undoing=form)


def _answer(form, done, shipment, actor, said, **shown):
    if done.ok:
        return form.answer(done, SHOW, to=url_for("staff.order_show", number=shipment.order.number), said=said)
    now = Shipment.visible_to(actor).where(Shipment.id == shipment.id).get()
    return SHOW.render(done.status, **_about(now, actor) | shown)


def _about(shipment, actor):
    return {
        "shipment": shipment,
        "order": shipment.order,
        "lines": shipment.lines,
        "delivering": DeliverForm(formdata=None),
        "tracking": noun_forms.form_over(FIELDS, TRACKED, actor, shipment, is_sent=False),
        "undoing": UndoForm(formdata=None),
        "panels": panels.of(shipment, actor),
    }


def _of_order(order, actor):
    """What left of an order, newest first."""
    found = order.shipments  # order_pages read them with the lines
    return {"shipments": found, "refs": [shipment.ref for shipment in found]} if found else None


OF_ORDER = "staff/shipments/_of_order.html"
panels.show_on("staff", "order", "shipments", OF_ORDER, _of_order, may="shipments.see", rank=10)
