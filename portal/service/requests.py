"""Change requests: details that customers may not change by themselves, as they were and as they shall be."""

import hashlib

import peewee

from portal import fields, search, store, values
from portal.activity import attachments
from portal.customers.accounts import Account
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy
from portal.service.moving_on import MovesOn
from portal.values import Ref

STATES = ("asked", "proof", "planned", "done", "declined", "withdrawn")
OPEN = ("asked", "proof", "planned")
# How each state is drawn for the customer, and for us, who have to act where he waits.
KIND_OF = {
    "asked": "wait",
    "proof": "needs",
    "planned": "run",
    "done": "done",
    "declined": "refused",
    "withdrawn": "closed",
}
KIND_FOR_STAFF = KIND_OF | {"asked": "needs", "proof": "wait"}
# verb -> states it starts from
STARTS = {
    "withdraw": OPEN,
    "prove": ("asked", "proof"),
    "ask_proof": ("asked",),
    "approve": ("asked", "proof"),
    "decline": OPEN,
    "apply": ("planned",),
}
LONGEST_REASON = 1000


def _own(actor, request):
    """A customer admin those of the account, others their own."""
    return actor.is_staff or actor.role == "customer_admin" or request.asked_ref == str(actor.ref)


policy.allow("requests.see", policy.SIGNED_IN)
policy.allow("requests.withdraw", policy.BUYERS, when=_own)
policy.allow("requests.prove", policy.BUYERS, when=_own)
policy.allow("requests.approve", policy.STAFF)
policy.allow("requests.decline", policy.STAFF)
policy.allow("requests.ask_proof", policy.STAFF)
attachments.take("change_request", "/requests/{}", own_path="/account/requests/{}", customers_add=True)

FIELDS = Table(
    "change_request",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("account", "link", EVERYONE, filter=True),
    Field("account_name", read=STAFF),
    Field("reason", "words", EVERYONE, longest=LONGEST_REASON),
    Field("valid_from", "date", EVERYONE),
    Field("reply", "words", EVERYONE, longest=LONGEST_REASON),
    Field("asked_by", read=EVERYONE),
    Field("asked_at", "moment", EVERYONE, sort=True),
    Field("decided_by", read=EVERYONE),
    Field("decided_at", "moment", EVERYONE),
)


class ChangeRequest(MovesOn, store.Versioned):
    """What one person of a customer wants changed of one record, and what we said to it.

    asked: we look at it; proof: we wait for a paper; planned: approved, and done on `valid_from`; done; declined;
    withdrawn.
    """

    NUMBER = "CR-{:06d}"
    STARTS, RIGHTS, MOVED_ON = STARTS, "requests", "request-moved-on"

    account = peewee.ForeignKeyField(Account)
    subject = peewee.CharField(max_length=40)  # Ref of the record: account:12
    state = peewee.CharField(max_length=10, default="asked")
    reason = peewee.TextField(default="")
    valid_from = peewee.DateField(null=True)  # None: as soon as it is approved
    reply = peewee.TextField(default="")  # ours, which the customer reads
    asked_ref = peewee.CharField(max_length=40)
    asked_by = peewee.CharField(max_length=200, default="")
    asked_at = store.MomentField(default=values.now)
    decided_by = peewee.CharField(max_length=200, default="")
    decided_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("account", "state"), False), (("state", "id"), False), (("asked_at",), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the requests a person may see, each with its account."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def waiting_for_us(cls, actor):
        """Query of those that staff must answer, without order."""
        return cls.visible_to(actor).where(cls.state == "asked")

    @classmethod
    def open_for(cls, actor):
        """Query of those that are not decided or not done yet, without order."""
        return cls.visible_to(actor).where(cls.state.in_(OPEN))

    @property
    def kind(self):
        """How the state is drawn for the customer."""
        return KIND_OF[self.state]

    @property
    def account_name(self):
        return self.account.name

    @property
    def noun(self):
        """What kind of record it is about: account, contact, address."""
        return Ref.parse(self.subject).kind

    @property
    def items(self):
        """What is asked for, field by field; one query."""
        return list(RequestedField.select().where(RequestedField.request == self).order_by(RequestedField.id))

    def record(self):
        """The record it is about as it stands now, with its account."""
        ref = Ref.parse(self.subject)
        if ref.kind == "account":
            return Account.get_by_id(ref.id)
        row = store.kinds()[ref.kind].get_by_id(ref.id)
        row.account = self.account
        return row

    def told(self, items):
        """What notices about it say, as JSON."""
        listed = [{"field": item.field, "old": item.old, "new": item.new, "state": item.state} for item in items]
        about = {"number": self.number, "account": self.account.name, "noun": self.noun, "changes": listed}
        ahead = self.valid_from.isoformat() if self.valid_from else None
        return about | {"reason": self.reason, "valid_from": ahead}

    def index(self, items):
        """Put it into the search, inside the change that made it."""
        search.put(self.ref, self._texts(items), self.account_id, self.account.team_id)

    def _texts(self, items):
        return [self.number, self.account.name, *(item.new for item in items if isinstance(item.new, str))]

    @classmethod
    def search_entries(cls, after, most):
        """The next requests as the search index holds them, for its rebuilding."""
        rows = list(cls.select(cls, Account).join(Account).where(cls.id > after).order_by(cls.id).limit(most))
        items = items_of(rows)
        return [search.Entry(r.id, r._texts(items[r.id]), r.account_id, r.account.team_id) for r in rows]


# What is not done yet: the list as it opens, however many were done.
IS_OPEN = peewee.fn.COALESCE(ChangeRequest.state, "").in_(OPEN)  # of the plain column SQLite gathers each and sorts
ChangeRequest.add_index(peewee.ModelIndex(ChangeRequest, (ChangeRequest.id,), where=IS_OPEN, name="request_waiting"))


class RequestedField(store.Model):
    """One field of a request: how it stood when it was asked for, how it shall be, and what came of it."""

    STATES = ("asked", "approved", "done", "declined", "withdrawn")

    request = peewee.ForeignKeyField(ChangeRequest, on_delete="CASCADE")
    field = peewee.CharField(max_length=40)
    old = store.JSONText(null=True)
    new = store.JSONText(null=True)
    state = peewee.CharField(max_length=10, default="asked")

    def is_stale(self, record):
        """Whether the field was changed since it was asked for."""
        return getattr(record, self.field) != self.old


def mark(items, state):
    """Set what came of these fields of a request."""
    if items:
        RequestedField.update(state=state).where(RequestedField.id.in_([item.id for item in items])).execute()
    for item in items:
        item.state = state


def seen(record, items):
    """What stands for the values that a page shows beside a request: decided is what was seen, or nothing."""
    now = [[item.field, getattr(record, item.field)] for item in items]
    return hashlib.sha256(store.canonical(now).encode()).hexdigest()[:32]


def waiting_on(account):
    """{(record as text, field): item} of what is open for an account, each with its request; one query."""
    rows = RequestedField.select(RequestedField, ChangeRequest).join(ChangeRequest)
    rows = rows.where((ChangeRequest.account == account) & ChangeRequest.state.in_(OPEN))
    rows = rows.where(RequestedField.state.in_(("asked", "approved"))).order_by(RequestedField.id)
    return {(item.request.subject, item.field): item for item in rows}


def items_of(requests):
    """{request id: its fields} of a page of requests; one query."""
    found = {request.id: [] for request in requests}
    for item in RequestedField.select().where(RequestedField.request.in_(list(found))).order_by(RequestedField.id):
        found[item.request_id].append(item)
    return found


def table_of(noun):
    """The field table of the noun a request is about."""
    return fields.TABLES[noun]
