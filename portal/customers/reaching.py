"""Reaching: by which channels a person does not want to hear from us, since when, and who wrote it down."""

import peewee

from portal import audit, store, values
from portal.customers import notices
from portal.customers.contacts import BARRED_CHANNELS, CONTACT_FIELDS, Contact
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy

ALL = "all"
EVENTS = ("contact.barred", "contact.unbarred")  # between the person and us; colleagues do not read it

FIELDS = Table(
    "no_contact",
    Field("channel", "choice", EVERYONE, STAFF, choices=BARRED_CHANNELS, is_required=True),
    Field("reason", "text", EVERYONE, STAFF),
    Field("since_at", "moment", EVERYONE),
    Field("by_name", read=EVERYONE),
    Field("lifted_at", "moment", EVERYONE),
    Field("lifted_name", read=EVERYONE),
)


def _own(actor, contact):
    return actor.is_staff or actor.contact == contact.id


policy.allow("contacts.bar", policy.SIGNED_IN, when=_own)


class NoContact(store.Model):
    """That a person is not to be contacted by one channel, or by none; it stands until it is lifted."""

    contact = peewee.ForeignKeyField(Contact)
    channel = peewee.CharField(max_length=10)  # one of BARRED_CHANNELS
    reason = peewee.CharField(max_length=200, default="")
    since_at = store.MomentField(default=values.now)
    by = peewee.CharField(max_length=40)
    by_name = peewee.CharField(max_length=200)
    lifted_at = store.MomentField(null=True)
    lifted_name = peewee.CharField(max_length=200, default="")


STANDS = NoContact.lifted_at.is_null()
_ONCE = NoContact.index(NoContact.contact, NoContact.channel, unique=True, where=STANDS, name="no_contact_now")
NoContact.add_index(_ONCE)


def standing(contact):
    """What a person does not want now, oldest first: NoContact rows."""
    return list(NoContact.select().where((NoContact.contact == contact) & STANDS).order_by(NoContact.id))


def history(contact):
    """All of it, newest first."""
    return list(NoContact.select().where(NoContact.contact == contact).order_by(NoContact.id.desc()))


def bar(contact, *, by, channel=ALL, reason="", now=None):
    """This person is not to be contacted by a channel, or at all; the owner and the watchers are told.

    Whoever of us writes it down says why; a person needs no reason. What an order needs still goes out.
    Raises Invalid: choice-unknown or channel-barred on "channel", field-needed on "reason".
    """
    channel, reason = FIELDS["channel"].clean(channel), FIELDS["reason"].clean(reason)
    if by.is_staff and not reason:
        raise Invalid(reason="field-needed")
    with (
        store.taken(channel="channel-barred"),
        audit.change(by, EVENTS[0], contact, about=contact.account, now=now) as change,
    ):
        NoContact.create(
            contact=contact, channel=channel, reason=reason, since_at=change.now, by=str(by.ref), by_name=by.name
        )
        _changed(change, contact, None, channel)
        change.record("reason", None, reason or None)
    return contact


def lift(contact, *, by, channel, now=None):
    """This person may be contacted by a channel again. Raises Invalid(channel="channel-not-barred")."""
    with audit.change(by, EVENTS[1], contact, about=contact.account, now=now) as change:
        this = (NoContact.contact == contact) & (NoContact.channel == channel) & STANDS
        lifted = NoContact.update(lifted_at=change.now, lifted_name=by.name).where(this)
        change.guard(lifted, Invalid(channel="channel-not-barred"))
        _changed(change, contact, channel, None)
    return contact


def choose(contact, *, by, barred, reason="", now=None):
    """All at once, as a person ticks them: bars what is new in `barred` (channels, None: none), lifts the rest."""
    barred = barred or ()
    if set(barred) - set(BARRED_CHANNELS):
        raise Invalid(barred="choice-unknown")
    stand = {row.channel for row in standing(contact)}
    with audit.change(by, EVENTS[0], contact, about=contact.account, now=now):
        for channel in BARRED_CHANNELS:
            if channel in barred and channel not in stand:
                bar(contact, by=by, channel=channel, reason=reason, now=now)
            elif channel in stand and channel not in barred:
                lift(contact, by=by, channel=channel, now=now)
    return contact


def follow(contact):
    """Keep the word on the contact itself, where lists and every page that might call read it for nothing."""
    stand = {row.channel for row in standing(contact)}
    contact.barred = " ".join(channel for channel in BARRED_CHANNELS if channel in stand)
    Contact.update(barred=contact.barred).where(Contact.id == contact.id).execute()


def _changed(change, contact, old, new):
    follow(contact)
    told = ("no_contact", old, new)
    change.record(*told)
    notices.tell_changed(change, contact.account, CONTACT_FIELDS, {}, record=contact, changes=[told])


def faults():
    """Sentences about contacts whose word is not what their rows say, for `verify`."""
    kept = {}
    for row in NoContact.select(NoContact.contact, NoContact.channel).where(STANDS).tuples().iterator():
        kept.setdefault(row[0], set()).add(row[1])
    marked = Contact.select(Contact.id, Contact.barred).where(Contact.barred != "").tuples().iterator()
    said = {number: set(barred.split()) for number, barred in marked}
    for number in sorted(kept.keys() | said.keys()):
        if kept.get(number) != said.get(number):
            yield f"contact {number} says {sorted(said.get(number, ()))} is barred, its rows say otherwise"
