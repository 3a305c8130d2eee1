"""Replacing: the order over nothing that sends again what came back."""

from portal import audit, values
from portal.sales import quotes, stock
from portal.sales.orders import Order, OrderLine

COPIED = (
    "account_name", "contact", "rep", "currency", "po_number", "delivery", "branch", "branch_name", "ship_to",
    "bill_to",
)  # fmt: skip


def replacement(order, pieces, *, by, now):
    """A confirmed order over [(order line, quantity)] at no charge, to where the first one went; inside a change.

    What is on the shelf is kept for it. Raises Invalid: stock-ran-out on "lines". The caller tells the customer.
    """
    with audit.change(by, "order.replacing", about=order.account, now=now) as change:
        copied = {name: order.__data__.get(name) for name in COPIED}
        there = stock.reserve([(line.product, quantity) for line, quantity in pieces])
        made = Order.create(
            **copied, account=order.account, state="confirmed", source="replacement", placed_by=by.name,
            placed_at=change.now, confirmed_at=change.now, created_at=change.now,
        )  # fmt: skip
        made.account = order.account
        today = values.shop_day(change.now)
        rows = [_row(made, n, *piece, there[n - 1], today) for n, piece in enumerate(pieces, 1)]
        lines = sorted(OrderLine.insert_many(rows).returning(OrderLine).execute(), key=lambda line: line.position)
        for line, (first, _) in zip(lines, pieces, strict=True):
            line.product = first.product
        stock.note(lines, "placed", change.now)
        made.index(lines)
        change.subject = made.ref
        change.record("source", None, "replacement")
    return made


def _row(order, position, line, quantity, kept, today):
    product = line.product
    return {
        "order": order,
        "position": position,
        "product": product,
        "code": line.code,
        "name": line.name,
        "unit": line.unit,
        "quantity": quantity,
        "price_minor": 0,
        "net_minor": 0,
        "tax_bp": line.tax_bp,
        "is_tax_included": line.is_tax_included,
        "cost_minor": product.cost_minor,
        "reserved": kept,
        "promised_on": quotes.promised_on(product, today) if kept < quantity else None,
    }
