"""Prices: what a product costs an account on a day, of which parts, and why."""

from typing import NamedTuple

from portal import values


class Price(NamedTuple):
    """The price of one piece: `parts` are (what, minor) that add up to it, `reason` a message id with parameters."""

    minor: int
    currency: str
    parts: tuple
    reason: str
    params: dict

    @property
    def money(self):
        return values.Money(self.minor, self.currency)


def prices(products, account, on_date):
    """{product id: Price} for an account on a day. Today everybody pays the list price."""
    return {product.id: _list_price(product) for product in products}


def price(product, account, on_date):
    """The Price of one product; see `prices`."""
    return prices([product], account, on_date)[product.id]


def _list_price(product):
    return Price(product.list_minor, product.currency, (("list", product.list_minor),), "price-list", {})


def discounted(quantity, price_minor, discount_bp):
    """(net, taken off) of a line: the discount of the whole line, halves away from zero.

    discounted(3, 1_995, 1_000) == (5_386, 599): 59.85 less 5.99 (10 % is 5.985).
    """
    gross = quantity * price_minor
    off = values.share(gross, discount_bp)
    return gross - off, off
