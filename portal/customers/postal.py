"""Postal forms: what an address needs, how its parts are called and in which order they are printed, by country."""

import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from babel import Locale

from portal import search

PLACE = ("line1", "line2", "district", "city", "region", "postal_code", "country")
POSTAL_FIRST = {
    "AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "IT", "LU", "MX", "NL", "NO", "PL", "PT", "SE",
}  # fmt: skip


class Form(NamedTuple):
    """How a country writes addresses: the name of its form, which parts are needed, figures of its postal code."""

    name: str
    needed: tuple
    postal_digits: int | None = None


FORMS = {
    "PH": Form("PH", ("line1", "district", "city"), 4),
    "TH": Form("TH", ("line1", "district", "city", "region", "postal_code"), 5),
}
GENERAL = Form("", ("line1", "city"))


def form_of(country):
    """The form in which this country writes addresses."""
    return FORMS.get(country, GENERAL)


def problems(place):
    """{field: message id} of what a place lacks in its country's form."""
    form = form_of(place["country"])
    found = {name: "field-needed" for name in form.needed if not place.get(name)}
    code = place.get("postal_code")
    if code and form.postal_digits and not re.fullmatch(rf"[0-9]{{{form.postal_digits}}}", code):
        found["postal_code"] = {4: "postal-code-four", 5: "postal-code-five"}[form.postal_digits]
    return found


def lines(place, home=None, language="en"):
    """A place (an Address, or its snapshot) as its country prints it, without recipient and phone.

    The country stands last when it is not `home`; `home=None` never names it.
    """
    part = _parts(place)
    written = {"PH": _philippine, "TH": _thai}.get(part["country"], _general)(part)
    if home and part["country"] != home:
        written.append(Locale.parse(language).territories.get(part["country"], part["country"]))
    return [line for line in (part["line1"], part["line2"], *written) if line]


def _parts(place):
    read = place.get if isinstance(place, Mapping) else partial(getattr, place)
    return {name: read(name) or "" for name in PLACE}


def _philippine(part):
    """Brgy. Commonwealth / Quezon City 1121 / Metro Manila."""
    barangay = part["district"]
    if barangay and not re.match(r"(?i)(brgy|bgy|barangay|poblacion|pob)\b", barangay):
        barangay = f"Brgy. {barangay}"
    return [barangay, _joined(" ", part["city"], part["postal_code"]), part["region"]]


def _thai(part):
    """แขวงบางจาก เขตพระโขนง / กรุงเทพมหานคร 10260; without the Thai titles when written in Latin letters."""
    near, wide = part["district"], part["city"]
    is_thai = any("ก" <= letter <= "ฮ" for letter in near + wide)
    if not is_thai:
        return [_joined(", ", near, wide), _joined(" ", part["region"], part["postal_code"])]
    capital = "กรุงเทพ" in part["region"] or part["region"].startswith("กทม")
    titles = (("แขวง", "ต.", "ตำบล"), ("เขต", "อ.", "อำเภอ"))
    near = _titled(near, titles[0], 0 if capital else 1)
    wide = _titled(wide, titles[1], 0 if capital else 1)
    return [_joined(" ", near, wide), _joined(" ", part["region"], part["postal_code"])]


def _titled(name, titles, choice):
    return name if not name or name.startswith(titles) else titles[choice] + name


def _general(part):
    """Bothell, Washington 98011 · 12209 Berlin."""
    if part["country"] in POSTAL_FIRST:
        return [part["district"], _joined(" ", part["postal_code"], part["city"]), part["region"]]
    city = _joined(", ", part["city"], part["region"])
    return [part["district"], _joined(" ", city, part["postal_code"])]


def _joined(between, *parts):
    return between.join(part for part in parts if part)


def same_place(one, other):
    """Whether two places are the same once case, accents, blanks and points are forgotten."""
    return _key(one) == _key(other)


def _key(place):
    text = " ".join(search.fold(part) for part in _parts(place).values())
    text = re.sub(r"\b(barangay|brgy|bgy)\b", "", text)
    return "".join(letter for letter in text if letter.isalnum() or "\u0e30" <= letter <= "\u0e4e")
