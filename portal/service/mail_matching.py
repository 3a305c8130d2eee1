"""Matching: which conversation, case, account or lead a mail belongs to; a sender's address alone opens nothing.

First our own mark in it, bound to those who take part, then the mails it answers, then the address it comes from.
Numbers it names count only within the account of its sender. Whatever remains doubtful waits for a person.
"""

import re
from datetime import timedelta
from typing import NamedTuple

import peewee

from portal.audit import Entry
from portal.customers import memberships
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.customers.points import AccountPoint, ContactPoint
from portal.errors import NotFound
from portal.outbox import Outbox
from portal.people.logins import Login
from portal.sales.invoices import Invoice
from portal.sales.leads import OPEN as OPEN_LEADS
from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.service import mail_people, mail_reading, mail_tokens
from portal.service.cases import Case
from portal.service.conversations import Conversation, key_of
from portal.service.mails import Mail
from portal.values import Actor, Ref

SIMILAR_WITHIN = timedelta(days=60)
NUMBERS = re.compile(r"\b(?:SO|CS|INV)-[0-9A-Z-]{3,20}\b", re.IGNORECASE | re.ASCII)
ANSWERING = re.compile(r"^\s*(?:(?:re|aw|sv|fwd?|wg|ตอบกลับ)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
MOST_NUMBERS = 5

# By which address somebody is known when he writes to us.
for column in (Contact.email, Account.email, ContactPoint.value, AccountPoint.value):
    model = column.model
    name, lowered = f"{model._meta.table_name}_mail_address", peewee.fn.LOWER(column)
    model.add_index(peewee.ModelIndex(model, (lowered,), where=column != "", name=name))


class Match(NamedTuple):
    """Where a mail belongs: what goes on with it, or the account or lead of a new conversation; else why not."""

    conversation: Conversation | None = None
    case: Case | None = None
    writer: Actor | None = None  # who writes to the case
    account: Account | None = None
    contact: Contact | None = None
    lead: Lead | None = None
    about: Ref | None = None
    reason: str = ""
    hint: Ref | None = None


def match(reading, now):
    """Where a mail belongs, as a Match."""
    doubtful = mail_reading.is_doubtful(reading.checks)
    people = people_at(reading.from_address)
    meant = _meant(reading)
    for ref in meant:
        found = None if doubtful else _bound(ref, reading, people)
        if found:
            return found
    if meant:
        return Match(reason="checks" if doubtful else "another_address", hint=meant[0])
    if mail_tokens.is_ours(reading.from_address):
        return Match(reason="own_address")
    accounts = {account.id: account for account, _ in people}
    if doubtful:
        return Match(reason="checks", hint=next(iter(accounts.values())).ref if accounts else None)
    if len(accounts) > 1:
        return Match(reason="several", hint=people[0][0].ref)
    if accounts:
        return _of_account(reading, people, now)
    return _of_stranger(reading, now)


def people_at(address):
    """[(Account, Contact or None)] whom an address belongs to."""
    key = key_of(address)
    if not key:
        return []
    rows = Contact.select(Contact, Account).join(Account)
    first = (Contact.email != "") & (peewee.fn.LOWER(Contact.email) == key)
    rows = rows.where(Contact.is_active & (first | Contact.id.in_(_points(ContactPoint, key))))
    found = [(contact.account, contact) for contact in rows.order_by(Contact.id).limit(20)]
    known = {account.id for account, _ in found}
    same = (Account.email != "") & (peewee.fn.LOWER(Account.email) == key)
    own = Account.select().where((same | Account.id.in_(_points(AccountPoint, key))) & Account.is_active).limit(20)
    return found + [(account, None) for account in own if account.id not in known]


def _points(model, key):
    """Query of the ids of those who have an address as a further one."""
    owner = model.contact if model is ContactPoint else model.account
    same = (model.value != "") & (peewee.fn.LOWER(model.value) == key)
    return model.select(owner).where((model.kind == "email") & same)


def _meant(reading):
    """The records that a mail answers: by our marks, and by the Message-IDs of what we sent or got."""
    found = mail_tokens.refs_in(reading.headers)
    answers = list(reading.answers)
    if answers:
        ours = Outbox.select(Outbox.entry).where(Outbox.message_id.in_(answers))
        entries = [entry for (entry,) in ours.tuples()]
        same = Mail.entry.in_(entries) | Mail.message_id.in_(answers)
        found += [Ref("conversation", one) for (one,) in Mail.select(Mail.conversation).where(same).tuples()]
        about = Entry.select(Entry.subject).where(Entry.id.in_(entries) & Entry.subject.startswith("case:"))
        found += [Ref.parse(subject) for (subject,) in about.tuples()]
    return list(dict.fromkeys(found))


def _bound(ref, reading, people):
    """The Match of a record that a mail names, if its sender takes part in it; else None."""
    if ref.kind == "case":
        case = Case.get_or_none(Case.id == ref.id)
        return case and _in_case(case.where_it_goes_on(), reading.from_address, people)
    conversation = Conversation.get_or_none(Conversation.id == ref.id)
    if conversation is None:
        return None
    if conversation.joined_id:
        return _bound(conversation.joined.ref, reading, people)
    case = conversation.about_ref if conversation.state == "in_case" else None
    if case:
        return _bound(case, reading, people)
    same = [contact for account, contact in people if account.id == conversation.account_id]
    if not same and not mail_people.takes_part(conversation, reading.from_address):
        return None
    return Match(conversation, account=conversation.concerns, contact=same[0] if same else None)


def _in_case(case, address, people):
    """The Match of a case for somebody of its account: a login that works there, or a contact who only writes."""
    login = Login.by_key("customer", key_of(address))
    writer = memberships.actor_in(login, case.account_id) if login is not None and login.is_active else None
    contact = next((c for account, c in people if account.id == case.account_id and c is not None), None)
    if case.is_private and not (writer and (case.asker == str(writer.ref) or writer.role == "customer_admin")):
        return None
    if writer is None and contact is not None:
        writer = writer_of(contact)
    return writer and Match(case=case, writer=writer, account=case.account, contact=contact, about=case.ref)


def writer_of(contact):
    """A contact who does not sign in, as the one who writes to a case: he may nothing else."""
    return Actor(contact.ref, contact.name, "viewer", account=contact.account_id, contact=contact.id)


def _of_account(reading, people, now):
    account, contact = people[0]
    about = _named(account, f"{reading.subject}\n{reading.text[:2000]}")
    return Match(account=account, contact=contact, about=about, hint=_similar(reading, now))


def _of_stranger(reading, now):
    leads = list(Lead.select().where((Lead.email_key == key_of(reading.from_address)) & Lead.state.in_(OPEN_LEADS)))
    if len(leads) == 1:
        return Match(lead=leads[0], hint=_similar(reading, now))
    return Match(reason="unknown", hint=_similar(reading, now))


def _named(account, text):
    """The Ref of the first order, invoice or case of this account whose number stands in a text."""
    for number in NUMBERS.findall(text)[:MOST_NUMBERS]:
        for model in (Order, Invoice, Case):
            try:
                found = model.select().where((model.account == account) & model.by_number(number.upper())).first()
            except NotFound:
                continue
            if found:
                return found.ref
    return None


def _similar(reading, now):
    """A conversation of late with the same address under the same subject: a hint, no more."""
    subject = plain_subject(reading.subject)
    rows = Conversation.select().where(
        (Conversation.address_key == key_of(reading.from_address)) & (Conversation.last_at > now - SIMILAR_WITHIN)
    )
    rows = rows.order_by(Conversation.id.desc()).limit(20)
    return next((row.ref for row in rows if subject and plain_subject(row.subject) == subject), None)


def plain_subject(subject):
    """A subject without the marks of answers, as it is compared."""
    return ANSWERING.sub("", subject).strip().casefold()
