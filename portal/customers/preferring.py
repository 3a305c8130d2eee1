"""Preferring: what a person says of himself about when, how and of what he likes to hear."""

from portal import audit
from portal.customers import field_rules, tags
from portal.customers.contacts import CONTACT_FIELDS
from portal.errors import Invalid
from portal.people import policy

OWN = ("channel", "best_day", "best_hours", "best_time")


def _own(actor, contact):
    return actor.is_staff or actor.contact == contact.id


policy.allow("contacts.prefer", policy.SIGNED_IN, when=_own)


def choose(contact, *, by, topics=(), now=None, **details):
    """A person's own preferences, whatever his rights in the account: one save, with the topics (names of tags).

    Raises Invalid by field, Invalid(topics="tag-unknown"), field-not-yours for other details.
    """
    strange = details.keys() - set(OWN)
    if strange:
        raise Invalid(**dict.fromkeys(strange, "field-not-yours"))
    details = CONTACT_FIELDS.clean(details)
    field_rules.check(by, contact, details)
    with audit.change(by, "contact.edited", contact, about=contact.account, now=now):
        contact.amend(by=by, now=now, **details)
        tags.choose_topics(contact, by=by, names=topics, now=now)
    return contact
