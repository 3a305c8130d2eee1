"""Invariants of the mailbox: what must hold for mails, whoever was killed between fetching and keeping them."""

from portal.service.conversations import Conversation
from portal.service.mail_fetching import FetchedMail
from portal.service.mails import Mail


def faults():
    """Each mail that is said to be kept stands in a conversation; one that was put into another holds none."""
    kept = Mail.select(Mail.original).where(Mail.original.is_null(False))
    for row in FetchedMail.select().where((FetchedMail.state == "kept") & FetchedMail.file.not_in(kept)).iterator():
        yield f"mail {row.uid} of {row.mailbox} is said to be kept and stands in no conversation"
    joined = Conversation.select(Conversation.id).where(Conversation.joined.is_null(False))
    for row in Mail.select(Mail.id, Mail.conversation).where(Mail.conversation.in_(joined)).iterator():
        yield f"mail {row.id} stands in conversation {row.conversation_id}, which was put into another"
