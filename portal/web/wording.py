"""How things read: texts, money, dates, numbers and phones in one reader's language, for pages and for mail.

Knows no Flask: the worker writes letters with it. The only module that may build Markup.
"""

import gettext as catalogues
import html
import re
import unicodedata
from datetime import UTC, datetime
from datetime import time as clock_time
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import get_day_names
from babel.numbers import get_currency_symbol
from markupsafe import Markup

from portal import values

LANGUAGES = [("en", "English"), ("fil", "Filipino"), ("th", "ไทย")]
CODES = tuple(code for code, _ in LANGUAGES)
ALIASES = {"tl": "fil"}  # what older phones call Filipino
TRANSLATIONS = Path(__file__).parents[2] / "translations"
FORTNIGHT_DAYS = 14
BUDDHIST_ERA = 543
NOTHING = "–"
NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
SIGNS = {"PHP": "₱", "THB": "฿"}  # the shop's two read the same in every language; CLDR spells them out abroad

# Patterns of a day, by language: {weekday} within a fortnight only, {year} only where it is not this one. A Thai
# reader is always given the year, because its era tells which calendar is meant.
DAY = {"en": "{day} {month}", "fil": "{day} {month}", "th": "{day} {month} {year}"}
NEAR_DAY = {"en": "{weekday} {rest}", "fil": "{long_weekday}, {rest}", "th": "{weekday} {rest}"}
LONG_DAY = {"en": "{long_weekday}, {rest}", "fil": "{long_weekday}, {rest}", "th": "{long_weekday}ที่ {rest}"}
AND = {"en": (", ", " and "), "fil": (", ", " at "), "th": (" ", " และ ")}
# Hours from which Filipino says so: 9:12 ng umaga, 2:45 ng hapon.
FILIPINO_HOURS = (
    (0, "ng madaling-araw"), (5, "ng umaga"), (12, "ng tanghali"), (13, "ng hapon"), (18, "ng gabi"),
)  # fmt: skip
THAI_TITLES = re.compile(r"^(คุณ|นาย|นางสาว|นาง|น\.ส\.)\s*")


def language_code(tag):
    """Our code for a language tag ("th-TH" → "th", "tl" → "fil"), or None for a language we do not speak."""
    code = re.split(r"[-_]", tag.strip().lower())[0]
    code = ALIASES.get(code, code)
    return code if code in CODES else None


def best_language(accept_header):
    """The language of ours that a browser's Accept-Language wants most; English when it wants none."""
    wanted = []
    for place, part in enumerate((accept_header or "")[:1000].split(",")):
        tag, _, quality = part.partition(";")
        code = language_code(tag)
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", quality) if quality else None
        weight = float(weight[1]) if weight else 0.0 if quality else 1.0
        if code and weight:
            wanted.append((-weight, place, code))
    return min(wanted)[2] if wanted else "en"


@cache
def _catalogue(folder, language):
    if language == "en":
        return catalogues.NullTranslations()
    return catalogues.translation("messages", folder, [language], fallback=True)


@lru_cache(5000)
def _marked(folder, language, message):
    """A message as markup; kept, because a page says fifty."""
    return Markup(_catalogue(folder, language).gettext(message))  # noqa: S704 texts of ours


@cache
def _names(language):
    """The words of a calendar: (short weekdays, weekdays, short months, months)."""
    locale = Locale.parse(language)
    days, months = locale.days["format"], locale.months["format"]
    return (days["abbreviated"], days["wide"], months["abbreviated"], months["wide"])


@cache
def _currency_sign(currency, language):
    sign = SIGNS.get(currency) or get_currency_symbol(currency, language)
    return sign + NBSP if sign[-1].isalpha() else sign


@lru_cache(2048)
def _phone(text, country):
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return text
    if number.extension or not phonenumbers.is_possible_number(number):
        return text
    at_home = number.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat
    return _unbroken(phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL))


def _unbroken(text):
    return text.replace(" ", NBSP)


def filled(frame, rows):
    """HTML of many like rows: `frame` is markup of a template with a %s for each text, which is escaped.

    Rows may be dicts, for a frame with names: "%(name)s".
    """
    frame = str(frame)
    made = "".join([frame % _all_escaped(texts) for texts in rows])
    return Markup(made)  # noqa: S704 every text was escaped


def whole(made):
    """What a template has written, to stand in another one."""
    return Markup(made)  # noqa: S704 templates escape


def attributes(named):
    """The attributes of an element: {name: value}, true stands alone and false is left out; aria_label, class_."""
    made = []
    for name, value in sorted(named.items()):
        name = name.rstrip("_")
        name = name.replace("_", "-") if name.startswith(("data_", "aria_")) else name
        if value is not False:
            made.append(name if value is True else f'{name}="{html.escape(str(value))}"')
    return Markup(" ".join(made))  # noqa: S704 values were escaped, names are ours


def _all_escaped(texts):
    if isinstance(texts, dict):
        return {name: _escaped(text) for name, text in texts.items()}
    return tuple([_escaped(text) for text in texts])


def _escaped(text):
    return text if type(text) is Markup else html.escape(str(text))


class Wording:
    """One reader's way of reading: language, time zone, and the shop's currency and country.

    Made anew for each request and letter, because it remembers what day it is. Moments come in as naive UTC and
    are shown in the time zone; days are dates and stay what they are. None is shown as "–". `today` replaces the
    clock (tests, letters about a certain day).
    """

    def __init__(self, language="en", timezone="Asia/Manila", currency="PHP", country="PH", *, today=None):
        self.language = language_code(language) or "en"
        self.timezone = ZoneInfo(timezone)
        self.currency = currency
        self.country = country
        if today is not None:
            self.today = today

    @cached_property
    def today(self):
        """The date it is now in the reader's time zone."""
        return self.local(values.now()).date()

    # Texts

    @property
    def catalogue(self):
        """The translations of this language as gettext knows them, for the environment of the letters."""
        return _catalogue(TRANSLATIONS, self.language)

    def gettext(self, message, **params):
        """The message in this language, English where it has none; `%(name)s` filled from `params`."""
        text = message and _catalogue(TRANSLATIONS, self.language).gettext(message)  # "" would be its header
        return text % params if params else text

    def ngettext(self, singular, plural, n, **params):
        """The form of the message for `n` things; `%(num)s` is the number as this language writes it."""
        text = _catalogue(TRANSLATIONS, self.language).ngettext(singular, plural, n)
        return text % {"num": self.number(n), **params}

    def markup(self, message, /, **params):
        """The message for a page: markup, into which values go escaped."""
        text = _marked(TRANSLATIONS, self.language, message)
        return text % params if "%" in text else text

    def counted(self, singular, plural, n, /, **params):
        """The form of the message for `n` things, for a page; `%(num)s` is `n` unless it is handed in."""
        text = Markup(_catalogue(TRANSLATIONS, self.language).ngettext(singular, plural, n))  # noqa: S704 ours
        return text % {"num": n, **params}

    def pgettext(self, context, message, **params):
        """As gettext, for a word that means several things."""
        text = _catalogue(TRANSLATIONS, self.language).pgettext(context, message)
        return text % params if params else text

    def options(self, choices, chosen):
        """The options of a <select> from (value, word) pairs; for countries a template took a third of a page."""
        chosen = str(chosen)
        made = [
            f'<option value="{html.escape(str(value))}"{" selected" if str(value) == chosen else ""}>'
            f"{html.escape(str(word))}</option>"
            for value, word in choices
        ]
        return Markup("".join(made))  # noqa: S704 escaped one by one

    def list_words(self, words):
        """Words in a row, as a sentence has them: a, b and c."""
        words = [word if isinstance(word, Markup) else str(word) for word in words]
        kind = Markup if any(isinstance(word, Markup) for word in words) else str
        comma, last = map(kind, AND[self.language])
        return last.join(part for part in (comma.join(words[:-1]), *words[-1:]) if part)

    # Money and numbers

    def money(self, money):
        """Sign, thousands and cents for a page: ₱18,640.00 with the cents set apart."""
        if money is None:
            return NOTHING
        whole, cents = self._money_parts(money)
        cents = Markup("<i>.{}</i>").format(cents) if cents else ""
        return Markup('<span class="money">{}{}</span>').format(whole, cents)

    def amount(self, money):
        """Money without cents, for staff lists and estimates: ₱18,640."""
        return NOTHING if money is None else Markup('<span class="money">{}</span>').format(self.amount_text(money))

    def money_text(self, money):
        """Money as plain text, for mail, titles and charts: ₱18,640.00."""
        return NOTHING if money is None else ".".join(part for part in self._money_parts(money) if part)

    def amount_text(self, money):
        """Money without cents as plain text, rounded half to even."""
        if money is None:
            return NOTHING
        whole = int(money.decimal.to_integral_value(ROUND_HALF_EVEN))
        return f"{MINUS if whole < 0 else ''}{_currency_sign(money.currency, self.language)}{abs(whole):,}"

    def _money_parts(self, money):
        digits = values.minor_digits(money.currency)
        whole, cents = divmod(abs(money.minor), 10**digits)
        sign = (MINUS if money.minor < 0 else "") + _currency_sign(money.currency, self.language)
        return f"{sign}{whole:,}", f"{cents:0{digits}d}" if digits else ""

    def number(self, number, digits=3):
        """A number with thousands, at most `digits` decimals and none that are only zeros: 18,640 · 13.75."""
        if number is None:
            return NOTHING
        if isinstance(number, int):
            text = f"{abs(number):,}"
        else:
            exact = round(abs(Decimal(str(number))), digits)
            text = f"{exact:,f}".rstrip("0").rstrip(".") if digits else f"{exact:,f}"
        return (MINUS if number < 0 and text != "0" else "") + text

    def percent(self, part, digits=1):
        """A share of one as per cent: 0.125 → 12.5%."""
        return NOTHING if part is None else self.number(Decimal(str(part)) * 100, digits) + "%"

    def quantity(self, number, unit=""):
        """A number and its unit, which never part at a line end: 25 kg."""
        return self.number(number) + (NBSP + _unbroken(str(unit)) if unit else "")

    def file_size(self, size):
        """Bytes for people: 2.4 MB, never less than 1 kB."""
        if size >= 1_000_000_000:
            return self.quantity(round(size / 1_000_000_000, 1), "GB")
        if size < 1_000_000:
            return self.quantity(max(1, round(size / 1000)), "kB")
        return self.quantity(round(size / 1_000_000, 1), "MB")

    # Days and hours

    def local(self, moment):
        """A moment of the database (naive UTC) in the reader's time zone."""
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            return moment.astimezone(self.timezone)
        except OverflowError:  # the last hours of the year 9999, a favourite of old systems for "never"
            return moment

    def date(self, value):
        """The date of a day or moment as the reader has it."""
        return self.local(value).date() if isinstance(value, datetime) else value

    def day(self, value):
        """Tue 17 Nov · Martes, 17 Nob · อ. 17 พ.ย. 2569: with the weekday within a fortnight of today."""
        if value is None:
            return NOTHING
        day = self.date(value)
        near = abs((day - self.today).days) <= FORTNIGHT_DAYS
        pattern = NEAR_DAY[self.language] if near else "{rest}"
        return _unbroken(self._filled(pattern, day, months=2))

    def long_day(self, value):
        """Saturday, 14 November · วันเสาร์ที่ 14 พฤศจิกายน 2569, for sentences."""
        return NOTHING if value is None else self._filled(LONG_DAY[self.language], self.date(value), months=3)

    def _filled(self, pattern, day, months):
        short, wide, *_ = names = _names(self.language)
        rest = DAY[self.language] + (" {year}" if self.language != "th" and day.year != self.today.year else "")
        rest = _unbroken(rest.format(day=day.day, month=names[months][day.month], year=self.year(day)))
        return pattern.format(rest=rest, weekday=short[day.weekday()], long_weekday=wide[day.weekday()])

    def year(self, value):
        """The year, in the Buddhist era for a Thai reader: 2026 · 2569."""
        year = self.date(value).year
        return str(year + BUDDHIST_ERA if self.language == "th" else year)

    def month_year(self, value):
        """Nov 2026 · พ.ย. 2569."""
        return NOTHING if value is None else self.month(value) + NBSP + self.year(value)

    def weekday(self, value):
        """The weekday for the margin: Tue."""
        return _names(self.language)[0][self.date(value).weekday()]

    def weekday_name(self, value):
        """The weekday in full: Tuesday."""
        return get_day_names("wide", locale=self.language)[self.date(value).weekday()]

    def dayno(self, value):
        """The day of the month for the margin: 17."""
        return str(self.date(value).day)

    def month(self, value):
        """The month for the margin: Nov."""
        return _names(self.language)[2][self.date(value).month]

    def clock(self, value):
        """The hour of a moment, or a time of day as it stands: 9:12 am · 9:12 ng umaga · 09.12 น."""
        if value is None:
            return NOTHING
        hour, suffix = self._hour(value)
        return hour + NBSP + suffix

    def hours(self, start, end):
        """A span of the day: 2–5 pm · 8 am–5 pm · 2–5 ng hapon · 14.00–17.00 น."""
        (first, before), (last, after) = self._hour(start, short=True), self._hour(end, short=True)
        return f"{first}{'' if before == after else NBSP + before}–{last}{NBSP}{after}"

    def moment(self, value):
        """Tue 17 Nov, 9:12 am."""
        return NOTHING if value is None else f"{self.day(value)}, {self.clock(value)}"

    def iso(self, value):
        """For machines (`datetime` of a <time>): never another era, moments with their Z."""
        return value.isoformat() + ("Z" if isinstance(value, datetime) and value.tzinfo is None else "")

    def _hour(self, value, short=False):
        at = value if isinstance(value, clock_time) else self.local(value)
        if self.language == "th":
            return f"{at.hour:02d}.{at.minute:02d}", "น."
        text = str(at.hour % 12 or 12) + ("" if short and not at.minute else f":{at.minute:02d}")
        if self.language == "fil":
            return text, _unbroken(next(said for hour, said in reversed(FILIPINO_HOURS) if at.hour >= hour))
        return text, "am" if at.hour < 12 else "pm"

    # People

    def phone(self, text):
        """A number as people here dial it: national at home, with the country abroad, else as it was written."""
        return _phone(text, self.country) if text else NOTHING

    def initials(self, name):
        """Two letters for the round mark: Jun Villanueva → JV; of a Thai name its first two consonants."""
        words = THAI_TITLES.sub("", name or "").split()
        letters = [[c for c in word if unicodedata.category(c)[0] in "LN"] for word in words]
        letters = [word for word in letters if word]
        if not letters:
            return "?"
        consonants = [c for c in letters[0] if "ก" <= c <= "ฮ"]
        if consonants:
            return "".join(consonants[:2])
        return "".join(word[0].upper()[:1] for word in (letters[0], *letters[1:][-1:]))
