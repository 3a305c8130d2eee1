"""Cancelling: taking back an order, or pieces of it that have not left the house, and what is owed then."""

import peewee

from portal import audit
from portal.errors import Invalid
from portal.sales import habits, portions, stock
from portal.sales.orders import REASON, OrderLine
from portal.sales.shipments import UNDER_WAY, Shipment


def cancel(order, *, by, reason, now=None):
    """Cancel all of it before anything is shipped; both sides read `reason` (1–500 characters). Nothing is owed.

    Customers may while we have not confirmed it, staff until it is shipped. What was kept for it is free again.
    Raises Invalid: reason-needed or text-too-long on "reason", order-not-cancellable or order-invoiced on "state".
    """
    reason = REASON.clean(reason)
    with audit.change(by, "order.cancelled", order, about=order.account, now=now) as change:
        _end(change, order, "cancel", reason)
        lines = stock.hold(order)
        _lower(lines, {line.id: line.outstanding for line in lines}, by, change.now)
        habits.overtaken([order.account_id])
        tell = {"reason": reason, "by": by.name} | order.told()
        change.tell(order.account.people_for("orders", by), "order_cancelled", **tell)
    return order


def cancel_lines(order, pieces, *, by, reason, now=None):
    """Cancel `pieces`, {line id: quantity}, that have not left the house; both sides read `reason`.

    The total of the order stays as it was placed; `cancelled_minor` says what the cancelled pieces came to, line by
    line of what was agreed, so that what is billed adds up to the cent. The delivery fee stays as long as anything
    comes. When nothing is left to come the order has shipped, is delivered when all that left is, or, with nothing
    shipped, is cancelled as a whole.
    Raises Invalid: as `cancel`, lines-to-cancel on "lines", cancel-too-many on "line_<id>", and order-invoiced
    on "state".
    """
    reason = REASON.clean(reason)
    with audit.change(by, "order.part_cancelled", order, about=order.account, now=now) as change:
        order.check("cancel_lines", by)
        lines = stock.hold(order)
        pieces = _checked(lines, pieces)
        left = sum(line.outstanding for line in lines) - sum(pieces.values())
        shipped = sum(line.shipped for line in lines)
        if not left and not shipped:
            change.event = "order.cancelled"
            _end(change, order, "cancel_lines", reason)
        else:
            minor = worth(order, lines, pieces)
            change.record("cancelled_minor", order.cancelled_minor, minor)
            stands = {"state": order.state} if left else _all_gone(change, order)
            order.move(change, "cancel_lines", cancelled_minor=minor, **stands)
            change.record("reason", None, reason)
        gone = [(line, pieces[line.id]) for line in lines if line.id in pieces]
        listed = [{"code": ln.code, "name": ln.name, "quantity": quantity, "unit": ln.unit} for ln, quantity in gone]
        change.record("lines", listed, None)
        _lower(lines, pieces, by, change.now)
        habits.overtaken([order.account_id])
        tell, people = {"reason": reason, "by": by.name} | order.told(), order.account.people_for("orders", by)
        if order.state == "cancelled":
            change.tell(people, "order_cancelled", **tell)
        else:
            owed = {"minor": order.owed.minor, "currency": order.currency}
            change.tell(people, "order_part_cancelled", lines=listed, owed=owed, **tell)
    return order


def _all_gone(change, order):
    """How an order stands of which nothing is left to come: on its way, or with the customer when all of it is."""
    if Shipment.select().where((Shipment.order == order) & Shipment.state.in_(UNDER_WAY)).exists():
        return {"state": "shipped"}
    return {"state": "delivered", "delivered_at": change.now}


def _end(change, order, verb, reason):
    """The whole order comes to nothing: its delivery fee too."""
    fields = {"cancelled_at": change.now, "cancel_reason": reason, "cancelled_minor": order.total_minor}
    order.move(change, verb, state="cancelled", **fields)
    change.record("cancel_reason", None, reason)


def _checked(lines, pieces):
    """The pieces to cancel by line, none of them shipped or invoiced, at least one in all."""
    problems, kept = {}, {}
    for line in lines:
        quantity = pieces.get(line.id) or 0
        if not 0 <= quantity <= line.outstanding:
            problems[f"line_{line.id}"] = ("cancel-too-many", {"most": line.outstanding, "name": line.name})
        elif quantity:
            kept[line.id] = quantity
    if problems:
        raise Invalid(**problems)
    if not kept or pieces.keys() - {line.id for line in lines}:
        raise Invalid(lines="lines-to-cancel")
    return kept


def worth(order, lines, more=()):
    """What the cancelled pieces of an order come to, and those of `more` {line id: pieces}, as its total counts them.

    All of a line less what its other pieces come to, split as invoices split it. Three pieces for 10.00, one of them
    cancelled: 10.00 − 6.67 = 3.33.
    """
    whole, sum_minor = portions.of_order(order, lines), 0
    for line in lines:
        kept = line.kept - (more.get(line.id, 0) if more else 0)
        amounts = whole[line.id]
        sum_minor += amounts.gross - portions.part_of(amounts, kept, line.quantity, (0, 0, 0)).gross
    return sum_minor


def _lower(lines, pieces, by, now):
    """Lower the lines: first what waits for goods, then what is kept on the shelf, which is free again."""
    lines = [line for line in lines if pieces.get(line.id)]
    if not lines:
        return
    freed = {line.id: max(0, pieces[line.id] - line.waiting) for line in lines}
    stock_first = [(line, freed[line.id]) for line in lines]
    gone, free = (peewee.Case(OrderLine.id, sorted(by_line.items()), 0) for by_line in (pieces, freed))
    fits = (OrderLine.invoiced + OrderLine.cancelled + gone <= OrderLine.quantity) & (OrderLine.reserved >= free)
    changed = OrderLine.update(cancelled=OrderLine.cancelled + gone, reserved=OrderLine.reserved - free)
    if changed.where(OrderLine.id.in_([line.id for line in lines]) & fits).execute() < len(lines):
        raise Invalid(state="order-invoiced")
    stock.release(stock_first, by=by, now=now)
