"""Words of shopping lists, wishes and demand."""

from portal.web.terms.marks import N_

MESSAGES = {
    "list-known": N_("You have a list of this name. Choose another name, or put these on that list."),
    "lists-too-many": N_("An account keeps up to %(most)s lists. Please put one away first."),
    "list-line-unknown": N_("%(code)s is not sold any more, or is no code of ours. Take the line out."),
    "list-line-malformed": N_("%(name)s: “%(quantity)s” is no number of pieces. Write a whole number, like 12."),
    "list-lines-unread": N_("These lines could not be read: %(lines)s. Write a code and how many on each line."),
    "list-needed": N_("Choose a list, or write a name for a new one."),
    "wish-needed": N_("Say in a few words what you are looking for."),
    "wish-answered": N_("Somebody has answered this in the meantime. Look at it again."),
    "wishes-too-many": N_("%(most)s wishes wait for an answer. We will answer these first."),
    "answer-product-needed": N_("Name the product by its code: the customer reads where to find it."),
}

LABELS = {
    ("shopping_list", "name"): N_("Name of the list"),
    ("shopping_list", "is_shared"): N_("Colleagues see it and may change it"),
    ("shopping_list", "owner"): N_("Kept by"),
    ("shopping_list", "account"): N_("Account"),
    ("shopping_list", "products"): N_("Products"),
    ("shopping_list", "number"): N_("Number"),
    ("shopping_list", "changed_at"): N_("Last changed"),
    ("shopping_list", "lines"): N_("Lines"),
}

WORDS = {}

EVENTS = {
    "list.kept": N_("List kept"),
    "list.changed": N_("List changed"),
    "list.added_to": N_("Put on a list"),
    "list.removed": N_("List removed"),
}
