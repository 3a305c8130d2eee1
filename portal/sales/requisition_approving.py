"""Approving: what an order that waits for a colleague would cost now, and placing it by that colleague's word."""

from portal import audit
from portal.customers import order_limits
from portal.errors import Invalid
from portal.sales import order_stops, placing, quotes, requisitions
from portal.sales.quotes import Wanted


def quote(order, lines, *, by, pieces=None, now=None):
    """What the order costs now, at today's prices and stock, where it was to go.

    `lines` are its lines as they were asked for; `pieces`, {line id: quantity}, changes how many, 0 takes a line out.
    """
    pieces = pieces or {}
    wanted = [Wanted(line.code, pieces.get(line.id, line.quantity)) for line in lines]
    wanted = [asked for asked in wanted if asked.quantity]
    where = {"delivery": order.delivery, "ship_to": order.ship_to, "branch": order.branch}
    return quotes.compute(order.account, wanted, by=by, now=now, **where)


def approve(question, *, by, shown_total_minor, shown_currency, pieces=None, now=None):
    """Place the order as it is now worth; the buyer is told, with those who are told of every order.

    What was shown is what it costs: another total, by other pieces or by prices that moved, raises Invalid
    total=("requisition-total-moved", {"now"}). Also raises Invalid by line as `quotes.compute` finds it, on "total"
    above the approver's own limit (requisition-above-yours), on "state" for whoever comes second or may not.
    """
    order = question.order
    with audit.change(by, "order.approved", order, about=order.account, now=now) as change:
        order_stops.refuse_stopped(order.account, by)
        place, lines = requisitions.approver(by), order.lines
        now_worth = quote(order, lines, by=by, pieces=pieces, now=change.now)
        question.settle(change, "approved", place)
        _check(now_worth, lines)
        _compare(now_worth, shown_total_minor, shown_currency)
        if not order_limits.covers(place, now_worth.total):
            raise Invalid(total="requisition-above-yours")
        told = [who for who in order.account.people_for("orders", by) if who.ref != question.buyer.ref]
        with audit.change(by, "order.placed", order, about=order.account, now=change.now) as placed:
            placing.take(placed, now_worth, {}, order, stood="to_approve", told=told)
        said = {"by": by.name, "lines": placing.listed(order, order.lines)} | order.told()
        change.tell(question.asker_told, "order_approved", **said)
    return order


def decide(question, *, by, decision, words="", **given):
    """Answer with one word, as a form with two buttons does: "approve" or "decline".

    Raises Invalid: choice-unknown on "decision", else as `approve` and `Requisition.decline`.
    """
    if decision == "decline":
        return question.decline(by=by, words=words)
    if decision != "approve":
        raise Invalid(decision="choice-unknown")
    return approve(question, by=by, **given)


def _check(now_worth, lines):
    """As Quote.check, with each faulty line named by its id."""
    by_code = {line.code: line.id for line in lines}
    problems = {f"line_{by_code.get(line.code, 0)}": line.problem for line in now_worth.bad_lines}
    if problems:
        raise Invalid(**problems)
    now_worth.check()


def _compare(now_worth, shown_minor, shown_currency):
    shown = (shown_minor, shown_currency)
    if shown != (now_worth.total_minor, now_worth.currency):
        raise Invalid(total=("requisition-total-moved", {"now": now_worth.total}))
