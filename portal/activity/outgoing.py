"""Outgoing mail as managers see it: sent, waiting, withheld or failed; and a failed one sent again."""

from datetime import timedelta

from portal import audit, fields, outbox, values
from portal.activity import trail
from portal.audit import Entry
from portal.errors import Invalid, NotFound
from portal.outbox import STATES, Outbox
from portal.people import policy
from portal.values import Ref

LATE = timedelta(minutes=2)

policy.allow("mail.see", policy.MANAGERS)
policy.allow("mail.send_again", policy.MANAGERS)

MAIL_FIELDS = fields.Table(
    "outbox",
    fields.Field("number", "number", fields.MANAGERS, sort=True),
    fields.Field("created_at", "moment", fields.MANAGERS, filter=True),
    fields.Field("state", "choice", fields.MANAGERS, filter=True, choices=STATES),
    fields.Field("name", "text", fields.MANAGERS, filter=True),
    fields.Field("address", "email", fields.MANAGERS, filter=True),
    fields.Field("subject", "text", fields.MANAGERS),
    fields.Field("template", "text", fields.MANAGERS, filter=True),
    fields.Field("attempts", "number", fields.MANAGERS, filter=True),
    fields.Field("due_at", "moment", fields.MANAGERS),
    fields.Field("sent_at", "moment", fields.MANAGERS),
    fields.Field("error", "text", fields.MANAGERS),
    fields.Field("message_id", "text", fields.MANAGERS),
)


class Mail:
    """One mail on its way out: an outbox row of the channel "mail", or one that goes out within a gathered letter."""

    id = Outbox.id
    by_number = Outbox.by_number

    @staticmethod
    def visible_to(actor):
        """Query of the mails about what this person may see; managers their teams' and the pool's, admins all."""
        if not policy.may(actor, "mail.see"):
            raise NotFound()
        joined = Outbox.select().join(Entry, on=(Entry.id == Outbox.entry))
        return joined.where((Outbox.channel != "inbox") & trail.within(actor))


def late(actor, now=None):
    """Query of the mails that wait longer than mail takes: the mail server is away, or the worker is.

    One that waited for the morning, as its receiver wished, counts from then on.
    """
    since = (now or values.now()) - LATE
    overdue = (Outbox.due_at < since) | (Outbox.error != "")
    return Mail.visible_to(actor).where((Outbox.state == "waiting") & (Outbox.created_at < since) & overdue)


def failed(actor):
    """Query of the dead letters this person should do something about."""
    return Mail.visible_to(actor).where(Outbox.state == "dead")


def send_again(mail, *, by):
    """Put a dead letter back into the queue; it keeps its Message-ID. Raises Invalid(mail="mail-not-dead")."""
    about = Ref.parse(Entry.get_by_id(mail.entry).about)
    with audit.change(by, "mail.sent_again", mail, about=about) as change:
        change.guard(outbox.again(mail), Invalid(mail="mail-not-dead"))
    return mail
