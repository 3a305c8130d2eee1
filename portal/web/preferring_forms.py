"""What a person likes to hear of and when, as both faces ask for it: topics to tick, and when to come."""

from flask_babel import lazy_gettext
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.customers.contacts import CONTACT_FIELDS
from portal.customers.preferring import OWN
from portal.web import forms, noun_forms, sessions


class TopicsForm(forms.Form):
    """The topics of interest that the shop offers."""

    topics = SelectMultipleField(
        lazy_gettext("What interests you"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def opened(contact, topics, **more):
    """The form over a person's own preferences, with the topics (Tags) that are offered."""
    actor = sessions.actor()
    form = noun_forms.form_over(
        CONTACT_FIELDS, OWN, actor, base=TopicsForm, may=set(OWN), is_sent="formdata" not in more,
        topics=contact.tags, **{name: getattr(contact, name) for name in OWN},
    )  # fmt: skip
    form.topics.choices = forms.options((tag.name, tag.name) for tag in topics)
    if not topics:
        del form.topics
    return form
