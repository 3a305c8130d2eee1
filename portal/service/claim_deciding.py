"""Deciding on claims: accepted or refused, received, then repaired, replaced or refunded, closed; what it cost."""

from portal import audit, values
from portal.errors import Invalid
from portal.sales import credit_notes
from portal.service import covering, crediting, replacing
from portal.service.claims import COSTS, FIELDS, Claim
from portal.service.warranties import Warranty


def accept(claim, *, by, reply="", now=None):
    """We look after it; `reply` says where the thing goes. The customer is told. Raises Invalid: claim-moved-on."""
    return _answer(claim, "accept", "accepted", by, reply, now, "claim_accepted")


def refuse(claim, *, by, reply, now=None):
    """We do not; the customer reads why. Raises Invalid: reason-needed on "reply", claim-moved-on on "state"."""
    return _answer(claim, "refuse", "refused", by, _needed(reply), now, "claim_refused")


def give_up(claim, *, by, reply, now=None):
    """End one that was accepted: the thing never came, or is not covered after all. Raises Invalid as `refuse`."""
    return _answer(claim, "give_up", "refused", by, _needed(reply), now, "claim_refused")


def receive(claim, *, by, now=None):
    """The thing is with us. The customer is told."""
    with audit.change(by, "claim.received", claim, about=claim.account, now=now) as change:
        claim.move(change, "receive", state="received", received_at=change.now)
        change.tell(claim.people(by), "claim_received", by=by.name, **claim.told())
    return claim


def repair(claim, *, by, reply, now=None):
    """It works again; the customer reads what was done. Raises Invalid: reason-needed on "reply", claim-moved-on."""
    reply = _needed(reply)
    with audit.change(by, "claim.settled", claim, about=claim.account, now=now) as change:
        _settle(change, claim, "repair", "repaired", reply=_joined(claim.reply, reply))
        change.record("reply", None, reply)
        change.tell(claim.people(by), "claim_settled", **_told(claim, by, reply))
    return claim


def replace(claim, *, by, now=None):
    """Send the same again for nothing, to whoever owns it now; the warranty runs on to its day. He is told.

    Raises Invalid: claim-unproved, stock-ran-out on "lines", claim-moved-on on "state".
    """
    thing = _proved(claim)
    with audit.change(by, "claim.settled", claim, about=claim.account, now=now) as change:
        _settle(change, claim, "replace", "replaced")
        like = thing.order_line if thing.bought_by(claim.account_id) else None
        order = replacing.renewal(claim.account, claim.product, claim.quantity, like=like, by=by, now=change.now)
        claim.replacement = order
        Claim.update(replacement=order).where(Claim.id == claim.id).execute()
        change.record("replacement", None, order.number)
        if thing.serial:
            thing.move(change, "renew", serial="", serial_key="")
            thing.index()
        change.result = claim.ref
        change.tell(claim.people(by), "claim_settled", **_told(claim, by, "", replacement=order.number))
    return claim


def refund(claim, *, by, now=None):
    """Give credit for it over the invoice that billed it; it is covered no longer. The credit note tells.

    Raises Invalid: claim-unproved or claim-not-invoiced on "state", claim-moved-on on "state".
    """
    thing = _proved(claim)
    refusal = Invalid(state=("claim-not-invoiced", {"number": claim.number}))
    if not thing.bought_by(claim.account_id):
        raise refusal
    with audit.change(by, "claim.settled", claim, about=claim.account, now=now) as change:
        _settle(change, claim, "refund", "refunded")
        for invoice, lines in crediting.billed(claim.account, {thing.order_line_id: claim.quantity}, refusal):
            about = {"reason": claim.said, "cause": claim}
            note = credit_notes.credit(invoice, by=by, lines=lines, now=change.now, **about)
            change.record("credit_note", None, note.number)
        covering.ended(change, thing, claim.quantity)
        change.result = claim.ref
    return claim


def close(claim, *, by, now=None):
    """The customer has it, or his money: nothing is left to do."""
    with audit.change(by, "claim.closed", claim, about=claim.account, now=now) as change:
        claim.move(change, "close", state="closed", closed_at=change.now)
    return claim


def cost(claim, *, by, version=None, now=None, **given):
    """Keep what it cost us: labour_minor, parts_minor, freight_minor, in the currency of the claim.

    Raises Stale, and Invalid by field: amount-not-a-number, amount-too-fine, number-out-of-range.
    """
    FIELDS.check(by, given)
    fields = FIELDS.clean(given, currency=claim.currency)
    with audit.change(by, "claim.costed", claim, about=claim.account, now=now) as change:
        change.update(claim, version=version, **{name: fields[name] or 0 for name in COSTS if name in fields})
    return claim


def _answer(claim, verb, state, by, reply, now, letter):
    reply = FIELDS["reply"].clean(reply or "")
    with audit.change(by, f"claim.{state}", claim, about=claim.account, now=now) as change:
        decided = {"reply": reply, "decided_by": by.name, "decided_at": change.now}
        claim.move(change, verb, state=state, **decided)
        if reply:
            change.record("reply", None, reply)
        change.tell(claim.people(by), letter, **_told(claim, by, reply))
    return claim


def _needed(reply):
    reply = FIELDS["reply"].clean(reply or "")
    if not reply:
        raise Invalid(reply="reason-needed")
    return reply


def _joined(*texts):
    return "\n".join(text for text in texts if text)


def _settle(change, claim, verb, state, **fields):
    claim.move(change, verb, state=state, settled_how=state, settled_at=change.now, **fields)
    change.record("settled_how", None, state)


def _proved(claim):
    """The thing of a claim, for what only its owner gets."""
    if claim.is_unproved or not claim.warranty_id:
        raise Invalid(state=("claim-unproved", {"number": claim.number}))
    rows = Warranty.visible_to(values.system("claims"))
    return rows.where(Warranty.id == claim.warranty_id).get()


def _told(claim, by, reply, **more):
    return {"by": by.name, "reply": reply, "settled_how": claim.settled_how, "replacement": ""} | claim.told() | more
