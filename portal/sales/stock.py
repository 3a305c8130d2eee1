"""Stock: what stands on the shelf, how much of it is kept for orders, and every movement of both."""

from collections import Counter
from itertools import groupby

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.people import policy
from portal.sales import catalogue
from portal.sales.catalogue import Product
from portal.sales.orders import TO_SHIP, Order, OrderLine

REASONS = (
    "start", "placed", "cancelled", "correction", "shipped", "unshipped", "received", "allocated", "returned",
)  # fmt: skip
FULLEST = 2_000_000_000  # what the column holds

policy.allow("stock.see", policy.STAFF)
policy.allow("stock.correct", policy.STAFF)


class StockMovement(store.Model):
    """Pieces of a product that came (+) or went (-), or were kept (+) or freed (-), why, and for which order line.

    The sums of both columns are `Product.stock` and `Product.reserved`.
    """

    product = peewee.ForeignKeyField(Product)
    quantity = peewee.IntegerField()  # of the shelf
    reserved = peewee.IntegerField(default=0)  # of what waits on it for orders
    reason = peewee.CharField(max_length=20)
    cause = peewee.CharField(max_length=40, default="", index=True)  # Ref of the order line, "" for corrections
    note = peewee.CharField(max_length=300, default="")
    by_name = peewee.CharField(max_length=200, default="")
    at = store.MomentField(default=values.now)


def reserve(pieces):
    """Keep `pieces`, [(product, quantity)], for an order that is about to be written; returns how many of each.

    What is short waits where the product allows back-orders. Products are locked in the order of their id, so that
    two orders of the same goods wait for each other instead of dying, and the shelf is asked again inside the
    UPDATE. Of unlimited products all is there. Products must have been read within this change. Raises Invalid:
    lines=("stock-ran-out", {code, name, left}). Call `note` with the lines once they are written.
    """
    _refresh([product for product, _ in pieces])
    free = {product.id: product.free for product, _ in pieces}
    there, kept = [], Counter()
    for product, quantity in pieces:
        left = free[product.id]
        if left is None:
            there.append(quantity)
            continue
        if quantity > left and not product.allows_backorder:
            raise _ran_out(product)
        there.append(min(quantity, left))
        free[product.id] -= there[-1]
        kept[product.id] += there[-1]
    kept = +kept
    if kept:
        pieces_of = _per_product(kept)
        held = Product.update(reserved=Product.reserved + pieces_of)
        guard = Product.id.in_(list(kept)) & (Product.stock - Product.reserved >= pieces_of)
        for short in kept.keys() - _moved(held.where(guard)):
            raise _ran_out(Product.get_by_id(short))
    return there


def note(lines, reason, now):
    """Write down what is kept for lines just written; their product must be at hand."""
    _write([(line.product_id, 0, line.reserved, line.ref) for line in lines if line.product.stock is not None
            and line.reserved], reason, now)  # fmt: skip


def hold(order):
    """The lines of an order with their products, none of which moves before this change ends.

    The order itself is locked first, then its products, as everybody does who ships, cancels or counts.
    """
    if not store.is_sqlite():
        list(Order.select(Order.id).where(Order.id == order.id).for_update("FOR NO KEY UPDATE").tuples())
        _lock(OrderLine.select(OrderLine.product).where(OrderLine.order == order))
    return order.lines


def hold_all(orders):
    """Hold many orders and then all their products, lowest id first, for who changes each of them within one change.

    Order by order they would wait for somebody who holds the second order and waits for a product of the first.
    """
    if not store.is_sqlite():
        ids = [order.id for order in orders]
        rows = Order.select(Order.id).where(store.among(Order.id, ids)).order_by(Order.id)
        list(rows.for_update("FOR NO KEY UPDATE").tuples())
        _lock(OrderLine.select(OrderLine.product).where(store.among(OrderLine.order, ids)))


def take(pieces, *, now):
    """What leaves the house: `pieces` are [(line, quantity, how many of them were kept for it)], held before.

    What was not kept comes from what is free. Raises Invalid: lines=("stock-ran-out", …).
    """
    counted = [piece for piece in pieces if piece[0].product.stock is not None]
    gone, freed = _sums(counted)
    if not counted:
        return
    left = (Product.stock - _per_product(gone), Product.reserved - _per_product(freed))
    moved = _moved(
        Product.update(stock=left[0], reserved=left[1]).where(Product.id.in_(list(gone)) & (left[0] >= left[1]))
    )
    for line, *_ in counted:
        if line.product_id not in moved:
            raise _ran_out(line.product)
    _write([(line.product_id, -quantity, -kept, line.ref) for line, quantity, kept in counted], "shipped", now)


def untake(pieces, *, now):
    """A shipment that never was: `pieces`, [(line, quantity)], stand on the shelf again, kept for their lines."""
    counted = [(line, quantity, quantity) for line, quantity in pieces if line.product.stock is not None]
    if counted:
        back = _per_product(_sums(counted)[0])
        _moved(Product.update(stock=Product.stock + back, reserved=Product.reserved + back).where(
            Product.id.in_([line.product_id for line, *_ in counted])))  # fmt: skip
        _write([(line.product_id, quantity, quantity, line.ref) for line, quantity, _ in counted], "unshipped", now)


def release(pieces, *, by, now):
    """Free what is kept for lines: `pieces` are [(line, how many)], held before; whoever waits gets them next.

    The caller lowers the lines themselves.
    """
    freed = [(line, 0, kept) for line, kept in pieces if kept and line.product.stock is not None]
    if freed:
        kept = _sums(freed)[1]
        _moved(Product.update(reserved=Product.reserved - _per_product(kept)).where(Product.id.in_(list(kept))))
        _write([(line.product_id, 0, -kept, line.ref) for line, _, kept in freed], "cancelled", now)
        allocate(kept, by=by, now=now)


def put_on_shelf(pieces, reason, *, by, now, note=""):
    """More on the shelf, inside the caller's change: `pieces` are [(product, quantity, Ref of the cause or "")].

    Who waits gets it first, oldest order first; unlimited products move nothing. Returns {order: [(line, pieces)]}.
    """
    wanted = Counter()
    for product, quantity, _ in pieces:
        wanted[product.id] += quantity
    _lock(wanted)
    more = Product.stock + _per_product(wanted)
    came = _moved(Product.update(stock=more).where(Product.id.in_(list(wanted)) & (more <= FULLEST)))
    rows = [(product.id, quantity, 0, cause) for product, quantity, cause in pieces if product.id in came]
    _write(rows, reason, now, note=note, by_name=by.name)
    return allocate(came, by=by, now=now) if came else {}


def restock(pieces, *, by, now):
    """Goods that came back, inside the caller's change: [(order line, quantity)], each with its product."""
    return put_on_shelf([(line.product, quantity, line.ref) for line, quantity in pieces], "returned", by=by, now=now)


def allocate(products, *, by, now):
    """Give free pieces of these products (ids, held by this change) to the orders that wait, oldest first.

    Their people are told. Returns {order: [(line, pieces)]}.
    """
    got = _share_out(_waiting_lines(products))
    if not got:
        return {}
    added = peewee.Case(OrderLine.id, [(line.id, pieces) for line, pieces in got], 0)
    OrderLine.update(reserved=OrderLine.reserved + added).where(OrderLine.id.in_([ln.id for ln, _ in got])).execute()
    kept = _sums([(line, 0, pieces) for line, pieces in got])[1]
    _moved(Product.update(reserved=Product.reserved + _per_product(kept)).where(Product.id.in_(list(kept))))
    _write([(line.product_id, 0, pieces, line.ref) for line, pieces in got], "allocated", now)
    found = {}
    for line, pieces in got:
        line.reserved += pieces
        found.setdefault(line.order, []).append((line, pieces))
    for order, parts in found.items():
        _tell_goods_in(order, parts, by, now)
    return found


def _waiting_lines(products):
    """Lines that wait for these products, oldest order first, each with product, order and account."""
    waits = OrderLine.OPEN & (OrderLine.quantity - OrderLine.cancelled - OrderLine.shipped > OrderLine.reserved)
    rows = (
        OrderLine.select(OrderLine, Product, Order, Account)
        .join(Product)
        .switch(OrderLine)
        .join(Order)
        .join(Account)
        .where(OrderLine.product.in_(list(products)) & waits & Order.state.in_(TO_SHIP))
        .where(Product.stock > Product.reserved)
    )
    return rows.order_by(OrderLine.product, Order.placed_at, OrderLine.id)


def _share_out(lines):
    """[(line, pieces)]: each takes what it waits for until nothing is free."""
    got, orders = [], {}
    for _, own in groupby(lines, key=lambda line: line.product_id):
        left = None
        for line in own:
            line.order = orders.setdefault(line.order_id, line.order)
            left = line.product.free if left is None else left
            pieces = min(left, line.waiting)
            left -= pieces
            if pieces:
                got.append((line, pieces))
    return got


def _tell_goods_in(order, parts, by, now):
    """Something that an order waited for has come: one event, told to both sides."""
    with audit.change(by, "order.goods_in", order, about=order.account, now=now) as change:
        listed = [{"code": ln.code, "name": ln.name, "quantity": pieces, "unit": ln.unit} for ln, pieces in parts]
        change.record("lines", None, listed)
        people = order.account.people_for("orders", by)
        change.tell(people, "order_goods_in", lines=listed, **order.told())


def correct(product, *, by, reason, counted=None, difference=None, unlimited=False, now=None):
    """Set the shelf right: to what was `counted`, by a `difference`, or to `unlimited`; says why.

    Less than what is kept for orders is refused. What becomes unlimited keeps nothing any more, all of it is there;
    a first count gives the pieces to the orders that are open, oldest first. Raises Invalid: reason-needed on
    "reason"; count-needed, number-not-between, stock-short or stock-reserved on "counted" or "difference".
    """
    reason = values.one_line(reason, 300)
    _check_correction(reason, counted, difference, unlimited)
    with audit.change(by, "product.stock_corrected", product, now=now) as change:
        _lock([product.id])
        before = Product.get_by_id(product.id)
        after = _counted(before, counted, difference, unlimited)
        if after == before.stock:
            return product
        was = Product.stock.is_null() if before.stock is None else Product.stock == before.stock
        kept = 0 if before.stock is None or after is None else before.reserved
        guard = Product.update(stock=after, reserved=kept).where((Product.id == product.id) & was)
        change.guard(guard, Invalid(counted="stock-moved"))
        if before.stock is None or after is None:
            _all_is_there(product, after is None)
        _write_correction(change, product, before, after, kept, reason)
        if after is not None:
            allocate([product.id], by=by, now=change.now)
    product.stock = after
    return product


def _counted(before, counted, difference, unlimited):
    """What stands on the shelf after a correction; refuses what cannot be."""
    if difference is not None and before.stock is None:
        raise Invalid(difference="stock-unlimited")
    after = None if unlimited else counted if counted is not None else before.stock + difference
    field = "difference" if counted is None else "counted"
    if after is not None and not 0 <= after <= FULLEST:
        params = {"code": before.code, "name": before.name, "left": before.stock}
        raise Invalid(**{field: ("stock-short", params)})
    if after is not None and before.stock is not None and after < before.reserved:
        raise Invalid(**{field: ("stock-reserved", {"reserved": before.reserved, "least": before.reserved})})
    return after


def _all_is_there(product, is_unlimited):
    """The open lines of a product that is no longer counted have all they want; of one that begins to be, nothing."""
    open_orders = Order.select(Order.id).where(Order.state.in_(TO_SHIP))
    reserved = OrderLine.quantity - OrderLine.cancelled - OrderLine.shipped if is_unlimited else 0
    own = (OrderLine.product == product) & OrderLine.OPEN & OrderLine.order.in_(open_orders)
    OrderLine.update(reserved=reserved).where(own).execute()


def _write_correction(change, product, before, after, kept, reason):
    moved, held = _moved_so_far(product)
    kind = "start" if before.stock is None else "correction"
    numbers = {"quantity": (after or 0) - moved, "reserved": kept - held}
    StockMovement.create(
        product=product, reason=kind, note=reason, by_name=change.by.name, at=change.now, **numbers
    )  # fmt: skip
    change.record("stock", before.stock, after)
    change.record("reason", None, reason)


def add_product(*, by, counted=None, now=None, **given):
    """A new product of the catalogue together with its first count; None means unlimited."""
    with audit.change(by, "product.added", now=now) as change:
        product = catalogue.add(by=by, now=now, **given)
        change.result = product.ref
        if counted is not None:
            correct(product, by=by, counted=counted, reason="start", now=now)
    return product


def read_count(text, field="counted"):
    """A number of pieces as typed, with its sign where a difference is meant; None when blank. Invalid on `field`."""
    text = (text or "").strip().replace("−", "-").replace(",", "")
    if not text:
        return None
    number = text.lstrip("+-") if field == "difference" else text
    if not number.isdecimal() or len(number) > 10 or len(text) - len(number) > 1:
        raise Invalid(**{field: "number-malformed"})
    return -int(number) if text.startswith("-") else int(number)


def low(today):
    """Query of the products on sale of which little is free: it is time to buy."""
    return Product.on_sale(today).where(Product.low())


def movements(product, limit=50):
    """The newest movements of a product."""
    rows = StockMovement.select().where(StockMovement.product == product)
    return rows.order_by(StockMovement.id.desc()).limit(limit)


def _check_correction(reason, counted, difference, unlimited):
    if reason is None:
        raise Invalid(reason="reason-needed")
    if sum((counted is not None, difference is not None, unlimited)) != 1:
        raise Invalid(counted="count-needed")
    if counted is not None and not 0 <= counted <= FULLEST:
        raise Invalid(counted=("number-not-between", {"least": 0, "most": FULLEST}))
    if difference is not None and (difference == 0 or abs(difference) > FULLEST):
        raise Invalid(difference="count-needed")


def _lock(products):
    """Hold these products until the end of the transaction, lowest id first (SQLite has one writer anyway).

    NO KEY: order lines written just before hold a share of the product's key through their foreign key, and two
    orders that both asked for the whole row would wait for each other for ever.
    """
    if store.is_sqlite():
        return []
    among = products if isinstance(products, peewee.Select) else list(products)
    columns = (Product.id, Product.stock, Product.reserved, Product.allows_backorder)
    rows = Product.select(*columns).where(Product.id.in_(among)).order_by(Product.id)
    return list(rows.for_update("FOR NO KEY UPDATE").tuples())


def _refresh(products):
    """Hold these products, and bring what was read of them up to date."""
    held = {row[0]: row[1:] for row in _lock({product.id for product in products})}
    for product in products:
        if product.id in held:
            product.stock, product.reserved, product.allows_backorder = held[product.id]


def _ran_out(product):
    params = {"code": product.code, "name": product.name, "left": product.free or 0}
    return Invalid(lines=("stock-ran-out", params))


def _sums(pieces):
    """({product: quantity}, {product: kept}) of [(line, quantity, kept)]."""
    quantities, kept = Counter(), Counter()
    for line, quantity, held in pieces:
        quantities[line.product_id] += quantity
        kept[line.product_id] += held
    return quantities, kept


def _per_product(wanted):
    return peewee.Case(Product.id, sorted(wanted.items()), 0)


def _moved(update):
    return {product.id for product in update.returning(Product.id).execute()}


def _moved_so_far(product):
    columns = (StockMovement.quantity, StockMovement.reserved)
    sums = [peewee.fn.COALESCE(peewee.fn.SUM(column), 0) for column in columns]
    return StockMovement.select(*sums).where(StockMovement.product == product).tuples().get()


def _write(rows, reason, now, *, note="", by_name=""):
    same = {"reason": reason, "at": now, "note": note, "by_name": by_name}
    rows = [
        {"product": product, "quantity": quantity, "reserved": reserved, "cause": str(cause)} | same
        for product, quantity, reserved, cause in rows
    ]
    if rows:
        StockMovement.insert_many(rows).execute()
