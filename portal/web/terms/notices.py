"""Words of notices: the topics people choose by, what belongs to each, and how they are told."""

from portal.web.terms.marks import N_

MESSAGES = {
    "notices-one-stays": N_("One of the two has to stay on, so that you hear what you owe."),
    "quiet-one-hour": N_("Choose both hours, or none."),
}
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
    ("topic", "gathered"): N_("Messages in one letter"),
    ("topic_about", "orders"): N_("Taken, confirmed, cancelled, or on another day than we said."),
    ("topic_about", "deliveries"): N_("What has left, how to follow it, and what has arrived."),
    ("topic_about", "invoices"): N_("New invoices, credit, and payments that reached us."),
    ("topic_about", "returns"): N_("What is sent back, claims under a warranty, and warranties that end soon."),
    ("topic_about", "requests"): N_("Answers to questions and requests, and files for you to read."),
    ("topic_about", "prices"): N_("Prices and discounts that were agreed."),
    ("topic_about", "people"): N_("Changes of details and addresses, and who may sign in."),
    ("topic_about", "news"): N_("What is new, and what you might need again."),
    ("channel", "inbox"): N_("Messages"),
    ("channel", "mail"): N_("Mail"),
    ("notice_plan", "rhythm"): N_("When mail comes"),
    ("notice_plan", "hour"): N_("At"),
    ("notice_plan", "weekday"): N_("On"),
    ("notice_plan", "quiet_from"): N_("No mail from"),
    ("notice_plan", "quiet_until"): N_("until"),
    ("notice_plan", "zone"): N_("Your time zone"),
    ("login", "notices_off"): N_("Not told of"),
    ("account", "notices_off"): N_("Not told of"),
}
WORDS = {
    ("notice_plan", "rhythm", "at_once"): N_("Each at once"),
    ("notice_plan", "rhythm", "daily"): N_("Together, once a day"),
    ("notice_plan", "rhythm", "weekly"): N_("Together, once a week"),
}
EVENTS = {
    "notices.chosen": N_("Chose how to be told"),
    "notices.stopped": N_("Stopped mail of a kind"),
    "notices.resumed": N_("Wants mail of a kind again"),
    "notices.gathered": N_("Messages gathered in one letter"),
}
