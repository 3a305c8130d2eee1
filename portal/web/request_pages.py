"""What the pages of change requests show on either face: one of them, their list, the panels on home and account."""

from typing import NamedTuple

from flask_babel import lazy_gettext

from portal import audit, search
from portal.service import requests
from portal.service.requests import FIELDS, IS_OPEN, OPEN, STARTS, STATES, ChangeRequest, RequestedField
from portal.web import forms, lists, panels, reading, request_forms, speech
from portal.web.terms.marks import N_

STATE = lists.Choice(
    "change_request",
    FIELDS["state"],
    ChangeRequest.state,
    {"open": (N_("not done yet"), OPEN, IS_OPEN), "all": (N_("all"), STATES)},
)


class Side(NamedTuple):
    """A field as a page shows it: as it was when it was asked for, as it is, as it shall be."""

    item: RequestedField
    old: str
    now: str
    new: str
    is_stale: bool


def sides(request, items, record=None):
    """The fields of a request for a page; of a decided one `now` is what it was before."""
    found = []
    for item in items:
        is_open = record is not None and item.state in ("asked", "approved")
        now = getattr(record, item.field) if is_open else item.old
        texts = (_words(request.noun, item.field, value) for value in (item.old, now, item.new))
        found.append(Side(item, *texts, now != item.old))
    return found


def _words(noun, field, value):
    return reading.reads(speech.wording(), value, noun, field)


def sides_of(found):
    """{request id: its fields as the page of a list shows them}; one query."""
    items = requests.items_of(found)
    return {request.id: sides(request, items[request.id]) for request in found}


def about(request, actor, **shown):
    """Fields side by side, story, files, the verbs that are open and their form; five queries."""
    items, beside = request.items, panels.of(request, actor)
    record = request.record() if request.state in OPEN else None
    open_items = [item for item in items if item.state in ("asked", "approved")]
    subjects = [str(ref) for ref in (request.ref, *panels.refs(beside))]
    return {
        "request_": request,
        "sides": sides(request, items, record),
        "panels": beside,
        "names": panels.names(beside),
        "kinds": requests.KIND_FOR_STAFF,
        "story": list(audit.Entry.select().where(audit.Entry.subject.in_(subjects)).order_by(audit.Entry.id)),
        "verbs": [verb for verb in STARTS if verb != "apply" and request.can(verb, actor)],
        "form": request_forms.deciding(open_items, record) if record is not None else None,
        "proof_form": request_forms.ProofForm(formdata=None),
        "one_click": forms.Form(formdata=None),
    } | shown


def request_list(*, drawn, **options):
    """The list of requests of a face."""
    return lists.List(
        "change_request",
        FIELDS,
        columns=[
            *map(lists.Column, ("number", "state")),
            lists.Column("account", lambda request: request.account.number),
            lists.Column("account_name"),
            lists.Column("changes", show=_changes, label=lazy_gettext("Changes"), css="wrap"),
            *map(lists.Column, ("reason", "valid_from", "asked_by", "asked_at", "decided_by", "decided_at", "reply")),
        ],
        sorts={"number": lists.Sort(ChangeRequest.id), "asked": lists.Sort(ChangeRequest.asked_at)},
        default_sort="-number",
        filters={"state": STATE},
        search=lambda query, text: query.where(ChangeRequest.id.in_(search.matches("change_request", text))),
        drawn={"state": drawn},
        beside=requests.items_of,
        shown=("number", "state", "account_name", "changes", "valid_from", "asked_by", "asked_at"),
        said=("state",),
        **options,
    )


def _changes(request, beside):
    items = beside[request.id]
    return speech.wording().list_words([f"{speech.term(request.noun, i.field)}: {_arrow(request, i)}" for i in items])


def _arrow(request, item):
    return " → ".join(_words(request.noun, item.field, value) for value in (item.old, item.new))
