"""Quotes: what an order would cost now and what stands against it, as values; nothing is stored."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from portal import values
from portal.errors import Invalid
from portal.sales import charges, discounts, pricing
from portal.sales.branches import Branch
from portal.sales.catalogue import Product, code_key

MOST_PIECES = 1_000_000
MOST_LINES = 500
DELIVERIES = ("ship", "pickup")
_GROUPED = re.compile(r"\d{1,3}([, ]\d{3})+")


class Wanted(NamedTuple):
    """One line as it was asked for: code and quantity as typed, and the discount staff give on it."""

    code: str
    quantity: object
    discount_bp: object = 0


@dataclass
class QuoteLine:
    """One product of a quote. `problem` is None or (message id, parameters); then the line counts for nothing.

    `waiting` pieces of it are not on the shelf and come later, on `promised_on` when that day is known.
    """

    wanted: Wanted
    product: Product | None = None
    quantity: int | None = None
    price: pricing.Price | None = None
    discount_bp: int = 0
    parts: list = field(default_factory=list)  # pricing.Part: list price × quantity + parts = net
    tax: charges.Tax = charges.Tax(0, 0, True, "")
    problem: tuple | None = None
    waiting: int = 0
    promised_on: object = None

    @property
    def code(self):
        return self.product.code if self.product else self.wanted.code

    @property
    def net_minor(self):
        """What the line costs; 0 while price or quantity is unknown."""
        if self.price is None or self.quantity is None:
            return 0
        return self.quantity * self.price.list_minor + sum(part.minor for part in self.parts)

    @property
    def off_minor(self):
        """What discounts took off."""
        return -sum(part.minor for part in self.parts if part.kind == pricing.DISCOUNT)

    def adjust(self, part):
        """Take one more pricing.Part into the price, before tax is worked out: the way in for offers."""
        self.parts.append(part)

    @property
    def net(self):
        return values.Money(self.net_minor, self.price.currency) if self.price and not self.problem else None


@dataclass
class Quote:
    """An order as it would be placed now. `problems` {field: (message id, parameters)} concern it as a whole."""

    account: object
    currency: str
    lines: list
    delivery: str
    country: str
    ship_to: dict
    branch: Branch | None
    freight: charges.Freight
    problems: dict = field(default_factory=dict)

    def _sum(self, of):
        return sum(of(line) for line in self.lines if not line.problem)

    @property
    def subtotal_minor(self):
        return self._sum(lambda line: line.net_minor)

    @property
    def discount_minor(self):
        return self._sum(lambda line: line.off_minor)

    @property
    def tax_minor(self):
        return self._sum(lambda line: 0 if line.tax.is_included else line.tax.minor)

    @property
    def tax_included_minor(self):
        return self._sum(lambda line: line.tax.minor if line.tax.is_included else 0)

    @property
    def total_minor(self):
        return self.subtotal_minor + self.tax_minor + self.freight.minor

    @property
    def total(self):
        return self.money("total")

    def money(self, name):
        """One of the amounts as Money: quote.money("subtotal")."""
        minor = self.freight.minor if name == "freight" else getattr(self, f"{name}_minor")
        return values.Money(minor, self.currency)

    @property
    def good_lines(self):
        return [line for line in self.lines if not line.problem]

    @property
    def bad_lines(self):
        return [line for line in self.lines if line.problem]

    @property
    def can_be_placed(self):
        return bool(self.lines) and not self.bad_lines and not self.problems

    @property
    def taxes(self):
        """[(name, basis points, is included, Money)] of the taxes that occur, for the lines under the sum."""
        sums = {}
        for line in self.good_lines:
            if line.tax.name:
                key = (line.tax.name, line.tax.basis_points, line.tax.is_included)
                sums[key] = sums.get(key, 0) + line.tax.minor
        return [(*key, values.Money(minor, self.currency)) for key, minor in sums.items()]

    def check_size(self):
        """Raise Invalid on "lines" when it holds more lines or money than an order can."""
        if "lines" in self.problems:
            raise Invalid(lines=self.problems["lines"])
        if self.subtotal_minor > values.BIGGEST_MINOR:
            raise Invalid(lines="amount-too-large")

    def check(self):
        """Raise Invalid when it cannot be placed: by field, and on "lines" when a line needs a change."""
        problems = dict(self.problems)
        if self.bad_lines:
            problems["lines"] = ("lines-need-change", {"count": len(self.bad_lines)})
        elif not self.lines:
            problems["lines"] = "lines-needed"
        if problems:
            raise Invalid(**problems)


def compute(account, wanted, *, by, delivery="ship", ship_to=None, branch=None, now=None, granted=None):
    """What this order costs now, with the problems of each line beside the good ones.

    `wanted` are Wanted as typed; the same code twice is added up. `ship_to` is a copied address (dict with at least
    "country"), `branch` a Branch for pick-up. `granted(lines)` is asked when a discount is above what `by` may give:
    True when a manager has approved exactly these lines. Problems of a line: product-unknown, product-not-sold,
    product-other-currency, quantity-malformed, quantity-too-small, quantity-too-large, stock-short,
    discount-malformed, discount-too-high. Of the whole: lines-too-many, delivery, address, branch, account.
    Costs four queries: products, prices, tax rates, freight rules; one more when staff give a discount.
    """
    today = values.shop_day(now)
    lines = _added_up([_read(asked) for asked in wanted[:MOST_LINES]])
    _find_products(lines, account, today)
    country = branch.country if branch and delivery == "pickup" else (ship_to or {}).get("country") or account.country
    rates = charges.TaxRate.in_country(country)
    _price(lines, account, today)
    _limit_discounts(lines, by, granted)
    for line in lines:
        if line.price:
            line.tax = charges.tax(line.net_minor, rates.get(line.product.tax_class))
    quote = Quote(account, account.currency, lines, delivery, country, ship_to or {}, branch, charges.PICKED_UP)
    quote.problems = _problems(quote, len(wanted))
    if delivery == "ship":
        quote.freight = _freight(quote)
    return quote


def what_comes(quote):
    """([Wanted] that can be had, [(line, problem)] of what was left out or lowered) of a quote with faulty lines."""
    kept, left = [], []
    for line in quote.lines:
        if line.problem is None:
            kept.append(Wanted(line.code, line.quantity))
            continue
        name, params = line.problem
        if name == "stock-short":
            kept.append(Wanted(line.code, params["left"]))
            name = "stock-lowered"
        left.append((line, (name, params | {"wanted": line.quantity})))
    return kept, left


def _problems(quote, asked):
    problems = {}
    if asked > MOST_LINES:
        problems["lines"] = ("lines-too-many", {"most": MOST_LINES})
    if quote.delivery not in DELIVERIES:
        problems["delivery"] = "choice-unknown"
    if quote.delivery == "ship" and not quote.ship_to:
        problems["address"] = "address-needed"
    if quote.delivery == "pickup" and quote.branch is None:
        problems["branch"] = "branch-needed"
    if not quote.account.is_active:
        problems["account"] = "account-closed"
    if quote.subtotal_minor > values.BIGGEST_MINOR:
        problems["lines"] = "amount-too-large"
    return problems


def _read(asked):
    line = QuoteLine(asked)
    try:
        line.quantity = read_quantity(asked.quantity)
        line.discount_bp = _read_discount(asked.discount_bp)
    except Invalid as refusal:
        ((message, params),) = refusal.problems.values()
        line.problem = (message, params)
    return line


def read_quantity(text):
    """A number of pieces as people write it: "12", " 1,200 ", "๑๒". Raises Invalid on "quantity"."""
    text = str(text).strip()
    if _GROUPED.fullmatch(text):
        text = re.sub("[, ]", "", text)
    if re.fullmatch(r"[-−]\d+|0+", text):
        raise Invalid(quantity="quantity-too-small")
    if not text.isdecimal():
        raise Invalid(quantity="quantity-malformed")
    if len(text) > 20 or int(text) > MOST_PIECES:
        raise Invalid(quantity=("quantity-too-large", {"most": MOST_PIECES}))
    return int(text)


def _read_discount(discount_bp):
    if not isinstance(discount_bp, int) or not 0 <= discount_bp <= discounts.ANY_BP:
        raise Invalid(discount="discount-malformed")
    return discount_bp


def _limit_discounts(lines, by, granted):
    """Name the lines whose discount is above what this person may give, unless a manager has granted these lines."""
    given = [line for line in lines if line.discount_bp]
    most = discounts.most_of(by) if given else 0
    above = [line for line in given if line.discount_bp > most]
    if not above or (granted and granted(lines)):
        return
    for line in above:
        line.problem = line.problem or (
            "discount-too-high",
            {"percent": most // 100 if most % 100 == 0 else most / 100},
        )


def _added_up(lines):
    """Lines of the same code as one, where both can be read."""
    kept, by_code = [], {}
    for line in lines:
        first = by_code.setdefault((code_key(line.wanted.code), line.discount_bp), line)
        if first is line or line.problem or first.problem:
            kept.append(line)
        else:
            first.quantity += line.quantity
            if first.quantity > MOST_PIECES:
                first.problem = ("quantity-too-large", {"most": MOST_PIECES})
    return kept


def _find_products(lines, account, today):
    keys = {code_key(line.wanted.code) for line in lines}
    found = {product.code_key: product for product in Product.select().where(Product.code_key.in_(keys))}
    wanted = {}
    for line in lines:
        line.product = found.get(code_key(line.wanted.code))
        line.problem = _why_not(line.product, account, today) or line.problem
        if line.problem is None:
            key = line.product.id
            wanted[key] = wanted.get(key, 0) + line.quantity
            _ask_shelf(line, wanted[key], today)


def _why_not(product, account, today):
    if product is None:
        return ("product-unknown", {})
    if product.currency != account.currency:
        return ("product-other-currency", {"name": product.name, "currency": product.currency})
    if not product.is_on_sale(today):
        return ("product-not-sold", {"name": product.name})
    return None


def _ask_shelf(line, wanted, today):
    """How much of a line must wait, with `wanted` of its product asked for so far; or why it cannot be had."""
    product, free = line.product, line.product.free
    if free is None or wanted <= free:
        return
    if product.allows_backorder:
        line.waiting = min(line.quantity, wanted - free)
        line.promised_on = promised_on(product, today)
    else:
        message = "stock-short" if free else "stock-none"
        line.problem = (message, {"code": product.code, "name": product.name, "left": free})


def promised_on(product, today):
    """The day on which pieces that are not there can be promised; None while nobody knows."""
    return product.expected_on if product.expected_on and product.expected_on >= today else None


def _price(lines, account, today):
    """The price of each line that the account can buy, by how much of its product is ordered in all lines."""
    priced = [line for line in lines if line.product and line.product.currency == account.currency]
    pieces = {}
    for line in priced:
        pieces[line.product.id] = pieces.get(line.product.id, 0) + (line.quantity or 0)
    quantities = {product: max(1, number) for product, number in pieces.items()}
    found = pricing.prices([line.product for line in priced], account, today, quantities)
    for line in priced:
        line.price = found[line.product.id]
        if line.quantity is not None:
            line.parts = pricing.parts_of(line.price, line.quantity, line.discount_bp)


def _freight(quote):
    goods = [line for line in quote.good_lines if line.product.kind == "goods"]
    if not goods:
        return charges.NOTHING_TO_SEND
    return charges.freight(
        charges.freight_rules(quote.country, quote.currency),
        weight_g=sum(line.quantity * line.product.weight_g for line in goods),
        goods_minor=sum(line.net_minor for line in goods),
    )
