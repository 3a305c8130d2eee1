"""Shopping lists that customers share: whose they are, and from each the way to an order."""

from flask import url_for

from portal.sales.shopping_lists import FIELDS, ShoppingList
from portal.web import lists, places
from staff.face import crm

LIST = lists.List(
    "shopping_list",
    FIELDS,
    columns=[
        lists.Column("number"),
        lists.Column("name"),
        lists.Column("account", lambda row: row.account),
        lists.Column("owner", lambda row: row.owner.name),
        *map(lists.Column, ("products", "changed_at")),
    ],
    sorts={"name": lists.Sort(ShoppingList.name_key), "changed": lists.Sort(ShoppingList.changed_at)},
    default_sort="name",
    filters={"account": lists.Link("shopping_list", FIELDS["account"], ShoppingList.account), "owner": None},
    shown=("name", "account", "owner", "products", "changed_at"),
    rows=ShoppingList.listed_for,
)

places.show_at("staff", "shopping_list", lambda record: url_for("staff.order_pad", list=record))


@crm.get("/lists", may="lists.see", feeds=("csv", "json"))
def shopping_list_list(actor):
    """A row opens the review of an order of all that stands on it."""
    return LIST.answer(None, actor)
