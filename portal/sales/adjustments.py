"""Adjustments: how the price of an order line came to be, part by part; pricing writes them, offers will too."""

import peewee

from portal import store
from portal.sales.orders import OrderLine

KINDS = ("price_list", "agreed", "discount", "offer")


class Adjustment(store.Model):
    """One part of a line's price: what it took off (−) or added (+) to the whole line, and why.

    list price × quantity + its adjustments = the line's net, to the cent.
    """

    line = peewee.ForeignKeyField(OrderLine, on_delete="CASCADE")
    position = peewee.IntegerField()
    kind = peewee.CharField(max_length=12)
    reason = peewee.CharField(max_length=40)  # message id
    params = store.JSONText(default=dict)
    cause = peewee.CharField(max_length=40, default="")  # Ref of the price list or offer
    minor = peewee.BigIntegerField()
