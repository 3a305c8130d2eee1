"""What we know about a customer: each field with its origin, consent, who looked, all to take along."""

from flask import g, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, SelectField, TextAreaField

from portal import values
from portal.activity import view_log
from portal.activity.view_log import ViewLog
from portal.customers import data_requests, points
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.data_requests import DataRequest
from portal.customers.looks import Look
from portal.people import security
from portal.web import dossier_files, forms, lists, pages, places, sessions
from portal.web.speech import term
from portal.whole import dossier
from selfservice.face import site

SHOW = pages.Page("selfservice/data/show.html")
LOOKS = pages.Page("selfservice/data/looks.html")
REQUESTS = pages.Page("selfservice/data/requests.html")

places.show_at("portal", "data_request", lambda number: url_for("portal.data_request_list"))
LOOK_LIST = lists.List(
    "view",
    view_log.FIELDS,
    columns=[*map(lists.Column, ("seen_on", "viewer_name", "what"))],
    sorts={"number": lists.Sort(ViewLog.id)},
    default_sort="-number",
)
REQUEST_LIST = lists.List(
    "data_request",
    data_requests.FIELDS,
    columns=[*map(lists.Column, ("number", "state", "kind", "words", "asked_at", "due_on", "answer", "answered_at"))],
    sorts={"number": lists.Sort(DataRequest.id)},
    default_sort="-number",
)


class TakeAlongForm(forms.Form):
    """As what it comes, and the proof of whoever takes it."""

    kind = SelectField(
        lazy_gettext("As what?"),
        choices=forms.options({
            "html": lazy_gettext("As a page to read"), "csv": lazy_gettext("As tables (CSV, zipped)"), "json": "JSON",
        }),
    )  # fmt: skip
    password = PasswordField(lazy_gettext("Your password"))


class RequestForm(forms.Form):
    """What should be corrected, or deleted."""

    kind = SelectField(lazy_gettext("What would you like?"))
    words = TextAreaField(lazy_gettext("In your words"), render_kw={"maxlength": 2000, "rows": 4})
    password = PasswordField(lazy_gettext("Your password"))


@site.get("/account/data", may="data.see")
def data_show(actor):
    return SHOW.render(**_known(actor), form=TakeAlongForm(formdata=None))


def _known(actor):
    """What the page of it needs: the facts, how they read, and how the person proves himself."""
    contact = _contact(actor)
    addresses = Address.visible_to(actor).where(Address.archived_at.is_null()).order_by(Address.id)
    about = (sessions.login(), sessions.place(), contact, points.of(contact) if contact else [], list(addresses))
    hidden = [term("account", name) for name in dossier.hidden_fields()]
    return {"sections": dossier.facts(*about), "hidden": hidden, "said": _said, "labels": _labels} | _proof()


def _proof():
    """How whoever is signed in proves himself: by the password, by having just come in, or by a new link."""
    login, session = sessions.login(), sessions.session()
    way = "password" if security.has_password(login) else "session" if security.has_just_come(session) else "link"
    return {"proof": way, "login": login}


def _labels(facts):
    return [term(fact.noun, fact.field) for fact in facts]


def _said(fact):
    return dossier_files.said(fact.noun, fact.field, fact.value)


def _contact(actor):
    """The person behind this login in the account; None for one who is no contact."""
    return Contact.visible_to(actor).where(Contact.id == (actor.contact or 0)).first()


@site.post("/account/data/take-along", may="data.take_along")
def data_take_along(actor):
    """All of it as a file: "html", "csv" (a zip) or "json", however much there is."""
    form = TakeAlongForm()
    take = lambda kind, **proof: dossier.take_along(session=sessions.session(), **proof)  # noqa: E731
    done = form.run(take, by=actor)
    if done.ok:
        return dossier_files.answer(form.kind.data, done.result, f"suki-{values.shop_day().isoformat()}")
    return form.answer(done, SHOW, to=url_for("portal.data_show"), again=lambda: _known(actor))


@site.get("/account/data/looks", may="views.see_own", feeds=("csv", "json"))
def look_list(actor):
    return LOOK_LIST.answer(ViewLog.visible_to(actor), actor, LOOKS, looks=Look.at_person(actor))


@site.get("/account/data/requests", may="data_requests.see", feeds=("csv", "json"))
def data_request_list(actor):
    if g.get("feed"):
        return REQUEST_LIST.feed(DataRequest.visible_to(actor), actor)
    return REQUESTS.render(**_requests(actor), form=_offered(RequestForm(formdata=None)))


@site.post("/account/data/requests", may="data_requests.ask")
def data_request_ask(actor):
    form = _offered(RequestForm())
    done = form.run(DataRequest.ask_oneself, by=actor, session=sessions.session())
    said = gettext("We have it, and answer within 30 days.")
    here = url_for("portal.data_request_list")
    return form.answer(done, REQUESTS, to=here, said=said, again=lambda: _requests(actor))


def _offered(form):
    form.kind.choices = forms.options((kind, term("data_request", "kind", kind)) for kind in data_requests.KINDS)
    return form


def _requests(actor):
    rows = DataRequest.visible_to(actor).order_by(DataRequest.id.desc()).limit(50)
    return {"rows": list(rows), "today": values.shop_day()} | _proof()
