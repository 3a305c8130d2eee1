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
    "bin-in-the-way": N_("%(name)s has orders, papers, money or questions that must be kept, and cannot be deleted."),
    "bin-gone": N_("It is gone already."),
    "bin-changed": N_("Somebody changed it in the meantime. Look at it again before you delete it."),
    "bin-emptied": N_("It is gone for good: the bin was emptied after 30 days."),
    "bin-without-parent": N_("What it belonged to was deleted too. Take that back first."),
    "bin-comes-back": N_("It comes back as it was, with everything that went along."),
    "bin-goes-again": N_("It is deleted again, with everything that hangs on it."),
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
    "account.deleted": N_("Account deleted"),
    "account.restored": N_("Account is back"),
    "contact.deleted": N_("Person deleted"),
    "contact.restored": N_("Person is back"),
    "interaction.deleted": N_("Interaction deleted"),
    "interaction.restored": N_("Interaction is back"),
    "task.deleted": N_("Task deleted"),
    "task.restored": N_("Task is back"),
    "along.deleted": N_("Deleted together with what it belongs to"),
}
