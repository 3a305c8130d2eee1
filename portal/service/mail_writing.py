"""Writing mails: from a record, or as the answer in a conversation; they go out through the outbox."""

from portal import audit, masking, store
from portal.activity import attachments
from portal.activity.attachments import Attachment
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import sound
from portal.service import mail_people, mail_timeline, mails
from portal.service.conversations import Conversation, key_of
from portal.service.mails import LONGEST_TEXT, Mail
from portal.values import Ref

MOST_FILES = 10
MOST_BYTES = 20 * 1024 * 1024  # of all files of one mail: more is refused by most servers
REFERENCES = 5  # Message-IDs of earlier mails that an answer names


def write(
    *, by, to, subject, text, cc=(), files=(), attached=(), account=None, lead=None, about=None, conversation=None,
    contact=None, now=None,
):  # fmt: skip
    """Send a mail and keep it in its conversation; a new one unless it answers. Returns the Mail.

    `to` and `cc` are keys of `mail_people.of(…)`, `files` [Sent] that are new, `attached` ids of files of the record
    `about` (a Ref); `contact` is from whose page it is written. Each recipient gets a mail of his own that names all.
    Raises Invalid: field-needed, recipient-unknown, contact-wants-no-mail, files-too-many, mail-too-large.
    """
    words = _checked(subject, text)
    if conversation is not None:
        account, lead = conversation.concerns, conversation.lead
    with masking.hiding(by.limits.hidden):
        known = mail_people.of(account=account, lead=lead, conversation=conversation, contact=contact)
    to, cc = _people(known, to, "to", conversation), _people(known, cc, "cc", conversation)
    if not to:
        raise Invalid(to="field-needed")
    cc = [one for one in cc if one not in to]
    along = _attached(about, attached, by)
    with audit.change(by, "mail.written", about=account, now=now) as change:
        references = _references(conversation) if conversation else []
        begun = conversation or _begun(change, account, lead, about, to[0], words["subject"])
        mail = _kept(change, begun, to, cc, words)
        if files:
            along += attachments.attach(begun, by=by, files=files, is_told=False, now=change.now)
        _refuse_too_much(along)
        if conversation:
            _go_on(change, begun)
        _finish(change, mail, begun, along, [one.contact for one in (*to, *cc)])
        mails.index(begun, None if conversation else [mail.text])
        told = _told(mail, begun, along, references)
        change.tell([one.recipient for one in (*to, *cc)], "mail_written", **told)
    return mail


def _checked(subject, text):
    """Subject and text as they are kept. Raises Invalid: field-needed, text-too-long, text-unreadable."""
    kept = {
        "subject": sound(subject or "", "subject", 200),
        "text": sound(text or "", "text", LONGEST_TEXT, lines=True),
    }
    missing = [name for name, value in kept.items() if not value]
    if missing:
        raise Invalid(**dict.fromkeys(missing, "field-needed"))
    return kept


def _people(known, keys, field, conversation):
    found = mail_people.chosen(known, keys, field)
    mail_people.refuse_unwanted(found, conversation, field)
    return found


def _attached(about, ids, by):
    """Files of the record that go along. Raises Invalid(attached="file-gone")."""
    if not ids:
        return []
    mine = Attachment.visible_to(by).where(Attachment.id.in_(list(ids)) & (Attachment.subject == str(about)))
    found = list(mine)
    if len(found) != len(set(ids)):
        raise Invalid(attached="file-gone")
    return found


def _refuse_too_much(along):
    if len(along) > MOST_FILES:
        raise Invalid(files=("files-too-many", {"most": MOST_FILES}))
    if sum(one.size for one in along) > MOST_BYTES:
        raise Invalid(files=("mail-too-large", {"megabytes": MOST_BYTES // 1024 // 1024}))


def _begun(change, account, lead, about, person, subject):
    """A new conversation with the first of those it goes to."""
    about = about if isinstance(about, Ref) and about.kind in ("order", "invoice", "case") else None
    return Conversation.create(
        subject=subject, state="for_them", name=person.name, address=person.address,
        address_key=key_of(person.address), account=account, contact=person.contact, lead=lead,
        about=str(about or ""), owner=change.by.employee, begun_at=change.now, last_at=change.now,
    )  # fmt: skip


def _kept(change, conversation, to, cc, words):
    mail = Mail.create(
        conversation=conversation, is_ours=True, at=change.now, author=str(change.by.ref),
        from_name=change.by.name, to=[[one.name, one.address] for one in to],
        cc=[[one.name, one.address] for one in cc], **words,
    )  # fmt: skip
    change.result = conversation.ref
    change.record("subject", None, mail.subject)
    change.record("to", None, ", ".join(one.address for one in (*to, *cc)))
    return mail


def _go_on(change, conversation):
    """Now the word is with them, and whoever answers what nobody holds holds it."""
    fields = {"last_at": change.now, "owner": conversation.owner_id or change.by.employee}
    if conversation.state not in ("in_case", "to_sort"):
        fields["state"] = "for_them"
    Conversation.update(fields).where(Conversation.id == conversation.id).execute()


def _finish(change, mail, conversation, along, contacts):
    """Its files, its place on the timeline, and the event under which it goes out."""
    mail.files = [one.id for one in along]
    mail.interaction = mail_timeline.stand(mail, conversation, contacts, by=change.by, now=change.now)
    change.subject = mail_timeline.place_of(mail)
    kept = {"files": mail.files, "interaction": mail.interaction}
    change.once_written(lambda entry: Mail.update(entry=entry, **kept).where(Mail.id == mail.id).execute())


def _references(conversation):
    """Message-IDs of the last mails that came, oldest first, for the answer to name."""
    earlier = Mail.select(Mail.message_id).where((Mail.conversation == conversation) & (Mail.message_id != ""))
    return [found for (found,) in earlier.order_by(Mail.id.desc()).limit(REFERENCES).tuples()][::-1]


def _told(mail, conversation, along, references):
    """What the letter holds, as JSON: its words, and the envelope that portal/web/enveloping.py writes."""
    envelope = {
        "thread": str(conversation.ref),
        "by": mail.from_name,
        "to": mail.to,
        "cc": mail.cc,
        "references": references,
        "files": [[one.name, one.file.sha256, one.type] for one in along],
    }
    return {"subject": mail.subject, "text": mail.text, "envelope": envelope}


def account_of(record):
    """(account, lead) a mail from this record concerns."""
    if isinstance(record, Account):
        return record, None
    if isinstance(record, Conversation):
        return record.concerns, record.lead
    if record.ref.kind == "lead":
        return (record.account if record.account_id else None), record
    return record.account, None


def topic_of(conversation):
    """The order, invoice or case that a conversation is about; None without one."""
    ref = conversation.about_ref
    model = ref and store.kinds().get(ref.kind)
    return model and model.get_or_none(model.id == ref.id)
