"""The customer's shipments: on the page of their order, where each has its place."""

from flask import url_for

from portal.sales.orders import Order
from portal.sales.shipments import Shipment
from portal.web import panels, places
from selfservice.face import site


def _place(shipment):
    """On the page of its order."""
    order = Shipment.select(Shipment.order).where(Shipment.id == shipment).scalar()
    return f"{url_for('portal.order_show', number=Order.NUMBER.format(order))}#{Shipment.NUMBER.format(shipment)}"


places.show_at("portal", "shipment", _place)


def _of_order(order, actor):
    found = order.shipments  # order_pages read them with the lines
    return {"shipments": found, "refs": []} if found else None


panels.show_on(site.name, "order", "shipments", "selfservice/shipments/_of_order.html", _of_order,
               may="shipments.see", rank=10)  # fmt: skip
