"""Where the pieces of imported order lines are: shipped with an old order, cancelled with it, or still to go."""

from portal.sales import stock
from portal.sales.catalogue import Product
from portal.sales.orders import TO_SHIP, Order, OrderLine
from portal.store import among

GONE = ("shipped", "delivered")
NONE = {"reserved": 0, "shipped": 0, "cancelled": 0}


def place(rows):
    """Give new lines (rows of an import) their counters; nothing of the shelf moves, but what is unlimited is there.

    Two queries a batch. Lines of open orders wait for goods like any back-order.
    """
    orders = {row.columns["order"] for row in rows}
    states = dict(Order.select(Order.id, Order.state).where(among(Order.id, orders)).tuples())
    open_ones = {row.columns["product"] for row in rows if states[row.columns["order"]] in TO_SHIP}
    unlimited = Product.select(Product.id).where(among(Product.id, open_ones) & Product.stock.is_null())
    endless = {id for (id,) in unlimited.tuples()} if open_ones else set()
    for row in rows:
        state, quantity = states[row.columns["order"]], row.columns["quantity"]
        column = {"shipped": "shipped", "delivered": "shipped", "cancelled": "cancelled"}.get(state)
        if state in TO_SHIP and row.columns["product"] in endless:
            column = "reserved"
        row.columns |= NONE | ({column: quantity} if column else {})


def settle(orders, *, by, now):
    """Bring the lines of orders (ids) whose state was changed over there to where that state puts them."""
    rows = OrderLine.select(OrderLine, Product, Order).join(Product).switch(OrderLine).join(Order)
    for line in rows.where(among(OrderLine.order, orders)).order_by(OrderLine.id):
        _move(line, fitting(line, line.quantity), by, now)


def fitting(line, quantity):
    """The counters of a line for a quantity, as far as possible what they were."""
    state = line.order.state
    if state == "draft":
        return NONE
    if state == "cancelled":
        return NONE | {"cancelled": quantity}
    cancelled = min(line.cancelled, quantity)
    if state in GONE:
        return {"reserved": 0, "shipped": quantity - cancelled, "cancelled": cancelled}
    shipped = min(line.shipped, quantity)
    cancelled = min(cancelled, quantity - shipped)
    rest = quantity - shipped - cancelled
    is_counted = line.product.stock is not None
    return {"reserved": min(line.reserved, rest) if is_counted else rest, "shipped": shipped, "cancelled": cancelled}


def resize(change, line, differences):
    """Write another quantity of a line, and where its pieces are then."""
    before, counters = line.reserved, fitting(line, differences["quantity"])
    lowered = {name: min(number, getattr(line, name)) for name, number in counters.items()}
    _write(line, lowered)  # first: what is nowhere any more would not fit into a smaller quantity
    change.update(line, **differences)
    _write(line, counters)
    if before > line.reserved:
        stock.release([(line, before - line.reserved)], by=change.by, now=change.now)


def _move(line, counters, by, now):
    before = line.reserved
    _write(line, counters)
    if before > line.reserved:
        stock.release([(line, before - line.reserved)], by=by, now=now)


def _write(line, counters):
    if any(getattr(line, name) != number for name, number in counters.items()):
        OrderLine.update(counters).where(OrderLine.id == line.id).execute()
        for name, number in counters.items():
            setattr(line, name, number)
