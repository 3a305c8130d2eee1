"""Successors: what an account can buy today instead of what is not sold any more."""

from portal import values
from portal.sales.catalogue import MOST_SUCCESSORS, Product


def of(products, account, now=None):
    """{product id: Product} of those of these products that lead to one which this account can buy today.

    A successor that is not sold either leads on to its own, MOST_SUCCESSORS at most; one query for each step, none
    when no product names one.
    """
    ends = {product.id: product.successor_id for product in products if product.successor_id}
    today, found = values.shop_day(now), {}
    for _ in range(MOST_SUCCESSORS):
        if not ends:
            break
        rows = {row.id: row for row in Product.select().where(Product.id.in_(set(ends.values())))}
        for first, end in list(ends.items()):
            if rows[end].is_on_sale(today) and rows[end].currency == account.currency:
                found[first] = rows[end]
        ends = {first: rows[end].successor_id for first, end in ends.items() if first not in found}
        ends = {first: later for first, later in ends.items() if later}
    return found
