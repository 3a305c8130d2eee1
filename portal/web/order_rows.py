"""The rows of an order pad: what stands in each, and their markup, made by filling one frame."""

from typing import NamedTuple
from urllib.parse import quote as quoted

from flask import url_for
from flask_babel import gettext, ngettext

from portal import values
from portal.sales import quotes
from portal.values import Money
from portal.web import list_cells, order_forms, piece_words, price_words, speech
from portal.web.wording import NOTHING, filled

LOW_STOCK = 20


class Row(NamedTuple):
    """One line of the pad: a product (None when its code is unknown), what was typed and what came of it."""

    code: str
    product: object
    price: object  # pricing.Price, of as many as were typed
    habit: object = None
    before: str = ""  # the name of what was bought, when this is sold in its place
    typed: str = ""
    discount: object = 0
    line: object = None  # quotes.QuoteLine, once it was worked out
    swap: object = None  # the product that is sold instead

    @property
    def name(self):
        return self.product.name if self.product else self.code

    @property
    def problem(self):
        """The sentence of what is wrong with it, "" when nothing is."""
        return problem_text(self.line.problem) if self.line and self.line.problem else ""

    @property
    def net(self):
        """What the line comes to, when that is known."""
        line = self.line
        return Money(line.net_minor, line.price.currency) if line and line.price and line.quantity else None

    @property
    def stock(self):
        """(kind, word) of how much there is, or of what has to wait, or None."""
        waits = later(self.line) if self.line else ""
        return ("wait", waits) if waits else stock_word(self.product) if self.product else None

    @property
    def why(self):
        """Why the price is what it is, and what more pieces would bring."""
        if self.price is None:
            return ""
        pieces = (self.line and self.line.quantity) or 1
        before = gettext("instead of %(name)s", name=self.before) if self.before else ""
        words = (before, price_words.of_price(self.price), price_words.next_break(self.price, pieces))
        return " · ".join(filter(None, words))


def drawn(rows, frame):
    """The markup of these rows. `frame(kind)` gives markup with names in %(…)s, for a row that is "good", "bad", or
    "sold" out for good with something else in its place.
    """
    frames = {kind: frame(kind) for kind in ("good", "bad", "sold")}
    words, page, today = speech.wording(), _product_page(), values.shop_day()
    made = []
    for row in rows:
        problem = row.problem
        kind = "sold" if problem and row.swap else "bad" if problem else "good"
        made.append(filled(frames[kind], [_texts(row, problem, words, page, today)]))
    return filled("%s" * len(made), [made]) if made else ""


def _texts(row, problem, words, page, today):
    habit, stock = row.habit, row.stock
    return {
        "code": row.code,
        "id": line_id(row.code),
        "name": row.name,
        "label": gettext("How many, %(name)s", name=row.name),
        "less": gettext("Discount per cent, %(name)s", name=row.name),
        "page": page(_to_look_at(row)) if row.product else url_for(".product_list", q=row.code),
        "unit": row.product.unit if row.product else "",
        "price": words.money(row.price.money) if row.price else NOTHING,
        "why": row.why,
        "stock": list_cells.state(*stock) if stock else "",
        "rhythm": _rhythm(habit, today),
        "last": words.number(habit.last_quantity) if habit else "",
        "last_on": f"{habit.last_on.day} {words.month(habit.last_on)}" if habit else "",
        "typed": row.typed,
        "percent": order_forms.percent_text(row.discount) if row.discount else "",
        "net": words.money(row.net) if row.net else "",
        "problem": problem,
        "swap": row.swap.code if row.swap else "",
        "swap_name": gettext("Take %(name)s instead", name=row.swap.name) if row.swap else "",
    }


def _to_look_at(row):
    """The code whose page the name leads to: what is sold no more has none, what stands in its place has."""
    return row.swap.code if row.problem and row.swap else row.code


def _product_page():
    """A function that gives the page of a product by its code; the address is built once, not once per row."""
    before, _, after = url_for(".product_show", number="0number0").partition("0number0")
    return lambda code: f"{before}{quoted(code, safe='')}{after}"


def _rhythm(habit, today):
    """The picture and the words of a product that was bought before: how often, and when again."""
    if habit is None or habit.every_days is None:
        return ""
    every, due = habit.every_days, (habit.due_on - today).days
    words = ngettext("every day", "every %(num)s days", every)
    if due < -2 * every:
        due = None  # it has lapsed
    else:
        words = f"{words}, {_due(due)}"
    return list_cells.picture("rhythm", tuple((today - day).days for day in habit.days), due, words)


def _due(days):
    if days == 0:
        return gettext("due now")
    if days > 0:
        return ngettext("in %(num)s day", "in %(num)s days", days)
    return ngettext("%(num)s day late", "%(num)s days late", -days)


def line_id(code):
    """The id of a line's field on the page, to link to: letters and figures only."""
    return "line-" + "".join(c if c.isalnum() and c.isascii() else f"_{ord(c)}_" for c in code)


def later(line):
    """What of a quoted line is not on the shelf, and when it comes; "" when all of it is there."""
    return piece_words.promised(line.waiting, line.promised_on) if line.waiting and not line.problem else ""


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
