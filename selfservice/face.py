"""The customer surface and its tabs; and the public surface, which knows nobody."""

from flask_babel import lazy_gettext, lazy_pgettext

from portal.web import sessions
from portal.web.navigation import Place, within_reach
from portal.web.surfaces import Surface

site = Surface("portal", __name__)
public = Surface("public", __name__)  # without cookies: see portal/web/sessions.py


PAD = ("/catalogue", "/lists", "/wishes")
BOUGHT = ("/returns", "/guest-orders")
WALLET = ("/warranties", "/claims", "/cases")  # reached from the account

PLACES = (
    Place("home", lazy_gettext("Home"), "portal.home", "home", "home.see"),
    Place("order", lazy_pgettext("to do", "Order"), "portal.order_pad", "book", "orders.place", also=PAD),
    Place("orders", lazy_gettext("My orders"), "portal.order_list", "box", "orders.see", also=BOUGHT),
    Place("invoices", lazy_gettext("Invoices"), "portal.invoice_list", "", "invoices.see", also=("/statement",)),
    Place("inbox", lazy_gettext("Messages"), "portal.inbox", "mail", "inbox.see"),
    Place("account", lazy_gettext("Account"), "portal.account_show", "person", "accounts.see", also=WALLET),
)


def tabs(actor):
    """The places this person may go to, and how many messages are new."""
    found = within_reach(PLACES, actor)
    here = sessions.place()
    new = here.new if here else 0
    return [place._replace(count=new) if place.place == "inbox" else place for place in found] if new else found
