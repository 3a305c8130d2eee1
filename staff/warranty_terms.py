"""Warranty terms for staff: how long things are covered and in which words, for all, by category, by product."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from portal.people import policy
from portal.service import warranty_terms
from portal.service.warranty_terms import FIELDS, LANGUAGES, WarrantyTerms
from portal.web import forms, lists, noun_forms, pages, panels, places
from staff.face import crm

INDEX = pages.Page("staff/warranties/terms.html")
EDIT = pages.Page("staff/warranties/terms_edit.html")
NAMES = ("months", *(f"words_{language}" for language in LANGUAGES), "takes_elsewhere")

LIST = lists.List(
    "warranty_terms",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("product", lambda terms: terms.product.code if terms.product_id else None),
        lists.Column("category", lambda terms: terms.category.name if terms.category_id else None),
        *map(lists.Column, NAMES),
    ],
    sorts={"number": lists.Sort(WarrantyTerms.id)},
    default_sort="number",
)

places.show_at("staff", "warranty_terms", lambda number: url_for("staff.warranty_terms_list"))


class NewForm(forms.Form):
    """For which product or category; with neither, for everything."""

    product = StringField(lazy_gettext("Product code"), render_kw={"maxlength": 60})
    category = StringField(lazy_gettext("Category"), render_kw={"maxlength": 120})


@crm.get("/settings/warranty", may="warranty_terms.see", feeds=("csv", "json"))
def warranty_terms_list(actor):
    form = _new(actor, product=request.args.get("product", ""))
    return LIST.answer(WarrantyTerms.visible_to(actor), actor, INDEX, form=form)


@crm.post("/settings/warranty", may="warranty_terms.edit")
def warranty_terms_add(actor):
    form = _new(actor)
    done = form.run(_write, by=actor)
    found, here = LIST.find(WarrantyTerms.visible_to(actor), actor), url_for("staff.warranty_terms_list")
    return form.answer(done, INDEX, to=here, said=gettext("The terms hold from now on."), found=found)


@crm.get("/settings/warranty/<number>", may="warranty_terms.edit", on=WarrantyTerms)
def warranty_terms_show(terms, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, terms)
    return EDIT.render(terms=terms, form=form, one_click=forms.Form(formdata=None))


@crm.post("/settings/warranty/<number>", may="warranty_terms.edit", on=WarrantyTerms)
def warranty_terms_edit(terms, actor):
    form = noun_forms.form_over(FIELDS, NAMES, actor, terms)
    done = form.run(terms.edit, by=actor)
    said = gettext("Saved. What is covered already keeps its last day.")
    to = url_for("staff.warranty_terms_list")
    return form.answer(done, EDIT, to=to, said=said, terms=terms, one_click=forms.Form(formdata=None))


@crm.post("/settings/warranty/<number>/remove", may="warranty_terms.edit", on=WarrantyTerms)
def warranty_terms_remove(terms, actor):
    form = forms.OneClick()
    done = form.run(terms.remove, by=actor)
    return form.answer(done, EDIT, to=url_for("staff.warranty_terms_list"), said=gettext("The terms are gone."))


def _new(actor, **data):
    return noun_forms.form_over(FIELDS, NAMES, actor, base=NewForm, **data)


def _write(*, by, product, category, **given):
    item, shelf = warranty_terms.meant(product, category)
    return warranty_terms.write(by=by, product=item, category=shelf, **given)


def _on_product(product, actor):
    """How long the product is covered and what that means."""
    terms = warranty_terms.book([product]).of(product)
    if not terms.months and not policy.may(actor, "warranty_terms.edit"):
        return None
    return {"terms": terms, "code": product.code}


panels.show_on("staff", "product", "warranty_terms", "staff/warranties/_on_product.html", _on_product,
               may="warranty_terms.see", rank=60, side=True)  # fmt: skip
