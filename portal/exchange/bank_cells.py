"""What banks write into cells: amounts in any marks, days in any order, months in three languages, two eras."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import cache

from babel.dates import get_month_names

from portal import values
from portal.errors import Invalid

ORDERS = ("dmy", "mdy", "ymd")
ERAS = ("gregorian", "buddhist")  # how a year of two figures is meant; one of four tells by itself
BUDDHIST_YEARS = 543
BUDDHIST_FROM = 2400
FIRST_YEAR, LAST_YEAR = 1990, 2100
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "’": "'"})
_SWAPPED = str.maketrans({",": ".", ".": ","})
_CURRENCY = re.compile(r"(?i)\b(?:[A-Z]{3}|php?|p|rs)(?=[\s\d.,()+-]|$)|[$€£¥₱฿]|บาท")
_SIDE = re.compile(r"(?i)^(?P<before>cr|dr|c|d)\b\.?|(?P<after>cr|dr|c|d)\.?$")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?(?P<whole>\d{1,3}(?:[,' ]\d{2,3})*[,' ]\d{3}|\d{0,30})"
    r"(?:\.(?P<part>\d{0,20}))? ?(?P<after>[+-]?)",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?:[t ]{1,9}|(?<=\d{4})[t ]?)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\.\d+)?"
    r"(?: ?[ap]\.?m\.?)?(?:z|[+-]\d\d:?\d\d)?( ?น\.)?$"
)
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|\.(?=[^\W\d_]))*\.?")
_MORE_MONTHS = {
    "sept": 9,
    "setyembre": 9,
    "set": 9,
    "okt": 10,
    "dis": 12,
    "ene": 1,
    "peb": 2,
    "hun": 6,
    "hul": 7,
    "ago": 8,
}


def plain(text):
    """Compatibility forms folded, figures of every script as 0–9, one kind of dash and blank."""
    if text.isascii():
        return text.strip()
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).strip()


def amount(text, mark="."):
    """The exact amount of a cell, None when it is blank or a dash; `mark` stands before the decimals.

    "1,234.50", "(12.00)", "12.00-", "THB 1.234,50" with mark "," and "500.00 DR" (taken from the account, so
    negative) are understood. Raises Invalid on "cell": bank-amount-unreadable.
    """
    rest = plain(text)
    if not rest.strip("- "):
        return None
    is_negative = rest.startswith("(") and rest.endswith(")")
    rest = rest[1:-1].strip() if is_negative else rest
    side = _SIDE.search(rest)
    if side:
        is_negative |= (side["before"] or side["after"]).lower().startswith("d")
        rest = _SIDE.sub("", rest, count=1).strip()
    rest = _CURRENCY.sub("", rest).strip()
    number = _NUMBER.fullmatch(rest if mark == "." else rest.translate(_SWAPPED))
    if not number or not (number["whole"] or number["part"]) or (number["sign"] and number["after"]):
        raise Invalid(cell=("bank-amount-unreadable", {"text": text.strip()[:40]}))
    exact = Decimal(f"{re.sub('[^0-9]', '', number['whole']) or 0}.{number['part'] or 0}")
    is_negative ^= "-" in (number["sign"], number["after"])
    return -exact if is_negative else exact


def minor(exact, currency):
    """Minor units of an exact amount; Invalid on "cell": bank-amount-too-fine, amount-too-large."""
    units = exact.scaleb(values.minor_digits(currency))
    if abs(units) > values.BIGGEST_MINOR:
        raise Invalid(cell="amount-too-large")
    if units != units.to_integral_value():
        raise Invalid(cell=("bank-amount-too-fine", {"text": str(exact), "currency": currency}))
    return int(units)


def mark_of(texts):
    """The mark before the decimals in these amounts: point or comma; a point when nothing shows."""
    comma = point = 0
    for text in texts:
        found = re.search(r"[.,](?=\d+$)", re.sub(r"[^\d.,]+$", "", plain(text)))
        if found:
            tail = re.sub(r"[^\d.,]+$", "", plain(text))
            if ("." in tail and "," in tail) or len(tail) - found.end() != 3:  # "1,250" alone tells nothing
                comma, point = comma + (found[0] == ","), point + (found[0] == ".")
    return "," if comma > point else "."


# Days


@cache
def _months():
    """{name or abbreviation of a month, small, without points: its number} in English, Filipino and Thai."""
    found = dict(_MORE_MONTHS)
    for language in ("en", "fil", "th"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                found.setdefault(unicodedata.normalize("NFKC", name).lower().replace(".", ""), number)
    return found


def day(text, order="dmy", era="gregorian"):
    """The date of a cell, None when it is blank; a time after it is passed over.

    `order` says which number is the day where it is not plain, `era` how a year of two figures is meant; years from
    2400 on are Buddhist. Raises Invalid on "cell": bank-day-unreadable, bank-day-out-of-range.
    """
    rest = plain(text).lower()
    if not rest:
        return None
    rest = _CLOCK.sub("", rest)
    try:
        year, month, number = _parts(rest, order)
        found = date(_year(year, era), month, number)
    except (ValueError, TypeError):
        raise Invalid(cell=("bank-day-unreadable", {"text": text.strip()[:40]}))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Invalid(cell=("bank-day-out-of-range", {"text": text.strip()[:40]}))
    return found


def _parts(text, order):
    """(year as text, month, day) of a date."""
    months = [number for word in _LETTERS.findall(text) if (number := _months().get(word.replace(".", "")))]
    numbers = re.findall(r"\d+", text)
    if months and len(numbers) == 2:
        first, second = numbers
        return (first, months[0], int(second)) if len(first) == 4 else (second, months[0], int(first))
    if _LETTERS.search(text):
        raise ValueError(text)
    if len(numbers) == 1 and len(numbers[0]) in (6, 8):
        numbers = _cut(numbers[0], order)
    one, two, three = numbers
    if len(one) == 4 or (order == "ymd" and len(one) == 2 and len(three) <= 2):
        return one, int(two), int(three)
    if len(one) > 2 or len(two) > 2:
        raise ValueError(text)
    return (three, int(one), int(two)) if order == "mdy" else (three, int(two), int(one))


def _cut(digits, order):
    """The three numbers of a date without marks: 20261103, or 03112026 and 031126 in the given order."""
    if len(digits) == 8 and (
        order == "ymd" or (digits[:2] in ("19", "20", "25") and digits[4:6] <= "12" and digits[2:4] > "12")
    ):
        return digits[:4], digits[4:6], digits[6:]
    if order == "ymd":
        return digits[:2], digits[2:4], digits[4:]
    return digits[:2], digits[2:4], digits[4:]


def _year(text, era):
    year = int(text)
    if len(text) == 2:
        return year + (2500 - BUDDHIST_YEARS if era == "buddhist" else 2000)
    if len(text) != 4:
        raise ValueError(text)
    return year - BUDDHIST_YEARS if year >= BUDDHIST_FROM else year


def days_are(texts, today):
    """(order, era, is sure) in which these dates are written.

    Where day and month could be either, statements are of few weeks: the order with the shortest span counts, and
    it is not sure when both span the same.
    """
    texts = [text for text in texts if text.strip()]
    tries = []
    for place, order in enumerate(ORDERS):
        for era in ERAS:
            found = _readable(texts, order, era)
            if found:
                ahead = max(0, (max(found) - today).days - 400)
                stale = max(0, (today - max(found)).days - 20 * 365)
                span = (max(found) - min(found)).days
                tries.append((-len(found), ahead + stale, span, ERAS.index(era), place, order, era))
    if not tries:
        return "dmy", "gregorian", False
    tries.sort()
    best = tries[0]
    rivals = [t for t in tries if t[:3] == best[:3] and t[5] != best[5]]
    is_sure = all(_readable(texts, t[5], t[6]) == _readable(texts, best[5], best[6]) for t in rivals)
    return best[5], best[6], is_sure


def _readable(texts, order, era):
    found = []
    for text in texts:
        try:
            found.append(day(text, order, era))
        except Invalid:
            continue
    return found
