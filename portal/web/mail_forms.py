"""Forms of mails: writing one, sorting what came, putting two conversations together."""

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.service.conversation_sorting import THEN
from portal.service.mails import LONGEST_TEXT
from portal.web import forms, speech
from portal.web.file_fields import FilesField


class TicksField(SelectMultipleField):
    """Several choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WriteForm(forms.Form):
    """A mail; `look` is the button that shows how it would go out."""

    to = TicksField(lazy_gettext("To"), validate_choice=False)
    cc = TicksField(lazy_gettext("Copy to"), validate_choice=False)
    subject = StringField(lazy_gettext("Subject"), render_kw={"maxlength": 200})
    text = TextAreaField(lazy_gettext("Text"), render_kw={"maxlength": LONGEST_TEXT, "rows": 9})
    attached = TicksField(lazy_gettext("Files of this record"), validate_choice=False)
    files = FilesField(lazy_gettext("Other files"))
    look = StringField()

    def values(self):
        typed = super().values()
        typed.pop("look")
        numbers = [int(one) for one in typed["attached"] or () if one.isascii() and one.isdigit() and len(one) < 12]
        return typed | {"to": typed["to"] or [], "cc": typed["cc"] or [], "attached": numbers}


class SortForm(forms.Form):
    """Whose a mail is, and what becomes of it."""

    then = RadioField(lazy_gettext("What is it?"), validate_choice=False)
    account = StringField(lazy_gettext("Account, by number or name"), render_kw={"maxlength": 200})
    name = StringField(lazy_gettext("Name of the person"), render_kw={"maxlength": 120})
    about = StringField(lazy_gettext("About, by number"), render_kw={"maxlength": 60})


class JoinForm(forms.Form):
    """Into which other one."""

    number = StringField(lazy_gettext("Number of the other conversation"), render_kw={"maxlength": 20})


def writing(people, brought, **start):
    """A WriteForm over the addressees and files of a record; `start` is what stands in it when it was not sent."""
    form = WriteForm(data=start)
    offered = [(one.key, f"{one.name} <{one.address}>" if one.name else one.address) for one in people]
    form.to.choices, form.cc.choices = list(offered), list(offered)
    form.attached.choices = [(str(one.id), one.name) for one in brought]
    return form


def sorting(conversation, known, **sent):
    """A SortForm over what came: filled in as far as its sender is known."""
    account = known.accounts[0] if known.accounts else None
    start = {
        "then": "assign" if account else "contact",
        "account": f"{account.number} {account.name}" if account else "",
        "name": conversation.name,
    }
    form = SortForm(data=start, **sent)
    form.then.choices = [(value, speech.term("conversation", "then", value)) for value in THEN]
    return form
