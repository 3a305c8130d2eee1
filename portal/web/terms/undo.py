"""Words of the journal: what can be taken back, what would change back, and what no longer fits."""

from portal.web.terms.marks import N_

MESSAGES = {
    "undo-done-already": N_("This was taken back already."),
    "undo-under-way": N_("This is still under way. Take it back once it is done."),
    "undo-too-late": N_("This was done more than 30 days ago and cannot be taken back any more."),
    "undo-nothing-fits": N_("Nothing of it can go back: all of it changed since, is gone, or is not yours."),
    "undo-changed-since": N_("Changed since by %(name)s. The newer value stays unless you choose otherwise."),
    "undo-gone": N_("It is gone, or not yours to see any more."),
    "undo-not-yours": N_("You may not change this here."),
    "undo-as-before": N_("It is as before already."),
}
LABELS = {
    ("noun", "deed"): N_("Journal"),
    ("deed", "number"): N_("Number"),
    ("deed", "at"): N_("When"),
    ("deed", "kind"): N_("Kind of change"),
    ("deed", "event"): N_("What"),
    ("deed", "actor_name"): N_("Who"),
    ("deed", "who"): N_("Name begins with"),
    ("deed", "subject"): N_("Record"),
    ("deed", "account"): N_("Account"),
    ("deed", "count"): N_("Changes"),
    ("deed", "note"): N_("About"),
    ("deed", "state"): N_("State"),
    ("deed", "back_at"): N_("Taken back"),
    ("deed", "back_by"): N_("Taken back by"),
}
WORDS = {
    ("kind", "deed"): N_("Change"),
    ("deed", "kind", "edit"): N_("edit"),
    ("deed", "kind", "many"): N_("many rows at once"),
    ("deed", "kind", "delete"): N_("deletion"),
    ("deed", "kind", "merge"): N_("merge"),
    ("deed", "kind", "import"): N_("import"),
    ("deed", "kind", "undo"): N_("taken back"),
    ("deed", "state", "done"): N_("done"),
    ("deed", "state", "waits"): N_("waits"),
    ("deed", "state", "works"): N_("under way"),
    ("deed", "state", "back"): N_("taken back"),
}
EVENTS = {
    "deed.taken_back": N_("Taken back"),
}
