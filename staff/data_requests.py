"""Requests of customers about what we know of them: the queue, taking one up, answering it."""

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField

from portal import values
from portal.customers import data_requests
from portal.customers.contacts import Contact
from portal.customers.data_requests import FIELDS, OPEN, DataRequest
from portal.customers.memberships import Membership
from portal.web import forms, lists, pages, places
from portal.web.terms.marks import N_
from staff.face import crm

INDEX = pages.Page("staff/data_requests/index.html")
SHOW = pages.Page("staff/data_requests/show.html")
STATE = lists.Choice("data_request", FIELDS["state"], DataRequest.state, {"open": (N_("not answered yet"), OPEN)})
LIST = lists.List(
    "data_request",
    FIELDS,
    columns=[*map(lists.Column, ("number", "state", "kind", "account_name", "asked_name", "asked_at", "due_on"))],
    sorts={"number": lists.Sort(DataRequest.id)},
    default_sort="-number",
    filters={"state": STATE},
    defaults={"state": "open"},
    drawn={"state": data_requests.KIND_OF},
    said=("state", "kind"),
    at="staff.data_request_show",
    rows=DataRequest.visible_to,
)

places.show_at("staff", "data_request", places.numbered("staff.data_request_show", DataRequest))


class ReplyForm(forms.Form):
    """What was done, or why it cannot be."""

    decision = StringField()
    reply = TextAreaField(lazy_gettext("Our answer"), render_kw={"maxlength": 2000, "rows": 5})


@crm.get("/data-requests", may="data_requests.see", feeds=("csv", "json"))
def data_request_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/data-requests/<number>", may="data_requests.see", on=DataRequest)
def data_request_show(request, actor):
    return SHOW.render(**_about(request), form=ReplyForm(formdata=None))


@crm.post("/data-requests/<number>/take", may="data_requests.answer", on=DataRequest)
def data_request_take(request, actor):
    form = forms.OneClick()
    done = form.run(request.take, by=actor)
    return form.answer(done, SHOW, to=_page_of(request), said=gettext("The customer sees that you are at it."))


@crm.post("/data-requests/<number>/answer", may="data_requests.answer", on=DataRequest)
def data_request_answer(request, actor):
    form = ReplyForm()
    done = form.run(request.settle, by=actor)
    return form.answer(done, SHOW, to=_page_of(request), said=gettext("Answered."), again=lambda: _about(request))


def _about(request):
    about = {"wish": request, "one_click": forms.Form(formdata=None), "today": values.shop_day()}
    return about | {"erase_at": _erase_at(request) if request.kind == "deletion" else []}


def _erase_at(request):
    """The page on which the household or the person who asked is erased."""
    if request.account.kind == "household":
        return [url_for("staff.account_erase_form", number=request.account.number)]
    here = (Membership.login == request.asked_by) & (Membership.account == request.account)
    people = Membership.select(Membership.contact).where(here & Membership.contact.is_null(False)).tuples()
    return [url_for("staff.contact_erase_form", number=Contact.NUMBER.format(number)) for (number,) in people]


def _page_of(request):
    return url_for("staff.data_request_show", number=request.number)
