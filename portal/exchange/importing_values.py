"""Reading cells: texts, amounts, dates and words as a map says they are written, or why they cannot be read."""

import decimal
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import list_currencies

from portal import values
from portal.errors import Invalid
from portal.exchange.importing_guesses import BUDDHIST_FROM
from portal.fields import sound

ROUNDINGS = {"half-even": decimal.ROUND_HALF_EVEN, "half-up": decimal.ROUND_HALF_UP, "none": None}
NOON = time(12)  # of a date without a time: the same day in every zone from -12 to +11 hours
LONGEST_TEXT = 4000
FIRST_YEAR, LAST_YEAR = 1800, 2200
# How people write the parts of a date that a map names.
SPELLED = {"iso": "YYYY-MM-DD", "%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "Mon", "%B": "Month"}
BIGGEST_NUMBER = 2**31 - 1
_YES = {"1", "true", "yes", "y", "t", "x", "on"}
_NO = {"0", "false", "no", "n", "f", "off", ""}
_NAMES_OF_COUNTRIES = {"USA": "US", "UK": "GB", "United States of America": "US", "Great Britain": "GB"}
_YEAR = re.compile(r"\d{4}")
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*", re.ASCII)
_BLANKS = re.compile(r"[\t\r\n ]+")


@dataclass(frozen=True)
class Formats:
    """How a map says that values are written."""

    currency: str = "PHP"
    country: str = "PH"
    decimal: str = "."
    date: str = "iso"
    calendar: str = "gregorian"
    zone: str = "UTC"
    rounding: str = "none"
    discount: str = "fraction"  # 0.15; or percent: 15

    @property
    def thousands(self):
        return "," if self.decimal == "." else "."


def wrong(problem, **params):
    """The refusal of one cell; the importer knows which cell it is."""
    return Invalid(cell=(problem, params))


def tidy(text):
    """A cell on one line: single blanks, none around it."""
    text = text.strip()
    return text if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text)


def line(longest):
    """Reader of a one-line text."""

    def read(text, _):
        text = tidy(text)
        if text.isascii() and text.isprintable() and len(text) <= longest:
            return text
        return sound(text, "cell", longest)

    return read


def paragraphs(text, _):
    """A longer text: its line breaks stay."""
    return sound(text, "cell", LONGEST_TEXT, lines=True)


def choice(*words):
    """Reader of one word of a list."""

    def read(text, _):
        word = text.strip().lower().replace(" ", "_")
        if word not in words:
            raise wrong("import-not-a-choice", value=text, choices=", ".join(filter(None, words)))
        return word

    read.words = tuple(filter(None, words))
    return read


def yes(text, _):
    """True or False from 1/0, yes/no, true/false, y/n, x/blank."""
    word = text.strip().lower()
    if word not in _YES and word not in _NO:
        raise wrong("import-not-a-choice", value=text, choices="1, 0, yes, no")
    return word in _YES


yes.words = ("yes", "no")


def email(text, _):
    """An e-mail address as it is written to; the check of a domain, which is slow, is done once for many."""
    local, _, domain = text.strip().rpartition("@")
    if _PLAIN_LOCAL.fullmatch(local) and len(local) <= 64 and _is_plain(domain):
        return text.strip()
    return values.email(text)[0]


@lru_cache(10_000)
def _is_plain(domain):
    try:
        return domain.isascii() and values.email(f"a@{domain}")[0] == f"a@{domain}" and len(domain) < 180
    except Invalid:
        return False


def phone(text, _):
    """A phone number as it was written; only what cannot be one is refused."""
    return values.written_phone(sound(text, "cell", 60))


def exact(text, formats):
    """A Decimal from a number in the marks of the map; a currency sign and grouped thousands are understood."""
    digits = _number(formats.decimal).fullmatch(text.strip().replace("\u00a0", "").replace("\u202f", ""))
    if not digits:
        raise wrong("import-not-a-number", mark=formats.decimal)
    whole = digits["whole"].replace(formats.thousands, "")
    return Decimal(f"{digits['sign'] or ''}{whole}.{digits['part'] or '0'}")


@cache
def _number(mark):
    thousands = "," if mark == "." else r"\."
    return re.compile(
        rf"(?P<sign>[+-]?)[$€£¥₱฿]? ?(?P<whole>\d{{1,30}}|\d{{1,3}}(?:{thousands}\d{{3}})+)"
        rf"(?:{re.escape(mark)}(?P<part>\d{{0,20}}))? ?[$€£¥₱฿]?",
        re.ASCII,
    )


def whole(least=0, biggest=BIGGEST_NUMBER):
    """Reader of a whole number."""

    def read(text, formats):
        number = exact(text, formats)
        if number != number.to_integral_value():
            raise wrong("import-not-whole")
        if not least <= number <= biggest:
            raise wrong("import-out-of-range", least=least, biggest=biggest)
        return int(number)

    return read


@cache
def _digits(currency):
    return values.minor_digits(currency)


def minor(amount, formats, currency=None):
    """Minor units of an exact amount, rounded as the map says; refuses finer amounts when it says nothing."""
    units = amount.scaleb(_digits(currency or formats.currency))
    if abs(units) > values.BIGGEST_MINOR:
        raise wrong("amount-too-large")
    rounded = units.to_integral_value(ROUNDINGS[formats.rounding] or decimal.ROUND_HALF_EVEN)
    if rounded != units and formats.rounding == "none":
        raise wrong("import-amount-too-fine", digits=_digits(currency or formats.currency))
    return int(rounded)


def basis_points(text, formats):
    """A discount in hundredths of a percent, and exact for the arithmetic: (basis points, fraction)."""
    fraction = exact(text.rstrip("% "), formats)
    if formats.discount == "percent":
        fraction /= 100
    if not 0 <= fraction <= 1:
        raise wrong("import-discount-out-of-range")
    return int((fraction * 10_000).to_integral_value(decimal.ROUND_HALF_EVEN)), fraction


def day(text, formats):
    """A date."""
    return _read_moment(text, formats).date()


def moment(text, formats):
    """A moment in UTC; a date without a time is noon, so that it is the same day nearly everywhere."""
    found = _read_moment(text, formats)
    if found.tzinfo is None:
        if found.time() == time(0):
            return datetime.combine(found.date(), NOON)
        found = found.replace(tzinfo=ZoneInfo(formats.zone))
    return found.astimezone(UTC).replace(tzinfo=None)


def _spelled(form):
    """A form of dates as people write it: DD/MM/YYYY for %d/%m/%Y, YYYY-MM-DD for iso."""
    for mark, letters in SPELLED.items():
        form = form.replace(mark, letters)
    return form


def _read_moment(text, formats):
    text = text.strip()
    if formats.calendar == "buddhist":
        text = _YEAR.sub(lambda year: str(int(year[0]) - 543), text, count=1)
    try:
        if formats.date == "iso":
            found = datetime.fromisoformat(text)
        else:
            found = datetime.strptime(text if " " in formats.date else text.partition(" ")[0], formats.date)
    except ValueError:
        raise wrong("import-not-a-date", format=_spelled(formats.date))
    if not FIRST_YEAR <= found.year <= LAST_YEAR or found.year > BUDDHIST_FROM:
        raise wrong("import-date-out-of-range")
    return found


def grams(text, formats):
    """A weight in grams."""
    return int(exact(text, formats).to_integral_value(decimal.ROUND_HALF_EVEN))


@lru_cache(1000)
def _country(text):
    known = Locale("en").territories
    if len(text) == 2 and text.upper() in known:
        return text.upper()
    if text in _NAMES_OF_COUNTRIES:
        return _NAMES_OF_COUNTRIES[text]
    folded = text.casefold()
    return next((code for code, name in known.items() if len(code) == 2 and name.casefold() == folded), None)


def country(text, _):
    """A country by its code or English name."""
    code = _country(text.strip()[:80])
    if code is None:
        raise wrong("import-country-unknown", value=text)
    return code


def currency(text, _):
    """A currency by its ISO code."""
    code = text.strip().upper()
    if code not in _currencies():
        raise wrong("import-currency-unknown", value=text)
    return code


@cache
def _currencies():
    return frozenset(list_currencies())


def language(text, _):
    """A language we speak: en, fil, th."""
    code = text.strip().lower().replace("_", "-").partition("-")[0]
    code = {"tl": "fil"}.get(code, code)
    if code not in ("en", "fil", "th"):
        raise wrong("import-not-a-choice", value=text, choices="en, fil, th")
    return code


language.words = ("en", "fil", "th")
