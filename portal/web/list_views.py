"""Saved views over a list page: its tabs, the one it begins with, and the form that keeps an address."""

from flask import g, request
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, SelectField, StringField

from portal.activity.views import SavedView
from portal.people import policy
from portal.web import forms, list_addresses


class SaveForm(forms.Form):
    """A name for the address that the page shows."""

    name = StringField(lazy_gettext("Name"), render_kw={"maxlength": 60})
    shared = SelectField(lazy_gettext("Who sees it"), validate_choice=False)
    place = HiddenField()
    query = HiddenField()


def save_form(actor, asked=None):
    """The form for the list of this request; only managers are asked who else sees it."""
    form = SaveForm(place=request.path, query=list_addresses.query_text(kept(asked or {})))
    form.shared.choices = forms.options(shares(actor))
    if not policy.may(actor, "views.share"):
        del form.shared
    return form


def shares(actor):
    """[(value, word)] of whom this person may share with."""
    choices = [("", gettext("only me")), *([("team", gettext("my team"))] if actor.teams else [])]
    return [*choices, ("all", gettext("everybody"))]


def kept(asked):
    """What of an address belongs to a view."""
    return {name: text for name, text in asked.items() if name not in (*list_addresses.PLACES, "lang", "view")}


def over(actor):
    """The views over the list of this request, asked once; nobody but employees has any."""
    if "views" not in g:
        g.views = list(SavedView.over(request.path, actor)) if actor.employee else []
    return g.views


def first_address(actor, asked):
    """Where this person's list begins when its bare address is opened, None for the list itself."""
    if asked:
        return None
    first = next((view for view in over(actor) if view.is_first), None)
    return first.address if first else None


def tabs(actor, asked):
    """[(word, address, None, is current)] of the views, when there are any."""
    found, now = [], kept(asked)
    for view in over(actor):
        is_now = list_addresses.same(now, kept(list_addresses.parsed(view.query)))
        found.append((view.name, view.address, None, is_now))
    return [(gettext("All"), f"{request.path}?view=all", None, not now), *found] if found else []
