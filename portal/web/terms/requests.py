"""Words of change requests and of the rules that make them."""

from portal.web.terms.marks import N_

MESSAGES = {
    "request-moved-on": N_("%(number)s has moved on in the meantime, so nothing was changed. Look at it again."),
    "request-values-moved": N_("A detail of %(number)s changed while you looked. Compare once more, then decide."),
    "request-nothing-chosen": N_("Choose at least one change, or decline it with a reason."),
    "request-not-yours": N_("Only managers may change this. Ask one of them to decide."),
    "date-too-far": N_("Please choose a day within a year."),
    "billing-place-looked-at": N_(
        "We look at it first when invoices go to another place. Change the address itself, and we get a request."
    ),
}
LABELS = {
    ("noun", "change_request"): N_("Requests"),
    ("kind", "change_request"): N_("Request"),
    ("kind", "field_rule"): N_("Rule for a detail"),
    ("change_request", "number"): N_("Number"),
    ("change_request", "state"): N_("State"),
    ("change_request", "account"): N_("Account"),
    ("change_request", "account_name"): N_("Account"),
    ("change_request", "reason"): N_("Why"),
    ("change_request", "valid_from"): N_("From"),
    ("change_request", "reply"): N_("Our answer"),
    ("change_request", "asked_by"): N_("Asked by"),
    ("change_request", "asked_at"): N_("Asked"),
    ("change_request", "decided_by"): N_("Decided by"),
    ("change_request", "decided_at"): N_("Decided"),
    ("field_rule", "noun"): N_("About"),
    ("field_rule", "field"): N_("Detail"),
    ("field_rule", "mode"): N_("When a customer changes it"),
}
WORDS = {
    ("change_request", "state", "asked"): N_("Being looked at"),
    ("change_request", "state", "proof"): N_("Needs a paper"),
    ("change_request", "state", "planned"): N_("Approved, for a later day"),
    ("change_request", "state", "done"): N_("Changed"),
    ("change_request", "state", "declined"): N_("Declined"),
    ("change_request", "state", "withdrawn"): N_("Withdrawn"),
    ("field_rule", "mode", "now"): N_("Changed at once"),
    ("field_rule", "mode", "review"): N_("Looked at first"),
    ("field_rule", "mode", "proof"): N_("Looked at first, with a paper"),
    ("field_rule", "noun", "account"): N_("Account"),
    ("field_rule", "noun", "contact"): N_("Person"),
    ("field_rule", "noun", "address"): N_("Usual address for invoices"),
}
EVENTS = {
    "request.asked": N_("Change asked for"),
    "request.withdrawn": N_("Request withdrawn"),
    "request.proven": N_("Paper brought for a request"),
    "request.sent_back": N_("Paper asked for"),
    "request.approved": N_("Request approved"),
    "request.declined": N_("Request declined"),
    "request.applied": N_("Request done on its day"),
    "request.went_stale": N_("Request to be decided again"),
    "field_rule.set": N_("Rule for a detail changed"),
}
