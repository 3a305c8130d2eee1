"""Numbering: the serial numbers of what leaves the house, written down piece by piece before it is delivered."""

from portal import audit, search, store
from portal.errors import Invalid
from portal.people import policy
from portal.sales.catalogue import Product
from portal.sales.orders import OrderLine
from portal.sales.shipments import UNDER_WAY, Shipment, ShipmentLine
from portal.service import warranty_terms
from portal.service.warranties import LIVE, Warranty, read_serial

policy.allow("shipments.number", policy.STAFF)


def parts(shipment):
    """[(part, [serial numbers written down so far])] of what is covered in a shipment, with line and product.

    Two queries, one when nothing of it is covered.
    """
    rows = ShipmentLine.select(ShipmentLine, OrderLine, Product).join(OrderLine).join(Product)
    here = (ShipmentLine.shipment == shipment) & warranty_terms.covered_products()
    rows = list(rows.where(here).order_by(OrderLine.position))
    known = {row.line_id: [] for row in rows}
    numbered = Warranty.select().where((Warranty.shipment == shipment) & (Warranty.serial != ""))
    for thing in numbered.order_by(Warranty.id) if rows else ():
        known[thing.order_line_id].append(thing.serial)
    return [(row, known[row.line_id]) for row in rows]


def number(shipment, *, by, serials, now=None):
    """Write down which pieces leave: {part id: serial numbers as typed, one per line}; those left out are forgotten.

    Raises Invalid: shipment-not-in-state or serial-taken on "state"; on "serials_<part id>" serials-too-many,
    serial-malformed, serial-twice or serial-known.
    """
    account = shipment.order.account
    meanwhile = store.taken(state="serial-taken")  # somebody wrote one of them down at this very moment
    with audit.change(by, "shipment.numbered", shipment, about=account, now=now) as change, meanwhile:
        _hold(shipment)
        _forget_undone()
        problems, written = {}, []
        for part, known in parts(shipment):
            try:
                written += _number(change, shipment, part, known, serials.get(part.id, ""))
            except Invalid as fault:
                problems |= {f"serials_{part.id}": problem for problem in fault.problems.values()}
        if problems:
            raise Invalid(**problems)
        if written:
            change.record("serials", None, written)
    return shipment


def _hold(shipment):
    """Keep others from delivering it until we are done, and ask again that it is under way."""
    here = (Shipment.id == shipment.id) & Shipment.state.in_(UNDER_WAY)
    if not Shipment.update(version=Shipment.version).where(here).execute():
        raise Invalid(state=("shipment-not-in-state", {"number": shipment.number}))


def _number(change, shipment, part, known, typed):
    """The serial numbers of one part that are new; what was written down before and is not typed now goes."""
    wanted = _read(typed, part)
    mine = (Warranty.shipment == shipment) & (Warranty.order_line == part.line) & (Warranty.state == "sent")
    if _forget(mine & Warranty.serial_key.not_in(list(wanted))):
        change.happened()
    new = {key: shown for key, shown in wanted.items() if shown not in known}
    _refuse_known(part.line.product, new)
    about = {"account": shipment.order.account, "product": part.line.product, "order_line": part.line}
    for key, shown in new.items():
        made = Warranty.create(
            **about, shipment=shipment, state="sent", serial=shown, serial_key=key, created_at=change.now
        )
        made.index()
    return list(new.values())


def _read(typed, part):
    """{key: serial number as typed} of a field with one per line."""
    wanted = {}
    for line in (typed or "").splitlines():
        if line.strip():
            shown, key = read_serial(line)
            if key in wanted:
                raise Invalid(serial=("serial-twice", {"serial": shown}))
            wanted[key] = shown
    if len(wanted) > part.quantity:
        raise Invalid(serial=("serials-too-many", {"most": part.quantity, "name": part.line.name}))
    return wanted


def _refuse_known(product, new):
    here = (Warranty.product == product) & Warranty.serial_key.in_(list(new)) & Warranty.state.in_(LIVE)
    known = Warranty.get_or_none(here)
    if known:
        raise Invalid(serial=("serial-known", {"serial": known.serial}))


def _forget_undone():
    """What never left after all can leave again under the same number."""
    undone = Shipment.select(Shipment.id).where(Shipment.state == "undone")
    _forget((Warranty.state == "sent") & Warranty.shipment.in_(undone))


def _forget(where):
    """Take records away that never were more than numbers on a paper; how many."""
    gone = list(Warranty.delete().where(where).returning(Warranty.id).execute())
    for thing in gone:
        search.drop(thing)
    return len(gone)
