"""Filters of lists: how the fields of a noun are asked for in a readable address, each by the kind of its field.

`state=placed,confirmed` · `owner=me` · `is_active=no` · `total.from=100&total.to=500` · `placed_at=today` ·
`placed_at.from=today-7` · `po_number=word` (contains) · `none` and `any` (empty and filled).
"""

import operator
import re
from datetime import date, timedelta
from functools import reduce

import peewee
import phonenumbers
from babel import Locale
from babel.numbers import is_currency
from flask_babel import gettext

from portal import values
from portal.errors import Invalid, NotFound
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.rows import as_indexed
from portal.values import Money
from portal.web import noun_forms, speech, terms

NONE, ANY, ME = "none", "any", "me"
MOST_VALUES = 20
MOST_OPTIONS = 200
RELATIVE = re.compile(r"today(?:([+ -])(\d{1,4}))?")  # a plus that was not quoted arrives as a blank
YES_NO = {"yes": True, "no": False}


def key_of(field_name):
    """What a field is called in addresses: amounts without their unit."""
    return field_name.removesuffix("_minor")


class Filter:
    """One thing a list can be narrowed by. `keys` are its names in the address, the first its own."""

    kind = "text"  # how its control is drawn
    may_group = False
    sort = ""  # the order of a list that is asked for by it and by no other order

    def __init__(self, noun, field, column):
        self.noun, self.field, self.column = noun, field, column
        self.name = key_of(field.name)
        self.keys = (self.name,)

    @property
    def label(self):
        return speech.term(self.noun, self.field.name)

    def narrow(self, query, asked, actor):
        """`query` under what the address asks. Raises Invalid with a sentence for what cannot be read."""
        text = asked.get(self.name)
        if text and not text.strip(", "):
            raise self.refuse("filter-choice-unknown", value=text)
        return query.where(self.where(text, actor)) if text else query

    def where(self, text, actor):
        """Text that contains it, whatever its case; `none` is empty and `any` filled."""
        empty = (self.column == "") | self.column.is_null() if self.column.null else self.column == ""
        if text in (NONE, ANY):
            return empty if text == NONE else ~empty
        return self.column.contains(text)

    def words(self, asked, actor):
        """What is asked, as a person reads it."""
        return {NONE: gettext("empty"), ANY: gettext("filled")}.get(asked[self.name], f"“{asked[self.name]}”")

    def control(self, asked, actor):
        """What the panel of filters shows for it."""
        value = asked.get(self.name, "")
        return {"kind": self.kind, "name": self.name, "id": f"f-{self.name}", "label": self.label, "value": value}

    def pick(self, asked, actor):
        """The same as one choice of a sentence, None where it is none."""
        made = self.control(asked, actor)
        return made if made and made["kind"] == "pick" else None

    def refuse(self, message, **parameters):
        return Invalid(**{self.name: (message, parameters)})


class Choice(Filter):
    """One of several words, or several: `state=placed,confirmed`; `groups` are words for some together.

    A group is (label, words) or (label, words, the condition of an index over just these rows).
    """

    kind = "checks"
    may_group = True

    def __init__(self, noun, field, column, groups=None):
        super().__init__(noun, field, column)
        self.groups = groups or {}  # {"open": (label, ("placed", …))}
        self.known = field.choices or tuple(k[2] for k in terms.WORDS if len(k) == 3 and k[:2] == (noun, field.name))

    def where(self, text, actor):
        if text in self.groups:
            return self._of_group(*self.groups[text][1:])
        wanted = []
        for part in parts(text) or [text]:
            if part in self.groups:
                wanted += self.groups[part][1]
            else:
                wanted.append(self.value(part))
        return self.column == wanted[0] if len(wanted) == 1 else self.column.in_(wanted)

    def _of_group(self, wanted, indexed=None):
        if indexed is not None:
            return as_indexed(indexed)
        return self.column.is_null(False) if set(wanted) >= set(self.known) else self.column.in_(wanted)

    def value(self, text):
        if text == NONE and "" in self.known:
            return ""
        if self.known and text not in self.known:
            raise self.refuse("filter-choice-unknown", value=text)
        return text

    def word(self, value):
        if value in self.groups:
            return gettext(self.groups[value][0])
        return terms.word(gettext, self.noun, self.field.name, value or "") or gettext("none")

    def words(self, asked, actor):
        return speech.wording().list_words([self.word(part) for part in parts(asked[self.name])])

    def control(self, asked, actor):
        options = [(value or NONE, self.word(value)) for value in (*self.groups, *self.known)]
        return super().control(asked, actor) | {"options": options, "chosen": parts(asked.get(self.name, ""))}

    def pick(self, asked, actor):
        made = self.control(asked, actor)
        text = made["value"]
        several = [(text, self.words(asked, actor))] if "," in text else []
        return made | {"options": [("", gettext("any")), *made["options"], *several]}


class Code(Choice):
    """A country or currency by its code."""

    def value(self, text):
        code = text.upper()
        known = phonenumbers.SUPPORTED_REGIONS if self.field.kind == "country" else None
        if code not in known if known is not None else not is_currency(code):
            raise self.refuse("filter-choice-unknown", value=text)
        return code

    def word(self, value):
        if self.field.kind == "country":
            return Locale.parse(speech.language()).territories.get((value or "").upper(), value)
        return (value or "").upper()

    def control(self, asked, actor):
        made = Filter.control(self, asked, actor)
        known = [*noun_forms.countries(speech.language())] if self.field.kind == "country" else []
        known = known or [(code, code) for code in noun_forms.CURRENCIES]
        several = [(made["value"], made["value"])] if made["value"] not in (*dict(known), "") else []
        return made | {"kind": "pick", "options": [("", gettext("any")), *known, *several]}

    def pick(self, asked, actor):
        return self.control(asked, actor)


class Yes(Filter):
    """`is_active=yes` or `no`."""

    kind = "pick"
    may_group = True

    def where(self, text, actor):
        if text not in YES_NO:
            raise self.refuse("filter-yes-or-no", value=text)
        return self.column == YES_NO[text]

    def word(self, value):
        return gettext("yes") if value in (True, "yes") else gettext("no")

    def words(self, asked, actor):
        return self.word(asked[self.name])

    def control(self, asked, actor):
        options = [("", gettext("either")), *((text, self.word(text)) for text in YES_NO)]
        return super().control(asked, actor) | {"options": options}


class Span(Filter):
    """A number, an amount in major units, a day or a moment: one value, or `.from` and `.to`."""

    kind = "span"

    def __init__(self, noun, field, column):
        super().__init__(noun, field, column)
        self.keys = (self.name, f"{self.name}.from", f"{self.name}.to")
        self.is_day = field.kind in ("date", "moment")

    def narrow(self, query, asked, actor):
        exact, first, last = (asked.get(key) for key in self.keys)
        if exact in (NONE, ANY):
            query = query.where(self.column.is_null(exact == NONE))
        elif exact:
            query = query.where(self._from(exact, asked) & self._to(exact, asked))
        if first:
            query = query.where(self._from(first, asked))
        return query.where(self._to(last, asked)) if last else query

    def _from(self, text, asked):
        value = self.read(text, asked)
        return self.column >= (values.shop_midnight(value) if self.field.kind == "moment" else value)

    def _to(self, text, asked):
        value = self.read(text, asked)
        if self.field.kind == "moment":
            return self.column < values.shop_midnight(value + timedelta(days=1))
        return self.column <= value

    def read(self, text, asked):
        """The value of a bound; amounts are meant in the currency that the address asks for, else in the shop's."""
        if self.is_day:
            return day(text, self.name)
        if self.field.kind == "money":
            currency = asked.get("currency", "").upper()
            currency = currency if is_currency(currency) else speech.settings().shop_currency
            return Money.of(text, currency, rounding="ROUND_HALF_EVEN", field=self.name).minor
        number = re.fullmatch(r"[+-]?\d{1,9}", text)
        if not number:
            raise self.refuse("number-malformed")
        return int(text)

    def words(self, asked, actor):
        exact, first, last = (asked.get(key) for key in self.keys)
        if exact:
            return Filter.words(self, asked, actor) if exact in (NONE, ANY) else self.word(exact)
        if first and last:
            return gettext("%(first)s to %(last)s", first=self.word(first), last=self.word(last))
        if first:
            return gettext("from %(first)s", first=self.word(first))
        return gettext("up to %(last)s", last=self.word(last))

    def word(self, text):
        if not self.is_day:
            return text
        return gettext("today") if text == "today" else speech.wording().day(day(text, self.name))

    def control(self, asked, actor):
        exact = asked.get(self.name, "")
        bounds = [(key, asked.get(key) or (exact if exact not in (NONE, ANY) else "")) for key in self.keys[1:]]
        is_date = self.is_day and not any(text.startswith("today") for _, text in bounds)
        bounds = [(key, text, "date" if is_date else "text") for key, text in bounds]
        return super().control(asked, actor) | {"bounds": bounds, "may_be_empty": self.column.null}


class Link(Filter):
    """Another record by its number: `owner=12`, several by commas, `me` for an employee, `none`, `any`."""

    kind = "text"
    may_group = True

    def where(self, text, actor):
        if text in (NONE, ANY):
            return self.column.is_null(text == NONE)
        wanted = [self.column == self._one(part, actor) for part in parts(text) or [text]]
        return reduce(operator.or_, wanted)

    @property
    def target(self):
        return self.column.rel_model

    def _one(self, text, actor):
        if text == ME and self.target is Employee:
            return actor.employee
        try:
            named = self.target.by_number(text)
        except NotFound:
            raise self.refuse("filter-record-unknown", value=text)
        if str(text).isdigit() and len(text) > 9:
            return 0
        return self.target.select(self.target.id).where(named)

    def words(self, asked, actor):
        text = asked[self.name]
        fixed = {NONE: gettext("nobody") if self.target is Employee else gettext("none"), ANY: gettext("any")}
        if text in fixed:
            return fixed[text]
        return speech.wording().list_words([self._word_of(part, actor) for part in parts(text)])

    def _word_of(self, text, actor):
        """The name of a record this person may see; of others the number that was typed, and nothing more."""
        if text == ME:
            return gettext("me")
        try:
            row = self.target.visible_to(actor).where(self.target.by_number(text)).first()
        except (NotFound, AttributeError):
            return text
        return getattr(row, "name", text)

    def names(self, ids):
        """{id: name or number} of the records that a count found."""
        rows = self.target.select().where(self.target.id.in_(ids))
        return {row.id: (getattr(row, "name", None) or row.number, row.number) for row in rows}

    def control(self, asked, actor):
        made = super().control(asked, actor)
        if self.target not in (Employee, Team):
            return made
        rows = self.target.select(self.target.id, self.target.name).order_by(self.target.name).limit(MOST_OPTIONS)
        rows = rows.where(Employee.is_active) if self.target is Employee else rows
        fixed = [("", gettext("anybody")), (ME, gettext("me")), (NONE, gettext("nobody"))]
        fixed = fixed if self.target is Employee else [("", gettext("any")), (NONE, gettext("none"))]
        options = [*fixed, *((str(key), name) for key, name in rows.tuples())]
        value = made["value"]
        known = value in {option for option, _ in options}
        return made | {"kind": "pick", "options": options if known else [*options, (value, value)]}


class Custom(Filter):
    """A filter that a noun declares by a function of its own; `options` [(value, word)] put it into the panel."""

    def __init__(self, noun, name, function):
        self.noun, self.name, self.keys, self.function = noun, name, (name,), function

    @property
    def label(self):
        return speech.term(self.noun, self.name)

    def narrow(self, query, asked, actor):
        text = asked.get(self.name)
        return self.function(query, text, actor) if text else query

    def words(self, asked, actor):
        text = asked[self.name]
        return {ME: gettext("me"), NONE: gettext("none")}.get(text) or terms.word(gettext, self.noun, self.name, text)

    def control(self, asked, actor):
        return None


KINDS = {
    "choice": Choice, "country": Code, "currency": Code, "yes": Yes, "link": Link,
    "number": Span, "money": Span, "date": Span, "moment": Span,
}  # fmt: skip


def filters_of(table, model):
    """{name: Filter} of the fields that the table opens and the model keeps in a column of its own."""
    found = {}
    for field in table:
        column = model._meta.fields.get(field.name)
        if field.filter and column is not None:
            kind = Link if isinstance(column, peewee.ForeignKeyField) else KINDS.get(field.kind, Filter)
            made = kind(table.noun, field, column)
            found[made.name] = made
    return found


def one_of(options, text, name):
    """The text when it is one of a few words that a filter of a noun's own takes. Raises Invalid on its name."""
    if text not in options:
        raise Invalid(**{name: ("filter-choice-unknown", {"value": text})})
    return text


def day(text, name):
    """A day as year-month-day, or by the shop's calendar: `today`, `today-7`. Raises Invalid(name=date-malformed)."""
    moved = RELATIVE.fullmatch(text)
    try:
        if moved:
            step = int(moved[2] or 0) * (-1 if moved[1] == "-" else 1)
            return values.shop_day() + timedelta(days=step)
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2199:
        raise Invalid(**{name: "filter-day-malformed"})
    return found


def parts(text):
    """The values that an address parts by commas."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))[:MOST_VALUES]
