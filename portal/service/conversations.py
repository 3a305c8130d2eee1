"""Conversations: mails with one person outside about one matter, and how it stands between us."""

import peewee

from portal import store, values
from portal.activity import attachments, trail
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.errors import Invalid, NotFound
from portal.fields import STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.sales.leads import Lead
from portal.values import Ref

# to_sort: nobody knows yet whose it is; in_case: it goes on in its case; let_be: not for us.
STATES = ("to_sort", "for_us", "for_them", "done", "in_case", "let_be", "spam")
KIND_OF = {
    "to_sort": "needs", "for_us": "wait", "for_them": "run", "done": "done", "in_case": "done", "let_be": "closed",
    "spam": "closed",
}  # fmt: skip
OPEN = ("to_sort", "for_us")
ENDS = ("done", "let_be", "spam")
# Why it waits to be sorted.
REASONS = ("", "unknown", "another_address", "several", "own_address", "checks", "unreadable", "too_large")

INSIDE = "mailbox.see"  # the right under which they are found: no customer finds our mails

policy.allow("mailbox.see", policy.STAFF)
policy.allow("mailbox.write", policy.STAFF)
policy.allow("mailbox.sort", policy.STAFF)

FIELDS = Table(
    "conversation",
    Field("number", sort=True),
    Field("subject"),
    Field("state", "choice", STAFF, filter=True, choices=STATES),
    Field("reason", "choice", STAFF, filter=True, choices=REASONS),
    Field("name"),
    Field("address", "email"),
    Field("account", "link", STAFF, filter=True),
    Field("account_name"),
    Field("contact", "link", STAFF),
    Field("lead", "link", STAFF),
    Field("about"),
    Field("owner", "link", STAFF, filter=True),
    Field("begun_at", "moment", STAFF, filter=True),
    Field("last_at", "moment", STAFF, sort=True, filter=True),
)


class Conversation(store.Versioned):
    """The mails between us and one address about one matter; of an account, of a lead, or of nobody we know yet."""

    NUMBER = "ML-{:06d}"

    subject = peewee.CharField(max_length=200)
    state = peewee.CharField(max_length=10)  # one of STATES
    reason = peewee.CharField(max_length=20, default="")  # one of REASONS
    name = peewee.CharField(max_length=200, default="")
    address = peewee.CharField(max_length=320)
    address_key = peewee.CharField(max_length=320)
    account = peewee.ForeignKeyField(Account, null=True, index=False)
    contact = peewee.ForeignKeyField(Contact, null=True)
    lead = peewee.ForeignKeyField(Lead, null=True)
    about = peewee.CharField(max_length=40, default="", index=True)  # Ref of the order, invoice or case it is about
    hint = peewee.CharField(max_length=40, default="")  # Ref of where it may belong; somebody decides
    owner = peewee.ForeignKeyField(Employee, null=True)
    joined = peewee.ForeignKeyField("self", null=True)  # where its mails stand now
    begun_at = store.MomentField(default=values.now)
    last_at = store.MomentField(default=values.now)

    class Meta:
        indexes = (
            (("account", "last_at"), False),
            (("state", "last_at"), False),
            (("last_at",), False),
            (("address_key", "id"), False),
        )

    @classmethod
    def visible_to(cls, actor):
        """Query of the conversations a person may see, with account and owner: those of accounts and leads they see,
        and what nobody has sorted yet. Customers have none: they see what is shared of their account's timeline.
        """
        if not (actor.is_staff or actor.is_system):
            raise NotFound()
        rows = cls.select(cls, Account, Employee).join(Account, peewee.JOIN.LEFT_OUTER).switch(cls)
        rows = rows.join(Employee, peewee.JOIN.LEFT_OUTER, on=(cls.owner == Employee.id)).switch(cls)
        lead = Lead.select(Lead.id).where((Lead.id == cls.lead) & Lead.scope(actor))
        nobodys = cls.account.is_null() & (cls.lead.is_null() | peewee.fn.EXISTS(lead))
        return rows.where(nobodys | (cls.account.is_null(False) & Account.scope(actor)))

    @classmethod
    def to_answer(cls, actor):
        """Query of those in which the word is with us."""
        return cls.visible_to(actor).where(cls.state == "for_us")

    @classmethod
    def to_sort(cls, actor):
        """Query of the queue: what came from nobody we know, or not as it should."""
        return cls.visible_to(actor).where(cls.state == "to_sort")

    @property
    def account_name(self):
        return self.account.name if self.account_id else ""

    @property
    def about_ref(self):
        return Ref.parse(self.about)

    @property
    def hint_ref(self):
        return Ref.parse(self.hint)

    @property
    def who(self):
        """The person outside, as well as we know."""
        return self.name or self.address

    @property
    def kind_of_state(self):
        return KIND_OF[self.state]

    @property
    def concerns(self):
        """The account that its events concern; None while it has none."""
        return self.account if self.account_id else None

    def move(self, change, **fields):
        """Set fields, unless somebody was faster; raises Invalid(state="conversation-moved-on")."""
        as_read = (Conversation.id == self.id) & (Conversation.version == self.version)
        moved = Conversation.update(fields | {"version": Conversation.version + 1}).where(as_read)
        change.guard(moved, Invalid(state=("conversation-moved-on", {"number": self.number})))
        for name, value in fields.items():
            old, new = self.__data__.get(name), getattr(value, "id", value)
            if old != new and name not in ("last_at", "hint"):
                change.record(name, old, new)
            setattr(self, name, value)
        self.version += 1

    def texts(self):
        """What it is found by, besides the words of its mails."""
        return [self.number, self.subject, self.name, self.address, self.account_name]


# What waits for us, newest first: the mailbox as it opens.
IS_OPEN = peewee.fn.COALESCE(Conversation.state, "").in_(OPEN)  # of the plain column SQLite gathers each and sorts
_NEWEST = (Conversation.last_at, Conversation.id)
Conversation.add_index(peewee.ModelIndex(Conversation, _NEWEST, where=IS_OPEN, name="conversation_waiting"))


def key_of(address):
    """The form in which addresses are compared; any text has one."""
    try:
        return values.email(address)[1]
    except Invalid:
        return (address or "").strip().casefold()[:320]


# What went to and fro by mail customers read where it is shared with them, on their timeline.
OURS = ("mail.written", "mail.received")
trail.keep_from_customers(lambda actor: trail.Entry.event.in_(OURS) | trail.Entry.event.startswith("conversation."))
attachments.take("conversation", "/mailbox/{}", needs="mailbox.write")
