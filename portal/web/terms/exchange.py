"""Words of portal/exchange."""

from portal.web.terms.marks import N_

MESSAGES = {
    "import-file-unreadable": N_("This file cannot be read: %(why)s."),
    "import-file-breaks-off": N_("The file breaks off: %(why)s. What stands before is in. Mend it and run it again."),
    "import-encoding-unknown": N_("Nobody knows an encoding called %(name)s."),
    "import-map-broken": N_("The map is no TOML: %(why)s."),
    "import-map-unknown": N_("The map says “%(name)s”, which means nothing here."),
    "import-map-wrong-value": N_("The map gives “%(name)s” a value that cannot be: %(value)s."),
    "import-map-lacks": N_("The map does not say “%(name)s”."),
    "import-map-other-kind": N_("This map is for %(kind)s."),
    "import-map-unknown-field": N_("%(kind)s have no “%(name)s”. They have: %(fields)s."),
    "import-map-lacks-field": N_("%(kind)s need “%(name)s”, and the map does not say where it stands."),
    "import-columns-missing": N_("The file has no column %(names)s. It has: %(found)s."),
    "import-columns-twice": N_("Two columns of the file are called %(names)s."),
    "import-date-unclear": N_(
        '%(example)s may be day/month or month/day. Say it in the map: date = "%%d/%%m/%%Y" or "%%m/%%d/%%Y".'
    ),
    "import-date-unknown": N_('Say in the map how dates like %(example)s are written: date = "%%d %%b %%Y".'),
    "import-broken-quotes": N_("A quotation mark is missing or stands in the wrong place."),
    "import-broken-letters": N_("Some letters cannot be read in this encoding."),
    "import-nul": N_("The row holds a NUL character."),
    "import-record-too-long": N_("The row has no end: it is longer than a million characters."),
    "import-column-count": N_("The row has %(found)s columns, the first one has %(expected)s."),
    "import-key-unusable": N_("The key is blank or longer than 120 characters."),
    "import-key-twice": N_("Line %(line)s has the same key."),
    "import-record-gone": N_("This record was taken out of Suki and does not come back by itself."),
    "import-taken": N_("Another record has this already."),
    "import-blank": N_("This may not be blank."),
    "import-not-a-choice": N_("%(value)s is none of: %(choices)s."),
    "import-not-a-number": N_("This is no number with “%(mark)s” before the decimals."),
    "import-not-whole": N_("This is not a whole number."),
    "import-out-of-range": N_("This must lie between %(least)s and %(biggest)s."),
    "import-amount-too-fine": N_(
        'The currency has %(digits)s decimals. Say in the map how to round: rounding = "half-even".'
    ),
    "import-discount-out-of-range": N_("A discount lies between nothing and all of the price."),
    "import-not-a-date": N_("This is no date in the form %(format)s."),
    "import-date-out-of-range": N_("This date lies before 1800 or after 2200."),
    "import-country-unknown": N_("%(value)s is no country by code or English name."),
    "import-currency-unknown": N_("%(value)s is no currency code."),
    "import-not-found": N_("“%(value)s” has not come from %(source)s yet. Bring it in first."),
    "import-no-account": N_("Neither an account nor a contact is known under this number."),
    "import-contact-elsewhere": N_("This contact belongs to another account."),
    "import-refused-by-database": N_("The database refuses the row: %(why)s."),
}
LABELS = {}
WORDS = {}
EVENTS = {
    "import.rows": N_("Rows were imported"),
    "import.changed": N_("Changed by an import"),
}
