"""Shopping lists: all of them, one with its prices to order from, keeping, changing and removing one."""

from functools import partial

from flask import request, url_for
from flask_babel import gettext

from portal.sales import placing, quotes
from portal.sales.catalogue import Product, code_key
from portal.sales.orders import Order
from portal.sales.quotes import Wanted
from portal.sales.shopping_lists import FIELDS, ShoppingList
from portal.store import among
from portal.web import (
    forms,
    lists,
    order_forms,
    order_pads,
    order_sums,
    pages,
    panels,
    places,
    sessions,
    shopping_forms,
)
from portal.web.surfaces import load
from selfservice.face import site

INDEX = pages.Page("selfservice/shopping_lists/index.html")
SHOW = pages.Page("selfservice/shopping_lists/show.html")
KEEP = pages.Page("selfservice/shopping_lists/keep.html")
EDIT = pages.Page("selfservice/shopping_lists/edit.html")

places.show_at("portal", "shopping_list", places.numbered("portal.shopping_list_show", ShoppingList))

panels.show_on("portal", "account", "shopping", "selfservice/shopping_lists/_of_account.html", lambda *_: {},
               may="lists.see", rank=30)  # fmt: skip

LIST = lists.List(
    "shopping_list",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "name", "is_shared")),
        lists.Column("owner", lambda row: row.owner.name),
        *map(lists.Column, ("products", "changed_at")),
    ],
    sorts={"name": lists.Sort(ShoppingList.name_key), "changed": lists.Sort(ShoppingList.changed_at)},
    default_sort="name",
    filters={"owner": None},
)


@site.get("/lists", may="lists.see", feeds=("csv", "json"))
def shopping_list_list(actor):
    return LIST.answer(ShoppingList.listed_for(actor), actor, INDEX)


@site.get("/lists/new", may="lists.keep")
def shopping_list_new(actor):
    """What should be kept: the lines of `?order=SO-000123`, or `?product=RICE-25`."""
    lines, name = [], ""
    if request.args.get("order"):
        order = load(Order, actor, request.args["order"])
        lines, name = placing.again(order, actor), gettext("As in %(number)s", number=order.number)
    elif request.args.get("product"):
        lines = [Wanted(load(Product, actor, request.args["product"]).code, 1)]
    mine = _mine(actor)
    return _keep_page(shopping_forms.opened_to_keep(mine, lines, name=name), actor)


@site.post("/lists/new", may="lists.keep")
def shopping_list_fill(actor):
    """What stands on the pad, to be kept."""
    return _keep_page(shopping_forms.opened_to_keep(_mine(actor), order_forms.sent_lines()), actor)


@site.post("/lists", may="lists.keep")
def shopping_list_keep(actor):
    mine = _mine(actor)
    form = shopping_forms.sent_to_keep(mine)
    done = form.run(partial(shopping_forms.keep, account=sessions.account(), lists=mine), by=actor)
    if not done.ok:
        return _keep_page(form, actor, done.status)
    return form.answer(done, KEEP, to=_page_of, said=gettext("Kept."))


@site.get("/lists/<number>", may="lists.see", on=ShoppingList)
def shopping_list_show(kept, actor):
    account = kept.account
    quote = quotes.compute(account, kept.wanted, by=actor, ship_to={"country": account.country})
    sums = order_sums.of_quote(quote) if quote.lines else None
    about = {"sheet": order_pads.of_lines(account, quote), "sums": sums, "quote": quote}
    return SHOW.render(kept=kept, form=forms.Form(formdata=None), **about)


@site.get("/lists/<number>/edit", may="lists.keep", on=ShoppingList)
def shopping_list_change(kept, actor):
    return EDIT.render(kept=kept, form=shopping_forms.list_form(kept))


@site.post("/lists/<number>/edit", may="lists.keep", on=ShoppingList)
def shopping_list_edit(kept, actor):
    form = shopping_forms.list_form(kept)
    done = form.run(kept.edit, by=actor)
    return form.answer(done, EDIT, to=_page_of, said=gettext("Saved."), kept=kept)


@site.post("/lists/<number>/remove", may="lists.remove", on=ShoppingList)
def shopping_list_remove(kept, actor):
    form = forms.OneClick()
    done = form.run(kept.remove, by=actor)
    return form.answer(done, SHOW, to=url_for("portal.shopping_list_list"), said=gettext("The list is gone."))


def _mine(actor):
    """The lists this person may put something on."""
    return list(ShoppingList.visible_to(actor).order_by(ShoppingList.name_key, ShoppingList.id))


def _keep_page(form, actor, status=200):
    """The page that asks under which name the lines are kept, each with its name where there is one."""
    keys = [code_key(line.code) for line in form.lines]
    known = {row.code_key: row for row in Product.visible_to(actor).where(among(Product.code_key, keys))}
    rows = []
    for line, key in zip(form.lines, keys, strict=True):
        name, unit = (known[key].name, known[key].unit) if key in known else (line.code, "")
        rows.append((name, unit, line.code, line.quantity))
    return KEEP.render(status, form=form, rows=rows)


def _page_of(kept):
    return url_for("portal.shopping_list_show", number=kept.number)
