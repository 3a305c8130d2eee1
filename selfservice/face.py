"""The customer surface and its tabs."""

from typing import NamedTuple

from flask import current_app, url_for
from flask_babel import lazy_gettext

from portal.people import policy
from portal.web.surfaces import Surface

site = Surface("portal", __name__)


class Place(NamedTuple):
    """A tab."""

    place: str
    label: object
    endpoint: str
    icon: str
    action: str
    count: int | None = None

    @property
    def url(self):
        return url_for(self.endpoint)


PLACES = (
    Place("home", lazy_gettext("Home"), "portal.home", "home", "home.see"),
    Place("order", lazy_gettext("Order"), "portal.order_pad", "book", "orders.place"),
    Place("orders", lazy_gettext("My orders"), "portal.order_list", "box", "orders.see"),
    Place("inbox", lazy_gettext("Messages"), "portal.inbox", "mail", "inbox.see"),
    Place("account", lazy_gettext("Account"), "portal.account_show", "person", "accounts.see"),
)


def tabs(actor):
    """The places this person may go to."""
    known = current_app.view_functions
    return [place for place in PLACES if place.endpoint in known and policy.may(actor, place.action)]
