"""Plain values the whole business passes around: moments, references, people who act, money, contact data."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from babel.numbers import get_currency_precision
from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid

STAFF_ROLES = ("rep", "manager", "admin")
CUSTOMER_ROLES = ("viewer", "buyer", "customer_admin")
ERASED = "[erased]"  # stands where a name or words stood of a person who was erased
RATINGS = (5, 4, 3, 2, 1)  # what a customer gives, best first
LONGEST_AMOUNT = 400  # letters
LONGEST_ID = 18  # figures of an id that every database takes
BIGGEST_MINOR = 10**15  # far below 2^63, so that sums of many rows still fit
# Figures in one piece or grouped by commas (thousands, or lakhs), then decimals: "1250.5", "1,250.50", ".5".
_AMOUNT = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.\d*)?|\.\d+)")
SHOP_ZONE = ZoneInfo("Asia/Manila")  # decides which day it is; wsgi.py and __main__.py set it from the settings


def now():
    """The moment in UTC, without a zone: the one form in which moments are stored."""
    return datetime.now(UTC).replace(tzinfo=None)


def shop_day(moment=None):
    """The date it is in the shop at a moment (now): what begins "today" begins at the shop's midnight."""
    return (moment or now()).replace(tzinfo=UTC).astimezone(SHOP_ZONE).date()


def shop_midnight(day):
    """The moment (naive UTC) at which a day begins in the shop."""
    return datetime.combine(day, time(), SHOP_ZONE).astimezone(UTC).replace(tzinfo=None)


def id_of(text):
    """The id that a text from outside is, None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


class Ref(NamedTuple):
    """A reference across nouns without a foreign key: kind ("order") and id."""

    kind: str
    id: int

    def __str__(self):
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text):
        """`Ref` from "order:12", or None for any other text."""
        kind, _, number = (text or "").partition(":")
        found = id_of(number)
        return None if found is None else cls(kind, found)


class FormKey(NamedTuple):
    """The server-made key of one opened form, and the hash of what was sent with it."""

    key: str
    body_hash: str


@dataclass(frozen=True)
class Limits:
    """What a role of the shop takes from its base role; see portal/people/roles.py."""

    reach: str = "team"  # whose accounts are seen: own, team, all
    hidden: frozenset = frozenset()  # fields that are not read: "contact.born_on"
    locked: frozenset = frozenset()  # fields that are not set; what is hidden is among them
    closed: frozenset = frozenset()  # areas of actions that are shut: "payments"
    looked: frozenset = frozenset()  # areas in which nothing is done but looking


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Actor:
    """Who does something, as a plain value: nothing here changes when a session does."""

    ref: Ref
    name: str = ""
    role: str = "anonymous"
    teams: tuple = ()
    account: int | None = None
    employee: int | None = None
    contact: int | None = None
    language: str = "en"
    request: str = ""
    form: FormKey | None = None
    is_quiet: bool = False  # demo history: done by real people's names, told to nobody
    limits: Limits = NO_LIMITS

    @property
    def is_staff(self):
        return self.role in STAFF_ROLES

    @property
    def is_customer(self):
        return self.role in CUSTOMER_ROLES

    @property
    def sees_all(self):
        """Whether every account of the shop is within reach."""
        return self.role in ("admin", "system") or (self.is_staff and self.limits.reach == "all")

    @property
    def sees_own(self):
        """Whether of the shop's accounts only those that this employee, or somebody below him, looks after are."""
        return self.role in ("rep", "manager") and self.limits.reach == "own"

    @property
    def is_anonymous(self):
        return self.role == "anonymous"

    @property
    def is_system(self):
        return self.role == "system"

    def with_form(self, key, body_hash):
        """The same person sending one certain form."""
        return replace(self, form=FormKey(key, body_hash))


ANONYMOUS = Actor(Ref("anonymous", 0))


def system(name):
    """The actor for imports, demo data and the worker: may everything, is told nothing."""
    return Actor(Ref("system", 0), name=name, role="system")


def clock(name):
    """The actor for what falls due by itself: it may do nothing that is asked for, and people are told."""
    return Actor(Ref("system", 0), name=name, role="clock")


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told: whose inbox, which address, in which language."""

    ref: Ref
    name: str
    email: str | None = None
    language: str = "en"
    channels: tuple = field(default=("inbox", "mail"))

    def at(self, email):
        """The same person by mail alone at another address (the old one of a changed e-mail)."""
        return replace(self, email=email, channels=("mail",))


class Money(NamedTuple):
    """An amount in integer minor units of one currency: Money(12050, "PHP") is ₱120.50."""

    minor: int
    currency: str

    def __add__(self, other):
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added without a rate")
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self):
        return Money(-self.minor, self.currency)

    @property
    def decimal(self):
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    @classmethod
    def of(cls, text, currency, rounding=None, field="amount"):
        """Money from a number in major units, as people type it: "1250.5", "1,250.50".

        A comma that groups no thousands is refused: whoever types "1,50" does not mean 150. More decimals than the
        currency has are refused unless a `rounding` of the decimal module is named.
        Raises Invalid on `field`: amount-not-a-number, amount-too-fine, amount-too-large.
        """
        text = str(text).strip()
        if not is_figure(text):
            raise Invalid(**{field: "amount-not-a-number"})
        exact = Decimal(text.replace(",", "")).scaleb(minor_digits(currency))
        if abs(exact) > BIGGEST_MINOR:
            raise Invalid(**{field: "amount-too-large"})
        minor = exact.to_integral_value(rounding or ROUND_HALF_EVEN)
        if rounding is None and minor != exact:
            raise Invalid(**{field: ("amount-too-fine", {"digits": minor_digits(currency)})})
        return cls(int(minor), currency)


def is_figure(text):
    """Whether a text is a number as people type it: "1250.5", "1,250.50"; "1,50" is none."""
    return len(text) <= LONGEST_AMOUNT and _AMOUNT.fullmatch(text) is not None


def minor_digits(currency):
    """Decimal places of a currency (ISO 4217 through CLDR): PHP 2, THB 2, JPY 0."""
    return get_currency_precision((currency or "").upper())


def share(minor, basis_points):
    """`basis_points` / 10,000 of an amount, halves away from zero, as tax offices round.

    share(12_345, 1_200) == 1_481 (12 % of 123.45 is 14.814).
    """
    return int((Decimal(minor) * basis_points / 10_000).to_integral_value(ROUND_HALF_UP))


def rounded(exact):
    """A Decimal of minor units as a whole number, halves away from zero: rounded(Decimal("10.5")) == 11."""
    return int(exact.to_integral_value(ROUND_HALF_UP))


def inside(minor, basis_points):
    """The tax already inside a tax-inclusive amount: inside(11_200, 1_200) == 1_200."""
    return int((Decimal(minor) * basis_points / (10_000 + basis_points)).to_integral_value(ROUND_HALF_UP))


def basis_points(text, field="percent"):
    """Hundredths of a per cent from a typed per cent: "7.5" or "7,5 %" is 750. Raises Invalid: percent-malformed."""
    whole, _, part = str(text).strip().rstrip("%").strip().replace(",", ".").partition(".")
    if not (whole + part).isdecimal() or len(whole) > 3 or len(part) > 2:
        raise Invalid(**{field: "percent-malformed"})
    return int(whole or 0) * 100 + int(part.ljust(2, "0"))


def rating(text):
    """What a customer gives, 1 to 5, as a number. Raises Invalid(rating="choice-unknown")."""
    if str(text).strip() not in {str(n) for n in RATINGS}:
        raise Invalid(rating="choice-unknown")
    return int(text)


def one_line(text, longest=200):
    """Text for a one-line field: NFC, no control characters, blanks folded; None when nothing is left."""
    text = unicodedata.normalize("NFC", text or "")
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return re.sub(r" {2,}", " ", text).strip()[:longest] or None


def paragraphs(text, longest=4000):
    """Text for a field of several lines: NFC, line ends as \\n, no other control characters; "" when blank."""
    text = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return text.strip()[:longest]


def email(text, field="email"):
    """(shown, key): the address as it is written to, and the form in which it is compared.

    Both are NFKC, the domain is lower-cased and IDNA-checked; the key is in small letters, and no more: what case
    folding makes of ß and ς would let the mailbox of one person prove itself as another's. Raises Invalid:
    email-malformed.
    """
    try:
        found = validate_email(unicodedata.normalize("NFKC", text or "").strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Invalid(**{field: "email-malformed"})
    shown = found.normalized
    return shown, shown.lower()


def written_phone(text, field="phone"):
    """A phone number as it was written; None when blank.

    Only the impossible is refused (fewer than three digits, or more than twenty). Raises Invalid: phone-impossible.
    """
    text = one_line(text, 60)
    if text is None:
        return None
    if not 3 <= sum(c.isdigit() for c in text) <= 20:
        raise Invalid(**{field: "phone-impossible"})
    return text


def phone(text, country="PH", field="phone"):
    """A phone number as E.164 when it is a possible one, else as it was written; None when blank.

    People write extensions and old exchanges that no table knows. Raises Invalid: phone-impossible.
    """
    text = written_phone(text, field)
    if text is None:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return text
    if number.extension or not phonenumbers.is_valid_number(number):
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_thai_id(digits):
    """Whether the 13th digit of a Thai national or tax ID fits the others (modulo 11).

    Of 1234567890121: 1 × 13 + 2 × 12 + … + 2 × 2 = 352, 352 mod 11 = 0, and the last digit of 11 − 0 is 1.
    """
    if not re.fullmatch(r"[0-9]{13}", digits):
        return False
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
    return (11 - total % 11) % 10 == int(digits[12])
