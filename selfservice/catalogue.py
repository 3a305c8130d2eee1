"""The catalogue as customers see it: what is on sale for them, by category and by words."""

from portal import search, values
from portal.sales import pricing
from portal.sales.catalogue import FIELDS, Category, Product
from portal.web import forms, lists, order_lists, order_pads, pages, panels, pictures
from selfservice.face import site

INDEX = pages.Page("selfservice/catalogue/index.html")
SHOW = pages.Page("selfservice/catalogue/show.html")


def _in_category(query, text, actor):
    return query.where(Product.category == order_lists.whole(text))


LIST = lists.List(
    "product",
    FIELDS,
    columns=[
        *map(lists.Column, ("code", "name", "kind")),
        lists.Column("category", lambda product: product.category.name if product.category_id else None),
        *map(lists.Column, ("unit", "currency")),
        lists.Column("list_minor", lambda product: product.list_price, "price"),
        lists.Column("warranty_months"),
    ],
    sorts={"name": lists.Sort(Product.folded), "price": lists.Sort(Product.list_minor)},
    default_sort="name",
    filters={"category": _in_category},
    search=lambda query, text: query.where(Product.id.in_(search.matches("product", text))),
)


@site.get("/catalogue", may="catalogue.see", feeds=("csv", "json"))
def product_list(actor):
    query = Product.with_category(Product.visible_to(actor))
    return LIST.answer(query, actor, INDEX, categories=list(Category.alphabetical()), **_beside())


@site.get("/catalogue/<number>", may="catalogue.see", on=Product)
def product_show(product, actor):
    price = pricing.price(product, None, values.shop_day())
    return SHOW.render(product=product, price=price, panels=panels.of(product, actor), **_beside())


@site.get("/catalogue/<number>/picture", may="catalogue.see", on=Product)
def product_picture(product, actor):
    return pictures.answer(product)


def _beside():
    return {"stock_word": order_pads.stock_word, "order_form": forms.Form(formdata=None)}
