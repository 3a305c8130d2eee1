"""Who can be written to from a record: the people of its account, its lead, whoever wrote; and who must be let be."""

from typing import NamedTuple

from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.service import mails
from portal.service.conversations import key_of
from portal.service.mails import Mail
from portal.values import Recipient, Ref

MOST = 50  # people of an account that a page offers
MOST_RECIPIENTS = 20


class Addressee(NamedTuple):
    """Somebody a mail may go to; `key` is how a form names him."""

    ref: Ref
    name: str
    address: str
    language: str
    contact: object = None
    bounced: object = None  # the BouncedAddress, where mail came back

    @property
    def key(self):
        return str(self.ref)

    @property
    def recipient(self):
        return Recipient(self.ref, self.name, self.address, self.language, channels=("mail",))


def of(*, account=None, lead=None, conversation=None, contact=None):
    """Everybody a mail about these may go to, whoever the matter is with first; two queries."""
    found = [_of_contact(contact, account)] if contact is not None and contact.email else []
    if conversation is not None:
        found += _other_side(conversation)
    if account is not None:
        rows = Contact.of(account).where(Contact.is_active & (Contact.email != "")).limit(MOST)
        found += [_of_contact(contact, account) for contact in rows]
        if account.email:
            found.append(Addressee(account.ref, account.name, account.email, account.language))
    if lead is not None:
        found.append(Addressee(lead.ref, lead.name, lead.email, lead.language))
    first = {}
    for one in found:
        first.setdefault(key_of(one.address), one)
    back = mails.bounced(first)
    return [one._replace(bounced=back.get(key)) for key, one in first.items()]


def chosen(known, keys, field):
    """The addressees that a form names. Raises Invalid on `field`: recipient-unknown, recipients-too-many."""
    by_key = {one.key: one for one in known}
    if len(keys) > MOST_RECIPIENTS:
        raise Invalid(**{field: ("recipients-too-many", {"most": MOST_RECIPIENTS})})
    if any(key not in by_key for key in keys):
        raise Invalid(**{field: "recipient-unknown"})
    return [by_key[key] for key in dict.fromkeys(keys)]


def refuse_unwanted(people, conversation, field):
    """Whoever wants no mail gets none but the answer to his own. Raises Invalid on `field`: contact-wants-no-mail."""
    for person in people:
        if person.contact is None or person.contact.may_be_reached("mail"):
            continue
        if conversation is None or not has_written(conversation, person.address):
            raise Invalid(**{field: ("contact-wants-no-mail", {"name": person.name})})


def has_written(conversation, address):
    """Whether mail of this conversation came from an address."""
    theirs = Mail.select(Mail.from_address).where((Mail.conversation == conversation) & ~Mail.is_ours)
    return key_of(address) in {key_of(found) for (found,) in theirs.tuples()}


def _other_side(conversation):
    """Whoever the conversation is with: the contact at that address, or the bare address."""
    contact = conversation.contact if conversation.contact_id else None
    if contact is not None and key_of(contact.email) == conversation.address_key:
        return [_of_contact(contact, conversation.account)]
    if not conversation.address:
        return []
    language = conversation.account.language if conversation.account_id else "en"
    return [Addressee(conversation.ref, conversation.name, conversation.address, language)]


def _of_contact(contact, account):
    language = contact.language or (account.language if account is not None else "en")
    return Addressee(contact.ref, contact.name, contact.email, language, contact)


def takes_part(conversation, address):
    """Whether an address belongs to a conversation: it is with it, or we wrote to it or took its mail in."""
    key = key_of(address)
    if key == conversation.address_key or has_written(conversation, address):
        return True
    for mail in Mail.select(Mail.to, Mail.cc).where((Mail.conversation == conversation) & Mail.is_ours):
        if key in {key_of(one) for _, one in (*mail.to, *mail.cc)}:
            return True
    return False
