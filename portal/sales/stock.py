"""Stock: every piece that comes or goes is a movement; the shelf is their sum and never below zero."""

import peewee

from portal import store, values
from portal.sales.catalogue import Product


class StockMovement(store.Model):
    """Pieces of a product that came (+) or went (-), why, and for which order line."""

    product = peewee.ForeignKeyField(Product)
    quantity = peewee.IntegerField()
    reason = peewee.CharField(max_length=20)  # start, placed, cancelled, correction
    cause = peewee.CharField(max_length=40, default="", index=True)  # Ref of the order line, "" for corrections
    note = peewee.CharField(max_length=300, default="")
    at = store.MomentField(default=values.now)
