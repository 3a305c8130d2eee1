"""Receiving: goods that come in from suppliers, one product or a whole delivery note, and who can be served then."""

from portal import audit, values
from portal.errors import Invalid
from portal.people import policy
from portal.sales import stock
from portal.sales.catalogue import Product, code_key
from portal.sales.quotes import read_quantity

MOST_LINES = 500

policy.allow("stock.receive", policy.STAFF)


def receive(pieces, *, by, reason="", now=None):
    """Put what came in, [(product, quantity)], on the shelf; `reason` is the supplier's word (number of his note).

    Orders that wait get theirs first, the oldest in front, and their people are told. Returns {order: [(line,
    pieces)]} of those. Raises Invalid: lines-needed on "lines", stock-unlimited on "code" and number-not-between
    on "quantity" for the first product that cannot take it.
    """
    reason = values.one_line(reason, 300) or ""
    if not pieces:
        raise Invalid(lines="lines-needed")
    with audit.change(by, "stock.received", now=now) as change:
        change.result = pieces[0][0].ref
        wanted = {}
        for product, quantity in pieces:
            wanted[product] = wanted.get(product, 0) + quantity
        _check(wanted)
        for product, quantity in wanted.items():
            with audit.change(by, "product.received", product, now=now) as one:
                one.record("quantity", None, quantity)
                if reason:
                    one.record("reason", None, reason)
        rows = [(product, quantity, "") for product, quantity in wanted.items()]
        return stock.put_on_shelf(rows, "received", by=by, now=change.now, note=reason)


def read(text):
    """(pieces, faults) of a pasted list of a delivery, a code and a quantity on each line, tabs or commas between.

    `pieces` are [(product, quantity)], `faults` [(line, message id, parameters)] of what cannot be received:
    line-unreadable, product-unknown, stock-unlimited, and quantities as in an order. Costs one query.
    """
    rows = [line.strip() for line in values.paragraphs(text).splitlines() if line.strip()]
    if len(rows) > MOST_LINES:
        return [], [(rows[MOST_LINES], "list-too-long", {"most": MOST_LINES})]
    split = [(row, *_parts(row)) for row in rows]
    keys = {code_key(code) for _, code, _ in split}
    known = {product.code_key: product for product in Product.select().where(Product.code_key.in_(keys))}
    pieces, faults = [], []
    for row, code, quantity in split:
        try:
            pieces.append(_piece(known.get(code_key(code)), quantity))
        except Invalid as refusal:
            ((message, params),) = refusal.problems.values()
            faults.append((row, message, params))
    return pieces, faults


def _parts(row):
    """("RICE-25", "40") of "RICE-25 40", "RICE-25,40", "RICE-25\\t40" or "RICE-25 × 40"."""
    row = row.replace("\t", " ").replace(";", " ").replace(" × ", " ").replace(" x ", " ")
    code, _, quantity = row.rpartition(" ") if " " in row else row.rpartition(",")
    return code.strip(" ,"), quantity.strip(" ,")


def _piece(product, quantity):
    if product is None:
        raise Invalid(code="product-unknown")
    if product.stock is None:
        raise Invalid(code="stock-unlimited")
    return product, read_quantity(quantity)


def _check(wanted):
    for product, quantity in wanted.items():
        if product.stock is None:
            raise Invalid(code="stock-unlimited")
        if quantity < 1 or product.stock + quantity > stock.FULLEST:
            raise Invalid(quantity=("number-not-between", {"least": 1, "most": stock.FULLEST}))
