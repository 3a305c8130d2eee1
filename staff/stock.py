"""Stock for staff: what is on the shelf, kept, free and waited for, goods that come in, and what is expected when."""

from flask import url_for
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import StringField, TextAreaField

from portal import values
from portal.errors import Invalid
from portal.sales import quotes, receiving, stock, waiting
from portal.sales.catalogue import FIELDS, Product
from portal.web import finding, forms, list_cells, lists, noun_forms, order_rows, pages, panels, queues, speech
from staff.face import crm

INDEX = pages.Page("staff/stock/index.html")
SHOW = pages.Page("staff/stock/show.html")
RECEIVE = pages.Page("staff/stock/receive.html")


class DeliveryForm(forms.Form):
    """A whole delivery, line by line."""

    delivery = TextAreaField(lazy_gettext("What came in"), render_kw={"rows": 10, "maxlength": 50_000})
    reason = StringField(lazy_gettext("From whom, or the number of their note"), render_kw={"maxlength": 300})
    faults = ()  # [(line, sentence)]


class ReceiveForm(forms.Form):
    """Pieces of one product that came in."""

    quantity = StringField(lazy_gettext("How many came in"))
    reason = StringField(lazy_gettext("From whom, or the number of their note"), render_kw={"maxlength": 300})


def _flag(where):
    """A filter that is asked with 1: `?low=1`."""

    def narrow(query, text, actor):
        if text != "1":
            raise Invalid(low=("filter-choice-unknown", {"value": text}))
        return query.where(where())

    return narrow


def _low():
    return Product.id.in_(stock.low(values.shop_day()).select(Product.id))


def _free(product, beside):
    """What is free, with a mark where it is time to buy."""
    words = speech.wording().number(product.free)
    return list_cells.state("needs", words) if product.is_low else words


LIST = lists.List(
    "product",
    FIELDS,
    columns=[
        *map(lists.Column, ("code", "name", "stock", "reserved")),
        lists.Column("free", show=_free),
        *map(lists.Column, ("waited_for", "low_at", "allows_backorder", "expected_on", "unit")),
    ],
    sorts={
        "name": lists.Sort(Product.folded),
        "code": lists.Sort(Product.code_key),
        "stock": lists.Sort(Product.stock, nullable=True),
        "reserved": lists.Sort(Product.reserved),
    },
    default_sort="name",
    filters={"low": _flag(_low), "waited": _flag(waiting.waited_products)},
    search=finding.found_in(Product),
    shown=("code", "name", "stock", "reserved", "free", "waited_for", "expected_on"),
    link="code",
    at="staff.stock_show",
    said=("low", "waited"),
    rows=waiting.shelves,
)

queues.offer(
    "low",
    lambda actor: stock.low(values.shop_day()),
    may="stock.see",
    said=lambda count: ngettext("%(num)s product runs out", "%(num)s products run out", count),
    at="staff.stock_list",
    low="1",
)


@crm.get("/stock", may="stock.see", feeds=("csv", "json"))
def stock_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/stock/receive", may="stock.receive")
def stock_receiving(actor):
    return RECEIVE.render(form=DeliveryForm())


@crm.post("/stock/receive", may="stock.receive")
def stock_receive(actor):
    form = DeliveryForm()
    done = form.run(_receive, by=actor, form=form)
    if done.ok and done.result is not None:
        _say_served(done)
    return form.answer(done, RECEIVE, to=url_for("staff.stock_list"))


def _receive(*, by, form, delivery, reason):
    """All of the list or nothing: what cannot be read is named line by line."""
    pieces, faults = receiving.read(delivery)
    form.faults = [(line, order_rows.problem_text((message, params))) for line, message, params in faults]
    if faults:
        raise Invalid(delivery="delivery-unread")
    return receiving.receive(pieces, by=by, reason=reason)


@crm.get("/stock/<number>", may="stock.see", on=Product)
def stock_show(product, actor):
    return SHOW.render(**_about(product, actor))


@crm.post("/stock/<number>/receive", may="stock.receive", on=Product)
def stock_receive_one(product, actor):
    form = ReceiveForm()
    done = form.run(_receive_one, by=actor, product=product)
    if done.ok and done.result is not None:
        _say_served(done)
    return _answer(form, done, product, actor, None, receiving=form)


def _receive_one(*, by, product, quantity, reason):
    return receiving.receive([(product, quotes.read_quantity(quantity))], by=by, reason=reason)


@crm.post("/stock/<number>/plan", may="stock.plan", on=Product)
def stock_plan(product, actor):
    form = noun_forms.form_over(FIELDS, waiting.PLANNED, actor, product)
    done = form.run(_plan, by=actor, product=product)
    return _answer(form, done, product, actor, gettext("Saved."), planning=form)


def _plan(*, by, product, version, **given):
    return waiting.plan(product, by=by, version=version, **given)


def _say_served(done):
    """How many orders got what they waited for, and who was told."""
    served = len(done.result)
    said = gettext("It is on the shelf.")
    if served:
        said = ngettext(
            "It is on the shelf. One order got what it waited for.",
            "It is on the shelf. %(num)s orders got what they waited for.",
            served,
        )
    forms.say(said, told=done.told)


def _answer(form, done, product, actor, said, **shown):
    if done.ok:
        return form.answer(done, SHOW, to=url_for("staff.stock_show", number=product.code), said=said)
    now = Product.visible_to(actor).where(Product.id == product.id).get()
    return SHOW.render(done.status, **_about(now, actor) | shown)


def _about(product, actor):
    return {
        "product": product,
        "waits": waiting.lines_for(product, actor),
        "receiving": ReceiveForm(formdata=None),
        "planning": noun_forms.form_over(FIELDS, waiting.PLANNED, actor, product, is_sent=False),
    }


def _of_product(product, actor):
    """The shelf on the page of the product."""
    return {"waited": waiting.per_product([product]).get(product.id, 0)} if product.stock is not None else None


OF_PRODUCT = "staff/stock/_of_product.html"
panels.show_on("staff", "product", "shelf", OF_PRODUCT, _of_product, may="stock.see", rank=5, side=True)
