"""Mails: each one that went out or came in, in its conversation, and the addresses from which mail came back."""

import peewee

from portal import search, store, values
from portal.customers.accounts import Account
from portal.fields import STAFF, Field, Table
from portal.files import File
from portal.outbox import Outbox
from portal.service.conversations import INSIDE, Conversation

PAGE = 20
LONGEST_TEXT = 20_000  # letters that are kept to be shown; the whole stands in the original
INDEXED = 20  # newest mails by which a conversation is found

FIELDS = Table(
    "mail",
    Field("number", sort=True),
    Field("at", "moment", STAFF, sort=True),
    Field("from_name"),
    Field("from_address", "email"),
    Field("to"),
    Field("cc"),
    Field("subject"),
    Field("text", "words", STAFF),
    Field("is_ours", "yes", STAFF),
)


class Mail(store.Model):
    """One mail. `at` is when it went or came; what its sender says of the day stands in `dated_at`."""

    conversation = peewee.ForeignKeyField(Conversation, index=False)
    is_ours = peewee.BooleanField(default=False)
    at = store.MomentField(default=values.now)
    dated_at = store.MomentField(null=True)
    from_name = peewee.CharField(max_length=200, default="")
    from_address = peewee.CharField(max_length=320, default="")
    to = store.JSONText(default=list)  # [[name, address]]
    cc = store.JSONText(default=list)
    subject = peewee.CharField(max_length=200, default="")
    text = peewee.TextField(default="")
    is_cut = peewee.BooleanField(default=False)
    automatic = peewee.CharField(max_length=10, default="")  # reply, list or bounce, when a machine wrote it
    checks = peewee.CharField(max_length=60, default="")  # what our server says of the sender: "spf=pass dkim=fail"
    is_doubtful = peewee.BooleanField(default=False)
    message_id = peewee.CharField(max_length=300, default="")
    identity = peewee.CharField(max_length=64, null=True, unique=True)  # of what came in: the same mail comes once
    original = peewee.ForeignKeyField(File, null=True)
    files = store.JSONText(default=list)  # ids of attachments
    left_out = store.JSONText(default=list)  # names of parts that only the original holds
    author = peewee.CharField(max_length=40, default="")
    entry = peewee.BigIntegerField(null=True, index=True)  # the event under which ours went out
    interaction = peewee.IntegerField(null=True, index=True)  # as which it stands on the timeline of the account

    class Meta:
        indexes = ((("conversation", "id"), False), (("message_id",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the mails of the conversations a person sees."""
        seen = Conversation.visible_to(actor).where(Conversation.id == cls.conversation)
        rows = cls.select(cls, Conversation, File).join(Conversation).switch(cls).join(File, peewee.JOIN.LEFT_OUTER)
        return rows.where(peewee.fn.EXISTS(seen.select(peewee.SQL("1"))))

    @property
    def who(self):
        return self.from_name or self.from_address


class BouncedAddress(store.Model):
    """An address from which our mail came back for good, until it writes to us again."""

    address_key = peewee.CharField(max_length=320, unique=True)
    reason = peewee.CharField(max_length=300, default="")
    at = store.MomentField()


def page(conversation, before=None, most=PAGE):
    """(mails oldest first, where the earlier ones begin or None); one query."""
    rows = Mail.select(Mail, File).join(File, peewee.JOIN.LEFT_OUTER).where(Mail.conversation == conversation)
    if before:
        rows = rows.where(Mail.id < before)
    found = list(rows.order_by(Mail.id.desc()).limit(most + 1))
    shown = found[:most][::-1]
    return shown, (shown[0].id if len(found) > most else None)


def deliveries(mails):
    """{entry: [Outbox rows]} of ours among some mails; one query."""
    found = {}
    entries = [mail.entry for mail in mails if mail.entry]
    if entries:
        rows = Outbox.select().where(Outbox.entry.in_(entries) & (Outbox.template == "mail_written"))
        for row in rows.order_by(Outbox.id):
            found.setdefault(row.entry, []).append(row)
    return found


def index(conversation, words=None):
    """Put a conversation into the search, with its `words` or those of its newest mails, inside a change of it."""
    search.put(conversation.ref, *_entry(conversation, words)[1:])


def _entry(conversation, words=None):
    if words is None:
        rows = Mail.select(Mail.text).where(Mail.conversation == conversation).order_by(Mail.id.desc())
        words = [text for (text,) in rows.limit(INDEXED).tuples()]
    texts = [*conversation.texts(), *words]
    team = conversation.account.team_id if conversation.account_id else None
    return search.Entry(conversation.id, texts, conversation.account_id, team, INSIDE)


def search_entries(after, most):
    """The next conversations as the search index holds them, for its rebuilding."""
    rows = Conversation.select(Conversation, Account).join(Account, peewee.JOIN.LEFT_OUTER)
    rows = rows.where((Conversation.id > after) & Conversation.state.not_in(("spam", "let_be")))
    return [_entry(row) for row in rows.order_by(Conversation.id).limit(most)]


def bounced(addresses):
    """{address key: BouncedAddress} of those among some keys to which no mail gets through."""
    keys = list(addresses)
    if not keys:
        return {}
    rows = BouncedAddress.select().where(BouncedAddress.address_key.in_(keys))
    return {row.address_key: row for row in rows}


def conversation_of(interaction):
    """The id of the conversation whose mail stands on the timeline as this interaction; None without one."""
    return Mail.select(Mail.conversation).where(Mail.interaction == interaction.id).limit(1).scalar()
