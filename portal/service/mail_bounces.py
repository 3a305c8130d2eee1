"""Mail that came back: the letter is put before people as dead, and its address is flagged until it writes to us."""

from typing import NamedTuple

from portal import outbox
from portal.outbox import Outbox
from portal.service.conversations import Conversation, key_of
from portal.service.mails import BouncedAddress, Mail


class CameBack(NamedTuple):
    """A mail of ours that did not arrive: to whom, and in which conversation, None of letters of other kinds."""

    address: str
    conversation: Conversation | None


def note(change, reading):
    """Note what a report of non-delivery says of a mail of ours, inside a change; None when it says nothing of one.

    Only a report that names the Message-ID of that mail counts, which nobody can guess; one that says "later" does
    not.
    """
    bounce = reading.bounce
    if bounce is None or not bounce.is_for_good or not bounce.message_ids:
        return None
    row = Outbox.select().where(Outbox.message_id.in_(list(bounce.message_ids)) & (Outbox.channel == "mail")).first()
    if row is None:
        return None
    change.guard(outbox.came_back(row, bounce.reason or "the mail came back"), LookupError("no such letter"))
    flag(row.address, bounce.reason, change.now)
    mail = Mail.select(Mail, Conversation).join(Conversation).where(Mail.entry == row.entry).first()
    return CameBack(row.address, mail.conversation if mail else None)


def flag(address, reason, now):
    """From now on people are warned before they write to this address."""
    key = key_of(address)
    BouncedAddress.insert(address_key=key, reason=reason[:300], at=now).on_conflict(
        conflict_target=[BouncedAddress.address_key], update={"reason": reason[:300], "at": now}
    ).execute()


def forgive(address):
    """It wrote to us, so it is alive."""
    BouncedAddress.delete().where(BouncedAddress.address_key == key_of(address)).execute()
