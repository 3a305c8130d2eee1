"""Waiting: which orders wait for goods and which can go now, the days promised, and what is expected when."""

import peewee

from portal import audit, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import Field
from portal.people import policy
from portal.sales.catalogue import FIELDS, Product
from portal.sales.orders import TO_SHIP, Order, OrderLine

PLANNED = ("low_at", "allows_backorder", "expected_on")
PROMISED_ON = Field("promised_on", "date")

policy.allow("orders.promise", policy.STAFF)
policy.allow("stock.plan", policy.STAFF)

WAITS = OrderLine.OPEN & (OrderLine.quantity - OrderLine.cancelled - OrderLine.shipped > OrderLine.reserved)


def ready():
    """Where-expression over Order: confirmed, and something of it is on the shelf and could leave now."""
    kept = (OrderLine.order == Order.id) & (OrderLine.reserved > 0)
    # Order by order: nearly every open line of the shop is kept, and only some of them are of orders somebody sees.
    has_kept = peewee.fn.EXISTS(OrderLine.select(peewee.Value(1)).where(kept))
    return Order.state.in_(("confirmed", "part_shipped")) & has_kept


def waiting():
    """Where-expression over Order: something of it is not on the shelf."""
    return Order.state.in_(TO_SHIP) & Order.id.in_(OrderLine.select(OrderLine.order).where(WAITS))


def overdue(today):
    """Where-expression over Order: what it waits for was promised for a day that has passed."""
    late = OrderLine.select(OrderLine.order).where(WAITS & (OrderLine.promised_on < today))
    return Order.state.in_(TO_SHIP) & Order.id.in_(late)


def per_product(products):
    """{product id: pieces that orders wait for} of some products, in one query."""
    pieces = peewee.fn.SUM(OrderLine.quantity - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved)
    rows = OrderLine.select(OrderLine.product, pieces).join(Order).where(WAITS & Order.state.in_(TO_SHIP))
    rows = rows.where(OrderLine.product.in_([product.id for product in products]))
    return {product: int(number) for product, number in rows.group_by(OrderLine.product).tuples()}


def promise(order, days, *, by, now=None):
    """Promise days, {line id: date as typed or None}, for what an order waits for; the customer is told.

    A line that waits for nothing any more, or has that day already, is passed over. Raises Invalid on "line_<id>":
    date-malformed, date-not-ahead; and nothing-waits on "lines" when there is nothing to promise.
    """
    with audit.change(by, "order.promised", order, about=order.account, now=now) as change:
        today = values.shop_day(change.now)
        lines = [line for line in order.lines if line.waiting and line.id in days]
        if not lines:
            raise Invalid(lines="nothing-waits")
        wanted = _checked(lines, days, today)
        _promise(change, order, [(line, wanted[line.id]) for line in lines if line.promised_on != wanted[line.id]])
    return order


def plan(product, *, by, version, now=None, **given):
    """Set from where the shelf counts as low, whether more may be ordered than is there, and when more is expected.

    When the expected day moves, the lines that wait on it or on no day move with it, and their customers are told.
    Raises Stale, and Invalid by field: number-malformed, date-malformed, date-not-ahead.
    """
    given = FIELDS.clean({name: value for name, value in given.items() if name in PLANNED})
    with audit.change(by, "product.planned", product, now=now) as change:
        day, before = given.get("expected_on"), product.expected_on
        if day and day != before and day < values.shop_day(change.now):
            raise Invalid(expected_on="date-not-ahead")
        moved = change.update(product, version=version, **given)
        if "expected_on" in moved and day:
            _promise_all(product, before, day, by, change.now)
    return product


def _checked(lines, days, today):
    wanted, problems = {}, {}
    for line in lines:
        name = f"line_{line.id}"
        try:
            day = wanted[line.id] = PROMISED_ON.clean(days[line.id])
        except Invalid as refusal:
            problems[name] = next(iter(refusal.problems.values()))
            continue
        if day and day != line.promised_on and day < today:
            problems[name] = "date-not-ahead"
    if problems:
        raise Invalid(**problems)
    return wanted


def _promise(change, order, promised):
    """Set the day of lines, [(line, day)], record it and tell the customer."""
    if not promised:
        return
    for day in {day for _, day in promised}:  # mostly one; a CASE over dates would need a cast on PostgreSQL
        own = [line.id for line, promised_on in promised if promised_on == day]
        moved = OrderLine.update(promised_on=day).where(OrderLine.id.in_(own))
        change.guard(moved, order.refusal("promise"))
    listed = [
        {
            "code": line.code, "name": line.name, "quantity": line.waiting, "unit": line.unit,
            "old": line.promised_on.isoformat() if line.promised_on else None,
            "promised_on": day.isoformat() if day else None,
        }
        for line, day in promised
    ]  # fmt: skip
    change.record("lines", None, listed)
    for line, day in promised:
        line.promised_on = day
    change.tell(order.account.people_for("orders", change.by), "order_promised", lines=listed, **order.told())


def _promise_all(product, before, day, by, now):
    """Move the lines that wait for a product from the day that was expected to the new one, order by order."""
    same = OrderLine.promised_on.is_null() | (OrderLine.promised_on == before)
    rows = OrderLine.select(OrderLine, Order, Account).join(Order).join(Account)
    rows = rows.where((OrderLine.product == product) & WAITS & same & Order.state.in_(TO_SHIP))
    found = {}
    for line in rows.order_by(OrderLine.id):
        found.setdefault(line.order_id, (line.order, []))[1].append((line, day))
    for order, promised in found.values():
        with audit.change(by, "order.promised", order, about=order.account, now=now) as change:
            _promise(change, order, promised)


def shelves(actor):
    """Query of the counted products a person sees, each with `waited_for`: the pieces that orders wait for."""
    pieces = peewee.fn.SUM(OrderLine.quantity - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved)
    waited = OrderLine.select(peewee.fn.COALESCE(pieces, 0)).join(Order)
    waited = waited.where((OrderLine.product == Product.id) & WAITS & Order.state.in_(TO_SHIP))
    return Product.visible_to(actor).select_extend(waited.alias("waited_for")).where(Product.stock.is_null(False))


def waited_products():
    """Where-expression over Product: orders wait for it."""
    return Product.id.in_(OrderLine.select(OrderLine.product).join(Order).where(WAITS & Order.state.in_(TO_SHIP)))


def lines_for(product, actor, limit=100):
    """The lines that wait for a product in the orders this person sees, next in line first, each with its order."""
    rows = OrderLine.select(OrderLine, Order, Account).join(Order).join(Account)
    rows = rows.where((OrderLine.product == product) & WAITS & Order.state.in_(TO_SHIP) & Account.scope(actor))
    return list(rows.order_by(Order.placed_at, OrderLine.id).limit(limit))
