"""What is known of a person or a company, in the form in which two of them are compared."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from portal.alike import firm_names, person_names, places, reaching
from portal.alike.repairing import repaired
from portal.alike.spelling import distance

_DATE_FORMS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%Y%m%d",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d-%b-%y",
)
FILLERS = {(1, 1)}  # day and month that old systems write when they know none
BUDDHIST_YEARS = 543

LONGEST = 600


class Facts(NamedTuple):
    """One record: people or a firm by name, ways to reach them, places, birthday, tax number, employer, gender."""

    name: str = ""
    is_firm: bool = False
    legal_name: str = ""
    mails: tuple = ()
    phones: tuple = ()
    places: tuple = ()
    born_on: date | None = None
    tax: str = ""
    employer: firm_names.Firm | None = None
    gender: str = ""

    @property
    def people(self):
        return person_names.read(self.name) if self.name else ()

    @property
    def firm(self):
        return firm_names.read(self.name) if self.name else None

    @property
    def firms(self):
        """The names of a company, also that of its papers and those it had."""
        names = [part for name in (self.name, self.legal_name) for part in firm_names.all_of(name)]
        return [firm_names.read(name) for name in dict.fromkeys(names)]


def facts(
    name="",
    *,
    is_firm=None,
    emails=(),
    phones=(),
    addresses=(),
    born_on=None,
    tax="",
    employer="",
    gender="",
    legal_name="",
):
    """Facts from texts as people typed them; what stands in a wrong field is taken for what it is.

    `is_firm`: whether the name is that of a company; None when the name must tell. `born_on` is a date or a text.
    Of each text only the first LONGEST letters are read: nobody's name is longer, and comparing takes its square.
    """
    name, emails, phones = _sorted_out(_clipped(name), map(_clipped, emails), map(_clipped, phones))
    legal_name, employer, tax = _clipped(legal_name), _clipped(employer), _clipped(tax)
    addresses = map(_clipped, addresses)
    if is_firm is None:
        is_firm = firm_names.is_one(name)
    return Facts(
        name=name.strip(),
        is_firm=bool(is_firm),
        legal_name=legal_name.strip(),
        mails=tuple(dict.fromkeys(filter(None, map(reaching.mail, emails)))),
        phones=tuple(dict.fromkeys(filter(None, map(reaching.phone, phones)))),
        places=tuple(dict.fromkeys(places.read(address) for address in addresses if address and address.strip())),
        born_on=day_of(born_on) if isinstance(born_on, str) else born_on,
        tax=re.sub(r"\D", "", repaired(tax)).removesuffix("000") if tax else "",
        employer=firm_names.read(employer) if employer else None,
        gender={"m": "male", "f": "female", "male": "male", "female": "female"}.get(
            str(gender).strip().casefold(), ""
        ),
    )


def _clipped(text):
    return str(text or "")[:LONGEST]


def _sorted_out(name, emails, phones):
    """A phone number in the field of the e-mail, an e-mail in that of the name: each where it belongs."""
    name, mails, numbers = str(name or ""), [], []
    for found in reaching.EMAIL.findall(name):
        mails.append(found)
        name = name.replace(found, " ")
    for text in (*emails, *phones):
        text = repaired(str(text or "")).strip()
        if "@" in text:
            mails += [part for part in re.split(r"[;,/\s]++(?=\S+@)", text) if part]
        elif sum(c.isdigit() for c in text) >= 6:
            numbers += _numbers(text)
        elif text and re.search(r"\w[\w.\-]+ ?(?:\(at\)|\[at\]| at ) ?\w", text):
            mails.append(text)
    digits = re.search(r"\+?\d[\d\s().\-]{6,}\d", name)
    if digits:
        numbers.append(digits[0])
        name = name.replace(digits[0], " ")
    return name, mails, numbers


def _numbers(text):
    """The phone numbers of one field: "0917 555 0188 / 0918 555 0199" are two."""
    parts = [
        part for part in re.split(r"\s*(?:/|;|,|\bor\b|\band\b|\|)\s*", text) if sum(c.isdigit() for c in part) >= 6
    ]
    return parts or [text]


@lru_cache(20_000)
def day_of(text):
    """The date that a text names in the spellings people use, a Buddhist year taken back; None when it is none."""
    text = re.split(r"[ T]\d\d:", repaired(text).strip())[0]
    for form in _DATE_FORMS:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 a day, no moment
        except ValueError:
            continue
        return day.replace(year=day.year - BUDDHIST_YEARS) if day.year > 2400 else day
    return None


def compare_days(one, other):
    """(bits, reason): the same birthday, one written otherwise, another one."""
    if (one.month, one.day) in FILLERS and (other.month, other.day) in FILLERS:
        return (3, "born-same") if one == other else (-2, "")
    if one == other:
        return 13, "born-same"
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return 8, "born-turned"
    if (one.month, one.day) in FILLERS or (other.month, other.day) in FILLERS:
        return (1, "") if one.year == other.year else (-2, "")
    digits, other_digits = one.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    if distance(digits, other_digits) == 1:
        return (3, "born-near") if one.year != other.year or one.month == other.month else (1, "born-near")
    return -14, "born-other"


def compare_tax(one, other):
    """(bits, reason): the same number, one with its branch, or another one."""
    short, long = sorted((one, other), key=len)
    if len(short) < 6:
        return 0, ""
    if one == other or (len(short) >= 9 and long.startswith(short)):
        return 15, "tax-same"
    if len(one) == len(other) and distance(one, other) == 1:
        return 6, "tax-typed"
    return -7, "tax-other"
