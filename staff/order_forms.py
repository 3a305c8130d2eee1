"""Public order forms for staff: composing, looking at them as strangers do, opening, closing, copying, sharing."""

import html

from flask import url_for
from flask_babel import gettext, lazy_gettext

from portal.sales import submissions
from portal.sales.order_forms import FIELDS, KIND_OF, OrderForm
from portal.web import composing, forms, lists, pages, places, public_forms, qr_codes, speech
from staff.face import crm

INDEX = pages.Page("staff/order_forms/index.html")
NEW = pages.Page("staff/order_forms/new.html")
SHOW = pages.Page("staff/order_forms/show.html")
EDIT = pages.Page("staff/order_forms/edit.html")
PREVIEW = pages.Page("staff/order_forms/preview.html")
CHOSEN = ("category", "owner", "team")  # ids as the page sends them
SAID = {
    "open": lazy_gettext("The form is open. Share its address."),
    "close": lazy_gettext("The form is closed. Who comes reads so."),
}


def _form_page(id):
    return url_for("staff.order_form_show", number=OrderForm.slug_of(id))


places.show_at("staff", "order_form", _form_page)

LIST = lists.List(
    "order_form",
    FIELDS,
    columns=[
        *map(lists.Column, ("title", "slug", "state")),
        lists.Column("owner", lambda row: row.owner.name if row.owner_id else None),
        lists.Column("team", lambda row: row.team.name if row.team_id else None),
        *map(lists.Column, ("open_from", "open_until", "most_per_day", "created_at")),
        lists.Column(
            "unconfirmed", lambda row: None, show=lambda row, beside: beside.get(row.id), css="num",
            label=lazy_gettext("Not confirmed"),
        ),
    ],
    sorts={"title": lists.Sort(OrderForm.title), "created": lists.Sort(OrderForm.id)},
    default_sort="-created",
    search=lambda query, text: query.where(OrderForm.title.contains(text)),
    shown=("title", "state", "owner", "open_from", "open_until", "unconfirmed"),
    link="title",
    at="staff.order_form_show",
    drawn={"state": KIND_OF},
    said=("state",),
    beside=lambda rows: submissions.unconfirmed_by_form(),
    rows=OrderForm.listed_for,
)  # fmt: skip


@crm.get("/order-forms", may="order_forms.see", feeds=("csv", "json"))
def order_form_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/order-forms/new", may="order_forms.compose")
def order_form_new(actor):
    return NEW.render(form=composing.composing(actor))


@crm.post("/order-forms", may="order_forms.compose")
def order_form_compose(actor):
    form = composing.composing(actor)
    done = form.run(_chosen(OrderForm.compose), by=actor)
    return form.answer(done, NEW, to=_page_of, said=gettext("The form is there. Look at it, then open it."))


@crm.get("/order-forms/<number>", may="order_forms.see", on=OrderForm)
def order_form_show(order_form, actor):
    return SHOW.render(**_about(order_form))


@crm.get("/order-forms/<number>/edit", may="order_forms.compose", on=OrderForm)
def order_form_change(order_form, actor):
    return EDIT.render(order_form=order_form, form=composing.composing(actor, order_form))


@crm.post("/order-forms/<number>/edit", may="order_forms.compose", on=OrderForm)
def order_form_edit(order_form, actor):
    form = composing.composing(actor, order_form)
    done = form.run(_chosen(order_form.edit), by=actor)
    said = gettext("Saved. What was sent before stays as it was asked.")
    return form.answer(done, EDIT, to=lambda _: _page_of(order_form), said=said, order_form=order_form)


@crm.post("/order-forms/<number>/open", may="order_forms.compose", on=OrderForm)
def order_form_open(order_form, actor):
    return _step(order_form, actor, "open")


@crm.post("/order-forms/<number>/close", may="order_forms.compose", on=OrderForm)
def order_form_close(order_form, actor):
    return _step(order_form, actor, "close")


@crm.post("/order-forms/<number>/copy", may="order_forms.compose", on=OrderForm)
def order_form_copy(order_form, actor):
    form = forms.OneClick()
    done = form.run(order_form.copy, by=actor)
    return form.answer(done, SHOW, to=_page_of, said=gettext("This is the copy. Change it, then open it."))


@crm.get("/order-forms/<number>/preview", may="order_forms.see", on=OrderForm)
def order_form_preview(order_form, actor):
    """As strangers see it, in its own language; it goes nowhere."""
    public_forms.speak(order_form.languages, order_form.language)
    products = order_form.products()
    form = public_forms.filling(order_form, products)
    return PREVIEW.render(order_form=order_form, form=form, products=products, price=public_forms.price)


def _step(order_form, actor, verb):
    form = forms.OneClick()
    done = form.run(getattr(order_form, verb), by=actor)
    return form.answer(done, SHOW, to=_page_of(order_form), said=SAID[verb])


def _chosen(verb):
    """The verb with ids where the page sends them as text."""

    def call(**typed):
        return verb(**typed | {name: composing.picked(typed[name]) for name in CHOSEN})

    return call


def _page_of(order_form):
    return url_for("staff.order_form_show", number=order_form.slug)


def _about(order_form):
    """The form with its address as others need it: to share, as a code, as a frame."""
    address = speech.settings().base_url + url_for("public.order_form_show", slug=order_form.slug)
    title = html.escape(order_form.title)
    return {
        "order_form": order_form,
        "address": address,
        "snippet": f'<iframe src="{address}" title="{title}" width="100%" height="900"></iframe>',
        "drawn": qr_codes.drawn(address),
        "unconfirmed": submissions.unconfirmed_by_form().get(order_form.id, 0),
        "sent_today": order_form.sent_on(),
        "form": forms.Form(formdata=None),
    }
