"""Warranties for staff: what customers own, what they registered and we confirm, the numbers of what leaves."""

from flask import url_for
from flask_babel import gettext, ngettext

from portal.sales.shipments import UNDER_WAY, Shipment
from portal.service import numbering, registering
from portal.service.warranties import Warranty
from portal.web import file_pages, pages, panels, places, queues, warranty_forms, warranty_lists, warranty_pages
from staff.face import crm

INDEX = pages.Page("staff/warranties/index.html")
SHOW = pages.Page("staff/warranties/show.html")
LABEL = pages.Page("staff/warranties/label.html")
NUMBERS = pages.Page("staff/warranties/numbers.html")
LIST = warranty_lists.warranty_list(at="staff.warranty_show", said=("state", "holds"), rows=Warranty.visible_to)

places.show_at("staff", "warranty", places.numbered("staff.warranty_show", Warranty))
warranty_pages.stand_on_orders("staff", "staff/warranties/_on_order.html", warranty_pages.of_order)
file_pages.take_files(crm, Warranty, "/warranties")
queues.offer(
    "proofs",
    Warranty.waiting_for_us,
    may="warranties.see",
    said=lambda count: ngettext("%(num)s proof of purchase waits", "%(num)s proofs of purchase wait", count),
    at="staff.warranty_list",
    state="waiting",
)


@crm.get("/warranties", may="warranties.see", feeds=("csv", "json"))
def warranty_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/warranties/<number>", may="warranties.see", on=Warranty)
def warranty_show(thing, actor):
    return SHOW.render(**_about(thing, actor))


@crm.get("/warranties/<number>/label", may="warranties.see", on=Warranty)
def warranty_label(thing, actor):
    return LABEL.render(**warranty_pages.label(thing))


@crm.post("/warranties/<number>/serial", may="warranties.number", on=Warranty)
def warranty_number(thing, actor):
    form = warranty_forms.SerialForm()
    done = form.run(thing.give_serial, by=actor)
    said = gettext("The serial number is written down.")
    return form.answer(done, SHOW, to=_page_of, said=said, again=lambda: _again(thing, actor, numbering=form))


@crm.post("/warranties/<number>/confirm", may="warranties.confirm", on=Warranty)
def warranty_confirm(thing, actor):
    form = warranty_forms.ConfirmForm()
    done = form.run(lambda **given: registering.confirm(thing, **given), by=actor)
    said = gettext("It is covered now.")
    return form.answer(done, SHOW, to=_page_of, said=said, again=lambda: _again(thing, actor, confirming=form))


@crm.post("/warranties/<number>/decline", may="warranties.decline", on=Warranty)
def warranty_decline(thing, actor):
    form = warranty_forms.ReplyForm()
    done = form.run(lambda **given: registering.decline(thing, **given), by=actor)
    said = gettext("The registration is declined.")
    return form.answer(done, SHOW, to=_page_of, said=said, again=lambda: _again(thing, actor, declining=form))


@crm.get("/shipments/<number>/numbers", may="shipments.number", on=Shipment)
def shipment_numbers(shipment, actor):
    parts = numbering.parts(shipment)
    return NUMBERS.render(shipment=shipment, parts=parts, form=warranty_forms.NumbersForm.over(parts))


@crm.post("/shipments/<number>/numbers", may="shipments.number", on=Shipment)
def shipment_number(shipment, actor):
    parts = numbering.parts(shipment)
    form = warranty_forms.NumbersForm.over(parts)
    done = form.run(lambda **given: numbering.number(shipment, **given), by=actor)
    to = url_for("staff.shipment_show", number=shipment.number)
    said = gettext("The serial numbers are written down.")
    return form.answer(done, NUMBERS, to=to, said=said, shipment=shipment, parts=parts)


def _on_shipment(shipment, actor):
    """What is covered of a shipment, with the numbers written down so far."""
    parts = numbering.parts(shipment)
    return {"parts": parts, "is_open": shipment.state in UNDER_WAY} if parts else None


panels.show_on("staff", "shipment", "numbers", "staff/warranties/_on_shipment.html", _on_shipment,
               may="shipments.number", rank=20)  # fmt: skip


def _again(thing, actor, **sent):
    """The page as it stands now, with what was typed."""
    now = Warranty.visible_to(actor).where(Warranty.id == thing.id).get()
    return _about(now, actor, **sent)


def _about(thing, actor, **sent):
    show = {
        "share": warranty_pages.share_left(thing),
        "account_url": places.address_of(thing.account.ref),
        "confirming": warranty_forms.ConfirmForm(formdata=None, bought_on=thing.bought_on, months=thing.months),
        "declining": warranty_forms.ReplyForm(formdata=None),
    }
    return warranty_pages.about(thing, actor, **show) | sent


def _page_of(thing):
    return url_for("staff.warranty_show", number=thing.number)
