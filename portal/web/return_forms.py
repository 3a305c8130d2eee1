"""Forms of returns: quantities line by line, typed as text and read by the business: nothing typed is lost."""

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectField, StringField, TextAreaField

from portal.service.returns import REASONS, WISHES
from portal.web import forms, speech
from portal.web.file_fields import FilesField

NUMBER = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 12}


class LineForm(forms.Form):
    """A form with a field per line and part of it, "goods_12"; `values` gives {part: {12: typed}}."""

    parts = ()

    @classmethod
    def over(cls, quantities, **data):
        """A form of this kind with those fields: {"goods_12": what stands in it}."""
        inputs = {name: StringField(render_kw=NUMBER) for name in quantities}
        return type(cls.__name__, (cls,), inputs)(data=dict(quantities) | data)

    def values(self):
        typed = {part: {} for part in self.parts}
        for name, data in super().values().items():
            part, _, number = name.partition("_")
            if part in typed and number.isdecimal():
                typed[part][int(number)] = data
            else:
                typed[name] = data
        return typed


class AskForm(LineForm):
    """What comes back, what shall not be sent, why, and what instead."""

    parts = ("goods", "unsent")
    reason = SelectField(lazy_gettext("Why?"), validate_choice=False)
    words = TextAreaField(lazy_gettext("In your words"), render_kw={"maxlength": 2000, "rows": 3})
    wish = RadioField(lazy_gettext("What would you like instead?"), validate_choice=False)
    files = FilesField(lazy_gettext("Photos or papers"))


class ApproveForm(LineForm):
    """How much of what was asked we take back, and our words."""

    parts = ("goods", "unsent")
    reply = TextAreaField(lazy_gettext("Our answer"), render_kw={"maxlength": 1000, "rows": 2})


class ReceiveForm(LineForm):
    """What came: back on the shelf, or scrapped."""

    parts = ("restock", "scrap")


class ReplyForm(forms.Form):
    """Words that the customer reads."""

    reply = TextAreaField(lazy_gettext("Why?"), render_kw={"maxlength": 1000, "rows": 2})


def asking(choices):
    """The form over what of an order can be asked for ([asking.Choice])."""
    names = [f"goods_{c.line.id}" for c in choices if c.goods] + [f"unsent_{c.line.id}" for c in choices if c.unsent]
    form = AskForm.over(dict.fromkeys(names, ""), wish="credit")
    reasons = [("", gettext("Please choose")), *((reason, _word("reason", reason)) for reason in REASONS)]
    form.reason.choices = forms.options(reasons)
    form.wish.choices = forms.options([(wish, _word("wish", wish)) for wish in WISHES])
    for name in names:
        form[name].label.text = _label(form, name, choices)
    return form


def approving(lines):
    """The form that approves: all that was asked stands in it."""
    asked = {f"goods_{row.line_id}": str(row.asked) for row in lines if row.asked}
    asked |= {f"unsent_{row.line_id}": str(row.unsent_asked) for row in lines if row.unsent_asked}
    return ApproveForm.over(asked)


def receiving(lines):
    """The form that counts what came: all that was approved goes back on the shelf."""
    came = {f"restock_{row.line_id}": str(row.approved) for row in lines if row.approved}
    return ReceiveForm.over(came | {f"scrap_{row.line_id}": "" for row in lines if row.approved})


def _word(field, value):
    return speech.term("return", field, value)


def _label(form, name, choices):
    part, _, number = name.partition("_")
    choice = next(c for c in choices if c.line.id == int(number))
    if part == "goods":
        return gettext("Send back, of %(count)s", count=choice.goods)
    return gettext("Do not send, of %(count)s", count=choice.unsent)
