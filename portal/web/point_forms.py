"""Forms of the further ways to reach somebody: one more, and a button beside each."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectField, StringField

from portal.customers import points
from portal.web import forms
from portal.web.speech import term


class PointForm(forms.Form):
    """Another number, address, profile or messenger."""

    kind = SelectField(lazy_gettext("What is it?"), default="phone", validate_choice=False)
    value = StringField(lazy_gettext("Number, address or name"), render_kw={"maxlength": 320, "autocomplete": "off"})
    label = StringField(lazy_gettext("What for"), render_kw={"maxlength": 40})


class OnePointForm(forms.OneClick):
    """One button beside a number: which one it stands at."""

    point = HiddenField()


def opened(form):
    """A form with the words of the kinds, phones first."""
    kinds = ("phone", *(kind for kind in points.KINDS if kind != "phone"))
    form.kind.choices = forms.options((kind, term("point", "kind", kind)) for kind in kinds)
    return form


def on(record):
    """What the piece about further ways shows of a record; one query."""
    return {
        "record": record,
        "points": points.of(record),
        "point_form": opened(PointForm(formdata=None)),
        "one_click": forms.Form(formdata=None),
        "saved": False,
    }
