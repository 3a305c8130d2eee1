"""Payment methods, as admins set them: PromptPay, QR Ph, bank accounts."""

from flask import url_for
from flask_babel import gettext

from portal.sales.payment_methods import FIELDS, PaymentMethod
from portal.values import Money
from portal.web import lists, noun_forms, pages, places, qr_codes
from staff.face import crm

INDEX = pages.Page("staff/payment_methods/index.html")
EDIT = pages.Page("staff/payment_methods/edit.html")
NAMES = tuple(FIELDS.fields)
EXAMPLE = (12_345, "INV-2026-000001")  # what the code on the page of a method asks for

places.show_at("staff", "payment_method", places.numbered("staff.payment_method_show", PaymentMethod))

LIST = lists.List(
    "payment_method",
    FIELDS,
    columns=[lists.Column(name) for name in NAMES if FIELDS[name].listed],
    sorts={"position": lists.Sort(PaymentMethod.position), "title": lists.Sort(PaymentMethod.title)},
    default_sort="position",
    filters={"kind": lists.choice(PaymentMethod.kind), "currency": lists.choice(PaymentMethod.currency)},
)


@crm.get("/settings/payment-methods", may="payment_methods.see", feeds=("csv", "json"))
def payment_method_list(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, kind="bank", is_active=True, position=1)
    return LIST.answer(PaymentMethod.visible_to(actor), actor, INDEX, form=form)


@crm.post("/settings/payment-methods", may="payment_methods.edit")
def payment_method_add(actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor)
    done = form.run(PaymentMethod.add, by=actor)
    found = LIST.find(PaymentMethod.visible_to(actor), actor)
    said = gettext("It stands on papers from now on. Pay a small amount with it once to see that it arrives.")
    return form.answer(done, INDEX, to=_page_of, said=said, found=found)


@crm.get("/settings/payment-methods/<number>", may="payment_methods.see", on=PaymentMethod)
def payment_method_show(method, actor):
    return EDIT.render(form=noun_forms.form_over(FIELDS, NAMES, actor, method), **_about(method))


@crm.post("/settings/payment-methods/<number>", may="payment_methods.edit", on=PaymentMethod)
def payment_method_edit(method, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, method)
    done = form.run(method.edit, by=actor)
    said = gettext("Saved. Papers printed from now on show it.")
    return form.answer(done, EDIT, to=url_for("staff.payment_method_list"), said=said, **_about(method))


def _page_of(method):
    return url_for("staff.payment_method_show", number=method.number)


def _about(method):
    """The method, and the code it makes for an example, so that an admin can try it with a phone."""
    minor, number = EXAMPLE
    example = method.instruct(Money(minor, method.currency), number)
    return {"method": method, "example": example, "drawn": qr_codes.drawn(example.payload)}
