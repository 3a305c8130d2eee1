"""What the customer asked us to change: how it stands, bringing a paper, withdrawing it."""

from flask import url_for
from flask_babel import gettext, lazy_gettext

from portal.service import request_asking, requests
from portal.service.requests import ChangeRequest
from portal.web import file_pages, forms, pages, places, request_forms, request_pages, under_way
from selfservice.face import site

INDEX = pages.Page("selfservice/requests/index.html")
SHOW = pages.Page("selfservice/requests/show.html")
LIST = request_pages.request_list(drawn=requests.KIND_OF)

places.show_at("portal", "change_request", places.numbered("portal.request_show", ChangeRequest))
file_pages.take_files(site, ChangeRequest)


@site.get("/account/requests", may="requests.see", feeds=("csv", "json"))
def request_list(actor):
    return LIST.answer(ChangeRequest.visible_to(actor), actor, INDEX, sides_of=request_pages.sides_of)


@site.get("/account/requests/<number>", may="requests.see", on=ChangeRequest)
def request_show(request, actor):
    return SHOW.render(**request_pages.about(request, actor))


@site.post("/account/requests/<number>/withdraw", may="requests.withdraw", on=ChangeRequest)
def request_withdraw(request, actor):
    form = forms.OneClick()
    done = form.run(lambda **given: request_asking.withdraw(request, **given), by=actor)
    return form.answer(done, SHOW, to=_page_of(request), said=gettext("Withdrawn. Everything stays as it is."))


@site.post("/account/requests/<number>/prove", may="requests.prove", on=ChangeRequest, uploads=True)
def request_prove(request, actor):
    form = request_forms.ProofForm()
    done = form.run(lambda **given: request_asking.prove(request, **given), by=actor)
    if done.ok:
        return form.answer(done, SHOW, to=_page_of(request), said=gettext("Thank you. We look at it and answer."))
    now = ChangeRequest.visible_to(actor).where(ChangeRequest.id == request.id).get()
    return SHOW.render(done.status, **request_pages.about(now, actor, proof_form=form))


def _page_of(request):
    return url_for("portal.request_show", number=request.number)


NEEDS = (lazy_gettext("We need a paper for your request %(number)s"), lazy_gettext("Bring the paper"))
under_way.offer(
    ChangeRequest,
    ChangeRequest.open_for,
    at="asked_at",
    may="requests.see",
    drawn=requests.KIND_OF,
    endpoint="portal.request_show",
    word=lazy_gettext("Change"),
    needs={"proof": NEEDS},
)
