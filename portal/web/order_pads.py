"""The order pad of both faces: an account's own products first, then what was found and typed, each with its flaw."""

from typing import NamedTuple

import peewee

from portal import memory, search, store, values
from portal.asked import AskedAmong
from portal.errors import Invalid
from portal.sales import habits, placing, pricing, quotes, successors
from portal.sales.catalogue import Category, Product, code_key
from portal.web import order_rows, pages, sessions, speech
from portal.web.order_rows import Row, line_id, problem_text

MOST_OWN = 500
MOST_FOUND = 20
SHEETS = memory.Latest(16)  # drawn sheets of own products; one of 500 lines holds half a megabyte


class LeftOut(NamedTuple):
    """A line of an earlier order that cannot come as it did: why, and what is sold instead."""

    name: str
    text: str
    code: str
    quantity: int
    swap: object


class Sheet:
    """Rows of the pad on their way to the page. `load` makes them; what `about` says all of is drawn once."""

    def __init__(self, load, about=None):
        self.load, self.about = load, about

    def drawn(self, frame):
        """Their markup; see `order_rows.drawn`."""
        if self.about is None:
            return order_rows.drawn(self.load(), frame)
        question = (self.about, speech.language(), values.shop_day(), sessions.face())
        return pages.ready(SHEETS.of(question, lambda: order_rows.drawn(self.load(), frame).encode()))


class Pad(NamedTuple):
    """What the page of the pad shows: three Sheets, None where one has no rows, and what the search was like."""

    typed: Sheet | None  # typed lines that are not among the others
    own: Sheet | None
    found: Sheet | None
    searched: bool
    more: bool  # whether the search found more than is shown
    categories: list

    @property
    def looked(self):
        """All that the fields of the search show of it."""
        shelves = tuple((shelf.id, shelf.name) for shelf in self.categories)
        return shelves, self.searched, bool(self.own), bool(self.found)


def compute(form, account, actor, accuse=True):
    """The quote of a form's lines, its problems put on the form when it is to be accused.

    What is wrong with the way to it (an unfinished address) leaves the lines as they are: they are worked out as if
    they went to the usual place.
    """
    known = {"now": None, "among": form.places, "draft": form.draft.data or None}
    try:
        quote, _ = placing.prepare(actor, account, form.lines, **known, **form.terms())
    except Invalid as refusal:
        if accuse:
            form.accuse(refusal)
        quote, _ = placing.prepare(actor, account, form.lines, **known)
    form.adopt(quote)
    if accuse and quote.problems:
        form.accuse(Invalid(**quote.problems))
    return quote


def accuse_lines(form, quote):
    """Name each faulty line at the top of the form, as [(row id, name, sentence)] for its links."""
    form.bad_lines = []
    for line in quote.bad_lines:
        name = line.product.name if line.product else line.code
        form.bad_lines.append((line_id(line.code), name, problem_text(line.problem)))
    if not quote.lines:
        form.accuse(Invalid(lines="lines-needed"))


def out_of_stock(quote):
    """[(name, pieces)] of what was asked for beyond what there is."""
    short = [line for line in quote.bad_lines if line.problem[0] in ("stock-none", "stock-short")]
    return [(line.product.name, line.quantity - line.problem[1]["left"]) for line in short]


def leave_out(form, account, actor):
    """Take out of an earlier order's lines what cannot come any more, and lower what is short; the LeftOuts."""
    quote, _ = placing.prepare(actor, account, form.lines, now=None, among=form.places)
    form.lines, left = quotes.what_comes(quote)
    return left_out(left, account)


def left_out(left, account):
    """The LeftOuts of what `quotes.what_comes` left out or lowered, each with what is sold instead."""
    swaps = successors.of([line.product for line, _ in left if line.product], account)
    return [_left_out(line, problem, swaps) for line, problem in left]


def _left_out(line, problem, swaps):
    name = line.product.name if line.product else line.code
    swap = swaps.get(line.product.id) if line.product and problem[0] == "product-not-sold" else None
    return LeftOut(name, problem_text(problem), line.code, line.quantity, swap)


def pad(form, account, actor, quote=None):
    """The rows of the pad. Three queries: habits, the products of them, and their prices; one more for a search, for
    successors, and for a sheet that is not among those drawn last.
    """
    form.found.data = form.q.data
    known, shelves = habits.habits(account), Category.shelves()
    if not form.lines and not _is_search(form):
        return Pad(None, _untouched(known, account), None, False, False, shelves)
    own = [row for row in _bought(known, account) if _fits(form, row[0])]
    found, more = _found(form, account, actor)
    here = {product.id for product, *_ in own}
    found = [product for product in found if product.id not in here]
    make = _maker(form, account, quote, [*(product for product, *_ in own), *found])
    keys = {product.code_key for product in (*(product for product, *_ in own), *found)}
    lost = [line for line in form.lines if code_key(line.code) not in keys]
    return Pad(
        _sheet([make(None, code=line.code) for line in lost]),
        _sheet([make(*row) for row in own]),
        _sheet([make(product, known.get(product.id)) for product in found]),
        _is_search(form),
        more,
        shelves,
    )


def of_lines(account, quote):
    """The Sheet of the lines of a quote, each with what it says of it; None without lines."""
    gone = [line.product for line in quote.bad_lines if line.product]
    swaps, listed = successors.of(gone, account), []
    for line in quote.lines:
        swap = swaps.get(line.product.id) if line.product else None
        asked = {"typed": str(line.wanted.quantity), "line": line, "swap": swap}
        listed.append(Row(line.code, line.product, line.price, **asked))
    return _sheet(listed)


def _sheet(rows):
    return Sheet(lambda: rows) if rows else None


def _untouched(known, account):
    """The Sheet of own products before anything is typed, which is the same as last time unless they moved."""
    products = _as_they_stand(known, account)
    if not products:
        return None
    shelves = {row[1] for row in products} - {None}
    book = pricing.book_of(account, values.shop_day(), {row[0] for row in products}, shelves)
    leads_on = any(row[-1] for row in products)  # to products that are not among these

    def load():
        rows = _bought(known, account)
        prices = book if not leads_on else pricing.book(account, values.shop_day(), [product for product, *_ in rows])
        return [Row(product.code, product, prices.price(product), *row) for product, *row in rows]

    return Sheet(load, None if leads_on else (known.text, products, book.items))


def _as_they_stand(known, account):
    """What the pad says of the products an account buys, as the database gives it: words wait until it has moved."""
    return tuple(map(tuple, _standing.as_stored(account.currency, list(known)[:MOST_OWN])))


def _standing_query(among, currency, ids):
    free, most = Product.stock - Product.reserved, order_rows.LOW_STOCK
    free = peewee.Case(None, [(free.is_null() | (free > most), most + 1)], free)
    columns = (
        Product.id, Product.category, Product.code, Product.name, Product.unit, Product.list_minor, free,
        Product.allows_backorder, Product.expected_on, Product.on_sale_from, Product.on_sale_to, Product.successor,
    )  # fmt: skip
    return Product.select(*columns).where((Product.currency == currency) & among(Product.id, ids))


_standing = AskedAmong(_standing_query, lists=(1,))


def _own(known, account):
    """Where-expression of the products that an account buys, as many as its pad shows."""
    return (Product.currency == account.currency) & store.among(Product.id, list(known)[:MOST_OWN])


def _bought(known, account):
    """[(product, habit, name of what it stands for)]: what an account buys, or what is sold in its place."""
    products, today = {row.id: row for row in Product.select().where(_own(known, account))}, values.shop_day()
    gone = {id for id, product in products.items() if not product.is_on_sale(today)}
    swaps = successors.of([products[id] for id in gone], account)
    found = {}
    for id, habit in known.items():
        if id in gone and id in swaps:
            found.setdefault(swaps[id].id, (swaps[id], habit, products[id].name))
        elif id in products and id not in gone:
            found[id] = (products[id], habit, "")
    return list(found.values())


def _is_search(form):
    return bool(form.q.data or form.category.data)


def _fits(form, product):
    """Whether a product bought before is among what is looked for."""
    words, shelf = f"{product.folded} {search.fold(product.code)}", _shelf(form)
    return all(word in words for word in search.fold(form.q.data).split()) and shelf in (None, product.category_id)


def _shelf(form):
    """The id of the category that is looked in; None for all."""
    text = form.category.data or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _found(form, account, actor):
    """(products, whether there are more) of the search for a word or a category."""
    if not _is_search(form):
        return [], False
    rows = Product.visible_to(actor).where(Product.currency == account.currency)
    if not actor.is_customer:
        rows = rows.where(Product.id.in_(Product.on_sale(values.shop_day()).select(Product.id)))
    if form.q.data:
        rows = rows.where(Product.id.in_(search.matches("product", form.q.data)))
    shelf = _shelf(form)
    if shelf is not None:
        rows = rows.where(Product.category == shelf)
    found = list(rows.order_by(Product.folded, Product.id).limit(MOST_FOUND + 1))
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def _maker(form, account, quote, products):
    """A function that makes the Row of a product, or of a code that names none."""
    book = pricing.book(account, values.shop_day(), products)
    lines = {code_key(line.code): line for line in (quote.lines if quote else ())}
    typed = {code_key(line.code): line for line in form.lines}
    gone = [line.product for line in lines.values() if line.problem and line.problem[0] == "product-not-sold"]
    swaps = successors.of(gone, account)

    def make(product, habit=None, before="", code=None):
        key = product.code_key if product else code_key(code)
        line, wanted = lines.get(key), typed.get(key)
        product = product or (line.product if line else None)
        price = line.price if line and line.price else book.price(product) if product else None
        said = (str(wanted.quantity), wanted.discount_bp) if wanted else ("", 0)
        swap = swaps.get(product.id) if product else None
        return Row(product.code if product else code, product, price, habit, before, *said, line, swap)

    return make
