"""Invariants of warranties: what must hold for things that are owned and claimed for."""

from peewee import fn

from portal.sales.orders import OrderLine
from portal.service.claims import OPEN, Claim
from portal.service.warranties import Warranty


def covered():
    """No more pieces of an order line are under warranty than were delivered of it."""
    pieces = fn.SUM(Warranty.quantity)
    rows = Warranty.select(OrderLine.id.alias("line"), OrderLine.shipped, pieces.alias("pieces")).join(OrderLine)
    rows = rows.where(Warranty.state == "covered").group_by(OrderLine.id, OrderLine.shipped)
    for row in rows.having(pieces > OrderLine.shipped).dicts().iterator():
        yield f"order line {row['line']}: {row['pieces']} under warranty, {row['shipped']} delivered"


def claimed():
    """An open claim of an owner is about a thing that is his."""
    rows = Claim.select(Claim.id).join(Warranty).where(Claim.account.is_null(False) & Claim.state.in_(OPEN))
    for claim in rows.where(Claim.account != Warranty.account).iterator():
        yield f"claim {claim.number} is about a thing of somebody else"
