"""Wishes: "Do you have …?", and what became of each."""

from flask import request, url_for
from flask_babel import gettext

from portal.sales import wishes
from portal.sales.wishes import FIELDS, KIND_OF, Wish
from portal.web import lists, pages, places, sessions, wish_forms
from selfservice.face import site

INDEX = pages.Page("selfservice/wishes/index.html")

places.show_at("portal", "wish", lambda record: url_for("portal.wish_list", _anchor=f"wish-{record}"))

LIST = lists.List(
    "wish",
    FIELDS,
    columns=[
        *map(lists.Column, ("number", "words", "quantity", "wanted_by", "state", "asked_by", "asked_at")),
        lists.Column("product", lambda wish: wish.product.code if wish.product else None),
        *map(lists.Column, ("answer", "answered_by", "answered_at")),
    ],
    sorts={"asked": lists.Sort(Wish.id)},
    default_sort="-asked",
    also=("words",),
)


@site.get("/wishes", may="wishes.see", feeds=("csv", "json"))
def wish_list(actor):
    """What the account asked for; `?words=` begins a wish."""
    form = wish_forms.blank(request.args.get("words", ""))
    return LIST.answer(Wish.visible_to(actor), actor, INDEX, wish_form=form, kinds=KIND_OF)


@site.post("/wishes", may="wishes.ask")
def wish_ask(actor):
    form = wish_forms.WishForm()
    done = form.run(wishes.ask, by=actor, account=sessions.account())
    said = gettext("We have written it down and will tell you.")
    if done.ok:
        return form.answer(done, INDEX, to=url_for("portal.wish_list"), said=said)
    found = LIST.find(Wish.visible_to(actor), actor)
    return INDEX.render(done.status, found=found, wish_form=form, kinds=KIND_OF)
