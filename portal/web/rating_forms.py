"""The form by which a customer says how it was, whatever it was."""

from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField

from portal.values import RATINGS
from portal.web import forms, speech


class RateForm(forms.Form):
    """How it was: five words, and more in words."""

    rating = RadioField(lazy_gettext("How was it?"), validate_choice=False)
    words = TextAreaField(lazy_gettext("A word on it"), render_kw={"maxlength": 1000, "rows": 2})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rating.choices = [(str(n), speech.term("case", "rating", str(n))) for n in RATINGS]
