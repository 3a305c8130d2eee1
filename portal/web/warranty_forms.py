"""Forms of warranties and claims: what is owned, what is wrong with it, what we answer and what it cost."""

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, EmailField, StringField, TextAreaField

from portal.web import forms
from portal.web.file_fields import FilesField
from portal.web.noun_forms import DateText, MoneyText

WHOLE = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 7}
SERIAL = {"maxlength": 80, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class RegisterForm(forms.Form):
    """A thing that no order here stands for, with its proof."""

    product = StringField(lazy_gettext("Product"), render_kw={"maxlength": 200})
    serial = StringField(lazy_gettext("Serial number"), render_kw=SERIAL)
    bought_on = DateText(lazy_gettext("Bought on"))
    is_elsewhere = BooleanField(lazy_gettext("I bought it from another shop"))
    files = FilesField(lazy_gettext("Receipt or invoice"))


class SerialForm(forms.Form):
    """The number on one piece."""

    serial = StringField(lazy_gettext("Serial number"), render_kw=SERIAL)


class HandOverForm(forms.Form):
    """To whom, and of several alike pieces how many."""

    email = EmailField(lazy_gettext("E-mail of the new owner"), render_kw={"maxlength": 320})
    quantity = StringField(lazy_gettext("How many"), render_kw=WHOLE)


class ClaimForm(forms.Form):
    """What is wrong, since when, what it looks like, how to reach whoever asks."""

    words = TextAreaField(lazy_gettext("What is wrong?"), render_kw={"maxlength": 2000, "rows": 4})
    since_on = DateText(lazy_gettext("Since when?"))
    files = FilesField(lazy_gettext("Photos"))
    reach = StringField(lazy_gettext("How do we reach you?"), render_kw={"maxlength": 200})


class PieceClaimForm(ClaimForm):
    """The same for one or more of several alike pieces."""

    quantity = StringField(lazy_gettext("How many of them?"), default="1", render_kw=WHOLE)


class StrangerClaimForm(ClaimForm):
    """The same from somebody whose thing we do not know to be his."""

    name = StringField(lazy_gettext("Your name"), render_kw={"maxlength": 200, "autocomplete": "name"})
    product = StringField(lazy_gettext("Which product is it?"), render_kw={"maxlength": 200})


class AskForm(forms.Form):
    """The number on a thing and an address: what the page without sign-in asks."""

    serial = StringField(lazy_gettext("Serial number"), render_kw=SERIAL)
    email = EmailField(lazy_gettext("Your e-mail"), render_kw={"maxlength": 320, "autocomplete": "email"})


class ReplyForm(forms.Form):
    """Words that the customer reads."""

    reply = TextAreaField(lazy_gettext("What the customer reads"), render_kw={"maxlength": 1000, "rows": 2})


class ConfirmForm(forms.Form):
    """What the proof says, where that is not what the customer wrote."""

    bought_on = DateText(lazy_gettext("Bought on"))
    months = StringField(lazy_gettext("Months"), render_kw=WHOLE)


class NumbersForm(forms.Form):
    """The serial numbers of a shipment, a field per part of it: "serials_12"."""

    @classmethod
    def over(cls, parts, **given):
        """The form over [(part, serial numbers so far)] of numbering.parts."""
        inputs = {
            f"serials_{part.id}": TextAreaField(part.line.name, render_kw={"rows": min(8, part.quantity + 1)})
            for part, _ in parts
        }
        data = {f"serials_{part.id}": "\n".join(known) for part, known in parts}
        return type(cls.__name__, (cls,), inputs)(data=data, **given)

    def values(self):
        return {"serials": {int(name.partition("_")[2]): typed for name, typed in super().values().items()}}


def claiming(thing, reach="", **given):
    """The form of a claim for a thing of one's own; of several alike pieces it asks how many."""
    kind = PieceClaimForm if thing is not None and thing.quantity > 1 else ClaimForm
    made = kind(data={"reach": reach, "quantity": "1"}, **given)
    if thing is not None and thing.quantity > 1:
        made.quantity.description = gettext("Up to %(most)s.", most=thing.quantity)
    return made


def replying(verb, **given):
    """The words for one step of several on a page: its field has an id of its own."""
    made = ReplyForm(**given)
    made.reply.id = made.reply.label.field_id = f"{verb}-reply"
    return made


def costs(claim, **given):
    """The form over what a claim cost, in its own currency."""
    names = {"labour_minor": lazy_gettext("Labour"), "parts_minor": lazy_gettext("Parts")}
    names["freight_minor"] = lazy_gettext("Freight")
    money = type("MoneyIn", (MoneyText,), {"currency": claim.currency})
    inputs = {name: money(label, render_kw={"inputmode": "decimal"}) for name, label in names.items()}
    return type("CostForm", (forms.EditForm,), inputs)(obj=claim, **given)
