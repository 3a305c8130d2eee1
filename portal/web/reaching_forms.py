"""Do-not-contact as both faces ask for it: by which channels, and why."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.customers import reaching
from portal.customers.contacts import BARRED_CHANNELS
from portal.web import forms, speech
from portal.web.speech import term


class BarForm(forms.Form):
    """One channel, or all, with the reason."""

    channel = SelectField(lazy_gettext("Not by"), validate_choice=False)
    reason = StringField(lazy_gettext("Why"), render_kw={"maxlength": 200})


class LiftForm(forms.OneClick):
    """One button: which channel is open again."""

    channel = HiddenField()


class BarredForm(forms.Form):
    """A person's own answer: every channel by which we shall not come."""

    barred = SelectMultipleField(
        lazy_gettext("Please do not contact me"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def opened(form):
    """A form with the words of its channels."""
    field = form.channel if "channel" in form else form.barred
    field.choices = forms.options((channel, term("contact", "no_contact", channel)) for channel in BARRED_CHANNELS)
    return form


def words(contact):
    """By which channels a contact is not to be reached: "by phone and by e-mail"."""
    return speech.wording().list_words([term("contact", "no_contact", channel) for channel in contact.barred.split()])


def on(contact):
    """What the piece about reaching shows of a contact; a query only where something stands."""
    return {
        "contact": contact,
        "not_by": words(contact),
        "standing": reaching.standing(contact) if contact.barred else [],
        "bar_form": opened(BarForm(formdata=None)),
        "one_click": forms.Form(formdata=None),
    }
