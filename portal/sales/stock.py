"""Stock: every piece that comes or goes is a movement; the shelf is their sum and never below zero."""

from collections import Counter

import peewee

from portal import audit, store, values
from portal.errors import Invalid
from portal.people import policy
from portal.sales import catalogue
from portal.sales.catalogue import Product

REASONS = ("start", "placed", "cancelled", "correction")
FULLEST = 2_000_000_000  # what the column holds

policy.allow("stock.correct", policy.STAFF)


class StockMovement(store.Model):
    """Pieces of a product that came (+) or went (-), why, and for which order line."""

    product = peewee.ForeignKeyField(Product)
    quantity = peewee.IntegerField()  # of the shelf
    reserved = peewee.IntegerField(default=0)  # of what waits on it for orders
    reason = peewee.CharField(max_length=20)
    cause = peewee.CharField(max_length=40, default="", index=True)  # Ref of the order line, "" for corrections
    note = peewee.CharField(max_length=300, default="")
    by_name = peewee.CharField(max_length=200, default="")
    at = store.MomentField(default=values.now)


def take(lines, *, now):
    """Take the pieces of order lines off the shelf, inside the caller's change.

    Products are locked in the order of their id, so that two orders of the same goods wait for each other instead
    of dying, and the shelf is asked again inside the UPDATE. Unlimited products move nothing. Raises Invalid:
    lines=("stock-ran-out", {code, name, left}).
    """
    wanted = Counter()
    for line in lines:
        wanted[line.product_id] += line.quantity
    _lock(wanted)
    needed = _per_product(wanted)
    taken = _moved(
        Product.update(stock=Product.stock - needed).where(Product.id.in_(list(wanted)) & (Product.stock >= needed))
    )
    short = Product.select().where(Product.id.in_(wanted.keys() - taken) & Product.stock.is_null(False))
    for product in short.order_by(Product.id) if len(taken) < len(wanted) else ():
        raise Invalid(lines=("stock-ran-out", {"code": product.code, "name": product.name, "left": product.stock}))
    _write(((line.product_id, -line.quantity, line.ref) for line in lines if line.product_id in taken), "placed", now)


def give_back(lines, *, now):
    """Put back what these lines took, inside the caller's change; what has become unlimited needs nothing back."""
    causes = [str(line.ref) for line in lines]
    sums = (
        StockMovement.select(StockMovement.product, StockMovement.cause, peewee.fn.SUM(StockMovement.quantity))
        .where(StockMovement.cause.in_(causes))
        .group_by(StockMovement.product, StockMovement.cause)
        .tuples()
    )
    gone = [(product, -moved, cause) for product, cause, moved in sums if moved]
    wanted = Counter()
    for product, quantity, _ in gone:
        wanted[product] += quantity
    if not wanted:
        return
    _lock(wanted)
    back = Product.update(stock=Product.stock + _per_product(wanted))
    came = _moved(back.where(Product.id.in_(list(wanted)) & Product.stock.is_null(False)))
    _write((row for row in gone if row[0] in came), "cancelled", now)


def correct(product, *, by, reason, counted=None, difference=None, unlimited=False, now=None):
    """Set the shelf right: to what was `counted`, by a `difference`, or to `unlimited`; says why.

    A difference that would leave less than nothing is refused. Raises Invalid: reason-needed on "reason";
    count-needed, number-not-between or stock-short on "counted" or "difference".
    """
    reason = values.one_line(reason, 300)
    _check_correction(reason, counted, difference, unlimited)
    with audit.change(by, "product.stock_corrected", product, now=now) as change:
        _lock([product.id])
        before, moved = Product.get_by_id(product.id).stock, _moved_so_far(product)
        if difference is not None and before is None:
            raise Invalid(difference="stock-unlimited")
        after = None if unlimited else counted if counted is not None else before + difference
        if after is not None and not 0 <= after <= FULLEST:
            raise Invalid(difference=("stock-short", {"code": product.code, "name": product.name, "left": before}))
        if after == before:
            return product
        was = Product.stock.is_null() if before is None else Product.stock == before
        guard = Product.update(stock=after).where((Product.id == product.id) & was)
        change.guard(guard, Invalid(counted="stock-moved"))
        kind = "start" if before is None else "correction"
        quantity = (after or 0) - moved
        StockMovement.create(
            product=product, quantity=quantity, reason=kind, note=reason, by_name=by.name, at=change.now
        )
        change.record("stock", before, after)
        change.record("reason", None, reason)
    product.stock = after
    return product


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
    if not store.is_sqlite():
        rows = Product.select(Product.id).where(Product.id.in_(list(products))).order_by(Product.id)
        list(rows.for_update("FOR NO KEY UPDATE").tuples())


def _per_product(wanted):
    return peewee.Case(Product.id, sorted(wanted.items()), 0)


def _moved(update):
    return {product.id for product in update.returning(Product.id).execute()}


def _moved_so_far(product):
    total = peewee.fn.COALESCE(peewee.fn.SUM(StockMovement.quantity), 0)
    return StockMovement.select(total).where(StockMovement.product == product).scalar()


def _write(rows, reason, now):
    rows = [
        {"product": product, "quantity": quantity, "reason": reason, "cause": str(cause), "at": now}
        for product, quantity, cause in rows
    ]
    if rows:
        StockMovement.insert_many(rows).execute()
