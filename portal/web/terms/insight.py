"""Words of what the rows say together: the silence of accounts."""

from portal.web.terms.marks import N_

MESSAGES = {}
LABELS = {
    ("account", "silent"): N_("Silence"),
}
WORDS = {
    ("account", "silent", "yes"): N_("longer than their rhythm"),
}
EVENTS = {}
