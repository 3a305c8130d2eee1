"""Words of the ground floor."""

from portal.web.terms.marks import N_

MESSAGES = {
    "amount-not-a-number": N_("Write an amount in figures, like 1250.50."),
    "amount-too-fine": N_("This currency has %(digits)s decimals at most."),
    "amount-too-large": N_("This amount is larger than we can book."),
    "email-malformed": N_("This does not look like an e-mail address. An example: maria@example.com."),
    "phone-impossible": N_("A phone number has 3 to 20 figures. An example: 0917 555 0142."),
    "field-not-yours": N_("This field cannot be changed here."),
    "number-out-of-range": N_("This number is too large."),
    "character-not-storable": N_("There is a character in it that cannot be kept. Type it anew."),
    "number-malformed": N_("Write a whole number, like 12."),
    "field-needed": N_("Please fill this in."),
    "text-too-long": N_("Please write %(longest)s letters or fewer."),
    "text-unreadable": N_("There is a sign in this that cannot be shown. Please type it again."),
    "choice-unknown": N_("Please choose one of the list."),
    "country-unknown": N_("Please choose a country of the list."),
    "currency-unknown": N_("Please choose a currency of the list."),
    "date-malformed": N_("Write a date as year-month-day, like 2026-11-17."),
    "date-not-past": N_("This day is still to come. Please write a day that has passed."),
    "website-malformed": N_("This does not look like a web address. An example: www.example.com."),
    "changed-meanwhile": N_("It was done already, or somebody changed it first."),
    "page-mark-broken": N_("This place in the list is not there. Start from its first page."),
}
LABELS = {
    ("noun", "account"): N_("Accounts"),
    ("noun", "contact"): N_("Contacts"),
    ("noun", "order"): N_("Orders"),
    ("noun", "product"): N_("Catalogue"),
    ("noun", "attachment"): N_("Files"),
}
WORDS = {}
EVENTS = {}
