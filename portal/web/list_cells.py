"""Cells of lists: columns of a noun, and how the value of each kind of field stands in a row of a page.

Rows are made here and not in the template: 25 rows cost as much as the rest of the page otherwise.
"""

from datetime import date, datetime
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import quote

from babel import Locale
from flask import current_app, url_for
from flask_babel import gettext

from portal import store
from portal.values import Money
from portal.web import places, sessions, speech
from portal.web.list_filters import key_of
from portal.web.wording import NOTHING

DIM = ("number", "date", "moment", "country", "currency")
RIGHT = ("number", "money")


class Column(NamedTuple):
    """A column of a list: its key in the noun's field table, and how a row gives its value.

    `show(row, beside)` makes the cell of a page where the kind of the field does not say enough; `label` names a
    column that is no field, which stands on pages only.
    """

    name: str
    value: object = None  # function(row); None: the attribute of that name
    head: str = ""  # what feeds and addresses call it, when not by its key
    show: object = None
    label: object = ""
    css: str | None = None  # "num", "dim", "wrap", "two": how its cells look when not as their kind does

    @property
    def key(self):
        return self.head or key_of(self.name)

    @property
    def is_for_pages(self):
        return bool(self.label)

    def of(self, row):
        return self.value(row) if self.value else getattr(row, self.name)


class Head(NamedTuple):
    """The head of a column: its word, how it looks, where a press on it leads, and which way it sorts now."""

    label: str
    css: str
    url: str | None
    direction: str


@lru_cache(2000)
def state(kind, word):
    """A state as every page draws it: shape and word."""
    return current_app.jinja_env.get_template("ui_icons.html").module.state(kind, word)


@lru_cache(4000)
def picture(name, *arguments, **named):
    """A drawing of ui_pictures.html for a cell, kept as drawn: `picture("rhythm", (3, 9), None, words)`."""
    return getattr(current_app.jinja_env.get_template("ui_pictures.html").module, name)(*arguments, **named)


class Beside(dict):
    """What cells need besides their rows, asked for by the first cell that wants it: not every column does."""

    def __init__(self, ask):
        super().__init__()
        self.ask = ask

    def __missing__(self, name):  # name given by Python
        self._load()
        return dict(self)[name]

    def get(self, name, default=None):
        self._load()
        return super().get(name, default)

    def _load(self):
        if self.ask:
            self.update(self.ask())
            self.ask = None


class Drawing:
    """How the cells of one noun are drawn: with the words of this request, its columns and its states.

    `drawn` maps a field to {value: kind of state}.
    """

    def __init__(self, table, drawn, beside):
        self.noun, self.fields, self.drawn, self.beside = table.noun, table.fields, drawn, beside
        self.wording = speech.wording()

    def of(self, column, is_link=False):
        """(look, function(row)) of one column; the link of a row is its "link"."""
        field = self.fields.get(column.name)
        kind = field.kind if field else "text"
        css = column.css if column.css is not None else self._css(column.name, kind)
        if column.show:
            made = partial(_shown, column.show, self.beside)
        else:
            made = partial(self._text, column.of, self._reader(column.name, kind))
        return ("link" if is_link else css), made

    def _css(self, name, kind):
        looks = (("num", kind in RIGHT or name == "number"), ("dim", kind in DIM or name == "number"))
        return " ".join(look for look, holds in looks if holds)

    def _text(self, value_of, reader, row):
        value = value_of(row)
        return NOTHING if value is None or value == "" else reader(value)

    def _reader(self, name, kind):
        words = self.wording
        if name in self.drawn:
            return partial(self._state, name)
        if kind in ("money",):
            return words.amount if sessions.face() == "staff" else words.money
        known = {
            "yes": _yes, "date": words.day, "moment": words.moment, "phone": words.phone, "country": self._country,
            "choice": lambda value: speech.term(self.noun, name, value),
        }  # fmt: skip
        return known.get(kind, self._plain)

    def _state(self, name, value):
        return state(self.drawn[name].get(value, "wait"), speech.term(self.noun, name, value))

    def _country(self, code):
        return Locale.parse(self.wording.language).territories.get(code, code)

    def _plain(self, value):
        """What a value looks like when its kind says no more: numbers, names of records, days, texts."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return _yes(value)
        if isinstance(value, int | float):
            return self.wording.number(value)
        if isinstance(value, Money):
            return self.wording.amount(value)
        if isinstance(value, datetime):
            return self.wording.moment(value)
        if isinstance(value, date):
            return self.wording.day(value)
        return getattr(value, "name", None) or value.number if isinstance(value, store.Model) else str(value)


def _shown(show, beside, row):
    found = show(row, beside)
    return NOTHING if found in (None, "") else found


def _yes(value):
    return state("done", gettext("Yes")) if value else state("closed", gettext("No"))


def addresses(endpoint):
    """A function that gives a row's page; the address is built once, not once per row."""
    if endpoint is None:
        return lambda row: places.address_of(row.ref)
    before, _, after = url_for(endpoint, number="0number0").partition("0number0")
    return lambda row: f"{before}{quote(row.number, safe='')}{after}"
