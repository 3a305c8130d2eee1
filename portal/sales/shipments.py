"""Shipments: what left the house of an order, or waits at a branch: in part or whole, with its delivery note."""

import peewee

from portal import store, values
from portal.sales.orders import Order, OrderLine


class Shipment(store.Versioned):
    """One delivery of an order: sent or ready to be picked up, then delivered."""

    NUMBER = "DN-{:06d}"

    order = peewee.ForeignKeyField(Order)
    state = peewee.CharField(max_length=10, default="sent")  # sent, ready (pick-up), delivered
    carrier = peewee.CharField(max_length=80, default="")
    tracking_number = peewee.CharField(max_length=80, default="")
    tracking_url = peewee.CharField(max_length=300, default="")
    note = peewee.CharField(max_length=500, default="")
    by_name = peewee.CharField(max_length=200, default="")
    shipped_at = store.MomentField(default=values.now)
    delivered_at = store.MomentField(null=True)
    received_by = peewee.CharField(max_length=200, default="")


class ShipmentLine(store.Model):
    """How many of an order line went with it."""

    shipment = peewee.ForeignKeyField(Shipment, on_delete="CASCADE")
    line = peewee.ForeignKeyField(OrderLine)
    quantity = peewee.IntegerField(constraints=[peewee.Check("quantity > 0", name="shipmentline_quantity_positive")])
