"""One table per noun: who may read, write, sort and filter each of its fields, and what values it takes."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import phonenumbers
from babel.numbers import is_currency

from portal import values
from portal.errors import Invalid
from portal.values import CUSTOMER_ROLES, STAFF_ROLES

STAFF = frozenset(STAFF_ROLES)
CUSTOMERS = frozenset(CUSTOMER_ROLES)
EVERYONE = STAFF | CUSTOMERS
MANAGERS = frozenset({"manager", "admin"})
OWN_ADMIN = frozenset({"customer_admin"})
BUYERS = frozenset({"buyer", "customer_admin"})
NOBODY = frozenset()
TABLES = {}  # noun -> its table, for what reads values of any noun (letters, the audit pages)
_added = [lambda noun, ever: {}]  # the fields that the shop itself added to a noun, see take_added

EARLIEST, LATEST = date(1800, 1, 1), date(2199, 12, 31)
# What turns the direction of reading, so that a name reads as another; and what broken bytes become.
UNREADABLE = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd")


@dataclass(frozen=True)
class Field:
    """A field of a noun: its name in the model, the roles that read and write it, and its use in lists.

    `kind` is text, words (several lines), number, money (minor units), date, moment, yes, choice, email, phone,
    website, country, currency or link (an id). `listed` puts it into lists and exports, `sort` and `filter` let an
    address ask for it.
    """

    name: str
    kind: str = "text"
    read: frozenset = STAFF
    write: frozenset = NOBODY
    sort: bool = False
    filter: bool = False
    listed: bool = True
    longest: int = 200
    choices: tuple = ()
    is_required: bool = False
    is_past: bool = False

    def clean(self, value, country="PH", currency="PHP"):
        """The value as it is kept: texts are "" when blank, others None. Raises Invalid on this field's name.

        `country` tells how a phone number without a country code is meant, `currency` what a typed amount is in.
        """
        if isinstance(value, str):
            value = sound(value, self.name, self.longest, lines=self.kind == "words")
        if value in (None, ""):
            if self.is_required:
                raise Invalid(**{self.name: "field-needed"})
            return BLANK.get(self.kind, "")
        if self.kind == "phone":
            return values.phone(value, country, self.name)
        if self.kind == "money" and isinstance(value, str):
            value = values.Money.of(value, currency, field=self.name).minor
        return CLEANERS[self.kind](self, value) if self.kind in CLEANERS else value

    def among(self, given):
        """This field as it counts in a form with the values `given`; None when it is not asked there at all."""
        return self


BLANK = {"number": None, "money": None, "date": None, "moment": None, "link": None, "yes": False}


def sound(text, field, longest, lines=False):
    """Text in NFC with blanks folded, refused rather than cut or mended.

    Raises Invalid on `field`: text-unreadable (NUL, control characters, broken letters, direction tricks),
    text-too-long.
    """
    text = unicodedata.normalize("NFC", text)
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    else:
        text = re.sub(r"[\t\r\n ]+", " ", text)
    for letter in text:
        kept = letter == "\n" and lines or letter == "\t"
        if letter in UNREADABLE or (not kept and unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")):
            raise Invalid(**{field: "text-unreadable"})
    text = text.strip()
    if len(text) > longest:
        raise Invalid(**{field: ("text-too-long", {"longest": longest})})
    return text


def _email(field, value):
    return values.email(value, field.name)[0]


def _choice(field, value):
    if value not in field.choices:
        raise Invalid(**{field.name: "choice-unknown"})
    return value


def _country(field, value):
    value = value.upper()
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid(**{field.name: "country-unknown"})
    return value


def _currency(field, value):
    value = value.upper()
    if not is_currency(value):
        raise Invalid(**{field.name: "currency-unknown"})
    return value


def _date(field, value):
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Invalid(**{field.name: "date-malformed"})
    value = value.date() if isinstance(value, datetime) else value
    if not EARLIEST <= value <= LATEST:
        raise Invalid(**{field.name: "date-malformed"})
    if field.is_past and value > values.shop_day():
        raise Invalid(**{field.name: "date-not-past"})
    return value


def _moment(field, value):
    """A moment in UTC; a text without a zone, as browsers send it, is meant in the shop's."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise Invalid(**{field.name: "moment-malformed"})
        zoned = value if value.tzinfo else value.replace(tzinfo=values.SHOP_ZONE)
        _date(field, zoned)
        value = zoned.astimezone(UTC).replace(tzinfo=None)
    return value


def _number(field, value):
    try:
        value = int(value)
    except (TypeError, ValueError):
        raise Invalid(**{field.name: "number-malformed"})
    limit = values.BIGGEST_MINOR if field.kind == "money" else 2**31 - 1
    if not 0 <= value <= limit:
        raise Invalid(**{field.name: "number-out-of-range"})
    return value


def _yes(field, value):
    return value in (True, "1", "on", "yes", "y", "true")


def _website(field, value):
    address = value if "://" in value else f"https://{value}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or "." not in host or " " in address or "@" in parts.netloc:
        raise Invalid(**{field.name: "website-malformed"})
    return address


CLEANERS = {
    "email": _email, "choice": _choice, "country": _country, "currency": _currency, "date": _date,
    "moment": _moment, "number": _number, "money": _number, "link": _number, "yes": _yes, "website": _website,
}  # fmt: skip


def take_added(function):
    """Take fields from elsewhere: `function(noun, ever)` is {name: Field}, `ever` with those that retired."""
    _added[0] = function


class Table:
    """The fields of one noun in their order of appearance: its own, then those that the shop added."""

    def __init__(self, noun, *fields):
        self.noun = noun
        self.own = {field.name: field for field in fields}
        self._whole = (None, self.own)  # the added fields that were met last, and all together
        TABLES.setdefault(noun, self)

    @property
    def fields(self):
        """{name: Field} of all that count now."""
        added = _added[0](self.noun, False)
        if not added:
            return self.own
        met, whole = self._whole
        if met is not added:
            whole = self.own | added
            self._whole = (added, whole)
        return whole

    @property
    def ever(self):
        """{name: Field}, with those that retired: what happened once is still told."""
        return self.own | _added[0](self.noun, True)

    def __iter__(self):
        return iter(self.fields.values())

    def __getitem__(self, name):
        return self.fields[name]

    def readable(self, actor, ever=False):
        """Names of the fields this person may read, in order; `ever` with those that retired."""
        fields = self.ever.values() if ever else self
        return self._open([f.name for f in fields if actor.is_system or actor.role in f.read], actor.limits.hidden)

    def writable(self, actor):
        """Names of the fields this person may set, in order."""
        return self._open([f.name for f in self if actor.is_system or actor.role in f.write], actor.limits.locked)

    def _open(self, names, taken):
        """The names without those that the shop's own role of this person takes away."""
        return [name for name in names if f"{self.noun}.{name}" not in taken] if taken else names

    def check(self, actor, names):
        """Raise Invalid(field="field-not-yours") for each name this person may not set."""
        writable = set(self.writable(actor))
        refused = [name for name in names if name not in writable]
        if refused:
            raise Invalid(**dict.fromkeys(refused, "field-not-yours"))

    def clean(self, changes, country="PH", currency="PHP"):
        """The values as they are kept, by name; every fault at once in one Invalid."""
        kept, problems = {}, {}
        for name, value in changes.items():
            field = self[name].among(changes)
            if field is None:
                continue
            try:
                kept[name] = field.clean(value, country, currency)
            except Invalid as fault:
                problems |= fault.problems
        if problems:
            raise Invalid(**problems)
        return kept
