"""Numbering: the serial numbers of what leaves the house, written down piece by piece before it is delivered."""

from portal import audit, store
from portal.errors import Invalid
from portal.people import policy
from portal.sales.catalogue import Product
from portal.sales.orders import OrderLine
from portal.sales.shipments import UNDER_WAY, Shipment, ShipmentLine
from portal.service.warranties import Warranty, read_serial

policy.allow("shipments.number", policy.STAFF)


def parts(shipment):
    """[(part, [serial numbers written down so far])] of a shipment, each with line and product; two queries."""
    rows = ShipmentLine.select(ShipmentLine, OrderLine, Product).join(OrderLine).join(Product)
    rows = list(rows.where(ShipmentLine.shipment == shipment).order_by(OrderLine.position))
    known = {row.line_id: [] for row in rows}
    for thing in (
        Warranty.select().where((Warranty.shipment == shipment) & (Warranty.serial != "")).order_by(Warranty.id)
    ):
        known[thing.order_line_id].append(thing.serial)
    return [(row, known[row.line_id]) for row in rows]


def number(shipment, *, by, serials, now=None):
    """Write down which pieces leave: {part id: serial numbers as typed, one per line}; those left out are forgotten.

    Raises Invalid: shipment-not-in-state on "state"; on "serials_<part id>" serials-too-many, serial-malformed,
    serial-twice or serial-taken.
    """
    if shipment.state not in UNDER_WAY:
        raise Invalid(state=("shipment-not-in-state", {"number": shipment.number}))
    order = shipment.order
    with audit.change(by, "shipment.numbered", shipment, about=order.account, now=now) as change:
        _forget_undone()
        problems, written = {}, []
        for part, known in parts(shipment):
            try:
                written += _number(change, shipment, order, part, known, serials.get(part.id, ""))
            except Invalid as fault:
                problems |= {f"serials_{part.id}": problem for problem in fault.problems.values()}
        if problems:
            raise Invalid(**problems)
        if written:
            change.record("serials", None, written)
    return shipment


def _number(change, shipment, order, part, known, typed):
    """The serial numbers of one part that are new; what was written down before and is not typed now goes."""
    wanted = {}
    for line in (typed or "").splitlines():
        if line.strip():
            shown, key = read_serial(line)
            if key in wanted:
                raise Invalid(serial=("serial-twice", {"serial": shown}))
            wanted[key] = shown
    if len(wanted) > part.quantity:
        raise Invalid(serial=("serials-too-many", {"most": part.quantity, "name": part.line.name}))
    mine = (Warranty.shipment == shipment) & (Warranty.order_line == part.line) & (Warranty.state == "sent")
    if Warranty.delete().where(mine & Warranty.serial_key.not_in(list(wanted))).execute():
        change.happened()
    new = {key: shown for key, shown in wanted.items() if shown not in known}
    for key, shown in new.items():
        about = {
            "account": order.account,
            "product": part.line.product,
            "order_line": part.line,
            "shipment": shipment,
        }
        with store.taken(serial=("serial-taken-by", {"serial": shown})):
            Warranty.create(**about, state="sent", serial=shown, serial_key=key, created_at=change.now).index()
    return list(new.values())


def _forget_undone():
    """What never left after all can leave again under the same number."""
    undone = Shipment.select(Shipment.id).where(Shipment.state == "undone")
    Warranty.delete().where((Warranty.state == "sent") & Warranty.shipment.in_(undone)).execute()
