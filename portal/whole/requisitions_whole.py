"""Invariants of requisitions: an order waits for a colleague exactly while one question about it is open."""

from peewee import JOIN, fn

from portal.sales.orders import Order
from portal.sales.requisitions import Requisition


def faults():
    """Orders to be approved without one open question, and open questions about orders that do not wait."""
    count = fn.COUNT(Requisition.id)
    asked = (Requisition.order == Order.id) & (Requisition.state == "asked")
    rows = Order.select(Order.id, Order.state, count.alias("asked")).join(Requisition, JOIN.LEFT_OUTER, on=asked)
    rows = rows.where((Order.state == "to_approve") | Requisition.id.is_null(False)).group_by(Order.id, Order.state)
    wrong = rows.having((count != 1) | (Order.state != "to_approve"))
    for order in wrong.iterator():
        yield f"order {order.number} is {order.state}, with {order.asked} open questions to colleagues"
