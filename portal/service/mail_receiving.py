"""Receiving: what was fetched becomes a mail in its conversation, once, whoever of the workers comes first."""

import logging

import peewee

from portal import audit, files, store, troubles, values
from portal.activity import attachments
from portal.activity.attachments import Sent
from portal.errors import Invalid
from portal.outbox import Outbox
from portal.service import (
    case_writing,
    mail_bounces,
    mail_matching,
    mail_reading,
    mail_text,
    mail_timeline,
    mail_tokens,
    mails,
)
from portal.service.conversations import Conversation, key_of
from portal.service.mail_fetching import FetchedMail
from portal.service.mails import Mail

log = logging.getLogger("suki.mailbox")
BY = values.clock("Mailbox")
MOST_AT_ONCE = 50
QUOTED = 1000  # letters of a mail that stand in the notice about it


class _Taken(Exception):
    """Another worker has made something of it."""


def receive_all(most=MOST_AT_ONCE, now=None, by=BY):
    """Make mails of what was fetched; returns how many were looked at."""
    waiting = FetchedMail.select().where(FetchedMail.state == "fetched").order_by(FetchedMail.id).limit(most)
    found = list(waiting)
    for fetched in found:
        _receive(fetched, now or values.now(), by)
    return len(found)


def _receive(fetched, now, by):
    """One of them. What cannot be made into a mail is put before people with its head alone, or at least counted."""
    with files.open_bytes(fetched.file) as file:
        content = file.read()
    tries = [mail_reading.bare] if not fetched.is_whole else [_read, mail_reading.bare]
    for read in tries:
        try:
            make(fetched, read(content), now, by, is_bare=read is mail_reading.bare)
            return
        except _Taken:
            return
        except troubles.AWAY as trouble:
            if troubles.is_away(trouble):
                raise
            log.exception("mail %s could not be kept", fetched.id)
        except Exception:  # whatever somebody sends, the next mail is read
            log.exception("mail %s could not be kept", fetched.id)
    _settle(fetched, "stuck", "it could not be read")


def _read(content):
    return mail_reading.read(content, mail_tokens.mailbox().authserv_id)


def make(fetched, reading, now, by=BY, is_bare=False):
    """The mail of what was fetched, in its conversation; what was here before, and what is ours, is only noted."""
    if Mail.select().where(Mail.identity == reading.identity).exists():
        return _settle(fetched, "repeated")
    if reading.message_id and Outbox.select().where(Outbox.message_id == reading.message_id).exists():
        return _settle(fetched, "own")
    match = mail_matching.match(reading, now)
    if is_bare:
        match = mail_matching.Match(reason="unreadable" if fetched.is_whole else "too_large", hint=match.hint)
    kept, left_out = mail_reading.taken(reading)
    try:
        with audit.change(by, "mail.received", about=match.account, now=now) as change:
            mine = (FetchedMail.id == fetched.id) & (FetchedMail.state == "fetched")
            change.guard(FetchedMail.update(state="kept").where(mine), _Taken())
            _put(change, fetched, reading, match, [Sent(*one) for one in kept], left_out)
    except peewee.IntegrityError:
        if not Mail.select().where(Mail.identity == reading.identity).exists():
            raise
        _settle(fetched, "repeated")  # it came twice at the same moment
    return None


def _settle(fetched, state, error=""):
    with store.housekeeping("mailbox"):
        mine = (FetchedMail.id == fetched.id) & (FetchedMail.state == "fetched")
        FetchedMail.update(state=state, error=error).where(mine).execute()


def _put(change, fetched, reading, match, sent, left_out):
    """Within the change: the conversation, the mail in it, and what follows."""
    bounced = mail_bounces.note(change, reading)
    conversation = (bounced and bounced.conversation) or match.conversation
    if match.case is not None:
        conversation = _through_case(change, match, reading, sent, conversation)
    if conversation is None:
        conversation = _begun(change, reading, match)
    brought = (
        [] if match.case is not None and not reading.automatic else _attach(change, conversation, sent, left_out)
    )
    mail = _kept(change, fetched, reading, conversation, brought, left_out)
    if match.case is None and conversation.state not in ("spam", "let_be"):
        mail.interaction = mail_timeline.stand(mail, conversation, [match.contact], by=change.by, now=change.now)
        Mail.update(interaction=mail.interaction).where(Mail.id == mail.id).execute()
    change.subject = mail_timeline.place_of(mail)
    _go_on(change, conversation, reading, mail, bounced)
    mails.index(conversation)


def _through_case(change, match, reading, sent, conversation):
    """What answers a case is written into it, unless a machine wrote it. Returns the conversation of such mails."""
    case = match.case
    if not reading.automatic:
        words = mail_text.new_words(reading.text) or ("" if sent else reading.subject or reading.from_address)
        try:
            case = case_writing.reply(case, by=match.writer, words=words, files=sent[:10], now=change.now)
        except Invalid:  # there is no room for its files: the words still count
            case = case_writing.reply(case, by=match.writer, words=words or reading.subject, now=change.now)
    about = str(case.ref)
    mine = (Conversation.about == about) & (Conversation.state == "in_case")
    found = Conversation.select().where(mine & (Conversation.address_key == key_of(reading.from_address))).first()
    return found or _row(change, reading, match, state="in_case", about=about)


def _begun(change, reading, match):
    """A new conversation: with the account or lead it is of, or in the queue."""
    state = "for_us" if match.account or match.lead else "to_sort"
    if reading.automatic and not match.hint:
        state = "let_be"
    elif state == "to_sort" and _is_spammer(reading.from_address):
        state = "spam"
    owner = match.account.owner_id if match.account else (match.lead.owner_id if match.lead else None)
    return _row(change, reading, match, state=state, about=str(match.about or ""), owner=owner)


def _row(change, reading, match, **fields):
    made = Conversation.create(
        subject=reading.subject, reason=match.reason, name=reading.from_name[:200], address=reading.from_address,
        address_key=key_of(reading.from_address), account=match.account, contact=match.contact, lead=match.lead,
        hint=str(match.hint or ""), begun_at=change.now, last_at=change.now, **fields,
    )  # fmt: skip
    if match.account:
        made.account = match.account
    return made


def _is_spammer(address):
    last = Conversation.select(Conversation.state).where(Conversation.address_key == key_of(address))
    return last.order_by(Conversation.id.desc()).limit(1).scalar() == "spam"


def _attach(change, conversation, sent, left_out):
    """Its files, as far as there is room; the others stand in the original."""
    found = []
    for start in range(0, len(sent), attachments.MOST_AT_ONCE):
        some = sent[start : start + attachments.MOST_AT_ONCE]
        try:
            found += attachments.attach(conversation, by=change.by, files=some, is_told=False, now=change.now)
        except Invalid:
            left_out += [one.name for one in some]
    return found


def _kept(change, fetched, reading, conversation, brought, left_out):
    mail = Mail.create(
        conversation=conversation, at=fetched.came_at, dated_at=reading.dated_at,
        from_name=reading.from_name, from_address=reading.from_address, to=[list(one) for one in reading.to],
        cc=[list(one) for one in reading.cc], subject=reading.subject, text=reading.text, is_cut=reading.is_cut,
        automatic=reading.automatic, checks=" ".join("=".join(one) for one in reading.checks)[:60],
        is_doubtful=mail_reading.is_doubtful(reading.checks), message_id=reading.message_id,
        identity=reading.identity, original=fetched.file_id, files=[one.id for one in brought], left_out=left_out,
    )  # fmt: skip
    change.record("subject", None, reading.subject)
    change.record("from_address", None, reading.from_address)
    return mail


def _go_on(change, conversation, reading, mail, bounced):
    """Whose turn it is now, and who of us is told: of what a person wrote, and of ours that did not arrive."""
    fields = {"last_at": change.now}
    is_told = bool(bounced) or not reading.automatic
    if is_told and conversation.state in ("for_them", "done"):
        fields["state"] = conversation.state = "for_us"
    moved = Conversation.update(fields | {"version": Conversation.version + 1})
    moved.where(Conversation.id == conversation.id).execute()
    if is_told and conversation.state == "for_us":
        change.tell(people_for(conversation), "mail_came", **told(conversation, mail, bounced))
    if not reading.automatic and not mail.is_doubtful:
        mail_bounces.forgive(reading.from_address)


def people_for(conversation):
    """Who of us is told of what comes: whoever holds the conversation, else who looks after the account or lead."""
    if conversation.owner_id and conversation.owner.is_active:
        return [conversation.owner.recipient]
    if conversation.account_id:
        return conversation.account.staff_for()
    return conversation.lead.people() if conversation.lead_id else []


def told(conversation, mail, bounced=None):
    """What the notice says, as JSON."""
    return {
        "number": conversation.number,
        "name": conversation.who,
        "account": conversation.account_name,
        "subject": mail.subject,
        "words": mail_text.new_words(mail.text)[:QUOTED],
        "bounced": bounced.address if bounced else "",
    }
