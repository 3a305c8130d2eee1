"""The catalogue as customers see it: what is on sale for them, by category and by words."""

from functools import partial

from flask import g, request

from portal import search, values
from portal.sales import missed, pricing
from portal.sales.catalogue import FIELDS, Category, Product
from portal.web import forms, lists, order_rows, pages, panels, pictures, price_words, sessions, wish_forms
from selfservice.face import site

INDEX = pages.Page("selfservice/catalogue/index.html")
SHOW = pages.Page("selfservice/catalogue/show.html")


LIST = lists.List(
    "product",
    FIELDS,
    columns=[
        *map(lists.Column, ("code", "name", "kind")),
        lists.Column("category", lambda product: product.category.name if product.category_id else None),
        *map(lists.Column, ("unit", "currency")),
        lists.Column("list_minor", lambda product: _own_price(product).money, "price"),
        lists.Column("list_minor", lambda product: product.list_price, "list_price"),
        lists.Column("warranty_months"),
    ],
    sorts={"name": lists.Sort(Product.folded), "price": lists.Sort(Product.list_minor)},
    default_sort="name",
    filters={"category": lists.Link("product", FIELDS["category"], Product.category)},
    search=lambda query, text: query.where(Product.id.in_(search.matches("product", text))),
)


@site.get("/catalogue", may="catalogue.see", feeds=("csv", "json"))
def product_list(actor):
    query = Product.with_category(Product.visible_to(actor))
    about = {"categories": list(Category.alphabetical()), "wish_form": wish_forms.blank(request.args.get("q", ""))}
    kept = partial(_missed, actor)
    return LIST.answer(query, actor, INDEX, when_none=kept, **about, **_beside())


def _missed(actor, words):
    missed.note(actor.account, "catalogue", [(words, 0)])


@site.get("/catalogue/<number>", may="catalogue.see", on=Product)
def product_show(product, actor):
    price = pricing.price(product, actor.account, values.shop_day())
    about = {"price": price, "breaks": price_words.breaks(price), "panels": panels.of(product, actor)}
    return SHOW.render(product=product, **about, **_beside())


@site.get("/catalogue/<number>/picture", may="catalogue.see", on=Product)
def product_picture(product, actor):
    return pictures.answer(product)


def _beside():
    about = {"own_prices": _own_prices, "why": price_words.of_price, "stock_word": order_rows.stock_word}
    return about | {"order_form": forms.Form(formdata=None)}


def _own_prices(products):
    """The prices of whoever looks, for a page of products; one query."""
    return pricing.book(sessions.actor().account, values.shop_day(), products)


def _own_price(product):
    """The price of a row of a file, out of all prices of the account, read once."""
    if "price_book" not in g:
        g.price_book = pricing.book(sessions.actor().account, values.shop_day())
    return g.price_book.price(product)
