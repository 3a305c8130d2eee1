"""Price items as they are typed: read, checked against the product, and kept in their list."""

import re
from datetime import date
from typing import NamedTuple

import peewee

from portal import audit, values
from portal.errors import Invalid, Stale
from portal.sales import quotes
from portal.sales.catalogue import Category, Product, code_key
from portal.sales.price_lists import PriceItem, PriceList

MOST_TIMES_LIST = 100  # a price above so many list prices is a slip of the hand
MOST_LINES = 1_000
_SIGNS = re.compile(r"[₱฿$€£¥\s\u00a0]|\b[A-Z]{3}\b")
_PERCENT = re.compile(r"(?<!\s)\s++(?=[%٪])")


class Typed(NamedTuple):
    """One price as typed: code or category, from how many pieces on, and an amount or a discount like "10 %"."""

    what: str
    from_quantity: str
    price: str


class Read(NamedTuple):
    """What became of it: the columns of an item, or `problems` {field: (message id, parameters)}; a warning or ""."""

    typed: Typed
    fields: dict
    problems: dict
    warning: str = ""

    @property
    def key(self):
        product, category = self.fields.get("product"), self.fields.get("category")
        return (product and product.id, category and category.id, self.fields.get("from_quantity"))


def read(typed, currency):
    """[Read] of prices as typed; two queries for all.

    Problems: item-unknown and product-other-currency on "what", quantity-… on "from_quantity", and on "price"
    field-needed, price-malformed, price-negative, discount-over-all, price-absurd, amount-…; item-twice on "what".
    The warning is "price-under-cost" or "price-over-list".
    """
    codes = {code_key(row.what) for row in typed}
    products = {product.code_key: product for product in Product.select().where(Product.code_key.in_(codes))}
    names = {_folded(row.what) for row in typed if code_key(row.what) not in products}
    shelves = {_folded(shelf.name): shelf for shelf in Category.select()} if names - {""} else {}
    found, known = [], set()
    for row in typed:
        one = _read(row, currency, products.get(code_key(row.what)), shelves.get(_folded(row.what)))
        if not one.problems and one.key in known:
            one = one._replace(problems={"what": ("item-twice", {})})
        known.add(one.key)
        found.append(one)
    return found


def _folded(text):
    return (values.one_line(text, 120) or "").casefold()


def _read(typed, currency, product, shelf):
    fields, problems = {"product": product, "category": None if product else shelf}, {}
    if product is None and shelf is None:
        problems["what"] = ("item-unknown", {})
    elif product is not None and product.currency != currency:
        problems["what"] = ("product-other-currency", {"name": product.name, "currency": product.currency})
    for work in (lambda: {"from_quantity": read_pieces(typed.from_quantity)},
                 lambda: read_price(typed.price, currency, product)):  # fmt: skip
        try:
            fields |= work()
        except Invalid as refusal:
            problems |= refusal.problems
    return Read(typed, fields, problems, "" if problems else warning(product, fields))


def read_pieces(text):
    """From how many pieces on; blank is 1. Raises Invalid on "from_quantity"."""
    if not str(text or "").strip():
        return 1
    try:
        return quotes.read_quantity(text)
    except Invalid as refusal:
        raise Invalid(from_quantity=refusal.problems["quantity"])


def read_price(text, currency, product=None):
    """{"price_minor", "discount_bp"} of an amount ("108", "₱1,375.50") or a discount off the list price ("-10 %").

    Raises Invalid on "price"; see `read`.
    """
    text = str(text or "").replace("\N{MINUS SIGN}", "-").strip()
    if not text:
        raise Invalid(price="field-needed")
    if text.endswith("%"):
        points = values.basis_points(text.removeprefix("-"), "price")
        if points > 10_000:
            raise Invalid(price="discount-over-all")
        return {"price_minor": None, "discount_bp": points}
    try:
        minor = values.Money.of(_SIGNS.sub("", text), currency, field="price").minor
    except Invalid as refusal:
        malformed = "amount-not-a-number" in refusal.problems["price"]
        raise Invalid(price="price-malformed") if malformed else refusal
    if minor < 0:
        raise Invalid(price="price-negative")
    if product is not None and product.list_minor and minor > MOST_TIMES_LIST * product.list_minor:
        raise Invalid(price=("price-absurd", {"times": MOST_TIMES_LIST}))
    return {"price_minor": minor, "discount_bp": None}


def warning(product, fields):
    """What staff should look at again: a price below what the product costs us, or above its list price."""
    if product is None:
        return ""
    minor = PriceItem(**{name: fields[name] for name in ("price_minor", "discount_bp")}).minor_for(product)
    if minor < product.cost_minor:
        return "price-under-cost"
    return "price-over-list" if minor > product.list_minor else ""


def parsed(text):
    """[(line, Typed)] of a pasted list: code, pieces and price, with tabs, semicolons or blanks between them."""
    found = []
    for line in text.splitlines():
        line = line.strip()
        if line:
            found.append((line, _cells(line)))
    return found


def _cells(line):
    for mark in ("\t", ";"):
        if mark in line:
            cells = [cell.strip() for cell in line.split(mark)]
            cells = [cell for cell in cells if cell]
            break
    else:
        cells = _PERCENT.sub("", line).split()
        if len(cells) > 2 and re.fullmatch(r"\d[\d,]*", cells[-2]):
            cells = [" ".join(cells[:-2]), *cells[-2:]]
        elif len(cells) > 1:
            cells = [" ".join(cells[:-1]), cells[-1]]
    return Typed(cells[0], cells[1] if len(cells) > 2 else "", cells[-1] if len(cells) > 1 else "")


def write(price_list, *, by, prices, new=(), version=None, now=None):
    """Keep a sheet, all of it or nothing: `prices` {item id: text, blank to take it out}, `new` rows as Typed.

    Returns what was read, for its warnings. Raises Stale, and Invalid by cell: "price:12" for the item 12; "what:0",
    "from:0" and "new:0" for what, pieces and price of the first new row.
    """
    items = {item.id: item for item in price_list.items}
    gone = {id for id, text in prices.items() if id in items and not text.strip()}
    kept = sorted(prices.keys() & items.keys() - gone)
    changed = [id for id in kept if prices[id].strip() != text_of(items[id], price_list)]
    typed = [Typed(items[id].what, str(items[id].from_quantity), prices[id]) for id in changed]
    rows = [(n, row) for n, row in enumerate(new) if any(cell.strip() for cell in row)]
    reads = read([*typed, *(row for _, row in rows)], price_list.currency)
    cells = [{"price": f"price:{id}"} for id in changed]
    cells += [{"what": f"what:{n}", "from_quantity": f"from:{n}", "price": f"new:{n}"} for n, _ in rows]
    faults = {
        cell.get(name, cell["price"]): problem
        for cell, one in zip(cells, reads, strict=True)
        for name, problem in one.problems.items()
    }
    if faults:
        raise Invalid(**faults)
    put(price_list, reads, by=by, gone=gone, version=version, now=now)
    return reads


def paste(price_list, *, by, text, now=None):
    """Keep the good lines of a pasted list: (what was read of them, [(line, problem) of those that could not be]).

    Raises Invalid on "text" when nothing stands there (field-needed) or too much (list-too-long).
    """
    lines = parsed(text or "")
    if not lines:
        raise Invalid(text="field-needed")
    if len(lines) > MOST_LINES:
        raise Invalid(text=("list-too-long", {"most": MOST_LINES}))
    reads = read([typed for _, typed in lines], price_list.currency)
    good = [one for one in reads if not one.problems]
    if good:
        put(price_list, good, by=by, now=now)
    pairs = zip(lines, reads, strict=True)
    return good, [(line, next(iter(one.problems.values()))) for (line, _), one in pairs if one.problems]


def text_of(item, price_list):
    """The price of an item as it is typed: "95.00" or "10 %"."""
    if item.price_minor is None:
        return f"{item.discount_bp / 100:g} %"
    return str(values.Money(item.price_minor, price_list.currency).decimal)


def put(price_list, reads, *, by, gone=(), version=None, now=None):
    """Keep good prices in their list, over those for the same product and pieces; take the items `gone` (ids) out.

    Returns how many changed. Raises Stale when the list changed since `version`.
    """
    price_list.check_written()
    with audit.change(by, "price_list.priced", price_list, about=price_list.account, now=now) as change:
        lock(price_list, version)
        rows = PriceItem.select(PriceItem, Product, Category).join(Product, peewee.JOIN.LEFT_OUTER).switch(PriceItem)
        rows = rows.join(Category, peewee.JOIN.LEFT_OUTER).where(PriceItem.price_list == price_list)
        known = {(item.product_id, item.category_id, item.from_quantity): item for item in rows}
        before, after = [], []
        for item in [item for item in known.values() if item.id in gone]:
            before.append(said(item, price_list.currency))
            item.delete_instance()
        for one in reads:
            _put(price_list, one, known.get(one.key), before, after)
        if before or after:
            change.record("items", before, after)
    return len(before) + len(after) - min(len(before), len(after))


def _put(price_list, one, item, before, after):
    new = {name: one.fields[name] for name in ("price_minor", "discount_bp")}
    if item is None:
        item = PriceItem.create(price_list=price_list, **one.fields)
    elif new != {name: getattr(item, name) for name in new}:
        before.append(said(item, price_list.currency))
        PriceItem.update(version=PriceItem.version + 1, **new).where(PriceItem.id == item.id).execute()
        item.price_minor, item.discount_bp = new["price_minor"], new["discount_bp"]
    else:
        return
    after.append(said(item, price_list.currency))


def lock(price_list, version=None):
    """Raise the version of a list within a change: whoever edits it meanwhile waits, or is told with Stale."""
    here = PriceList.id == price_list.id
    if version is not None:
        here &= PriceList.version == version
    if not PriceList.update(version=PriceList.version + 1).where(here).execute():
        raise Stale(PriceList.get_by_id(price_list.id))


def said(item, currency):
    """An item as the trail tells it: "RICE × 10: 95.00 PHP", with its days when it has some."""
    price = f"{values.Money(item.price_minor, currency).decimal} {currency}" if item.price_minor is not None else ""
    price = price or f"−{item.discount_bp / 100:g} %"
    pieces = f" × {item.from_quantity}" if item.from_quantity > 1 else ""
    days = [day.isoformat() if isinstance(day, date) else "…" for day in (item.valid_from, item.valid_to)]
    return f"{item.what}{pieces}: {price}" + (f" ({days[0]} – {days[1]})" if item.valid_from or item.valid_to else "")
