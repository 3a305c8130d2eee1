"""Prices: what so many pieces of a product cost an account on a day, of which parts, and why.

The most specific price wins: what was agreed with the account or stands in a list of its own, then the list of its
group, then a list for everybody, then the list price of the product. Among equally specific ones the best for the
customer wins; a price from so many pieces on counts once so many of the product are ordered. An agreed price holds
also when another one would be lower: it was agreed.
"""

from typing import NamedTuple

from portal import values
from portal.asked import AskedAmong
from portal.customers.accounts import Account
from portal.sales.price_lists import PriceItem, PriceList

LIST, PRICE_LIST, AGREED, DISCOUNT = "list", "price_list", "agreed", "discount"
LEVELS = {"account": 0, "group": 1, "everybody": 2}  # from the most specific on


class Price(NamedTuple):
    """The price of one piece. `parts` are (what, minor) that add up to it, the list price first.

    `reason` is a message id, `params` its values as JSON: percent_bp or None, until (ISO date) or None,
    from_quantity, name of the price list. `breaks` are (from quantity, minor) where the price changes, empty when it
    never does. `cause` is the Ref of the price list, as text.
    """

    minor: int
    currency: str
    parts: tuple
    reason: str
    params: dict
    breaks: tuple = ()
    cause: str = ""

    @property
    def money(self):
        return values.Money(self.minor, self.currency)

    @property
    def list_minor(self):
        return self.parts[0][1]

    @property
    def is_own(self):
        """Whether something else than the list price decided."""
        return len(self.parts) > 1


class Part(NamedTuple):
    """What one cause took off (−) or put on (+) a whole line; kept as an Adjustment."""

    kind: str
    minor: int
    reason: str
    params: dict
    cause: str = ""


class _Item(NamedTuple):
    """A price item with what its list says about it."""

    product: int | None
    category: int | None
    from_quantity: int
    price_minor: int | None
    discount_bp: int | None
    item_to: object
    list_to: object
    list: int
    name: str
    currency: str
    is_agreed: bool
    account: int | None
    group: int | None

    @property
    def target(self):
        return "account" if self.account else "group" if self.group else "everybody"

    def minor_of(self, product):
        if self.price_minor is not None:
            return self.price_minor
        return product.list_minor - values.share(product.list_minor, self.discount_bp)

    def price(self, product, breaks):
        minor, kind = self.minor_of(product), AGREED if self.is_agreed else PRICE_LIST
        until = min((day for day in (self.item_to, self.list_to) if day), default=None)
        params = {
            "percent_bp": self.discount_bp,
            "until": until.isoformat() if until else None,
            "from_quantity": self.from_quantity,
            "name": self.name,
        }
        parts = ((LIST, product.list_minor), (kind, minor - product.list_minor))
        reason = "price-agreed" if self.is_agreed else f"price-{self.target}"
        return Price(minor, product.currency, parts, reason, params, breaks, f"price_list:{self.list}")


class Book:
    """The prices of one account on one day, read at once; `price` asks nothing any more."""

    def __init__(self, items=()):
        self.items = tuple(items)  # all that it goes by
        self._items = {}
        for item in self.items:
            key = ("product", item.product) if item.product else ("category", item.category)
            self._items.setdefault(key, []).append(item)

    def price(self, product, quantity=1):
        """The Price of one piece when so many are ordered."""
        found = self._items.get(("product", product.id), []) + self._items.get(("category", product.category_id), [])
        found = [item for item in found if item.currency == product.currency]
        if not found:
            return _list_price(product)
        item = _deciding(found, product, quantity)
        breaks = _breaks(found, product)
        return item.price(product, breaks) if item else _list_price(product, breaks)


def _deciding(items, product, quantity):
    """The item that makes the price of so many pieces, None for the list price."""
    reached = [item for item in items if item.from_quantity <= quantity]
    return min(reached, key=lambda i: (LEVELS[i.target], i.minor_of(product), not i.is_agreed, i.list), default=None)


def _breaks(items, product):
    steps = []
    for quantity in sorted({1, *(item.from_quantity for item in items)}):
        item = _deciding(items, product, quantity)
        minor = item.minor_of(product) if item else product.list_minor
        if not steps or steps[-1][1] != minor:
            steps.append((quantity, minor))
    return tuple(steps) if len(steps) > 1 else ()


def _list_price(product, breaks=()):
    parts = ((LIST, product.list_minor),)
    return Price(product.list_minor, product.currency, parts, "price-list", {}, breaks)


def book(account, on_date, products=None):
    """The Book of an account (a row or its id) on a day, for these products or for all; one query.

    Without an account everything is at its list price, and nothing is asked.
    """
    if products is None:
        return book_of(account, on_date)
    shelves = {product.category_id for product in products if product.category_id}
    return book_of(account, on_date, {product.id for product in products}, shelves) if products else Book()


def book_of(account, on_date, products=None, shelves=()):
    """As `book`, for products and categories by their ids."""
    if account is None:
        return Book()
    key = getattr(account, "id", account)
    if products is None:
        return Book(_Item(*row) for row in _items(key, on_date).tuples())
    return Book(_Item(*row) for row in _items_of(key, on_date, products, shelves))


def _items(account, on_date):
    """Query of all that holds for an account on a day."""
    rows = PriceItem.select(
        PriceItem.product, PriceItem.category, PriceItem.from_quantity, PriceItem.price_minor, PriceItem.discount_bp,
        PriceItem.valid_to, PriceList.valid_to, PriceList.id, PriceList.name, PriceList.currency, PriceList.is_agreed,
        PriceList.account, PriceList.group,
    ).join(PriceList)  # fmt: skip
    return rows.where(PriceList.id.in_(_lists_of(account)), _valid(PriceList, on_date), _valid(PriceItem, on_date))


def _narrowed(among, account, on_date, products, shelves):
    """Of that what concerns these; apart, because an OR would read every item of a long list."""
    rows = _items(account, on_date)
    by_shelf = rows.where(among(PriceItem.category, shelves))
    return rows.where(among(PriceItem.product, products)).union_all(by_shelf).tuples()


_items_of = AskedAmong(_narrowed, lists=(2, 3))


def _lists_of(key):
    """Ids of the lists that could concern an account, each way by its own index."""
    group = Account.select(Account.group).where(Account.id == key)
    for_all = PriceList.account.is_null() & PriceList.group.is_null()
    own, of_group = (PriceList.select(PriceList.id).where(PriceList.account == key),
                     PriceList.select(PriceList.id).where(PriceList.group.in_(group)))  # fmt: skip
    return own.union_all(of_group).union_all(PriceList.select(PriceList.id).where(for_all))


def _valid(model, on_date):
    """Where-expression: within its days, an end that is open counting for ever."""
    begun = (model.valid_from <= on_date) | model.valid_from.is_null()
    return begun & ((model.valid_to >= on_date) | model.valid_to.is_null())


def prices(products, account, on_date, quantities=None):
    """{product id: Price} for an account on a day; `quantities` {product id: pieces ordered}, one of each without it.

    One query however many products, none without an account.
    """
    priced = book(account, on_date, list(products))
    quantities = quantities or {}
    return {product.id: priced.price(product, quantities.get(product.id, 1)) for product in products}


def price(product, account, on_date, quantity=1):
    """The Price of one product; see `prices`."""
    return prices([product], account, on_date, {product.id: quantity})[product.id]


def parts_of(price, quantity, discount_bp):
    """The Parts of a line of so many pieces: list price × quantity + the parts = what the line costs, to the cent.

    Offers of a higher noun add Parts of their own to `QuoteLine.parts` (see quotes.QuoteLine.adjust). The discount is
    of the whole line at the price of the account: of 3 × 19.95 at 10 %, 5.99 go off (5.985).
    """
    found = []
    for kind, each in price.parts[1:]:
        if each:
            params = price.params | {"each_minor": each}
            found.append(Part(kind, quantity * each, price.reason, params, price.cause))
    _, off = discounted(quantity, price.minor, discount_bp)
    if off:
        found.append(Part(DISCOUNT, -off, "price-discount", {"percent_bp": discount_bp}))
    return found


def discounted(quantity, price_minor, discount_bp):
    """(net, taken off) of a line: the discount of the whole line, halves away from zero.

    discounted(3, 1_995, 1_000) == (5_386, 599): 59.85 less 5.99 (10 % is 5.985).
    """
    gross = quantity * price_minor
    off = values.share(gross, discount_bp)
    return gross - off, off
