"""Consent: what we may use a person's data for beyond serving their orders, by which channel, with its history."""

import peewee

from portal import audit, store
from portal.customers.contacts import Contact
from portal.customers.invitations import membership_of
from portal.errors import Invalid
from portal.fields import EVERYONE, Field, Table
from portal.people import policy
from portal.values import Recipient

# (purpose, channel) that a person says yes or no to. What an order needs (delivery, invoices, warranty) rests on the
# order itself and is no choice; nothing here is a yes before somebody said so.
CHOICES = (
    ("news", "mail"),
    ("news", "phone"),
    ("suggestions", "portal"),
    ("suggestions", "mail"),
    ("profiling", "any"),
)
APPROACHES = ("mail", "phone")  # the channels by which we come to somebody; the rest waits until they come
KEYS = tuple(f"{purpose}_{channel}" for purpose, channel in CHOICES)
HOW = Field("how", longest=200)
FIELDS = Table(
    "consent",
    Field("purpose", "choice", EVERYONE, choices=("news", "suggestions", "profiling")),
    Field("channel", "choice", EVERYONE, choices=("mail", "phone", "portal", "any")),
    Field("is_given", "yes", EVERYONE),
    Field("at", "moment", EVERYONE),
    Field("by_name", read=EVERYONE),
    Field("how", read=EVERYONE),
)


def _own(actor, contact):
    return actor.is_staff or actor.contact == contact.id


policy.allow("consent.see", policy.SIGNED_IN, when=_own)
policy.allow("consent.choose", policy.SIGNED_IN, when=_own)


class Consent(store.Model):
    """One yes or no of a person to one purpose by one channel; later rows overrule earlier ones, none is changed."""

    contact = peewee.ForeignKeyField(Contact)
    purpose = peewee.CharField(max_length=20)
    channel = peewee.CharField(max_length=10)
    is_given = peewee.BooleanField()
    at = store.MomentField()
    by = peewee.CharField(max_length=40)
    by_name = peewee.CharField(max_length=200)
    how = peewee.CharField(max_length=200, default="")  # how staff heard it: on the phone, on paper

    @property
    def key(self):
        return f"{self.purpose}_{self.channel}"


def history(contact):
    """All a person ever said, newest first."""
    return list(Consent.select().where(Consent.contact == contact).order_by(Consent.id.desc()))


def standing(rows):
    """{key: Consent} of what holds now, out of a history; a key that nobody spoke of is a no."""
    return {row.key: row for row in reversed(rows)}


def allows(contact, purpose, channel):
    """Whether a person (or its id) said yes to this last; without an answer it is a no.

    Whoever is not to be contacted by mail or phone said no to both, whatever was said before.
    """
    rows = (
        Consent.select(Consent.is_given, Contact.barred)
        .join(Contact)
        .where((Consent.contact == contact) & (Consent.purpose == purpose) & (Consent.channel == channel))
    )
    last = rows.order_by(Consent.id.desc()).first()
    return bool(last and last.is_given and (channel not in APPROACHES or last.contact.may_be_reached(channel)))


def choose(contact, *, by, how="", now=None, **given):
    """Say yes or no: `given` is {key: yes} for the keys that are answered; what stays the same leaves no trace.

    Staff say how they heard it, and the person is told. Raises Invalid(how="reason-needed"), Invalid by key.
    """
    how = HOW.clean(how or "")
    if by.is_staff and not how:
        raise Invalid(how="reason-needed")
    strange = given.keys() - set(KEYS)
    if strange:
        raise Invalid(**dict.fromkeys(strange, "choice-unknown"))
    with audit.change(by, "contact.consent_changed", contact, about=contact.account, now=now) as change:
        held = standing(history(contact))
        changed = []
        for (purpose, channel), key in zip(CHOICES, KEYS, strict=True):
            before = key in held and held[key].is_given
            if key not in given or bool(given[key]) == before:
                continue
            Consent.create(
                contact=contact, purpose=purpose, channel=channel, is_given=bool(given[key]),
                at=change.now, by=str(by.ref), by_name=by.name, how=how,
            )  # fmt: skip
            change.record(key, before, bool(given[key]))
            changed.append({"field": key, "old": before, "new": bool(given[key])})
        if changed and by.is_staff:
            change.tell(_person(contact), "consent_changed", changes=changed, by=by.name, how=how, name=contact.name)
    return contact


def _person(contact):
    """The person alone, where anybody can reach him: such answers are nobody else's business."""
    place = membership_of(contact)
    if place is not None:
        return [place.login.recipient]
    if not contact.email:
        return []
    language = contact.language or contact.account.language
    return [Recipient(contact.ref, contact.name, contact.email, language, channels=("mail",))]
