"""The catalogue for staff: the list, the page of a product, editing, its picture, and the shelf set right."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FileField, StringField

from portal import files, search, values
from portal.people import policy
from portal.sales import stock
from portal.sales.catalogue import FIELDS, Category, Product
from portal.web import (
    forms,
    list_cells,
    list_deeds,
    lists,
    noun_forms,
    order_rows,
    pages,
    panels,
    pictures,
    places,
    speech,
)
from portal.web.list_deeds import Deed
from staff.face import crm

INDEX = pages.Page("staff/catalogue/index.html")
SHOW = pages.Page("staff/catalogue/show.html", "staff/catalogue/_product.html")
EDIT = pages.Page("staff/catalogue/edit.html")
EDITED = (
    "code", "name", "kind", "category", "unit", "list_minor", "cost_minor", "currency", "tax_class", "weight_g",
    "warranty_months", "on_sale_from", "on_sale_to", "successor", "description",
)  # fmt: skip

places.show_at("staff", "product", lambda record: url_for("staff.product_show", number=Product.code_of(record)))


class StockForm(forms.Form):
    """What was counted, or the difference, and why."""

    counted = StringField(lazy_gettext("Counted"))
    difference = StringField(lazy_gettext("or the difference"))
    unlimited = BooleanField(lazy_gettext("There is always enough: do not count"))
    reason = StringField(lazy_gettext("Why?"), render_kw={"maxlength": 300})


class PictureForm(forms.Form):
    picture = FileField(lazy_gettext("Picture"))


class NewProduct(forms.Form):
    counted = StringField(lazy_gettext("On the shelf"))


def _on_sale(query, text, actor):
    """`sale=no` is what cannot be ordered today, `sale=all` both."""
    if lists.one_of(("yes", "no", "all"), text, "sale") == "all":
        return query
    now = Product.on_sale(values.shop_day()).select(Product.id)
    return query.where(Product.id.not_in(now) if text == "no" else Product.id.in_(now))


class Stocked(lists.Span):
    """`stock=low` is what runs out; `stock.from` and `stock.to` as for every number."""

    def narrow(self, query, asked, actor):
        if asked.get("stock") == "low":
            return query.where(Product.low())
        return super().narrow(query, asked, actor)

    def words(self, asked, actor):
        return gettext("little") if asked.get("stock") == "low" else super().words(asked, actor)


def _shelf(product, beside):
    """What is on the shelf, with a mark at what runs out."""
    words = speech.wording().number(product.stock)
    return list_cells.state("needs", words) if product.is_low else words


def _price(product, beside):
    """The price to the cent: what one piece costs is no estimate."""
    return speech.wording().money(product.list_price)


def _sold(product, beside):
    """Whether it can be ordered today."""
    is_sold = product.is_on_sale(speech.wording().today)
    return list_cells.state("done", gettext("Yes")) if is_sold else list_cells.state("closed", gettext("No"))


MANY = (
    Deed("sell", "catalogue.edit", lambda row, by, value: row.put_on_sale(by=by), "on_sale_to",
         lazy_gettext("Put on sale")),
    Deed("withdraw", "catalogue.edit", lambda row, by, value: row.withdraw(by=by), "on_sale_to",
         lazy_gettext("Take off sale")),
    *(list_deeds.edit("catalogue.edit", name) for name in ("category", "tax_class", "warranty_months")),
)  # fmt: skip
LIST = lists.List(
    "product",
    FIELDS,
    columns=[
        *map(lists.Column, ("code", "name", "kind")),
        lists.Column("category", lambda product: product.category.name if product.category_id else None),
        *map(lists.Column, ("unit", "currency")),
        lists.Column("list_minor", lambda product: product.list_price, "list_price", show=_price),
        lists.Column("cost_minor", lambda product: values.Money(product.cost_minor, product.currency), "cost"),
        *map(lists.Column, ("tax_class", "weight_g")),
        lists.Column("stock", show=_shelf),
        *map(lists.Column, ("warranty_months", "on_sale_from", "on_sale_to")),
        lists.Column("on_sale", show=_sold, label=lazy_gettext("On sale")),
    ],
    sorts={
        "name": lists.Sort(Product.folded),
        "code": lists.Sort(Product.code_key),
        "price": lists.Sort(Product.list_minor),
        "stock": lists.Sort(Product.stock, nullable=True),
    },
    default_sort="name",
    filters={
        "category": lists.Link("product", FIELDS["category"], Product.category),
        "sale": _on_sale,
        "stock": Stocked("product", FIELDS["stock"], Product.stock),
    },
    search=lambda query, text: query.where(Product.id.in_(search.matches("product", text))),
    shown=("code", "name", "category", "unit", "stock", "on_sale", "list_price"),
    at="staff.product_show",
    said=("sale", "category", "stock"),
    rows=lambda actor: Product.with_category(Product.visible_to(actor)),
    many=MANY,
)


@crm.get("/catalogue", may="catalogue.see", feeds=("csv", "json"))
def product_list(actor):
    return LIST.answer(None, actor, INDEX, categories=list(Category.alphabetical()))


@crm.get("/catalogue/new", may="catalogue.edit")
def product_new(actor):
    form = _new_form(actor, name=request.args.get("name", "")[:200])
    return EDIT.render(form=form, product=None, categories=list(Category.alphabetical()))


@crm.post("/catalogue", may="catalogue.edit")
def product_add(actor):
    form = _new_form(actor)
    done = form.run(_add, by=actor)
    about = {"product": None, "categories": list(Category.alphabetical())}
    return form.answer(done, EDIT, to=_page_of, said=gettext("The product is in the catalogue."), **about)


def _new_form(actor, **start):
    return noun_forms.form_over(FIELDS, EDITED + noun_forms.own_of(FIELDS, actor), actor, base=NewProduct, **start)


def _add(*, by, counted, **typed):
    return stock.add_product(by=by, counted=stock.read_count(counted), **typed)


@crm.get("/catalogue/<number>", may="catalogue.see", on=Product)
def product_show(product, actor):
    return SHOW.render(**_about(product, actor))


@crm.get("/catalogue/<number>/edit", may="catalogue.edit", on=Product)
def product_change(product, actor):
    form = noun_forms.form_over(FIELDS, EDITED, actor, product)
    form.category.data = product.category.name if product.category_id else ""
    form.successor.data = product.successor.code if product.successor_id else ""
    return EDIT.render(form=form, product=product, categories=list(Category.alphabetical()))


@crm.post("/catalogue/<number>/edit", may="catalogue.edit", on=Product)
def product_edit(product, actor):
    form = noun_forms.form_over(FIELDS, EDITED, actor, product)
    done = form.run(product.edit, by=actor)
    about = {"product": product, "categories": list(Category.alphabetical())}
    return form.answer(done, EDIT, to=_page_of, said=gettext("Saved."), **about)


@crm.post("/catalogue/<number>/stock", may="stock.correct", on=Product)
def product_stock(product, actor):
    form = StockForm()
    done = form.run(_correct, by=actor, product=product)
    return _answer(form, done, product, actor, gettext("The shelf is set right."), stock_form=form)


def _correct(*, by, product, counted, difference, unlimited, reason):
    given = {"counted": stock.read_count(counted), "difference": stock.read_count(difference, "difference")}
    return stock.correct(product, by=by, reason=reason, unlimited=unlimited, **given)


@crm.post("/catalogue/<number>/picture", may="catalogue.edit", on=Product)
def product_picture_give(product, actor):
    form = PictureForm()
    done = form.run(_show, by=actor, product=product)
    return _answer(form, done, product, actor, gettext("The picture is there."), picture_form=form)


def _show(*, by, product, picture):
    """What was uploaded, or nothing at all, which `receive` refuses."""
    sent = picture.stream if picture else b""
    return product.show(by=by, picture=files.receive(sent, only=files.PICTURES, field="picture"))


@crm.post("/catalogue/<number>/sale", may="catalogue.edit", on=Product)
def product_sale(product, actor):
    """Take it off sale, or put it back."""
    form = forms.Form()
    is_on_sale = product.is_on_sale(values.shop_day())
    done = form.run(product.withdraw if is_on_sale else product.put_on_sale, by=actor)
    said = gettext("It is off sale from today on.") if is_on_sale else gettext("It can be ordered from today on.")
    return _answer(form, done, product, actor, said)


@crm.get("/catalogue/<number>/picture", may="catalogue.see", on=Product)
def product_picture(product, actor):
    return pictures.answer(product)


def _answer(form, done, product, actor, said, **shown):
    if done.ok:
        return form.answer(done, pages.Page(SHOW.page), to=_page_of(product), said=said)
    now = Product.visible_to(actor).where(Product.id == product.id).get()
    return SHOW.render(done.status, **_about(now, actor) | shown)


def _about(product, actor):
    sees_cost = "cost_minor" in FIELDS.readable(actor)
    blank = {"formdata": None}
    return {
        "product": product,
        "cost": values.Money(product.cost_minor, product.currency) if sees_cost else None,
        "movements": list(stock.movements(product)),
        "stock_word": order_rows.stock_word,
        "today": values.shop_day(),
        "form": forms.Form(**blank),
        "stock_form": StockForm(**blank),
        "picture_form": PictureForm(**blank),
        "may_edit": policy.may(actor, "catalogue.edit", product),
        "panels": panels.of(product, actor),
    }


def _page_of(product):
    return url_for("staff.product_show", number=product.code)
