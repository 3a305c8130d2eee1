"""Words of the people and companies around an account: tags, reaching, points, affiliations, companies of a group."""

from portal.web.terms import customers
from portal.web.terms.marks import N_

ROLES = {key: word for key, word in customers.WORDS.items() if key[:2] == ("contact", "role")}

MESSAGES = {
    "tag-malformed": N_("A tag is a word or a few, without commas."),
    "tag-too-many": N_("We keep up to %(most)s tags on one record. Take one off first."),
    "tag-unknown": N_("There is no such tag. Choose one that is in use."),
    "tag-itself": N_("That is the same tag. Choose another one."),
    "channel-barred": N_("This is written down already."),
    "channel-not-barred": N_("This was lifted in the meantime."),
    "handle-malformed": N_("That cannot be a name there. Write it as it stands in the address of the profile."),
    "handle-elsewhere": N_("That address leads to another site. Choose what it is, or write the name alone."),
    "affiliation-known": N_("This person belongs to that account already."),
    "affiliation-over": N_("This person belongs there no longer. Change the period first."),
    "account-not-found": N_("No account of that number or name is among those you see."),
    "account-several": N_("Several accounts fit. Write the number of the one you mean."),
    "contact-not-found": N_("Nobody of that number, e-mail or name is among those you see."),
    "contact-several": N_("Several people fit. Write the number of the one you mean."),
    "contact-elsewhere": N_("%(name)s mainly belongs to an account that you do not see. Ask who looks after it."),
    "contact-signs-in": N_("%(name)s signs in for %(account)s. Take that access away first, then invite anew."),
    "point-not-main": N_("Only a phone number or an e-mail can be the main one."),
}

LABELS = {
    ("noun", "tag"): N_("Tags"),
    ("tag", "number"): N_("Number"),
    ("tag", "name"): N_("Tag"),
    ("tag", "kind"): N_("What it is"),
    ("account", "tag"): N_("Tags"),
    ("contact", "tag"): N_("Tags"),
    ("account", "profile"): N_("Profiles"),
    ("contact", "profile"): N_("Profiles"),
    ("point", "profile"): N_("Profile"),
    ("point", "kind"): N_("What it is"),
    ("point", "label"): N_("What for"),
    ("contact", "no_contact"): N_("Do not contact"),
    ("contact", "reason"): N_("Why"),
    ("contact", "since_on"): N_("Here since"),
    ("noun", "affiliation"): N_("Also belong to an account"),
    ("affiliation", "number"): N_("Number"),
    ("affiliation", "contact"): N_("Person"),
    ("affiliation", "account"): N_("Account"),
    ("affiliation", "role"): N_("Role"),
    ("affiliation", "job_title"): N_("Position"),
    ("affiliation", "from_on"): N_("From"),
    ("affiliation", "until_on"): N_("Until"),
    ("affiliation", "note"): N_("Note"),
    ("no_contact", "channel"): N_("Not by"),
    ("no_contact", "reason"): N_("Why"),
    ("no_contact", "since_at"): N_("Since"),
    ("no_contact", "by_name"): N_("Written down by"),
    ("no_contact", "lifted_at"): N_("Lifted"),
    ("no_contact", "lifted_name"): N_("Lifted by"),
}

WORDS = {
    **{("affiliation", "role", role): word for (_, _, role), word in ROLES.items()},
    ("tag", "kind", "tag"): N_("tag"),
    ("tag", "kind", "topic"): N_("topic of interest"),
    ("contact", "no_contact", "all"): N_("any way"),
    ("contact", "no_contact", "phone"): N_("by phone"),
    ("contact", "no_contact", "mail"): N_("by e-mail"),
    ("contact", "no_contact", "message"): N_("by message"),
    ("contact", "no_contact", "letter"): N_("by letter"),
    ("contact", "no_contact", "visit"): N_("by visit"),
}
EVENTS = {
    "tag.added": N_("Tag added"),
    "tag.edited": N_("Tag changed"),
    "tag.merged": N_("Two tags made one"),
    "tag.removed": N_("Tag removed"),
    "account.tagged": N_("Tag put on an account"),
    "account.untagged": N_("Tag taken off an account"),
    "contact.tagged": N_("Tag put on a person"),
    "contact.untagged": N_("Tag taken off a person"),
    "affiliation.added": N_("Person also belongs here"),
    "affiliation.edited": N_("Role or period of a person changed"),
    "affiliation.ended": N_("Person belongs here no longer"),
    "affiliation.removed": N_("Person never belonged here"),
    "contact.moved": N_("Person mainly belongs to another account"),
    "contact.barred": N_("Does not want to be contacted"),
    "contact.unbarred": N_("May be contacted again"),
}
