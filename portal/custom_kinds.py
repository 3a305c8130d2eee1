"""Kinds of the fields that a shop adds to a noun by itself: what each takes, and how its values are kept."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from portal import values
from portal.errors import Invalid
from portal.fields import CLEANERS, Field, sound
from portal.folding import fold

KINDS = (
    "text", "words", "decimal", "money", "date", "yes", "choice", "choices", "record", "file", "email", "phone",
)  # fmt: skip
NUMBERS = ("decimal", "money", "yes", "record", "file")  # kept as whole numbers, all others as texts
SORTED = ("text", "decimal", "money", "date", "yes", "choice", "email", "phone")
SEARCHED = ("text", "words", "email", "phone", "choice", "choices")
RANGED = ("decimal", "money", "date")
MEASURED = ("text", "words")  # `most` is how many letters
LONGEST = {"text": 300, "words": 4000, "email": 320, "phone": 60}
LONGEST_KEY = 200  # letters that sort a text
MOST_PLACES = 6
BIGGEST = 10**15
WIDER = {"text": "words", "choice": "choices"}  # the kinds that become another without losing anything


class Option(NamedTuple):
    """One of the words that a choice offers; `labels` is ((language, word), …)."""

    key: str
    labels: tuple

    def label(self, language):
        return worded(self.labels, language) or self.key


class Kept(NamedTuple):
    """A value as a row of the side table holds it: the text or the number, and what sorts and finds the text."""

    text: str | None = None
    folded: str | None = None
    number: int | None = None


def worded(labels, language):
    """The word for a language out of ((language, word), …): else the English one, else any."""
    known = dict(labels)
    return known.get(language) or known.get("en") or next(iter(known.values()), "")


@dataclass(frozen=True)
class Added(Field):
    """A field that the shop added; see `Field` for what all have.

    `least` and `most` are texts: numbers, amounts in major units, days; of texts `most` is their length. It is asked
    while the field `shown_if` holds one of `shown_for`, or anything when that is empty.
    """

    id: int = 0
    version: int = 1
    labels: tuple = ()
    helps: tuple = ()
    options: tuple = ()
    least: str = ""
    most: str = ""
    places: int = 0
    target: str = ""
    default: object = None
    shown_if: str = ""
    shown_for: tuple = ()
    section: str = ""
    is_searched: bool = False
    is_retired: bool = False

    def label(self, language):
        return worded(self.labels, language)

    def help(self, language):
        return worded(self.helps, language)

    def option(self, key, language):
        """The word of an option; of one that is gone, its key."""
        return next((option.label(language) for option in self.options if option.key == key), key)

    @property
    def nothing(self):
        """What a record without a value has."""
        return [] if self.kind == "choices" else "" if self.kind not in (*NUMBERS, "date") else None

    def is_met(self, other):
        """Whether the value of `shown_if` lets this field be asked."""
        held = other if isinstance(other, list | tuple) else [other]
        held = [_compared(value) for value in held if value not in (None, "", False)]
        return bool(set(held) & set(self.shown_for)) if self.shown_for else bool(held)

    def among(self, given):
        if not self.shown_if:
            return self
        if self.shown_if not in given:  # only part of the record is known here: nothing can be demanded
            return replace(self, is_required=False)
        return self if self.is_met(given[self.shown_if]) else None

    def clean(self, value, country="PH", currency="PHP"):
        """The value as it is kept. Raises Invalid on this field's name."""
        value = READERS[self.kind](self, value, country, currency)
        if value in (None, "", []):
            if self.is_required:
                raise Invalid(**{self.name: "field-needed"})
            return self.nothing
        self._check_range(value, currency)
        return value

    def _check_range(self, value, currency):
        if self.kind not in RANGED or not (self.least or self.most):
            return
        if self.kind == "date":
            least, most = (date.fromisoformat(bound) if bound else None for bound in (self.least, self.most))
            compared = value
        else:
            least, most = (Decimal(bound) if bound else None for bound in (self.least, self.most))
            compared = values.Money(value, currency).decimal if self.kind == "money" else value
        if (least is not None and compared < least) or (most is not None and compared > most):
            raise Invalid(**{self.name: _outside(least, most)})

    # As rows of the side table

    def kept(self, value):
        """[Kept] of a clean value, one for each of several; [] of nothing."""
        if value in (None, "", []):
            return []
        if self.kind == "choices":
            return [Kept(text=key, folded=key) for key in value]
        if self.kind == "decimal":
            return [Kept(number=int(value.scaleb(self.places)))]
        if self.kind in NUMBERS:
            return [Kept(number=int(value))]
        if self.kind == "words":
            return [Kept(text=value)]
        text = value.isoformat() if isinstance(value, date) else value
        return [Kept(text=text, folded=(fold(text) if self.kind in ("text", "email") else text)[:LONGEST_KEY])]

    def read_back(self, rows):
        """The value out of its [(text, number)], in their order."""
        if self.kind == "choices":
            return [text for text, _ in rows]
        text, number = rows[0]
        if self.kind == "decimal":
            return Decimal(number).scaleb(-self.places)
        if self.kind == "yes":
            return bool(number)
        if self.kind in NUMBERS:
            return number
        return date.fromisoformat(text) if self.kind == "date" else text


def _outside(least, most):
    if least is not None and most is not None:
        return "custom-not-between", {"least": least, "most": most}
    return ("custom-too-low", {"least": least}) if least is not None else ("custom-too-high", {"most": most})


def _compared(value):
    """A value as `shown_for` names it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _text(field, value, country, currency):
    return sound(str(value), field.name, field.longest) if value else ""


def _words(field, value, country, currency):
    return sound(str(value), field.name, field.longest, lines=True) if value else ""


def _decimal(field, value, country, currency):
    """A number as people type it, "1,250.5"; finer than the field's places is refused, not rounded."""
    if value in (None, ""):
        return None
    text = str(value).strip().replace("\u00a0", "")
    try:
        if not values.is_figure(text):
            raise InvalidOperation
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise Invalid(**{field.name: "custom-not-a-number"})
    if abs(number) >= BIGGEST or abs(number.scaleb(field.places)) >= BIGGEST:
        raise Invalid(**{field.name: "number-out-of-range"})
    if number.scaleb(field.places) != int(number.scaleb(field.places)):
        raise Invalid(**{field.name: ("custom-too-fine", {"places": field.places})})
    return number.quantize(Decimal(1).scaleb(-field.places))


def _money(field, value, country, currency):
    if value in (None, ""):
        return None
    if isinstance(value, str):
        return values.Money.of(value, currency, field=field.name).minor
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > values.BIGGEST_MINOR:
        raise Invalid(**{field.name: "amount-not-a-number"})
    return value


def _date(field, value, country, currency):
    value = value.strip() if isinstance(value, str) else value
    return CLEANERS["date"](field, value) if value else None


def _yes(field, value, country, currency):
    if value in (None, ""):
        return None
    if value in (True, "1", "on", "yes", "y", "true"):
        return True
    if value in (False, "0", "off", "no", "n", "false"):
        return False
    raise Invalid(**{field.name: "choice-unknown"})


def _choice(field, value, country, currency):
    if value and value not in field.choices:
        raise Invalid(**{field.name: "choice-unknown"})
    return value or ""


def _choices(field, value, country, currency):
    """Keys as a list, or as a text with commas; kept in the order of the options, each once."""
    wanted = value.split(",") if isinstance(value, str) else [str(part) for part in value or ()]
    wanted = {part.strip() for part in wanted if part.strip()}
    known = field.choices
    if wanted - set(known):
        raise Invalid(**{field.name: "choice-unknown"})
    return [key for key in known if key in wanted]


def _id(field, value, country, currency):
    """The id of a record or file; that it is there, and for whom, is asked when it is written."""
    if value in (None, "", 0):
        return None
    text = str(value)
    is_id = text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < 2**31
    if isinstance(value, bool) or not is_id:
        raise Invalid(**{field.name: "custom-record-unknown"})
    return int(value)


def _email(field, value, country, currency):
    value = sound(str(value), field.name, LONGEST["email"]) if value else ""
    return values.email(value, field.name)[0] if value else ""


def _phone(field, value, country, currency):
    value = sound(str(value), field.name, LONGEST["phone"]) if value else ""
    return values.phone(value, country, field.name) or "" if value else ""


READERS = {
    "text": _text, "words": _words, "decimal": _decimal, "money": _money, "date": _date, "yes": _yes,
    "choice": _choice, "choices": _choices, "record": _id, "file": _id, "email": _email, "phone": _phone,
}  # fmt: skip
