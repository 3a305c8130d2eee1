"""The staff surface and its rail."""

from flask_babel import lazy_gettext

from portal.web.navigation import Place, within_reach
from portal.web.surfaces import Surface

crm = Surface("staff", __name__, url_prefix="/staff")

# Pages that stand below another place than their address says.
DEMAND = ("/staff/demand", "/staff/wishes")
ADDRESSES, APPROVALS = ("/staff/addresses",), ("/staff/approvals",)
ORDER_FORMS = ("/staff/order-forms",)
TALKS = ("/staff/interactions",)
DATA = ("/staff/data-requests",)

PLACES = (
    Place("today", lazy_gettext("Today"), "staff.today", "calendar", "today.see"),
    Place("tasks", lazy_gettext("Tasks"), "staff.task_day", "check", "tasks.see", also=("/staff/task-plans",)),
    Place("calendar", lazy_gettext("Calendar"), "staff.calendar_show", "calendar", "calendar.see", also=TALKS),
    Place("accounts", lazy_gettext("Accounts"), "staff.account_list", "people", "accounts.see", also=ADDRESSES),
    Place("contacts", lazy_gettext("Contacts"), "staff.contact_list", "person", "contacts.see"),
    Place("leads", lazy_gettext("Leads"), "staff.lead_list", "target", "leads.see", also=ORDER_FORMS),
    Place("orders", lazy_gettext("Orders"), "staff.order_list", "box", "orders.see", also=("/staff/lists",)),
    Place("shipments", lazy_gettext("Shipments"), "staff.shipment_list", "truck", "shipments.see"),
    Place("invoices", lazy_gettext("Invoices"), "staff.invoice_list", "invoice", "invoices.see"),
    Place("payments", lazy_gettext("Payments"), "staff.payment_list", "coin", "payments.see"),
    Place("bank", lazy_gettext("Bank"), "staff.bank_line_queue", "swap", "bank.see"),
    Place("reminders", lazy_gettext("Reminders"), "staff.reminder_show", "bell", "reminders.see"),
    Place("returns", lazy_gettext("Returns"), "staff.return_list", "undo", "returns.see"),
    Place("requests", lazy_gettext("Requests"), "staff.request_list", "swap", "requests.see", also=DATA),
    Place("claims", lazy_gettext("Claims"), "staff.claim_list", "flag", "claims.see", also=("/staff/warranties",)),
    Place("cases", lazy_gettext("Cases"), "staff.case_list", "talk", "cases.answer"),
    Place("catalogue", lazy_gettext("Catalogue"), "staff.product_list", "tag", "catalogue.see", also=DEMAND),
    Place("stock", lazy_gettext("Stock"), "staff.stock_list", "store", "stock.see"),
    Place("prices", lazy_gettext("Prices"), "staff.price_list_list", "clipboard", "prices.see", also=APPROVALS),
    Place("articles", lazy_gettext("Articles"), "staff.article_list", "book", "articles.write"),
    Place("mailbox", lazy_gettext("Mailbox"), "staff.conversation_list", "mail", "mailbox.see"),
    Place("inbox", lazy_gettext("Inbox"), "staff.inbox", "inbox", "inbox.see"),
    Place("mail", lazy_gettext("Outgoing mail"), "staff.mail_list", "mail", "mail.see"),
    Place("audit", lazy_gettext("Audit"), "staff.audit_list", "shield", "audit.see", also=("/staff/journal",)),
    Place("settings", lazy_gettext("Settings"), "staff.settings", "gear", "settings.see"),
)


def rail(actor):
    """The places this person may go to."""
    return within_reach(PLACES, actor)
