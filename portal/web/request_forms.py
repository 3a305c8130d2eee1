"""Forms of change requests: saving what may be looked at first, bringing a paper, deciding."""

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, TextAreaField

from portal import fields
from portal.customers import field_rules
from portal.service import requests
from portal.service.request_asking import Saved
from portal.web import address_forms, forms, noun_forms, speech
from portal.web.file_fields import FilesField
from portal.web.noun_forms import DateText

HINTS = {
    "review": lazy_gettext("We look at it before it changes."),
    "proof": lazy_gettext("We look at it before it changes, and need a paper that shows it."),
}
FIELD = "field_"  # the tick of a field, followed by its name


class AskingForm(forms.EditForm):
    """A form of details of which some are looked at first: why, from when, and papers that show it."""

    reason = TextAreaField(lazy_gettext("Why? You may leave it blank."), render_kw={"maxlength": 1000, "rows": 2})
    valid_from = DateText(lazy_gettext("From which day on?"))
    files = FilesField(lazy_gettext("Paper that shows it"))


class AskingAddress(address_forms.OldAddress, AskingForm):
    """The form of the place where invoices go, when it is looked at first."""


class ProofForm(forms.Form):
    """The papers that we asked for."""

    files = FilesField(lazy_gettext("Paper that shows it"))


class DecisionForm(forms.Form):
    """Which fields, over which values, and our words."""

    saw = HiddenField()
    reply = TextAreaField(lazy_gettext("A word to the customer"), render_kw={"maxlength": 1000, "rows": 3})

    def values(self):
        typed = super().values()
        chosen = [name.removeprefix(FIELD) for name, ticked in typed.items() if name.startswith(FIELD) and ticked]
        return {"fields": chosen, "saw": typed["saw"], "reply": typed["reply"]}


def form_over(record, names, actor, *, known=None, base=None, **options):
    """A form over details of a record as the rules have it: with the further questions where they are needed."""
    known = field_rules.modes() if known is None else known
    modes = {name: field_rules.mode_of(record, name, known) for name in names}
    base = base or (AskingForm if any(mode in HINTS for mode in modes.values()) else None)
    made = noun_forms.form_over(fields.TABLES[record.ref.kind], names, actor, record, base=base, may=names, **options)
    for name, mode in modes.items():
        made[name].description = HINTS.get(mode, "")
    return made


def address_form(actor, address):
    """A customer's form over an address, with the further questions where its place is looked at first."""
    asks = field_rules.mode_of(address, "line1", field_rules.modes()) != "now"
    return address_forms.edit_form(actor, address, **{"base": AskingAddress} if asks else {})


def deciding(items, record, is_sent=False):
    """The form over the open fields of a request, all ticked, with what stands for the values now."""
    ticks = {FIELD + item.field: BooleanField(default=True) for item in items}
    form = type("DecisionForm", (DecisionForm,), ticks)(**{} if is_sent else {"formdata": None})
    form.saw.data = form.saw.data or requests.seen(record, items)
    return form


def said(saved):
    """What the next page says about a save: what holds at once, and what we look at first."""
    if not isinstance(saved, Saved) or saved.request is None:
        return gettext("Saved.")
    noun, words = saved.request.noun, speech.wording()
    asked = words.list_words([speech.term(noun, item.field) for item in saved.request.items])
    first = [gettext("Saved: %(details)s.", details=words.list_words([speech.term(noun, n) for n in saved.done]))]
    needs = saved.request.state == "proof"
    then = (
        gettext("Please bring a paper for this, then we look at it: %(details)s.", details=asked)
        if needs
        else gettext("We look at this first and answer: %(details)s.", details=asked)
    )
    return " ".join([*(first if saved.done else []), then])
