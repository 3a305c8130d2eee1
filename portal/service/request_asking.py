"""Asking for changes: what a customer saves is changed at once or becomes a request, field by field as ruled."""

from datetime import timedelta
from typing import NamedTuple

from portal import audit, values
from portal.activity import attachments
from portal.customers import field_rules, notices
from portal.errors import Invalid, Stale
from portal.service.requests import FIELDS, ChangeRequest, RequestedField, mark, waiting_on

FARTHEST = timedelta(days=366)


class Saved(NamedTuple):
    """What came of one save: the names of the fields that changed at once, and the request for the others."""

    done: list
    request: ChangeRequest | None


def alter(record, *, by, version=None, reason="", files=(), valid_from=None, now=None, make_default=None, **typed):
    """Change what the customer may change at once of an account, contact or address; ask for the rest.

    One request for all fields that are looked at first, with `reason`, `files` ([attachments.Sent]) and the day it
    shall hold from. Both sides are told. It takes the place of what this customer asked for the same fields before
    and we have not answered. Raises Invalid by field: field-not-yours, what the fields refuse, text-too-long on
    "reason", date-malformed and date-too-far on "valid_from"; Stale.
    """
    known = field_rules.modes()
    modes = {name: field_rules.mode_of(record, name, known) for name in typed}
    strange = [name for name, mode in modes.items() if mode is None]
    if strange:
        raise Invalid(**dict.fromkeys(strange, "field-not-yours"))
    about = {"reason": FIELDS["reason"].clean(reason or ""), "valid_from": _day(valid_from, now)}
    changed = {name: new for name, new in record.cleaned(typed, by).items() if getattr(record, name) != new}
    asked = {name: new for name, new in changed.items() if modes[name] != "now"}
    at_once = {name: new for name, new in typed.items() if name not in asked}
    extra = {} if make_default is None else {"make_default": make_default}
    if not asked:
        record.amend(by=by, version=version, now=now, **extra, **at_once)
        return Saved(list(changed), None)
    account = attachments.account_of(record)
    with audit.change(by, "request.asked", about=account, now=now) as change:
        account.hold()
        if version is not None and version != record.version:
            raise Stale(record)
        if set(changed) - set(asked) or make_default:
            record.amend(by=by, version=version, now=change.now, **extra, **at_once)
        lacks = not files and any(modes[name] == "proof" for name in asked)
        made = _write(change, account, record, asked, "proof" if lacks else "asked", about)
        if files:
            attachments.attach(made, by=by, files=files, is_told=False, now=change.now)
    return Saved([name for name in changed if name not in asked], made)


def _write(change, account, record, asked, state, about):
    """The request with its fields, in place of what was asked before for the same ones; both sides are told."""
    by = change.by
    _overtake(change, account, str(record.ref), asked)
    signed = {"asked_ref": str(by.ref), "asked_by": by.name, "asked_at": change.now}
    made = ChangeRequest.create(account=account, subject=str(record.ref), state=state, **signed, **about)
    made.account = account
    rows = [{"request": made, "field": name, "old": getattr(record, name), "new": new} for name, new in asked.items()]
    items = list(RequestedField.insert_many(rows).returning(RequestedField).execute())
    made.index(items)
    change.subject = change.result = made.ref
    for name, value in (("state", state), *about.items()):
        if value:
            change.record(name, None, value)
    told = {"by": by.name, "state": state} | made.told(items)
    notices.tell_own(change, account.people_for("account", by), "request_asked", **told)
    return made


def _overtake(change, account, subject, asked):
    """Withdraw the same fields from requests that are not answered; one that has none left is withdrawn with them."""
    before = [
        item for (about, name), item in waiting_on(account).items()
        if about == subject and name in asked and item.request.state in ("asked", "proof")
    ]  # fmt: skip
    mark(before, "withdrawn")
    for request in {item.request_id: item.request for item in before}.values():
        if all(item.state != "asked" for item in request.items):
            with audit.change(change.by, "request.withdrawn", request, about=account, now=change.now) as inner:
                request.move(inner, "withdraw", state="withdrawn")


def _day(day, now):
    day = FIELDS["valid_from"].clean(day)
    if day is not None and day > values.shop_day(now) + FARTHEST:
        raise Invalid(valid_from="date-too-far")
    return day


def withdraw(request, *, by, now=None):
    """The customer no longer wants it, or wants the day it was planned for to pass. Staff are told."""
    with audit.change(by, "request.withdrawn", request, about=request.account, now=now) as change:
        items = request.items
        request.move(change, "withdraw", state="withdrawn")
        mark([item for item in items if item.state in ("asked", "approved")], "withdrawn")
        change.tell(request.account.people_for("account", by), "request_withdrawn", by=by.name, **request.told(items))
    return request


def prove(request, *, by, files, now=None):
    """The customer brings the paper that was asked for, and we look at it again. Staff are told.

    Raises Invalid: file-needed on "files", and what `attachments.attach` raises; request-moved-on on "state".
    """
    with audit.change(by, "request.proven", request, about=request.account, now=now) as change:
        request.move(change, "prove", state="asked")
        attachments.attach(request, by=by, files=files, is_told=False, now=change.now)
        names = [sent.name for sent in files]
        told = {"by": by.name, "files": names} | request.told(request.items)
        change.tell(request.account.staff_for(by), "request_proven", **told)
    return request
