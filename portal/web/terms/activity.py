"""Words of portal/activity: outgoing mail, the trail of changes."""

from portal.web.terms.marks import N_

MESSAGES = {
    "mail-not-dead": N_("This mail is not stuck: it went out, or it is on its way."),
    "day-unreadable": N_("Write a day as year, month and day, like 2026-11-17."),
    # files
    "file-needed": N_("Choose a file first."),
    "file-empty": N_("This file is empty."),
    "file-too-large": N_("This file is larger than %(megabytes)s MB. Send a smaller one."),
    "file-kind-refused": N_("We take pictures, PDF, plain text and CSV. Save it as one of these and send it again."),
    "image-too-large": N_(
        "This picture has more than %(megapixels)s million dots. Make it smaller and send it again."
    ),
    "image-broken": N_("This picture cannot be opened. Save it anew and send it again."),
    "file-not-kept": N_("This file waited too long. Choose it once more."),
    "files-too-many": N_("Send up to %(most)s files at once."),
    "files-no-room": N_("A record takes up to %(most)s files. Take old ones away first."),
    "file-unchanged": N_("This is the file that stands here already."),
    "file-revised-meanwhile": N_("Somebody put a newer version here in the meantime. Look at it first."),
    "file-moved-on": N_("Somebody was faster: look at the file again."),
    "file-theirs": N_("The customer brought this file and goes on seeing it."),
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
    ("attachment", "number"): N_("Number"),
    ("attachment", "name"): N_("File"),
    ("attachment", "subject"): N_("Belongs to"),
    ("attachment", "account"): N_("Account"),
    ("attachment", "type"): N_("Type"),
    ("attachment", "size"): N_("Size"),
    ("attachment", "revision"): N_("Version"),
    ("attachment", "is_shared"): N_("Shared with the customer"),
    ("attachment", "added_name"): N_("By"),
    ("attachment", "added_at"): N_("Since"),
    ("kind", "account"): N_("Account"),
    ("kind", "attachment"): N_("File"),
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
    ("role", "clock"): N_("by the clock"),
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
EVENTS = {
    "mail.sent_again": N_("Mail sent again"),
    "attachment.added": N_("File added"),
    "attachment.revised": N_("Newer version of a file"),
    "attachment.shared": N_("File shared with the customer"),
    "attachment.unshared": N_("File no longer shared"),
    "attachment.removed": N_("File taken away"),
}
