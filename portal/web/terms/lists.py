"""Words of lists: their filters, columns, saved views, and what is done to many rows."""

from portal.web.terms.marks import N_

MESSAGES = {
    "many-none": N_("Choose at least one row first."),
    "many-too-many": N_("More than %(most)s rows at once are too many. Narrow the list first."),
    "many-unreadable": N_("What was chosen cannot be read. Choose the rows in the list again."),
    "many-foreign": N_("One of these rows is gone, or not yours to see. Nothing was changed."),
    "many-stale": N_("Changed in the meantime: %(names)s. Nothing was changed; choose the rows again."),
    "many-refused": N_("It could not be done to %(name)s, so nothing was changed."),
    "many-not-yours": N_("You may not do this here."),
    "filter-unknown": N_("This list has no filter %(name)s."),
    "filter-choice-unknown": N_("%(value)s is none of its values."),
    "filter-yes-or-no": N_("It is asked with yes or no, not with %(value)s."),
    "filter-record-unknown": N_("%(value)s cannot be a number of one."),
    "filter-day-malformed": N_("Write a day as year-month-day, like 2026-11-17, or today-7."),
    "column-unknown": N_("This list has no column %(name)s."),
    "sort-unknown": N_("This list has no order by %(name)s."),
    "view-too-many": N_("You keep %(most)s views of this list already. Remove one first."),
    "view-known": N_("You keep a view of this name over this list already."),
    "view-without-team": N_("You are in no team. Share it with everybody, or keep it for yourself."),
}
LABELS = {
    ("saved_view", "number"): N_("Number"),
    ("saved_view", "name"): N_("Name"),
    ("saved_view", "place"): N_("List"),
    ("saved_view", "query"): N_("What it asks for"),
    ("saved_view", "shared"): N_("Who sees it"),
    ("saved_view", "employee"): N_("Kept by"),
    ("saved_view", "team"): N_("Team"),
    ("saved_view", "created_at"): N_("Kept since"),
    ("noun", "mail"): N_("Outgoing mail"),
    ("noun", "audit"): N_("Audit"),
    ("noun", "employees"): N_("Employees"),
    ("noun", "saved_view"): N_("Saved views"),
    ("kind", "saved_view"): N_("Saved view"),
}
WORDS = {
    ("saved_view", "shared", ""): N_("only who keeps it"),
    ("saved_view", "shared", "team"): N_("a team"),
    ("saved_view", "shared", "all"): N_("everybody"),
}
EVENTS = {
    "list.changed": N_("Several records changed"),
    "view.saved": N_("View kept"),
    "view.edited": N_("View changed"),
    "view.removed": N_("View removed"),
    "view.chosen": N_("View put first"),
    "view.unchosen": N_("View put first no longer"),
}
