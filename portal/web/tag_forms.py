"""Forms of tags: one more, one less, two made one."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField

from portal import search
from portal.customers import tags
from portal.web import forms

WORD = {"list": "tag-words", "maxlength": 40, "autocomplete": "off"}


class TagForm(forms.Form):
    """One more tag; those in use are suggested while somebody types."""

    tag = StringField(lazy_gettext("Another tag"), render_kw=WORD)


class OneTagForm(forms.OneClick):
    """One button beside a tag: which one it stands at."""

    tag = HiddenField()


class MergeForm(forms.Form):
    """Which tag everything has from now on."""

    into = StringField(lazy_gettext("Into which tag"), render_kw=WORD)


def on(record):
    """What the piece of tags shows of a record."""
    return {
        "record": record,
        "tags": [(name, search.fold(name)) for name in record.tags],
        "tag_form": TagForm(formdata=None),
        "one_click": forms.Form(formdata=None),
        "offered": tags.offered(),
    }
