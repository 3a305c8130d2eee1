"""Words of the fields that a shop adds by itself."""

from portal.custom import NOUNS
from portal.web.terms.marks import N_

MESSAGES = {
    "custom-not-a-number": N_("Write a number, like 12.5."),
    "custom-too-fine": N_("Write at most %(places)s decimals."),
    "custom-not-between": N_("It has to be from %(least)s to %(most)s."),
    "custom-too-low": N_("It has to be %(least)s or more."),
    "custom-too-high": N_("It has to be %(most)s or less."),
    "custom-record-unknown": N_("We know no such record. Look it up, and write its number."),
    "custom-record-several": N_("Several fit: %(names)s. Write the number of the one you mean."),
    "custom-field-gone": N_("An admin has just retired this field. What you typed in it was not kept."),
    "custom-key-taken": N_("Somebody has just made a field by this name. Look at it first."),
    "custom-too-many": N_("There may be %(most)s of them. Take one away first."),
    "custom-kind-fixed": N_(
        "What stands in this field would be lost. Only text becomes long text, and a choice several choices. Make a "
        "new field instead, and retire this one."
    ),
    "custom-options-needed": N_("Write at least one choice, one in a line."),
    "custom-option-used": N_(
        "“%(word)s” stands in %(count)s records. Say which other choice takes its place, or leave it in the list."
    ),
    "custom-no-files": N_("These records take no files, so they have no field for one."),
    "custom-range-reversed": N_("The highest is lower than the lowest."),
    "custom-condition-circle": N_("That field is itself shown by this one. Choose another one."),
    "custom-fill-needs-default": N_("Write a default first: that is what the empty ones are filled with."),
}
LABELS = {
    ("noun", "custom_field"): N_("Own fields"),
    ("kind", "custom_field"): N_("Own field"),
    ("custom_field", "noun"): N_("Field of"),
    ("custom_field", "key"): N_("Name in addresses and files"),
    ("custom_field", "kind"): N_("Kind"),
    ("custom_field", "labels"): N_("Label"),
    ("custom_field", "helps"): N_("Help"),
    ("custom_field", "section"): N_("Section"),
    ("custom_field", "options"): N_("Choices"),
    ("custom_field", "is_required"): N_("Has to be filled in"),
    ("custom_field", "is_searched"): N_("Found by the search"),
    ("custom_field", "default"): N_("Starts with"),
    ("custom_field", "least"): N_("Lowest"),
    ("custom_field", "most"): N_("Highest, or most letters"),
    ("custom_field", "places"): N_("Decimals"),
    ("custom_field", "target"): N_("Leads to"),
    ("custom_field", "readers"): N_("Read by"),
    ("custom_field", "writers"): N_("Filled in by"),
    ("custom_field", "shown_if"): N_("Asked only when this is filled in"),
    ("custom_field", "shown_for"): N_("and holds"),
    ("custom_field", "retired_at"): N_("Retired"),
    ("custom_field", "rank"): N_("Place in the section"),
    ("custom_field", "work"): N_("Still to do"),
}
WORDS = {
    ("custom_field", "noun", "account"): N_("accounts"),
    ("custom_field", "noun", "contact"): N_("contacts"),
    ("custom_field", "noun", "address"): N_("addresses"),
    ("custom_field", "noun", "product"): N_("products"),
    ("custom_field", "noun", "order"): N_("orders"),
    ("custom_field", "noun", "case"): N_("cases"),
    ("custom_field", "noun", "lead"): N_("leads"),
    ("custom_field", "noun", "warranty"): N_("warranties"),
    ("custom_field", "noun", "return"): N_("returns"),
    ("custom_field", "noun", "claim"): N_("claims"),
    ("custom_field", "noun", "task"): N_("tasks"),
    ("custom_field", "noun", "interaction"): N_("calls and visits"),
    ("custom_field", "kind", "text"): N_("text"),
    ("custom_field", "kind", "words"): N_("long text"),
    ("custom_field", "kind", "decimal"): N_("number"),
    ("custom_field", "kind", "money"): N_("money"),
    ("custom_field", "kind", "date"): N_("date"),
    ("custom_field", "kind", "yes"): N_("yes or no"),
    ("custom_field", "kind", "choice"): N_("choice"),
    ("custom_field", "kind", "choices"): N_("several choices"),
    ("custom_field", "kind", "record"): N_("link to a record"),
    ("custom_field", "kind", "file"): N_("file"),
    ("custom_field", "kind", "email"): N_("e-mail address"),
    ("custom_field", "kind", "phone"): N_("phone number"),
    ("custom_field", "target", "account"): N_("an account"),
    ("custom_field", "target", "contact"): N_("a contact"),
    ("custom_field", "target", "product"): N_("a product"),
    ("custom_field", "target", "order"): N_("an order"),
    ("custom_field", "target", "employee"): N_("an employee"),
}
EVENTS = {
    "custom_field.made": N_("Own field made"),
    "custom_field.changed": N_("Own field changed"),
    "custom_field.retired": N_("Own field retired"),
    "custom_field.brought_back": N_("Own field brought back"),
    "custom_field.moved": N_("Own fields put in another order"),
    **{f"{noun}.filled": N_("Further details changed") for noun in NOUNS},
}
