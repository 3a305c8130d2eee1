"""The sheet of a price list: one cell per price, new rows below, and a list pasted from a spreadsheet."""

from typing import NamedTuple

from flask import request
from flask_babel import lazy_gettext
from wtforms import TextAreaField

from portal.sales import price_items
from portal.sales.price_items import Typed
from portal.web import forms, order_rows, speech

NEW_ROWS = 3
PRICE, WHAT, FROM, NEW = "price:", "what:", "from:", "new:"  # names of cells, followed by the item or the row


class Row(NamedTuple):
    """One price of the sheet: its item, what stands in its cell, and what is wrong with that."""

    item: object
    cell: str
    text: str
    fault: str


class NewRow(NamedTuple):
    """One blank or filled row below: (name, text, fault) of its cells."""

    what: tuple
    pieces: tuple
    price: tuple

    @property
    def faults(self):
        return [fault for _, _, fault in (self.what, self.pieces, self.price) if fault]


class SheetForm(forms.EditForm):
    """The cells as they were sent; `faults` {name of a cell: sentence}."""

    faults = {}

    def values(self):
        sent = request.form
        prices = {int(n): sent[PRICE + n] for n in _numbers(PRICE)}
        rows = [Typed(sent.get(WHAT + n, ""), sent.get(FROM + n, ""), sent.get(NEW + n, "")) for n in _numbers(WHAT)]
        return {"version": super().values()["version"], "prices": prices, "new": rows}

    def accuse(self, refusal):
        self.faults = {name: order_rows.problem_text(problem) for name, problem in refusal.problems.items()}
        self.top = list(dict.fromkeys(self.faults.values()))

    def rows(self, price_list, items):
        """The prices of the list, with what was typed over them."""
        sent = request.form if request.method == "POST" else {}
        found = []
        for item in items:
            cell = f"{PRICE}{item.id}"
            text = sent.get(cell, price_items.text_of(item, price_list))
            found.append(Row(item, cell, text, self.faults.get(cell, "")))
        return found

    def new_rows(self):
        """Rows for prices that are not there yet."""
        return [NewRow(*(self._cell(f"{prefix}{n}") for prefix in (WHAT, FROM, NEW))) for n in range(NEW_ROWS)]

    def _cell(self, name):
        return name, request.form.get(name, ""), self.faults.get(name, "")


class PasteForm(forms.Form):
    """A list from a spreadsheet."""

    text = TextAreaField(lazy_gettext("Paste a list"), render_kw={"rows": 6, "maxlength": 60_000})

    def keep(self, bad):
        """Leave the lines that could not be read in the field, each with its sentence."""
        self.text.data = "\n".join(line for line, _ in bad)
        self.text.raw_data = [self.text.data]
        self.text.errors = [f"{line}: {order_rows.problem_text(problem)}" for line, problem in bad]


def warn(reads):
    """Say which of the prices that were kept look like a slip."""
    for message in ("price-under-cost", "price-over-list"):
        codes = [one.typed.what for one in reads if one.warning == message]
        if codes:
            more = f" (+{len(codes) - 10})" if len(codes) > 10 else ""
            forms.say(f"{', '.join(codes[:10])}{more}: {speech.message(message)}", kind="warn")


def _numbers(prefix):
    found = (name.removeprefix(prefix) for name in request.form if name.startswith(prefix))
    return [n for n in found if n.isascii() and n.isdigit() and len(n) < 10]
