"""Words of portal/service: returns."""

from portal.web.terms.marks import N_

MESSAGES = {
    "return-lines-needed": N_("Write how many of at least one product."),
    "return-line-foreign": N_("This line belongs to another order."),
    "return-too-many": N_("Up to %(most)s of this can come back."),
    "unsent-too-many": N_("Up to %(most)s of this have not been sent yet."),
    "return-words-needed": N_("Please say in a few words what it is."),
    "return-moved-on": N_("%(number)s has moved on in the meantime, so nothing was changed. Look at it again."),
    "approve-too-many": N_("%(most)s were asked for. Write %(most)s or fewer."),
    "approve-nothing": N_("Approve at least one piece, or decline it with a reason."),
    "receive-too-many": N_("%(most)s were approved. Write %(most)s or fewer for shelf and scrap together."),
    "receive-nothing": N_("Write what came: how many go back on the shelf, and how many are scrapped."),
    "return-not-invoiced": N_(
        "What came back of %(order)s was not invoiced, or was credited already. Look at its invoices."
    ),
}
LABELS = {
    ("noun", "return"): N_("Returns"),
    ("kind", "return"): N_("Return"),
    ("return", "number"): N_("Number"),
    ("return", "state"): N_("State"),
    ("return", "order"): N_("Order"),
    ("return", "account"): N_("Account"),
    ("return", "account_name"): N_("Account"),
    ("return", "reason"): N_("Why"),
    ("return", "words"): N_("In words"),
    ("return", "wish"): N_("Wish"),
    ("return", "reply"): N_("Our answer"),
    ("return", "settled_how"): N_("Settled by"),
    ("return", "replacement"): N_("Replacement"),
    ("return", "asked_by"): N_("Asked by"),
    ("return", "asked_at"): N_("Asked"),
    ("return", "decided_by"): N_("Decided by"),
    ("return", "decided_at"): N_("Decided"),
    ("return", "received_at"): N_("Goods came"),
    ("return", "settled_at"): N_("Settled"),
    ("return", "lines"): N_("Comes back"),
    ("return", "unsent"): N_("Not sent"),
}
WORDS = {
    ("return", "state", "asked"): N_("Asked"),
    ("return", "state", "approved"): N_("Approved"),
    ("return", "state", "received"): N_("Goods are here"),
    ("return", "state", "settled"): N_("Settled"),
    ("return", "state", "declined"): N_("Declined"),
    ("return", "state", "withdrawn"): N_("Withdrawn"),
    ("return", "reason", "damaged"): N_("It came damaged"),
    ("return", "reason", "wrong"): N_("It is not what I ordered"),
    ("return", "reason", "spoiled"): N_("It is spoiled or too old"),
    ("return", "reason", "incomplete"): N_("Something is missing"),
    ("return", "reason", "late"): N_("It comes too late"),
    ("return", "reason", "too_many"): N_("I ordered too many"),
    ("return", "reason", "not_needed"): N_("I do not need it any more"),
    ("return", "reason", "other"): N_("Something else"),
    ("return", "wish", "credit"): N_("Credit"),
    ("return", "wish", "replacement"): N_("The same again"),
    ("return", "settled_how", "credit"): N_("Credit"),
    ("return", "settled_how", "replacement"): N_("Replacement"),
    ("return", "settled_how", "words"): N_("Another way"),
    ("return", "settled_how", "cancelled"): N_("Cancelled before it was sent"),
    ("order", "source", "replacement"): N_("Replacement"),
}
EVENTS = {
    "return.asked": N_("Return asked for"),
    "return.withdrawn": N_("Return withdrawn"),
    "return.approved": N_("Return approved"),
    "return.declined": N_("Return declined"),
    "return.received": N_("Returned goods are here"),
    "return.settled": N_("Return settled"),
    "order.replacing": N_("Replacement ordered"),
}
