"""What a person may do in an account, as forms of both faces ask for it."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectField, StringField

from portal.values import CUSTOMER_ROLES
from portal.web import forms
from portal.web.speech import term


class Rights:
    """The fields; mixed into a form, whose `template` is `_rights_fields.html`."""

    role = SelectField(lazy_gettext("What this person may do"), default="buyer")
    order_limit = StringField(
        lazy_gettext("Orders alone up to"),
        render_kw={"inputmode": "decimal", "maxlength": 30, "autocomplete": "off"},
    )
    may_approve = BooleanField(lazy_gettext("May approve orders of colleagues"))


class RightsForm(Rights, forms.EditForm):
    """Changing what somebody may do."""


def offer(form):
    """The form with the roles to choose from."""
    form.role.choices = forms.options((role, term("membership", "role", role)) for role in CUSTOMER_ROLES)
    return form


def of(member):
    """The form over what a member may do now."""
    limit = "" if member.order_limit is None else str(member.order_limit.decimal)
    form = RightsForm(
        formdata=None, role=member.role, order_limit=limit, may_approve=member.may_approve, version=member.version
    )
    return offer(form)
