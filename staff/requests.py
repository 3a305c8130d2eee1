"""Change requests for staff: the inbox, old and new side by side, and the answer."""

from flask import url_for
from flask_babel import lazy_gettext, ngettext

from portal.service import request_deciding, requests
from portal.service.requests import ChangeRequest
from portal.web import file_pages, pages, places, queues, request_forms, request_pages
from staff.face import crm

INDEX = pages.Page("staff/requests/index.html")
SHOW = pages.Page("staff/requests/show.html")
LIST = request_pages.request_list(
    drawn=requests.KIND_FOR_STAFF, at="staff.request_show", rows=ChangeRequest.visible_to, defaults={"state": "open"}
)
SAID = {
    "approve": lazy_gettext("It is decided."),
    "decline": lazy_gettext("Declined. Everything stays as it is."),
    "ask_proof": lazy_gettext("The customer is asked for a paper."),
}

places.show_at("staff", "change_request", places.numbered("staff.request_show", ChangeRequest))
file_pages.take_files(crm, ChangeRequest)


@crm.get("/requests", may="requests.see", feeds=("csv", "json"))
def request_list(actor):
    return LIST.answer(None, actor, INDEX)


@crm.get("/requests/<number>", may="requests.see", on=ChangeRequest)
def request_show(request, actor):
    return SHOW.render(**request_pages.about(request, actor))


@crm.post("/requests/<number>/approve", may="requests.approve", on=ChangeRequest)
def request_approve(request, actor):
    return _answer(request, actor, "approve")


@crm.post("/requests/<number>/decline", may="requests.decline", on=ChangeRequest)
def request_decline(request, actor):
    return _answer(request, actor, "decline")


@crm.post("/requests/<number>/ask-proof", may="requests.ask_proof", on=ChangeRequest)
def request_ask_proof(request, actor):
    return _answer(request, actor, "ask_proof")


def _answer(request, actor, verb):
    """Decide; refused, the page as it stands now, with what was typed and ticked."""
    items = [item for item in request.items if item.state in ("asked", "approved")]
    form = request_forms.deciding(items, request.record(), is_sent=True)
    done = form.run(lambda **given: _decide(request, verb, **given), by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=url_for("staff.request_show", number=request.number), said=SAID[verb])
    now = ChangeRequest.visible_to(actor).where(ChangeRequest.id == request.id).get()
    shown = request_pages.about(now, actor)
    if shown["form"] is not None:
        form.saw.data = shown["form"].saw.data
    return SHOW.render(done.status, **shown | {"form": form})


def _decide(request, verb, *, by, fields, saw, reply):
    only = {"fields": fields, "saw": saw} if verb == "approve" else {}
    return getattr(request_deciding, verb)(request, by=by, reply=reply, **only)


queues.offer(
    "requests",
    ChangeRequest.waiting_for_us,
    may="requests.approve",
    said=lambda count: ngettext("%(num)s request to decide", "%(num)s requests to decide", count),
    at="staff.request_list",
    state="asked",
)
