"""Replacing: the order over nothing that sends again what came back, or what broke under its warranty."""

from portal import audit, values
from portal.customers.addresses import Address
from portal.sales import habits, quotes, stock
from portal.sales.orders import Order, OrderLine

COPIED = (
    "account_name", "contact", "rep", "currency", "po_number", "delivery", "branch", "branch_name", "ship_to",
    "bill_to",
)  # fmt: skip


def replacement(order, pieces, *, by, now):
    """A confirmed order over [(order line, quantity)] at no charge, to where the first one went; inside a change.

    What is on the shelf is kept for it. Raises Invalid: stock-ran-out on "lines". The caller tells the customer.
    """
    copied = {name: order.__data__.get(name) for name in COPIED}
    return _write(order.account, pieces, copied | {"source": "replacement"}, by=by, now=now)


def renewal(account, product, quantity, *, like=None, by, now):
    """The same for a thing under warranty: as its order line `like` went, else to where the account has it sent."""
    if like is not None:
        fields = {name: like.order.__data__.get(name) for name in COPIED}
    else:
        fields = {"account_name": account.name, "currency": account.currency, "rep": account.owner_id}
        places = {"ship_to": Address.default(account, "shipping"), "bill_to": Address.default(account, "billing")}
        fields |= {name: place.snapshot if place else {} for name, place in places.items()}
        like = OrderLine(product=product, code=product.code, name=product.name, unit=product.unit)
    like.product = product
    return _write(account, [(like, quantity)], fields | {"source": "warranty"}, by=by, now=now)


def _write(account, pieces, fields, *, by, now):
    with audit.change(by, "order.replacing", about=account, now=now) as change:
        there = stock.reserve([(line.product, quantity) for line, quantity in pieces])
        made = Order.create(
            **fields, account=account, state="confirmed", placed_by=by.name, placed_at=change.now,
            confirmed_at=change.now, created_at=change.now,
        )  # fmt: skip
        made.account = account
        today = values.shop_day(change.now)
        rows = [_row(made, n, *piece, there[n - 1], today) for n, piece in enumerate(pieces, 1)]
        lines = sorted(OrderLine.insert_many(rows).returning(OrderLine).execute(), key=lambda line: line.position)
        for line, (first, _) in zip(lines, pieces, strict=True):
            line.product = first.product
        stock.note(lines, "placed", change.now)
        made.index(lines)
        change.subject = made.ref
        change.record("source", None, made.source)
        habits.overtaken([account])
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
