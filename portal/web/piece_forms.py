"""Forms that ask something for each line of an order: how many leave, how many should not come, on which day."""

from flask import request
from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField

from portal.errors import Invalid
from portal.sales import quotes
from portal.web import forms

NAME = "pieces:"  # names of the fields of lines, followed by the line's id
NOTHING = ("", "0")


class PiecesForm(forms.Form):
    """A form with one field for each line; what was typed stays, and each fault stands at its line."""

    ASKED = "pieces"  # keyword of the verb that takes {line id: what was typed}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.typed = {} if "formdata" in kwargs else _sent()
        self.faults = {}

    def text(self, line, otherwise=""):
        """What stands in the field of a line."""
        return self.typed.get(line.id, otherwise) if self.typed else otherwise

    def values(self):
        return super().values() | {self.ASKED: self.read()}

    def read(self):
        """{line id: pieces} as typed; raises Invalid on "line_<id>" for what is no number."""
        found, problems = {}, {}
        for line, text in self.typed.items():
            try:
                found[line] = 0 if text.strip() in NOTHING else quotes.read_quantity(text)
            except Invalid as refusal:
                problems[f"line_{line}"] = next(iter(refusal.problems.values()))
        if problems:
            raise Invalid(**problems)
        return found

    def accuse(self, refusal):
        """Faults of lines stand at their fields, and at the top."""
        for name, (message, params) in refusal.problems.items():
            line = name.removeprefix("line_")
            if line != name and line.isdigit():
                self.faults[int(line)] = forms.speech_of(message, **params)
        super().accuse(refusal)


class ShipForm(PiecesForm):
    """What leaves now, who carries it, and under which number it can be followed."""

    ASKED = "quantities"
    carrier = StringField(lazy_gettext("Carrier"), id="ship-carrier", render_kw={"maxlength": 80})
    tracking_number = StringField(lazy_gettext("Tracking number"), id="ship-number", render_kw={"maxlength": 80})
    tracking_url = StringField(lazy_gettext("Link to follow it"), id="ship-link", render_kw={"maxlength": 300})
    note = StringField(lazy_gettext("Note to the customer"), id="ship-note", render_kw={"maxlength": 500})


class CutForm(PiecesForm):
    """How many of each line should not come, and why."""

    reason = TextAreaField(lazy_gettext("Why not these?"), id="cut-reason", render_kw={"maxlength": 500, "rows": 2})


class PromiseForm(PiecesForm):
    """The day on which what waits will come, line by line."""

    ASKED = "days"

    def read(self):
        return dict(self.typed)


def _sent():
    """{line id: text} of the fields of lines; names that nobody made are passed over."""
    found = {}
    for name, text in request.form.items():
        line = name.removeprefix(NAME)
        if line != name and line.isascii() and line.isdigit() and len(line) < 10:
            found[int(line)] = text
    return found
