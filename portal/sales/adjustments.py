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


def write(lines, quoted):
    """Keep what made the price of these order lines, from the lines of the quote they were written from."""
    rows = [
        {"line": line, "position": position, "kind": part.kind, "reason": part.reason, "params": part.params,
         "cause": part.cause, "minor": part.minor}
        for line, quote_line in zip(lines, quoted, strict=True)
        for position, part in enumerate(quote_line.parts, 1)
    ]  # fmt: skip
    if rows:
        Adjustment.insert_many(rows).execute()


def of(lines):
    """{line id: its adjustments in their order} in one query, none where every line is at its list price.

    Imported lines have none: what the old system charged is all that is known of them.
    """
    found = {line.id: [] for line in lines if line.list_minor is not None and line.net_minor != _listed(line)}
    rows = Adjustment.select().where(Adjustment.line.in_(list(found))) if found else ()
    for row in rows.order_by(Adjustment.line, Adjustment.position) if found else ():
        found[row.line_id].append(row)
    return found


def _listed(line):
    return line.quantity * line.list_minor
