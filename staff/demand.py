"""Unmet demand: what customers asked for in vain, counted; who asked; the answer to all of them; all wishes."""

from functools import partial

from flask import g, request, url_for
from flask_babel import ngettext

from portal.errors import NotFound
from portal.fields import STAFF, Field, Table
from portal.insight import demand
from portal.sales import wishes as asked_for
from portal.sales.wishes import KIND_FOR_STAFF, Wish
from portal.web import feeds, lists, pages, places, wish_forms
from staff.face import crm

INDEX = pages.Page("staff/demand/index.html")
SHOW = pages.Page("staff/demand/show.html")
WISHES = pages.Page("staff/demand/wishes.html")

DEMAND = Table(
    "demand",
    Field("words", read=STAFF),
    Field("asks", "number", STAFF),
    Field("accounts", "number", STAFF),
    Field("quantity", "number", STAFF),
    Field("open", "number", STAFF),
    Field("last_on", "date", STAFF),
)
COLUMNS = [lists.Column(field.name) for field in DEMAND]

places.show_at("staff", "wish", lambda record: _page_of(Wish.select(Wish.key).where(Wish.id == record).scalar()))

LIST = lists.List(
    "wish",
    asked_for.FIELDS,
    columns=[
        *map(lists.Column, ("number", "words", "quantity", "wanted_by", "state", "account", "asked_by", "asked_at")),
        lists.Column("product", lambda wish: wish.product),
        *map(lists.Column, ("answer", "answered_by", "answered_at")),
    ],
    sorts={"asked": lists.Sort(Wish.id)},
    default_sort="-asked",
    shown=("words", "quantity", "wanted_by", "state", "account", "asked_at"),
    link="words",
    drawn={"state": KIND_FOR_STAFF},
    said=("state",),
    rows=Wish.visible_to,
)


@crm.get("/demand", may="demand.see", feeds=("csv", "json"))
def demand_list(actor):
    asked = _asked()
    found = demand.groups(actor, **asked)
    if g.feed:
        return feeds.stream(g.feed, "demand", COLUMNS, [(found, {})])
    return INDEX.render(found=found, asked=asked, periods=demand.PERIODS, most=demand.MOST_GROUPS)


@crm.get("/demand/words", may="demand.see")
def demand_show(actor):
    """One thing that is wanted (`?key=`): its rows, and the answer to who asked."""
    return _page(actor, request.args.get("key", ""))


@crm.post("/demand/answer", may="wishes.answer")
def demand_answer(actor):
    form = wish_forms.AnswerForm()
    key = form.key.data or ""
    done = form.run(partial(_answer, key=key), by=actor)
    if not done.ok:
        return _page(actor, key, form, done.status)
    count = len(done.result or ())
    said = ngettext("%(num)s wish is answered.", "%(num)s wishes are answered.", count)
    return form.answer(done, SHOW, to=_page_of(key), said=said)


@crm.get("/wishes", may="wishes.see", feeds=("csv", "json"))
def wish_list(actor):
    return LIST.answer(None, actor, WISHES)


def _answer(*, by, key, wishes, **said):
    """Answer those of the wishes that were ticked and that this person sees."""
    asked = Wish.visible_to(by).where((Wish.key == key) & (Wish.state == "open"))
    return asked_for.answer([wish for wish in asked if wish.id in (wishes or ())], by=by, **said)


def _page(actor, key, form=None, status=200):
    days = _asked()["days"]
    asked, searched = demand.rows(actor, key, days)
    if not asked and not searched and form is None:
        raise NotFound()
    waiting = [wish for wish in asked if wish.state == "open"]
    form = (form or wish_forms.AnswerForm(formdata=None, data={"key": key})).offer(waiting)
    words = next((row.words for row in (*asked, *searched)), key)
    about = {"words": words, "key": key, "days": days, "waiting": waiting, "kinds": KIND_FOR_STAFF}
    return SHOW.render(status, form=form, wishes=asked, searched=searched, **about)


def _asked():
    """What the address asks for, as `demand.groups` takes it."""
    days = request.args.get("days", type=int)
    return {
        "days": days if days in demand.PERIODS else demand.PERIODS[1],
        "words": request.args.get("q", "")[:120],
        "only_open": request.args.get("open") == "1",
    }


def _page_of(key):
    return url_for("staff.demand_show", key=key)
