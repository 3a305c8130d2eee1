"""The order pad of both faces: an account's own products first, then what was found and typed, each with its flaw."""

from typing import NamedTuple

from flask_babel import gettext, ngettext

from portal import search, values
from portal.errors import Invalid
from portal.sales import habits, placing, pricing, quotes
from portal.sales.catalogue import Category, Product, code_key
from portal.sales.quotes import Wanted
from portal.web import order_forms, piece_words, price_words, speech

MOST_OWN = 40
MOST_FOUND = 20
LOW_STOCK = 20


class Row(NamedTuple):
    """One line of the pad: a product (None when its code is unknown), what was typed and what came of it."""

    code: str
    product: Product | None
    price: object
    habit: object
    typed: str
    discount: object
    net: object
    problem: str
    why: str  # the price is what it is
    later: str  # what of the line has to wait, and until when

    @property
    def name(self):
        return self.product.name if self.product else self.code

    @property
    def id(self):
        return line_id(self.code)

    @property
    def percent(self):
        """The discount as it was typed."""
        return order_forms.percent_text(self.discount) if self.discount else ""

    @property
    def stock(self):
        """(kind, word) of how much there is, or of what has to wait, or None."""
        if self.later:
            return "wait", self.later
        return stock_word(self.product) if self.product else None

    @property
    def rhythm(self):
        """(days since each order, days until the next or None, words) of a product bought before, else None."""
        if self.habit is None or self.habit.every_days is None:
            return None
        today = values.shop_day()
        every, due = self.habit.every_days, (self.habit.due_on - today).days
        words = ngettext("every day", "every %(num)s days", every)
        if due < -2 * every:
            return [(today - day).days for day in self.habit.days], None, words
        return [(today - day).days for day in self.habit.days], due, f"{words}, {_due(due)}"


class Pad(NamedTuple):
    """What the page of the pad shows."""

    typed: list  # rows of typed lines that are not among the others
    own: list
    found: list
    searched: bool
    more: bool  # whether the search found more than is shown
    quote: object
    categories: list


def _due(days):
    if days == 0:
        return gettext("due now")
    if days > 0:
        return ngettext("in %(num)s day", "in %(num)s days", days)
    return ngettext("%(num)s day late", "%(num)s days late", -days)


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


def leave_out(form, account, actor):
    """Take out of an earlier order's lines what cannot come any more, and lower what is short; [(name, sentence)]."""
    quote, _ = placing.prepare(actor, account, form.lines, now=None, among=form.places)
    kept, said = [], []
    for line in quote.lines:
        if line.problem is None:
            kept.append(Wanted(line.code, line.quantity))
            continue
        name, params = line.problem
        if name == "stock-short":
            kept.append(Wanted(line.code, params["left"]))
            name = "stock-lowered"
        text = problem_text((name, params | {"wanted": line.quantity}))
        said.append((line.product.name if line.product else line.code, text))
    form.lines = kept
    return said


def line_id(code):
    """The id of a line's field on the page, to link to: letters and figures only."""
    return "line-" + "".join(c if c.isalnum() and c.isascii() else f"_{ord(c)}_" for c in code)


def pad(form, account, actor, quote=None):
    """The rows of the pad. Three queries: habits, their products with the typed ones, and what was searched."""
    form.found.data = form.q.data
    known = habits.habits(account)
    keys = {code_key(line.code) for line in form.lines}
    wanted = list(known)[:MOST_OWN]
    rows = Product.visible_to(actor).where(Product.id.in_(wanted) | Product.code_key.in_(keys))
    by_id = {product.id: product for product in rows if product.currency == account.currency}
    found, more = _found(form, account, actor)
    shown = {product.id for product in found}
    make = _maker(form, account, known, [*by_id.values(), *found], quote)
    lines = {code_key(line.code): line.code for line in form.lines}
    own = [make(by_id[id]) for id in wanted if id in by_id and id not in shown]
    listed = shown | set(wanted)
    here = {p.code_key for p in [*by_id.values(), *found] if p.id in listed}
    extra = {p.code_key: p for p in by_id.values()}
    typed = [make(extra.get(key), code) for key, code in lines.items() if key not in here]
    return Pad(typed, own, [make(p) for p in found], _is_search(form), more, quote, list(Category.alphabetical()))


def _is_search(form):
    return bool(form.q.data or form.category.data)


def _found(form, account, actor):
    """(products, whether there are more) of the search for a word or a category."""
    if not _is_search(form):
        return [], False
    rows = Product.visible_to(actor).where(Product.currency == account.currency)
    if not actor.is_customer:
        rows = rows.where(Product.id.in_(Product.on_sale(values.shop_day()).select(Product.id)))
    if form.q.data:
        rows = rows.where(Product.id.in_(search.matches("product", form.q.data)))
    if form.category.data and form.category.data.isdecimal() and len(form.category.data) < 10:
        rows = rows.where(Product.category == int(form.category.data))
    found = list(rows.order_by(Product.folded, Product.id).limit(MOST_FOUND + 1))
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def _maker(form, account, known, products, quote):
    """A function that makes the row of a product, or of a code that names none."""
    priced = pricing.prices(products, account, values.shop_day())
    lines = {code_key(line.code): line for line in (quote.lines if quote else ())}
    typed = {code_key(line.code): line for line in form.lines}

    def make(product, code=None):
        key = product.code_key if product else code_key(code)
        line, wanted = lines.get(key), typed.get(key)
        price = line.price if line and line.price else priced[product.id] if product else None
        return Row(
            product.code if product else code,
            product or (line.product if line else None),
            price.money if price else None,
            known.get(product.id) if product else None,
            str(wanted.quantity) if wanted else "",
            wanted.discount_bp if wanted else 0,
            values.Money(line.net_minor, line.price.currency) if line and line.price and line.quantity else None,
            problem_text(line.problem) if line and line.problem else "",
            _why(price, line),
            later(line) if line else "",
        )

    return make


def later(line):
    """What of a quoted line is not on the shelf, and when it comes; "" when all of it is there."""
    return piece_words.promised(line.waiting, line.promised_on) if line.waiting and not line.problem else ""


def _why(price, line):
    """Why the price is what it is, and what more pieces would bring."""
    if price is None:
        return ""
    pieces = (line and line.quantity) or 1
    return " · ".join(filter(None, (price_words.of_price(price), price_words.next_break(price, pieces))))


def problem_text(problem):
    """The sentence of a line's problem, its numbers as people write them."""
    name, params = problem
    said = {key: speech.wording().number(n) if isinstance(n, int) else n for key, n in params.items()}
    return speech.message(name, **said)


def stock_word(product):
    """(kind, word) of how much there is, for `ui.state`."""
    if product.free is None or product.free > LOW_STOCK:
        return "done", gettext("In stock")
    if product.free:
        return "run", ngettext("%(num)s left", "%(num)s left", product.free)
    if product.allows_backorder:
        day = quotes.promised_on(product, values.shop_day())
        return "wait", gettext("Comes %(day)s", day=speech.wording().day(day)) if day else gettext("On order")
    return "refused", gettext("Out of stock")
