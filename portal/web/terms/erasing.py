"""Words of erasing a person: what goes, what stays and why, and what stands in the way."""

from portal.web.terms.marks import N_

MESSAGES = {
    "erase-name-differs": N_("Type the name exactly as it stands here."),
    "erase-not-household": N_("A company is not a person. Erase its people, one by one."),
    "erase-still-open": N_(
        "Orders are open or money is owed. Settle that first: until then it must be known with whom."
    ),
    "erase-asked-already": N_("This person is being erased already."),
    "import-erased": N_(
        "Was erased here on request, and does not come back by an import. Add the person by hand if they want."
    ),
}
LABELS = {
    ("noun", "erasure"): N_("Erased people"),
    ("erasure", "number"): N_("Number"),
    ("erasure", "state"): N_("State"),
    ("erasure", "kind"): N_("What"),
    ("erasure", "whose"): N_("On whose wish"),
    ("erasure", "asked_name"): N_("Asked for by"),
    ("erasure", "asked_at"): N_("Asked for"),
    ("erasure", "done_at"): N_("Erased"),
    ("erasure", "gone"): N_("Records that went along"),
}
WORDS = {
    ("kind", "erasure"): N_("Erasure"),
    ("erasure", "state", "told"): N_("letter on its way"),
    ("erasure", "state", "works"): N_("under way"),
    ("erasure", "state", "tidies"): N_("traces are removed"),
    ("erasure", "state", "done"): N_("done"),
    ("erasure", "kind", "account"): N_("household"),
    ("erasure", "kind", "contact"): N_("person"),
    ("erasure", "whose", "person"): N_("the person asked for it"),
    ("erasure", "whose", "shop"): N_("we have no reason to keep it"),
    ("erasing", "kept", "invoice"): N_(
        "Invoices and credit notes as they were issued: tax law asks for them, name and address included"
    ),
    ("erasing", "kept", "order"): N_(
        "Orders, with goods and amounts but without name, address and notes: they stand behind the invoices"
    ),
    ("erasing", "kept", "payment"): N_("Payments, with amount, day and reference: they are in the books"),
    ("erasing", "kept", "refund"): N_("Refunds, with amount, day and reference: they are in the books"),
    ("erasing", "kept", "return"): N_(
        "Returns, with goods and amounts but without words: they stand behind credit notes"
    ),
    ("erasing", "kept", "warranty"): N_(
        "Which goods have a warranty, without serial numbers and names: the producer may ask"
    ),
    ("erasing", "kept", "claim"): N_(
        "Claims, with goods and costs but without words and names: they are in the books"
    ),
    ("erasing", "kept", "bank_line"): N_("Lines of bank statements as the bank wrote them: they are in the books"),
    ("erasing", "kept", "data_request"): N_(
        "That a request about data was made and when it was answered: we must be able to show it"
    ),
}
EVENTS = {
    "erasure.asked": N_("A person is to be erased"),
    "erasure.asked_again": N_("Erased again after a backup was restored"),
    "erasure.step": N_("A part of an erasure is done"),
    "erasure.tidied": N_("The traces of an erasure are removed"),
    "person.erased": N_("A person was erased"),
}
