"""What a move means for open orders: those that would go to the old address, and what is decided about each."""

from typing import NamedTuple

import peewee

from portal import audit, store, values
from portal.customers import notices
from portal.customers.addresses import Address
from portal.customers.moves import AddressMove
from portal.errors import Invalid
from portal.people import policy
from portal.sales import stock
from portal.sales.invoices import Invoice
from portal.sales.orders import TO_SHIP, Order

CHOICES = ("keep", "new")
# From which states an order can still go elsewhere: as far as each side may cancel it, for it costs us the same.
CHANGEABLE = {"staff": ("to_approve", "placed", "confirmed"), "customer": ("to_approve", "placed")}
LISTED = ("to_approve", *TO_SHIP)

policy.allow("moves.decide", policy.STAFF, policy.BUYERS)


class MoveDecision(store.Model):
    """What was decided about one open order when its address moves."""

    move = peewee.ForeignKeyField(AddressMove, on_delete="CASCADE", index=False)
    order = peewee.ForeignKeyField(Order, on_delete="CASCADE")
    choice = peewee.CharField(max_length=10)
    decided_by = peewee.CharField(max_length=200, default="")
    decided_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("move", "order"), True),)


class Affected(NamedTuple):
    """An open order of a move: what was decided, what we would choose, and whether this person can still decide."""

    order: Order
    decision: MoveDecision | None
    suggested: str
    can_change: bool


def affected(move, actor):
    """The open orders that go to the old address, and those decided about, oldest first; two queries.

    An order wanted before the day is suggested to stay, the others to go to the new address.
    """
    decided = {row.order_id: row for row in MoveDecision.select().where(MoveDecision.move == move)}
    rows = Order.visible_to(actor).where((Order.account == move.account_id) & Order.state.in_(LISTED))
    rows = rows.where((Order.delivery == "ship") & (Order.id.in_(list(decided)) | _goes_to(move.old_id)))
    return [_affected(order, decided.get(order.id), move, actor) for order in rows.order_by(Order.id)]


def _affected(order, decision, move, actor):
    is_before = order.requested_on is not None and order.requested_on < move.from_on
    return Affected(order, decision, "keep" if is_before else "new", order.state in changeable(actor))


def _goes_to(address):
    """Where-expression of the orders whose copied address came from this one: the copy holds its id."""
    return Order.ship_to.cast("text").contains(f'"address":{address},')


def changeable(actor):
    """The states in which this person may still send an order elsewhere."""
    return CHANGEABLE["staff" if actor.is_staff else "customer"]


def decide(move, order, *, by, choice, now=None):
    """Send an open order to the new address, or leave it with the old one; both sides are told of the first.

    Bills go where the goods go when they went to the old address too and nothing is invoiced yet. What is written,
    invoices and delivery notes, stays. Raises Invalid: choice-unknown and move-abroad on "choice";
    move-order-on-its-way and move-order-gone on "order"; move-over on "state" of a cancelled move.
    """
    if choice not in CHOICES:
        raise Invalid(choice="choice-unknown")
    event = "order.redirected" if choice == "new" else "order.destination_kept"
    with audit.change(by, event, order, about=order.account, now=now) as change:
        stock.hold(order)
        order = Order.visible_to(by).where(Order.id == order.id).get()
        _check(move, order, by)
        if choice == "new":
            _redirect(change, order, move)
        _write(move, order, choice, change)
        change.happened()
        if choice == "new":
            told = {"by": by.name} | order.told()
            notices.tell_own(change, order.account.people_for("orders", by), "order_redirected", **told)
        change.result = order.ref
    return order


def _check(move, order, by):
    """Whether it still goes to the old address, and may still go elsewhere."""
    if AddressMove.select().where((AddressMove.id == move.id) & (AddressMove.state == "cancelled")).exists():
        raise Invalid(state="move-over")
    if order.account_id != move.account_id or order.ship_to.get("address") != move.old_id:
        raise Invalid(order=("move-order-gone", {"number": order.number}))
    if order.state not in changeable(by):
        raise Invalid(order=("move-order-on-its-way", {"number": order.number}))


def _redirect(change, order, move):
    """Copy the new address into the order, whose lines are held."""
    new = Address.get_by_id(move.new_id)
    if new.country != order.ship_to.get("country"):
        raise Invalid(choice="move-abroad")
    new.account = order.account
    fields = {"ship_to": new.snapshot}
    if order.bill_to.get("address") == move.old_id and not Invoice.select().where(Invoice.order == order).exists():
        fields["bill_to"] = new.snapshot
    change.update(order, **fields)


def _write(move, order, choice, change):
    """What was decided last counts."""
    fields = {"choice": choice, "decided_by": change.by.name, "decided_at": change.now}
    here = (MoveDecision.move == move) & (MoveDecision.order == order)
    if not MoveDecision.update(fields).where(here).execute():
        MoveDecision.create(move=move, order=order, **fields)
