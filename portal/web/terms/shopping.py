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
    ("noun", "wish"): N_("Wishes"),
    ("noun", "shopping_list"): N_("Shopping lists"),
    ("wish", "number"): N_("Number"),
    ("wish", "words"): N_("What"),
    ("wish", "quantity"): N_("How many"),
    ("wish", "wanted_by"): N_("Needed until"),
    ("wish", "state"): N_("State"),
    ("wish", "account"): N_("Account"),
    ("wish", "asked_by"): N_("Asked by"),
    ("wish", "asked_at"): N_("Asked"),
    ("wish", "product"): N_("Product"),
    ("wish", "answer"): N_("Answer"),
    ("wish", "answered_by"): N_("Answered by"),
    ("wish", "answered_at"): N_("Answered"),
    ("demand", "words"): N_("What"),
    ("demand", "asks"): N_("Times asked"),
    ("demand", "accounts"): N_("Accounts"),
    ("demand", "quantity"): N_("Pieces"),
    ("demand", "open"): N_("Wait for an answer"),
    ("demand", "last_on"): N_("Last asked"),
}

WORDS = {
    ("wish", "state", "open"): N_("We look for it"),
    ("wish", "state", "found"): N_("Here it is"),
    ("wish", "state", "coming"): N_("We will get it"),
    ("wish", "state", "declined"): N_("We do not carry it"),
    ("missed_search", "source", "catalogue"): N_("Searched in the catalogue"),
    ("missed_search", "source", "pad"): N_("Searched while ordering"),
    ("missed_search", "source", "list"): N_("Pasted in a list"),
    ("missed_search", "source", "stock"): N_("Out of stock"),
}

EVENTS = {
    "shopping_list.kept": N_("List kept"),
    "shopping_list.changed": N_("List changed"),
    "list.added_to": N_("Put on a list"),
    "shopping_list.removed": N_("List removed"),
    "wish.asked": N_("Asked for something"),
    "wish.answered": N_("Wish answered"),
    "wish.answering": N_("Wishes answered"),
}
