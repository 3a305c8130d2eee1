"""Taxes and delivery fees, as admins set them."""

from flask import url_for
from flask_babel import gettext

from portal.sales.charges import FREIGHT_FIELDS, TAX_FIELDS, FreightRule, TaxRate
from portal.values import Money
from portal.web import forms, lists, noun_forms, pages, places
from staff.face import crm

TAXES = pages.Page("staff/charges/taxes.html")
FREIGHT = pages.Page("staff/charges/freight.html")
EDIT = pages.Page("staff/charges/edit.html")
TAX_NAMES = ("country", "tax_class", "name", "basis_points", "is_included")
FREIGHT_NAMES = ("country", "currency", "basis", "from_value", "fee_minor", "free_from_minor")

places.show_at("staff", "tax_rate", lambda record: url_for("staff.tax_list"))
places.show_at("staff", "freight_rule", lambda record: url_for("staff.freight_list"))

TAX_LIST = lists.List(
    "tax_rate",
    TAX_FIELDS,
    columns=[lists.Column(name) for name in TAX_NAMES],
    sorts={"country": lists.Sort(TaxRate.country)},
    default_sort="country",
)
FREIGHT_LIST = lists.List(
    "freight_rule",
    FREIGHT_FIELDS,
    columns=[
        *map(lists.Column, ("country", "currency", "basis", "from_value")),
        lists.Column("fee_minor", lambda rule: Money(rule.fee_minor, rule.currency), "fee"),
        lists.Column("free_from_minor", lambda rule: rule.free_from, "free_from"),
    ],
    sorts={"country": lists.Sort(FreightRule.country)},
    default_sort="country",
)


@crm.get("/settings/taxes", may="charges.see", feeds=("csv", "json"))
def tax_list(actor):
    form = noun_forms.form_over(TAX_FIELDS, TAX_NAMES, actor)
    return TAX_LIST.answer(TaxRate.visible_to(actor), actor, TAXES, form=form)


@crm.post("/settings/taxes", may="charges.edit")
def tax_add(actor):
    form = noun_forms.form_over(TAX_FIELDS, TAX_NAMES, actor)
    done = form.run(TaxRate.add, by=actor)
    found = TAX_LIST.find(TaxRate.visible_to(actor), actor)
    here = url_for("staff.tax_list")
    return form.answer(done, TAXES, to=here, said=gettext("The tax rate counts now."), found=found)


@crm.get("/settings/taxes/<number>", may="charges.edit", on=TaxRate)
def tax_show(rate, actor):
    form = noun_forms.form_over(TAX_FIELDS, TAX_NAMES, actor, rate)
    form.basis_points.data = f"{rate.basis_points / 100:g}"
    return EDIT.render(form=form, **_about(rate))


@crm.post("/settings/taxes/<number>", may="charges.edit", on=TaxRate)
def tax_edit(rate, actor):
    form = noun_forms.form_over(TAX_FIELDS, TAX_NAMES, actor, rate)
    return _answer(form, form.run(rate.edit, by=actor), rate, gettext("Saved. Earlier orders stay as they were."))


@crm.post("/settings/taxes/<number>/remove", may="charges.edit", on=TaxRate)
def tax_remove(rate, actor):
    form = forms.Form()
    return _answer(form, form.run(rate.remove, by=actor), rate, gettext("The tax rate is gone."))


@crm.get("/settings/freight", may="charges.see", feeds=("csv", "json"))
def freight_list(actor):
    form = noun_forms.form_over(FREIGHT_FIELDS, FREIGHT_NAMES, actor)
    return FREIGHT_LIST.answer(FreightRule.visible_to(actor), actor, FREIGHT, form=form)


@crm.post("/settings/freight", may="charges.edit")
def freight_add(actor):
    form = noun_forms.form_over(FREIGHT_FIELDS, FREIGHT_NAMES, actor)
    done = form.run(FreightRule.add, by=actor)
    found = FREIGHT_LIST.find(FreightRule.visible_to(actor), actor)
    here = url_for("staff.freight_list")
    return form.answer(done, FREIGHT, to=here, said=gettext("The delivery fee counts now."), found=found)


@crm.get("/settings/freight/<number>", may="charges.edit", on=FreightRule)
def freight_show(rule, actor):
    form = noun_forms.form_over(FREIGHT_FIELDS, FREIGHT_NAMES, actor, rule)
    form.from_value.data = rule.from_text
    return EDIT.render(form=form, **_about(rule))


@crm.post("/settings/freight/<number>", may="charges.edit", on=FreightRule)
def freight_edit(rule, actor):
    form = noun_forms.form_over(FREIGHT_FIELDS, FREIGHT_NAMES, actor, rule)
    return _answer(form, form.run(rule.edit, by=actor), rule, gettext("Saved. Earlier orders stay as they were."))


@crm.post("/settings/freight/<number>/remove", may="charges.edit", on=FreightRule)
def freight_remove(rule, actor):
    form = forms.Form()
    return _answer(form, form.run(rule.remove, by=actor), rule, gettext("The delivery fee is gone."))


def _answer(form, done, rule, said):
    return form.answer(done, EDIT, to=_about(rule)["back"], said=said, **_about(rule))


def _about(rule):
    """Where the pages of a rule lead, by its kind."""
    noun = {"tax_rate": "tax", "freight_rule": "freight"}[rule.ref.kind]
    here = {"number": rule.number}
    return {
        "rule": rule,
        "back": url_for(f"staff.{noun}_list"),
        "save": url_for(f"staff.{noun}_edit", **here),
        "remove": url_for(f"staff.{noun}_remove", **here),
        "one_click": forms.Form(formdata=None),
    }
