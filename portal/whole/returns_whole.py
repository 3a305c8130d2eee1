"""Invariants of returns: what must hold for goods that come back."""

from peewee import fn

from portal.sales.orders import Order, OrderLine
from portal.service.returns import ReturnLine


def returned():
    """What live returns of an order line lay claim to is never more than what was delivered of it."""
    live = fn.SUM(ReturnLine.live)
    about = (ReturnLine.line.alias("line"), OrderLine.order.alias("order"))
    rows = ReturnLine.select(*about, live.alias("live"), OrderLine.shipped.alias("gone")).join(OrderLine)
    wrong = rows.group_by(ReturnLine.line, OrderLine.order, OrderLine.shipped).having(live > OrderLine.shipped)
    for row in wrong.dicts().iterator():
        number = Order.NUMBER.format(row["order"])
        yield f"order {number}: {row['live']} of line {row['line']} claimed back, {row['gone']} delivered"
