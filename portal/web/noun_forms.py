"""Forms made from a noun's field table: one input per field this person may write, worded and ready to be sent."""

from datetime import UTC, datetime
from functools import lru_cache

import phonenumbers
from babel import Locale
from flask_babel import gettext
from wtforms import BooleanField, EmailField, SelectField, StringField, TelField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput, DateTimeLocalInput

from portal import custom, values
from portal.custom_kinds import Added
from portal.values import Money
from portal.web import custom_inputs, forms, speech, terms
from portal.web.wording import NBSP, Wording

FIRST_COUNTRIES = ("PH", "TH")
CURRENCIES = ("PHP", "THB", "USD", "EUR", "GBP", "JPY", "AUD", "CAD", "SGD", "HKD")


class DateText(StringField):
    """A day as the browser's date field sends it; the domain reads and checks it."""

    widget = DateInput()

    def _value(self):
        return str(self.data or "")


class MomentText(StringField):
    """A day and an hour as the browser's field sends them, by the shop's clock; the domain reads and checks it."""

    widget = DateTimeLocalInput()

    def _value(self):
        if isinstance(self.data, datetime):
            return f"{self.data.replace(tzinfo=UTC).astimezone(values.SHOP_ZONE):%Y-%m-%dT%H:%M}"
        return str(self.data or "")


class MoneyText(StringField):
    """An amount in major units as typed; a stored amount is shown as such."""

    currency = "PHP"

    def _value(self):
        return str(Money(self.data, self.currency).decimal) if isinstance(self.data, int) else self.data or ""


class PhoneText(TelField):
    """A number, shown as it is dialled in `country`, and with its country code elsewhere; what was typed stays."""

    country = ""

    def _value(self):
        if self.raw_data:
            return str(self.raw_data[0])
        return Wording(country=self.country).phone(self.data).replace(NBSP, " ") if self.data else ""


INPUTS = {
    "text": StringField, "words": TextAreaField, "email": EmailField, "website": URLField,
    "date": DateText, "moment": MomentText, "money": MoneyText, "yes": BooleanField,
}  # fmt: skip


def form_over(table, names, actor, record=None, *, base=None, prefix="", is_sent=True, may=None, **data):
    """A form over those fields of `names` that this person may write, filled from what was sent, `record` or `data`.

    `may` names those that he may write by another rule than the table's. With a record it is an EditForm, which
    carries the version. Of several forms on a page only the one that was sent has `is_sent`, and `prefix` keeps their
    ids apart.
    """
    writable = set(table.writable(actor) if may is None else may)
    base = base or (forms.EditForm if record is not None else forms.Form)
    chosen = tuple(table[name] for name in names if name in writable)
    kinds = {field.kind for field in chosen}
    currency = _currency_of(record) if "money" in kinds else ""
    home = _home_of(record) if "phone" in kinds else ""
    now = tuple(getattr(record, field.name, None) for field in chosen if field.kind == "currency")
    sent = {} if is_sent else {"formdata": None}
    form = _class_over(table.noun, chosen, base, speech.language(), currency, home, now)
    begun = {field.name: field.default for field in chosen if record is None and getattr(field, "default", None)}
    made = form(obj=record, data=begun | data, **sent)
    for field in made if prefix else ():
        field.id = field.label.field_id = f"{prefix}-{field.id}"
    return made


def own_of(table, actor):
    """Names of the fields that the shop added and this person fills in, for a form that makes a new record."""
    added = custom.fields_of(table.noun)
    return tuple(name for name in table.writable(actor) if name in added and added[name].kind != "file")


@lru_cache(200)
def _class_over(noun, chosen, base, language, currency, home, now):
    """The class of such forms, in a language; kept, because making one costs as much as the rest of a page."""
    inputs = {field.name: _input(noun, field, currency, home, now) for field in chosen}
    own = [field for field in chosen if isinstance(field, Added)]
    inputs["own"] = tuple(field.name for field in own)
    inputs["needed"] = tuple(field.name for field in own if field.is_required and not field.shown_if)
    return type(f"{noun.title()}Form", (base,), inputs)


def _input(noun, field, currency, home, now):
    label = speech.term(noun, field.name)
    if isinstance(field, Added) and (made := custom_inputs.input_of(noun, field, label)):
        return made
    if field.kind in ("choice", "country", "currency"):
        choices = [SelectChoice(*choice) for choice in choices_of(noun, field, now)]
        return SelectField(label, choices=choices, validate_choice=False)
    bare = field.kind in ("yes", "date", "moment")
    limit = {} if bare else {"render_kw": {"maxlength": field.longest}}
    limit = custom_inputs.told(noun, field, limit) if isinstance(field, Added) else limit
    if field.kind == "money":
        label = f"{label} ({currency})" if isinstance(field, Added) else label
        return type("MoneyIn", (MoneyText,), {"currency": currency})(label, **limit)
    if field.kind == "phone":
        return type("PhoneIn", (PhoneText,), {"country": home})(label, **limit)
    return INPUTS.get(field.kind, StringField)(label, **limit)


def _currency_of(record):
    """The currency of a record's amounts: its own, else that of its account."""
    account = getattr(record, "account", None)
    return getattr(record, "currency", None) or getattr(account, "currency", None) or speech.settings().shop_currency


def _home_of(record):
    """The country in which the record's own verbs read a number without a code; "" where the form may change it."""
    if record is None or "line1" in record._meta.fields:
        return ""
    return getattr(record, "country", None) or getattr(getattr(record, "account", None), "country", "")


def choices_of(noun, field, now=()):
    """[(value, word)] of a field with a closed list of values; of currencies those that stand there `now` first."""
    if field.kind == "country":
        return countries(speech.language())
    if field.kind == "currency":
        return [(code, code) for code in dict.fromkeys([*filter(None, now), *CURRENCIES])]
    return [(value, word(noun, field.name, value)) for value in field.choices]


def word(noun, name, value):
    """The word of a choice, its first letter large, as it stands alone."""
    found = gettext(terms.WORDS[noun, name, value])
    return found[:1].upper() + found[1:]


@lru_cache(8)
def countries(language):
    """[(code, name)] of all countries in a language, the shop's neighbours first."""
    names = Locale.parse(language).territories
    codes = [code for code in phonenumbers.SUPPORTED_REGIONS if code not in FIRST_COUNTRIES]
    others = sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])
    return [(code, names[code]) for code in FIRST_COUNTRIES] + others
