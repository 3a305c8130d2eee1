"""How a kept value reads: the value of a noun's field as words, for letters and the audit pages."""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale

from portal import fields, store
from portal.custom_kinds import Added
from portal.values import Money
from portal.web import terms
from portal.web.terms.marks import N_
from portal.web.wording import LANGUAGES

OWN_NAMES = dict(LANGUAGES)
YES, NO = N_("yes"), N_("no")
ADDRESS = ("recipient", "line1", "line2", "district", "city", "region", "postal_code")


def reads(wording, value, noun, field, currency=None):
    """The value of `noun.field` as a person reads it in the language of `wording`; "–" for nothing.

    `value` is what was kept: a plain JSON value, dates and moments as ISO text; or a column of a row.
    """
    if value in (None, "", {}, []):
        return "–"
    value = value.isoformat() if isinstance(value, date) else value
    if field == "language" and value in OWN_NAMES:
        return OWN_NAMES[value]
    if isinstance(value, dict) and value.keys() == {"minor", "currency"}:
        return wording.money_text(Money(**value))
    known = (noun, field, value) if isinstance(value, str) else None
    if known in terms.WORDS:
        return terms.word(wording.gettext, *known)
    table = fields.TABLES.get(noun)
    known = table.ever.get(field) if table else None
    if isinstance(known, Added) and known.kind in ADDED:
        return ADDED[known.kind](wording, known, value)
    kind = known.kind if known else field
    if isinstance(value, bool):
        return wording.gettext(YES if value else NO)
    if kind == "money" or field.endswith("_minor"):
        return wording.money_text(Money(int(value), currency or wording.currency))
    if isinstance(value, int | float):
        return wording.number(value)
    if isinstance(value, str) and (kind in READERS or field.endswith(("_at", "_on"))):
        return READERS.get(kind, _time)(wording, value)
    return value if isinstance(value, str) else _listed(wording, value)


def _time(wording, value):
    """A day or moment; what cannot be one (an import's odd text) stays as it is."""
    try:
        if len(value) == len("2026-11-17"):
            return wording.day(date.fromisoformat(value))
        return wording.moment(datetime.fromisoformat(value))
    except ValueError:
        return value


def _country(wording, value):
    return Locale.parse(wording.language).territories.get(value, value)


def _number(kind, value):
    """A record by the number that stands in its address; what is a name already stays."""
    model = store.kinds().get(kind)
    return model.NUMBER.format(value) if model and isinstance(value, int) else str(value)


def _listed(wording, value):
    """A list of what it holds: an address line by line, the lines of an order by quantity and name."""
    if isinstance(value, dict):
        value = [value[name] for name in ADDRESS if value.get(name)] if "line1" in value else list(value.values())
    return ", ".join(_item(wording, part) for part in value if part not in (None, ""))


def _item(wording, part):
    if isinstance(part, dict) and {"quantity", "name"} <= part.keys():
        return f"{wording.number(part['quantity'])} × {part['name']}"
    return _listed(wording, part) if isinstance(part, dict) else str(part)


ADDED = {
    "record": lambda wording, field, value: _number(field.target, value),
    "file": lambda wording, field, value: _number("attachment", value),
    "choice": lambda wording, field, value: field.option(value, wording.language),
    "choices": lambda wording, field, value: ", ".join(field.option(key, wording.language) for key in value),
    "decimal": lambda wording, field, value: wording.number(Decimal(value), field.places),
}
READERS = {
    "date": _time,
    "moment": _time,
    "phone": lambda wording, value: wording.phone(value),
    "country": _country,
}
