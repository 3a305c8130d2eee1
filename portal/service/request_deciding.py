"""Deciding on change requests: approved in whole or by field, declined, sent back for proof, done on their day."""

import contextlib

from portal import audit, values
from portal.errors import Invalid, Stale
from portal.service.requests import FIELDS, ChangeRequest, mark, seen, table_of
from portal.values import Recipient

CLOCK = values.clock("Suki")
MOST_AT_ONCE = 200  # of one run; the next goes on


def approve(request, *, by, saw, fields=None, reply="", now=None):
    """Change what was asked for, all of it or the named `fields`; the others are declined, with a word why.

    `saw` is what `requests.seen` gave for the page: when a field was changed since, nothing is decided. From a day
    ahead on it is planned, and the worker does it then. Both sides are told. Raises Invalid: request-nothing-chosen
    on "fields", reason-needed on "reply", request-values-moved, request-not-yours and request-moved-on on "state".
    """
    reply = FIELDS["reply"].clean(reply or "")
    with audit.change(by, "request.approved", request, about=request.account, now=now) as change:
        request.account.hold()
        record, items = request.record(), _open(request)
        chosen = [item for item in items if fields is None or item.field in fields]
        rest = [item for item in items if item not in chosen]
        _check(request, by, record, items, chosen, rest, saw, reply)
        is_ahead = request.valid_from is not None and request.valid_from > values.shop_day(change.now)
        signed = {"reply": reply, "decided_by": by.name, "decided_at": change.now}
        request.move(change, "approve", state="planned" if is_ahead else "done", **signed)
        for item in chosen:  # what was decided on is what stands there now, whatever stood there when it was asked
            if item.is_stale(record):
                item.old = getattr(record, item.field)
                item.save()
        mark(chosen, "approved" if is_ahead else "done")
        mark(rest, "declined")
        if not is_ahead:
            _carry_out(change, record, chosen)
        _tell_decided(change, request, chosen + rest)
    return request


def _check(request, by, record, items, chosen, rest, saw, reply):
    """Whether this person may approve these fields of what he saw."""
    if not items:
        raise request.refusal()
    if saw != seen(record, items):
        raise Invalid(state=("request-values-moved", {"number": request.number}))
    if not chosen:
        raise Invalid(fields="request-nothing-chosen")
    writable = table_of(request.noun).writable(by)
    if any(item.field not in writable for item in chosen):
        raise Invalid(state="request-not-yours")
    if rest and not reply:
        raise Invalid(reply="reason-needed")


def _carry_out(change, record, items):
    """Write the new values; the letter about the request tells of them."""
    record.amend(by=change.by, is_told=False, now=change.now, **{item.field: item.new for item in items})


def _tell_decided(change, request, items):
    """One letter to each side about what was decided; of a changed e-mail address both are told, as ever."""
    told = {"by": change.by.name, "reply": request.reply, "state": request.state} | request.told(items)
    account = request.account
    customers = account.customers_for("account", change.by)
    changed = [item for item in items if item.field == "email" and item.state == "done"]
    company = customers[0] if customers else Recipient(account.ref, account.name, "", account.language)
    customers += [company.at(address) for item in changed for address in (item.old, item.new) if address]
    change.tell(customers + account.staff_for(change.by), "request_decided", **told)


def decline(request, *, by, reply, now=None):
    """Leave everything as it is; the customer reads why. Also takes back one that was planned.

    Raises Invalid: reason-needed on "reply", request-moved-on on "state".
    """
    reply = FIELDS["reply"].clean(reply or "")
    if not reply:
        raise Invalid(reply="reason-needed")
    with audit.change(by, "request.declined", request, about=request.account, now=now) as change:
        items = _open(request)
        signed = {"reply": reply, "decided_by": by.name, "decided_at": change.now}
        request.move(change, "decline", state="declined", **signed)
        mark(items, "declined")
        _tell_decided(change, request, items)
    return request


def ask_proof(request, *, by, reply, now=None):
    """Ask for a paper that shows it; the customer reads which, and brings it. Raises Invalid as `decline`."""
    reply = FIELDS["reply"].clean(reply or "")
    if not reply:
        raise Invalid(reply="reason-needed")
    with audit.change(by, "request.sent_back", request, about=request.account, now=now) as change:
        request.move(change, "ask_proof", state="proof", reply=reply)
        told = {"by": by.name, "reply": reply} | request.told(request.items)
        change.tell(request.account.customers_for("account"), "request_proof", **told)
    return request


def _open(request):
    return [item for item in request.items if item.state in ("asked", "approved")]


# On the day


def run(now=None):
    """Do what was approved for today; the worker calls it by the clock. Returns how many requests were done.

    Each is a transaction of its own. One whose fields were changed since, or that cannot be done any more, goes back
    to whoever decides.
    """
    today = values.shop_day(now)
    due = (ChangeRequest.state == "planned") & (ChangeRequest.valid_from <= today)
    found = _as_clock().where(due).order_by(ChangeRequest.id).limit(MOST_AT_ONCE)
    return sum(_do(request, now) for request in found)


def _as_clock():
    return ChangeRequest.visible_to(values.system("requests"))


def _do(request, now):
    try:
        with audit.change(CLOCK, "request.applied", request, about=request.account, now=now) as change:
            request.account.hold()
            record, items = request.record(), _open(request)
            if any(item.is_stale(record) for item in items):
                raise Stale(record)
            request.move(change, "apply", state="done")
            mark(items, "done")
            _carry_out(change, record, items)
            _tell_decided(change, request, items)
    except (Invalid, Stale):
        with contextlib.suppress(Invalid):  # withdrawn meanwhile
            _send_back(request.id, now)
        return False
    return True


def _send_back(number, now):
    """Staff decide again, with the three values before them: as it was, as it is, as it was asked for."""
    request = _as_clock().where(ChangeRequest.id == number).get()
    with audit.change(CLOCK, "request.went_stale", request, about=request.account, now=now) as change:
        items = _open(request)
        request.move(change, "apply", state="asked")
        mark(items, "asked")
        change.tell(request.account.staff_for(), "request_stale", **request.told(items))
