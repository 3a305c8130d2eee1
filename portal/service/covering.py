"""Covering: what a delivery brings is covered from that day, what comes back no longer is; owners are reminded."""

from datetime import timedelta

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.sales import shipments
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.shipments import ShipmentLine
from portal.service import warranty_terms
from portal.service.warranties import Warranty, new_tag

BATCH = 500
CLOCK = values.clock("Suki")
UNDER_THE_FIRST = "warranty"  # orders of this source: what replaces a piece is covered as the piece was


def received(change, order, shipment_ids):
    """Cover what these shipments of an order brought, from today on; inside the change that delivers them.

    Pieces whose serial numbers were written down when they left are there already, the rest stand together.
    """
    if not shipment_ids or order.source == UNDER_THE_FIRST:
        return
    parts = _parts(shipment_ids)
    book = warranty_terms.book([part.line.product for part in parts]) if parts else None
    day, rows = values.shop_day(change.now), []
    for part in parts:
        months = book.of(part.line.product).months
        known = _begin(part, day, months)
        if months and part.quantity > known:
            about = {"shipment": part.shipment_id, "quantity": part.quantity - known, "created_at": change.now}
            rows.append(_row(order.account_id, part.line, day, months) | about)
    if rows:
        Warranty.insert_many(rows).execute()


def _parts(shipment_ids):
    """What went with the shipments and may be covered, each part with its line and product."""
    rows = ShipmentLine.select(ShipmentLine, OrderLine, Product).join(OrderLine).join(Product)
    numbered = Warranty.select(peewee.SQL("1")).where(
        (Warranty.shipment == ShipmentLine.shipment) & (Warranty.order_line == ShipmentLine.line)
    )
    worth = warranty_terms.covered_products() | peewee.fn.EXISTS(numbered)
    return list(rows.where(ShipmentLine.shipment.in_(shipment_ids) & worth).order_by(ShipmentLine.id))


def _begin(part, day, months):
    """Let what left with a serial number be covered from now on; how many pieces that is."""
    fields = {"state": "covered", "bought_on": day, "months": months}
    fields |= {"covered_until": warranty_terms.last_day(day, months), "version": Warranty.version + 1}
    here = (Warranty.shipment == part.shipment_id) & (Warranty.order_line == part.line_id)
    return Warranty.update(fields).where(here & (Warranty.state == "sent")).execute()


def _row(account, line, day, months):
    until = warranty_terms.last_day(day, months)
    return {"account": account, "product": line.product_id, "order_line": line.id, "tag": new_tag(), "months": months,
            "bought_on": day, "covered_until": until}  # fmt: skip


def catch_up(now=None):
    """Cover what was delivered before warranties were kept, or came in by an import; returns how many records.

    What would be over by now is left out. Nobody is told.
    """
    today, made, after = values.shop_day(now), 0, 0
    since = values.shop_midnight(today) - timedelta(days=31 * warranty_terms.longest())
    while True:
        lines = list(_uncovered(after, since).limit(BATCH))
        if not lines:
            return made
        after = lines[-1].id
        made += _cover(lines, today, now)


def _uncovered(after, since):
    """Query of order lines of covered products, delivered since then, that no warranty stands for; by their ids."""
    known = Warranty.select(peewee.SQL("1")).where(Warranty.order_line == OrderLine.id)
    rows = OrderLine.select(OrderLine, Order, Product).join(Order).switch(OrderLine).join(Product)
    came = (Order.state == "delivered") & (Order.source != UNDER_THE_FIRST) & (OrderLine.shipped > 0)
    came &= peewee.fn.COALESCE(Order.delivered_at, Order.placed_at) >= since
    return rows.where(
        (OrderLine.id > after) & came & warranty_terms.covered_products() & ~peewee.fn.EXISTS(known)
    ).order_by(OrderLine.id)


def _cover(lines, today, now):
    book, rows = warranty_terms.book([line.product for line in lines]), []
    for line in lines:
        day = values.shop_day(line.order.delivered_at or line.order.at)
        row = _row(line.order.account_id, line, day, book.of(line.product).months)
        if row["covered_until"] >= today:
            rows.append(row | {"quantity": line.shipped, "created_at": now or values.now()})
    if rows:
        with audit.change(values.system("covering"), "warranty.caught_up", now=now) as change:
            Warranty.insert_many(rows).execute()
            change.happened()
    return len(rows)


def taken_back(line, pieces, account):
    """So many pieces of an order line are with us again: whoever bought them owns them no longer.

    Those without a serial number go first; what was handed over to another account stays his.
    """
    mine = (Warranty.order_line == line) & (Warranty.account == account) & (Warranty.state == "covered")
    rows = Warranty.select().where(mine).order_by(Warranty.serial_key, Warranty.id)
    for row in rows if store.is_sqlite() else rows.for_update():
        gone = min(pieces, row.quantity)
        fields = {"state": "gone"} if gone == row.quantity else {"quantity": Warranty.quantity - gone}
        Warranty.update(fields | {"version": Warranty.version + 1}).where(Warranty.id == row.id).execute()
        pieces -= gone
        if not pieces:
            return


def ended(change, warranty, pieces):
    """So many of its pieces are made good with money: covered no longer, inside the change that pays.

    Pieces that got a record of their own since they were claimed for are taken from those of the same order line.
    """
    here = min(pieces, warranty.quantity)
    warranty.single_out(change, here).move(change, "end", state="gone")
    if pieces > here:
        taken_back(warranty.order_line, pieces - here, warranty.account)


def remind(now=None):
    """Tell each account once, in one letter, of all its things that are covered for 30 more days at most.

    Returns how many letters; run by the worker, as often as it likes.
    """
    due = _due(values.shop_day(now))
    owners = due.select(Warranty.account).distinct().order_by(Warranty.account).limit(BATCH)
    accounts = Account.select().where(Account.id.in_(list(owners.tuples())) & Account.is_active)
    return sum(_remind(account, due.where(Warranty.account == account), now) for account in accounts)


def _due(today):
    """Query of what ends soon and was not told; what is covered for a month only is left out."""
    rows = Warranty.select(Warranty, Product).join(Product)
    return rows.where(Warranty.ending(today) & Warranty.reminded_at.is_null() & (Warranty.months > 1))


def _remind(account, rows, now):
    with audit.change(CLOCK, "warranty.ending", account, about=account, now=now) as change:
        rows = list(rows.order_by(Warranty.covered_until, Warranty.id))
        mine = Warranty.id.in_([row.id for row in rows]) & Warranty.reminded_at.is_null()
        ours = Warranty.update(reminded_at=change.now).where(mine).returning(Warranty.id).execute()
        ours = {row.id for row in ours}  # another worker may be at it too
        if not ours:
            return 0
        for row in rows:
            row.account = account
        told = {"account": account.name, "things": [row.told() for row in rows if row.id in ours]}
        change.tell(account.customers_for("orders"), "warranty_ending", **told)
    return 1


shipments.KEPT_BY.append(received)
