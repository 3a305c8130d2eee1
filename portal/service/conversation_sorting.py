"""Sorting conversations: whose they are, what becomes of them, and when they are over; nothing is typed twice."""

from typing import NamedTuple

from portal import audit, search
from portal.activity.attachments import Attachment
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Denied, Invalid, NotFound
from portal.people import policy
from portal.sales.invoices import Invoice
from portal.sales.leads import FIELDS as LEAD_FIELDS
from portal.sales.leads import Lead
from portal.sales.orders import Order
from portal.service import case_writing, mail_matching, mail_text, mail_timeline, mails
from portal.service.cases import Case
from portal.service.conversations import ENDS, Conversation
from portal.service.mails import Mail

THEN = ("assign", "contact", "case", "lead")
NEEDS = {"contact": "contacts.add", "case": "cases.ask", "lead": "leads.work"}
TOPICS = (Order, Invoice, Case)


class Known(NamedTuple):
    """What a page knows of a sender already: the accounts and people at this address."""

    accounts: list
    contacts: list


def known_at(conversation, actor):
    """The accounts and contacts at the address of a conversation that this person sees."""
    people = mail_matching.people_at(conversation.address)
    seen = {a.id for a in Account.visible_to(actor).where(Account.id.in_([account.id for account, _ in people]))}
    found = [(account, contact) for account, contact in people if account.id in seen]
    accounts = list({account.id: account for account, _ in found}.values())
    return Known(accounts, [contact for _, contact in found if contact is not None])


def hinted(conversation, actor):
    """The conversation that it may belong to, as far as this person sees it; None without one."""
    ref = conversation.hint_ref
    if ref is None or ref.kind != "conversation":
        return None
    return Conversation.visible_to(actor).where(Conversation.id == ref.id).first()


def sort(conversation, *, by, then="assign", account="", name="", about="", now=None):
    """Say whose it is: of an account (`account` is its number or name), of a new contact there, a case, or a lead.

    `about` is the number of an order, invoice or case of the account. The mails that came stand on its timeline from
    then on. Raises Invalid: choice-unknown on "then", conversation-account-… on "account",
    conversation-about-unknown on "about", field-needed on "name", conversation-moved-on on "state".
    """
    if then not in THEN:
        raise Invalid(then="choice-unknown")
    if conversation.state != "to_sort":
        raise Invalid(state=("conversation-moved-on", {"number": conversation.number}))
    if then in NEEDS and not policy.may(by, NEEDS[then]):
        raise Denied(NEEDS[then])
    if then == "lead":
        return _to_lead(conversation, by, name or conversation.name, now)
    found = find_account(account, by)
    topic = find_topic(found, about)
    with audit.change(by, "conversation.sorted", conversation, about=found, now=now) as change:
        contact = _contact(conversation, found, by, then, name, change.now)
        if then == "case":
            topic = _case(conversation, found, contact, by, change.now)
        fields = {"account": found, "contact": contact, "lead": None, "about": str(topic or ""), "reason": ""}
        state = "in_case" if then == "case" else "for_us"
        conversation.move(change, state=state, owner=conversation.owner_id or by.employee, hint="", **fields)
        _bring_along(change, conversation, is_shown=then != "case")
        change.result = conversation.ref
    return conversation


def find_account(text, actor):
    """The account a person means by its number or name. Raises Invalid on "account"."""
    text = (text or "").strip()
    if not text:
        raise Invalid(account="conversation-account-needed")
    rows, number = Account.visible_to(actor), text.partition(" ")[0]
    found = rows.where(Account.by_number(number)).first() if number.isascii() and number.isdigit() else None
    if found is not None:
        return found
    named = list(rows.where(Account.folded == search.fold(text)).limit(2))
    if len(named) != 1:
        raise Invalid(account=f"conversation-account-{'several' if named else 'unknown'}")
    return named[0]


def find_topic(account, number):
    """The Ref of an order, invoice or case of an account, None without a number. Raises Invalid on "about"."""
    number = (number or "").strip().upper()
    for model in TOPICS if number else ():
        try:
            found = model.select().where((model.account == account) & model.by_number(number)).first()
        except NotFound:
            continue
        if found is not None:
            return found.ref
    if number:
        raise Invalid(about="conversation-about-unknown")
    return None


def _contact(conversation, account, by, then, name, now):
    """Who of the account it is with: whoever has the address there, or a new contact under it."""
    people = mail_matching.people_at(conversation.address)
    known = next((c for a, c in people if a.id == account.id and c is not None), None)
    if known is not None or then == "assign":
        return known
    name = (name or conversation.name or "").strip()
    if not name and then == "contact":
        raise Invalid(name="field-needed")
    return Contact.add(account, by=by, name=name, email=conversation.address, now=now) if name else None


def _case(conversation, account, contact, by, now):
    """A case of what was written, with its words; it goes on there."""
    first = Mail.select().where((Mail.conversation == conversation) & ~Mail.is_ours).order_by(Mail.id).first()
    words = mail_text.new_words(first.text) if first else ""
    about = {"kind": "other", "words": words or conversation.subject or conversation.address}
    made = case_writing.ask(account, by=by, contact=contact and contact.id, now=now, **about)
    return made.ref


def _to_lead(conversation, by, name, now):
    """Somebody who wants something: a lead with the words of the mail. Raises Invalid(name="field-needed")."""
    name = LEAD_FIELDS["name"].clean(name or "")[:120]
    if not name:
        raise Invalid(name="field-needed")
    with audit.change(by, "conversation.sorted", conversation, now=now) as change:
        with audit.change(by, "lead.written_down", now=change.now) as made:
            first = Mail.select().where(Mail.conversation == conversation).order_by(Mail.id).first()
            email, key = conversation.address, conversation.address_key
            lead = made.create(
                Lead, source="mail", name=name, email=email, email_key=key, words=first.text[:4000] if first else "",
                owner=by.employee, team=by.teams[0] if by.teams else None, created_at=change.now,
            )  # fmt: skip
            lead.index()
        conversation.move(change, state="for_us", lead=lead, reason="", owner=by.employee, hint="")
        mails.index(conversation)
        change.result = conversation.ref
    return conversation


def _bring_along(change, conversation, is_shown):
    """Its files and mails belong to the account now; what came before stands on its timeline on its own day."""
    subject = Attachment.subject == str(conversation.ref)
    Attachment.update(account=conversation.account_id).where(subject).execute()
    if is_shown:
        rows = Mail.select().where((Mail.conversation == conversation) & Mail.interaction.is_null())
        for mail in rows.order_by(Mail.id).limit(mails.PAGE):
            people = [] if mail.is_ours else [conversation.contact]
            made = mail_timeline.stand(mail, conversation, people, by=change.by, now=change.now)
            Mail.update(interaction=made).where(Mail.id == mail.id).execute()
    mails.index(conversation)


def join(conversation, *, by, number, now=None):
    """Put its mails into another conversation, where it goes on. Raises Invalid: conversation-unknown on "number"."""
    other = _other(conversation, number, by)
    with audit.change(by, "conversation.joined", conversation, about=other.concerns, now=now) as change:
        Mail.update(conversation=other).where(Mail.conversation == conversation).execute()
        files = Attachment.subject == str(conversation.ref)
        Attachment.update(subject=str(other.ref), account=other.account_id).where(files).execute()
        conversation.move(change, state="let_be", joined=other, reason="", hint="")
        other.move(change, state="for_us" if other.state in ("for_them", "done") else other.state, last_at=change.now)
        search.drop(conversation.ref)
        if other.account_id:
            _bring_along(change, other, is_shown=other.state != "in_case")
        change.result = other.ref
    return other


def _other(conversation, number, by):
    text = (number or "").strip().upper()
    try:
        found = Conversation.visible_to(by).where(Conversation.by_number(text)).first()
    except NotFound:
        found = None
    if found is None or found.joined_id:
        raise Invalid(number="conversation-unknown")
    if found.id == conversation.id:
        raise Invalid(number="conversation-itself")
    return found


def end(conversation, *, by, state, now=None):
    """It is over: "done", "let_be" (not for us), or "spam", whose sender is not heard any more until it is opened.

    Raises Invalid: choice-unknown or conversation-moved-on on "state".
    """
    if state not in ENDS:
        raise Invalid(state="choice-unknown")
    with audit.change(by, f"conversation.{state}", conversation, about=conversation.concerns, now=now) as change:
        conversation.move(change, state=state)
        if state != "done":
            search.drop(conversation.ref)
        change.result = conversation.ref
    return conversation


def reopen(conversation, *, by, now=None):
    """It was not over: it waits for us again, or to be sorted. Raises Invalid(state="conversation-moved-on")."""
    with audit.change(by, "conversation.reopened", conversation, about=conversation.concerns, now=now) as change:
        is_sorted = conversation.account_id or conversation.lead_id
        conversation.move(change, state="for_us" if is_sorted else "to_sort")
        mails.index(conversation)
        change.result = conversation.ref
    return conversation
