"""Words of portal/activity: outgoing mail, the trail of changes."""

from portal.web.terms.marks import N_

MESSAGES = {
    "mail-not-dead": N_("This mail is not stuck: it went out, or it is on its way."),
    "day-unreadable": N_("Write a day as year, month and day, like 2026-11-17."),
}
LABELS = {
    ("outbox", "state"): N_("State"),
    ("outbox", "address"): N_("To"),
    ("outbox", "attempts"): N_("Tries"),
    ("outbox", "due_at"): N_("Next try"),
    ("outbox", "sent_at"): N_("Sent"),
    ("outbox", "error"): N_("What the mail server said"),
    ("outbox", "created_at"): N_("Written"),
    ("outbox", "message_id"): N_("Message-ID"),
    ("kind", "account"): N_("Account"),
    ("kind", "contact"): N_("Contact"),
    ("kind", "address"): N_("Address"),
    ("kind", "membership"): N_("Access"),
    ("kind", "login"): N_("Sign-in"),
    ("kind", "employee"): N_("Employee"),
    ("kind", "team"): N_("Team"),
    ("kind", "order"): N_("Order"),
    ("kind", "product"): N_("Product"),
    ("kind", "outbox"): N_("Mail"),
    ("role", "anonymous"): N_("not signed in"),
    ("role", "system"): N_("the system"),
    ("role", "viewer"): N_("customer"),
    ("role", "buyer"): N_("customer"),
    ("role", "customer_admin"): N_("customer"),
    ("role", "rep"): N_("sales rep"),
    ("role", "manager"): N_("manager"),
    ("role", "admin"): N_("admin"),
}
WORDS = {
    ("outbox", "state", "waiting"): N_("On its way"),
    ("outbox", "state", "sent"): N_("Sent"),
    ("outbox", "state", "dead"): N_("Not delivered"),
    ("outbox", "state", "withheld"): N_("Not sent: no longer theirs to read"),
}
EVENTS = {"mail.sent_again": N_("Mail sent again")}
