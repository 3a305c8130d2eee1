"""Deciding on returns: approved in whole or part, declined, withdrawn, received, settled by credit or otherwise."""

import peewee

from portal import audit
from portal.errors import Invalid
from portal.sales import cancelling, credit_notes, stock
from portal.service import covering, crediting, replacing
from portal.service.return_asking import read_quantity
from portal.service.returns import FIELDS, Return, ReturnLine, claims, record_lines


def withdraw(return_, *, by, now=None):
    """The customer keeps the goods after all, as long as we have not decided. Staff are told."""
    with audit.change(by, "return.withdrawn", return_, about=return_.account, now=now) as change:
        return_.move(change, "withdraw", state="withdrawn")
        _let_go(return_)
        change.tell(return_.account.people_for("orders", by), "return_withdrawn", by=by.name, **return_.told())
    return return_


def approve(return_, *, by, goods=None, unsent=None, reply="", now=None):
    """Take back what was asked, or less of it; what was not sent yet is cancelled with it. Both sides are told.

    `goods` and `unsent` are {order line id: quantity, as a number or typed}; None is all that was asked. Without
    goods to come back the return is settled with it. Raises Invalid: return-moved-on on "state", quantity-malformed
    or approve-too-many on "goods_<id>" and "unsent_<id>", approve-nothing on "lines", text-too-long on "reply", and
    what `cancelling.cancel_lines` raises.
    """
    reply = FIELDS["reply"].clean(reply or "")
    with audit.change(by, "return.approved", return_, about=return_.account, now=now) as change:
        stock.hold(return_.order)  # a shipment that is undone at the same time waits for us, or we for it
        rows = return_.lines
        wanted = _allowed(rows, goods, unsent)
        _check_still_delivered(return_, wanted)
        gone = {row.line_id: pieces for row, _, pieces in wanted if pieces}
        comes = any(pieces for _, pieces, _ in wanted)
        fields = {"reply": reply, "decided_by": by.name, "decided_at": change.now}
        if not comes:
            fields |= {"settled_how": "cancelled", "settled_at": change.now}
        return_.move(change, "approve", state="approved" if comes else "settled", **fields)
        for row, pieces, cancelled in wanted:
            row.approved, row.live, row.unsent_approved = pieces, pieces, cancelled
        _write(rows, "approved", "live", "unsent_approved")
        told = _told(change, return_, rows, "approved", "unsent_approved")
        if reply:
            change.record("reply", None, reply)
        if gone:
            cancelling.cancel_lines(return_.order, gone, by=by, reason=return_.said, now=change.now)
        change.tell(return_.account.people_for("orders", by), "return_approved", **told)
    return return_


def decline(return_, *, by, reply, now=None):
    """Refuse it; the customer reads why. Raises Invalid: reason-needed on "reply", return-moved-on on "state"."""
    return _refuse(return_, "decline", by, reply, now)


def give_up(return_, *, by, reply, now=None):
    """Close an approved one whose goods never came; the customer reads why. Raises Invalid as `decline`."""
    return _refuse(return_, "give_up", by, reply, now)


def _refuse(return_, verb, by, reply, now):
    reply = FIELDS["reply"].clean(reply or "")
    if not reply:
        raise Invalid(reply="reason-needed")
    with audit.change(by, "return.declined", return_, about=return_.account, now=now) as change:
        return_.move(change, verb, state="declined", reply=reply, decided_by=by.name, decided_at=change.now)
        _let_go(return_)
        change.record("reply", None, reply)
        told = {"by": by.name, "reply": reply} | return_.told()
        change.tell(return_.account.people_for("orders", by), "return_declined", **told)
    return return_


def receive(return_, *, by, restock=None, scrap=None, now=None):
    """The goods are here: {order line id: quantity} that go back on the shelf, and that are scrapped.

    Fewer than approved may have come. Raises Invalid: quantity-malformed or receive-too-many on "restock_<id>" and
    "scrap_<id>", receive-nothing on "lines", return-moved-on on "state".
    """
    with audit.change(by, "return.received", return_, about=return_.account, now=now) as change:
        rows = return_.lines
        _count_in(rows, restock or {}, scrap or {})
        return_.move(change, "receive", state="received", received_at=change.now)
        _write(rows, "restocked", "scrapped", "live")
        good = [(row.line, row.restocked) for row in rows if row.restocked]
        if good:
            stock.restock(good, by=by, now=change.now)
        for row in rows:
            if row.received:
                covering.taken_back(row.line, row.received, return_.account)
        told = _told(change, return_, rows, "received")
        change.tell(return_.account.people_for("orders", by), "return_received", **told)
    return return_


def credit(return_, *, by, now=None):
    """Give credit for what came back: one credit note for each invoice that billed it. They tell the customer.

    Raises Invalid: return-not-invoiced on "state" when less was invoiced (and not credited yet) than came back,
    return-moved-on on "state", and what `credit_notes.credit` raises.
    """
    with audit.change(by, "return.settled", return_, about=return_.account, now=now) as change:
        wanted = {row.line_id: row.received for row in return_.lines if row.received}
        return_.move(change, "credit", state="settled", settled_how="credit", settled_at=change.now)
        change.record("settled_how", None, "credit")
        refusal = Invalid(state=("return-not-invoiced", {"number": return_.number, "order": return_.order.number}))
        for invoice, lines in crediting.billed(return_.account, wanted, refusal):
            about = {"reason": return_.said, "cause": return_}
            note = credit_notes.credit(invoice, by=by, lines=lines, now=change.now, **about)
            change.record("credit_note", None, note.number)
        change.result = return_.ref
    return return_


def replace(return_, *, by, now=None):
    """Send the same again for nothing: a new order over what came back. The customer is told.

    Raises Invalid: stock-ran-out on "lines", return-moved-on on "state".
    """
    with audit.change(by, "return.settled", return_, about=return_.account, now=now) as change:
        return_.move(change, "replace", state="settled", settled_how="replacement", settled_at=change.now)
        pieces = [(row.line, row.received) for row in return_.lines if row.received]
        order = return_.replacement = replacing.replacement(return_.order, pieces, by=by, now=change.now)
        Return.update(replacement=order).where(Return.id == return_.id).execute()
        change.record("replacement", None, order.number)
        change.result = return_.ref
        told = {"replacement": order.number, "reply": return_.reply} | return_.told()
        change.tell(return_.account.people_for("orders", by), "return_settled", **told)
    return return_


def settle(return_, *, by, reply, now=None):
    """Settled in another way, such as money back over the counter; the customer reads how.

    Raises Invalid: reason-needed on "reply", return-moved-on on "state".
    """
    reply = FIELDS["reply"].clean(reply or "")
    if not reply:
        raise Invalid(reply="reason-needed")
    with audit.change(by, "return.settled", return_, about=return_.account, now=now) as change:
        said = "\n".join(text for text in (return_.reply, reply) if text)
        fields = {"settled_how": "words", "settled_at": change.now, "reply": said}
        return_.move(change, "settle", state="settled", **fields)
        change.record("reply", None, reply)
        told = {"replacement": "", "reply": reply} | return_.told()
        change.tell(return_.account.people_for("orders", by), "return_settled", **told)
    return return_


def _let_go(return_):
    """It lays claim to nothing any more."""
    ReturnLine.update(live=0).where(ReturnLine.return_ == return_).execute()


def _allowed(rows, goods, unsent):
    """[(row, pieces back, pieces cancelled)] within what was asked, at least one in all."""
    problems, found = {}, []
    for row in rows:
        pair = []
        for name, given, asked in (("goods", goods, row.asked), ("unsent", unsent, row.unsent_asked)):
            quantity = asked if given is None else _read(given, row, name, problems)
            if quantity > asked:
                problems[f"{name}_{row.line_id}"] = ("approve-too-many", {"most": asked, "name": row.line.name})
            pair.append(quantity)
        found.append((row, *pair))
    if problems:
        raise Invalid(**problems)
    if not any(goods or unsent for _, goods, unsent in found):
        raise Invalid(lines="approve-nothing")
    return found


def _check_still_delivered(return_, wanted):
    """A shipment may have been undone since it was asked: then its goods are with us, and nothing comes back."""
    taken = claims(return_.order)
    problems = {}
    for row, pieces, _ in wanted:
        left = row.line.shipped - (taken[row.line_id][0] - row.live)
        if pieces > left:
            problems[f"goods_{row.line_id}"] = ("return-too-many", {"most": max(0, left), "name": row.line.name})
    if problems:
        raise Invalid(**problems)


def _read(given, row, name, problems):
    quantity = read_quantity(given.get(row.line_id))
    if quantity is None:
        problems[f"{name}_{row.line_id}"] = "quantity-malformed"
    return quantity or 0


def _count_in(rows, restock, scrap):
    """Note on the rows what came of each, at most what was approved, at least one piece in all."""
    problems = {}
    for row in rows:
        row.restocked, row.scrapped = _read(restock, row, "restock", problems), _read(scrap, row, "scrap", problems)
        row.live = row.received
        if row.received > row.approved:
            problems[f"restock_{row.line_id}"] = ("receive-too-many", {"most": row.approved, "name": row.line.name})
    if problems:
        raise Invalid(**problems)
    if not any(row.received for row in rows):
        raise Invalid(lines="receive-nothing")


def _write(rows, *names):
    """Write these columns of all rows in one statement."""
    ids = [row.id for row in rows]
    columns = {name: peewee.Case(ReturnLine.id, [(row.id, getattr(row, name)) for row in rows]) for name in names}
    ReturnLine.update(columns).where(ReturnLine.id.in_(ids)).execute()


def _told(change, return_, rows, *columns):
    """Record what was decided line by line, and what the notice says of it."""
    record_lines(change, rows, *columns)
    return {"by": change.by.name, "reply": return_.reply} | return_.told(rows)
