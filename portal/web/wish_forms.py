"""The forms of wishes: asking whether we have something, and the answer to all who asked."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.sales.missed import LONGEST
from portal.sales.wishes import ANSWERS
from portal.web import forms, noun_forms, speech
from portal.web.noun_forms import DateText


class WishForm(forms.Form):
    """What is wanted, how many of it, and until when."""

    words = StringField(lazy_gettext("Do you have …?"), id="wish-words", render_kw={"maxlength": LONGEST})
    quantity = StringField(lazy_gettext("How many"), id="wish-quantity", render_kw={"maxlength": 20})
    wanted_by = DateText(lazy_gettext("Needed until"), id="wish-until")


def blank(words=""):
    """The form before anything is sent, with the words of a search."""
    return WishForm(formdata=None, data={"words": words[:LONGEST]})


class AnswerForm(forms.Form):
    """What becomes of what was asked for, told to all who are ticked."""

    key = HiddenField()
    wishes = SelectMultipleField(
        lazy_gettext("Who is told"),
        choices=[],
        coerce=int,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    state = noun_forms.SelectField(lazy_gettext("What becomes of it"), choices=[], validate_choice=False)
    product = StringField(lazy_gettext("Code of the product"), render_kw={"maxlength": 60})
    words = TextAreaField(lazy_gettext("Words to the customer"), render_kw={"maxlength": 500, "rows": 2})

    def offer(self, wishes):
        """Offer to answer these open wishes, all of them ticked at first."""
        self.wishes.choices = [(wish.id, f"{wish.account.name}, {wish.asked_by}: {wish.words}") for wish in wishes]
        self.state.choices = [(state, speech.term("wish", "state", state)) for state in ANSWERS]
        if not self.is_submitted():
            self.wishes.data = [wish.id for wish in wishes]
        return self
