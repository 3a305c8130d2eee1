"""Deeds: what a noun lets people do to many rows of its list at once, and how each is asked for."""

from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from portal.people import policy
from portal.people.employees import Employee
from portal.people.teams import Team
from portal.web import noun_forms, reading, speech
from portal.web.list_filters import MOST_OPTIONS
from portal.whole import binning


@dataclass(frozen=True)
class Deed:
    """One thing done to many: `verb(row, by, value)` calls the noun's own verb, for whoever may do `may`.

    `field` is whose old and new value the preview shows. `asks` is what value is asked for: "" none, "field" one of
    that field, "words" a text under `word`. `hold(rows)` locks what the verb will, of all rows at once.
    """

    name: str
    may: str
    verb: object
    field: str
    label: object = ""
    asks: str = ""
    word: object = ""
    hold: object = None

    def title(self, noun):
        if self.label:
            return str(self.label)
        return gettext("Set: %(field)s", field=speech.term(noun, self.field))

    def bound(self, value):
        """The verb with its value: function(row, by)."""
        return lambda row, by: self.verb(row, by, value)

    def control(self, table):
        """What the page asks for, as lists/_control.html draws it; None when nothing is asked."""
        if not self.asks:
            return None
        made = {"kind": "text", "name": "value", "id": f"value-{self.name}", "value": ""}
        if self.asks == "words":
            return made | {"label": str(self.word)}
        field = table[self.field]
        made |= {"label": speech.term(table.noun, self.field)}
        if field.kind == "link":
            return made | {"kind": "pick", "options": _people(self.field)}
        if field.kind == "yes":
            return made | {"kind": "pick", "options": [("yes", gettext("yes")), ("", gettext("no"))]}
        if field.kind in ("choice", "country", "currency"):
            return made | {"kind": "pick", "options": noun_forms.choices_of(table.noun, field)}
        return made

    def reads(self, value, table):
        """A value of the field as the preview shows it."""
        if isinstance(value, str) and table[self.field].kind == "link":
            return value
        return reading.reads(speech.wording(), value, table.noun, self.field)


def edit(may, field):
    """A deed that sets one field by the noun's `edit`."""

    def verb(row, by, value):
        return row.edit(by=by, version=row.version, **{field: value})

    return Deed(field, may, verb, field, asks="field")


def delete(may):
    """A deed that puts rows into the bin."""

    def verb(row, by, value):
        binning.delete(row, by=by, version=row.version)
        row.name = ""  # what the preview shows of it afterwards

    return Deed("delete", may, verb, "name", lazy_gettext("Delete them"))


def open_to(actor, deeds, table):
    """Those of `deeds` this person may do at all: by right, and by the field table where a field is set."""
    writable = set(table.writable(actor))
    return [
        deed for deed in deeds
        if policy.may(actor, deed.may) and (deed.asks != "field" or deed.field in writable)
    ]  # fmt: skip


def _people(field):
    model, nobody = (Team, gettext("everybody")) if field == "team" else (Employee, gettext("nobody"))
    rows = model.select(model.id, model.name).order_by(model.name).limit(MOST_OPTIONS)
    rows = rows.where(Employee.is_active) if model is Employee else rows
    return [("", nobody), *((str(key), name) for key, name in rows.tuples())]
