"""Words of notices: the topics people choose by, and how they are told."""

from portal.web.terms.marks import N_

MESSAGES = {}
LABELS = {
    ("topic", "orders"): N_("Orders"),
    ("topic", "deliveries"): N_("Deliveries"),
    ("topic", "invoices"): N_("Invoices and payments"),
    ("topic", "reminders"): N_("Reminders of what is overdue"),
    ("topic", "returns"): N_("Returns and warranty"),
    ("topic", "requests"): N_("Requests, cases and files"),
    ("topic", "prices"): N_("Prices"),
    ("topic", "people"): N_("Account and people"),
    ("topic", "news"): N_("News and suggestions"),
    ("topic", "security"): N_("Signing in and safety"),
}
WORDS = {}
EVENTS = {}
