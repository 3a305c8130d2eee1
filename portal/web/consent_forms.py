"""What a person agrees to, as forms of both faces ask for it: a box for each purpose and channel."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, StringField

from portal.customers import consent
from portal.web import forms
from portal.web.speech import term

AGREED = type("Agreed", (), {key: BooleanField() for key in consent.KEYS})


class ConsentForm(AGREED, forms.Form):
    """A person's own answers."""


class HeardForm(ConsentForm):
    """The same, written down by one of us."""

    how = StringField(lazy_gettext("How did you hear it?"), render_kw={"maxlength": 200})


def opened(form_class, history):
    """The form over what holds now."""
    held = consent.standing(history)
    return named(form_class(formdata=None, **{key: key in held and held[key].is_given for key in consent.KEYS}))


def named(form):
    for key in consent.KEYS:
        form[key].label.text = term("consent", key)
    return form


def boxes(form):
    """The boxes of a form in their order."""
    return [form[key] for key in consent.KEYS]
