"""Data requests: a customer asks to have what we know corrected or deleted; it is answered within a promised time."""

from datetime import timedelta

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.people import policy, security
from portal.people.employees import Employee
from portal.people.logins import Login

KINDS = ("correction", "deletion")
STATES = ("asked", "doing", "done", "declined")
KIND_OF = {"asked": "needs", "doing": "run", "done": "done", "declined": "refused"}  # how each is drawn
OPEN = ("asked", "doing")
PROMISED = timedelta(days=30)

policy.allow("data_requests.see", policy.SIGNED_IN)
policy.allow("data_requests.ask", policy.CUSTOMERS)
policy.allow("data_requests.answer", policy.STAFF)

FIELDS = Table(
    "data_request",
    Field("number", read=EVERYONE, sort=True),
    Field("state", "choice", EVERYONE, filter=True, choices=STATES),
    Field("kind", "choice", EVERYONE, filter=True, choices=KINDS),
    Field("account_name", read=STAFF),
    Field("asked_name", read=EVERYONE),
    Field("words", "words", EVERYONE, longest=2000, is_required=True),
    Field("asked_at", "moment", EVERYONE),
    Field("due_on", "date", EVERYONE, filter=True),
    Field("answer", "words", EVERYONE),
    Field("answered_name", read=EVERYONE),
    Field("answered_at", "moment", EVERYONE),
)

REPLY = Field("reply", "words", longest=2000, is_required=True)


class DataRequest(store.Versioned):
    """One wish about what we know of a person or an account: asked, being done, then done or declined with words."""

    NUMBER = "DR-{:06d}"

    account = peewee.ForeignKeyField(Account)
    kind = peewee.CharField(max_length=12)  # one of KINDS
    state = peewee.CharField(max_length=10, default="asked")
    asked_by = peewee.ForeignKeyField(Login)
    asked_name = peewee.CharField(max_length=200)
    words = peewee.TextField()
    asked_at = store.MomentField(default=values.now)
    due_on = peewee.DateField()
    answer = peewee.TextField(default="")
    answered_name = peewee.CharField(max_length=200, default="")
    answered_at = store.MomentField(null=True)

    class Meta:
        indexes = ((("state", "due_on"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the wishes a person may see, with account and asker: staff by account, customers their own."""
        rows = cls.select(cls, Account, Login).join(Account).switch(cls).join(Login).where(Account.scope(actor))
        return rows.where(cls.asked_by == actor.ref.id) if actor.is_customer else rows

    @classmethod
    def open_for(cls, actor):
        """Query of those that wait for us, the most urgent first."""
        return cls.visible_to(actor).where(cls.state.in_(OPEN)).order_by(cls.due_on, cls.id)

    @property
    def draw(self):
        """How its state is drawn."""
        return KIND_OF[self.state]

    @property
    def account_name(self):
        return self.account.name

    def is_late(self, today):
        return self.state in OPEN and self.due_on < today

    @classmethod
    def ask(cls, *, by, kind, words, now=None):
        """A customer's wish; whoever looks after the account is told, admins where nobody does.

        Raises Invalid: field-needed on "words", choice-unknown or data-request-open on "kind".
        """
        words = FIELDS["words"].clean(words or "")
        if kind not in KINDS:
            raise Invalid(kind="choice-unknown")
        account = Account.visible_to(by).get()
        with audit.change(by, "data_request.asked", about=account, now=now) as change:
            mine = cls.visible_to(by).where((cls.kind == kind) & cls.state.in_(OPEN))
            if mine.exists():
                raise Invalid(kind=("data-request-open", {"number": mine.first().number}))
            due_on = values.shop_day(change.now) + PROMISED
            made = change.create(
                cls, account=account, kind=kind, words=words, due_on=due_on,
                asked_by=by.ref.id, asked_name=by.name, asked_at=change.now,
            )  # fmt: skip
            change.result = made.ref
            change.tell(account.staff_for(by) or _admins(), "data_request_asked", **made.told(account))
        return made

    @classmethod
    def ask_oneself(cls, *, by, session, kind, words, password="", now=None):
        """As `ask`, from the person's own pages: whoever wants to be deleted proves that it is he.

        Raises besides what `security.prove_again` does.
        """
        if kind == "deletion":
            FIELDS["words"].clean(words or "")
            security.prove_again(session, password, now)
        return cls.ask(by=by, kind=kind, words=words, now=now)

    def take(self, *, by, now=None):
        """Begin with it, so that the customer sees that somebody does. Raises Invalid on "state"."""
        return self._move(by, "data_request.taken", ("asked",), {"state": "doing", "answered_name": by.name}, now)

    def settle(self, *, by, decision, reply, now=None):
        """Say what was done, or why it cannot be: "done" or "declined"; the customer is told.

        Raises Invalid: field-needed on "reply", choice-unknown on "decision", data-request-answered on "state".
        """
        answer = REPLY.clean(reply or "")
        if decision not in ("done", "declined"):
            raise Invalid(decision="choice-unknown")
        now = now or values.now()
        fields = {"state": decision, "answer": answer, "answered_name": by.name, "answered_at": now}
        return self._move(by, f"data_request.{decision}", OPEN, fields, now, tells=True)

    def _move(self, by, event, start, fields, now, tells=False):
        with audit.change(by, event, self, about=self.account, now=now) as change:
            moved = DataRequest.update(version=DataRequest.version + 1, **fields)
            moved = moved.where((DataRequest.id == self.id) & DataRequest.state.in_(start))
            change.guard(moved, Invalid(state=("data-request-answered", {"number": self.number})))
            change.record("state", self.state, fields["state"])
            for name, value in fields.items():
                setattr(self, name, value)
            if tells:
                said = {"answer": self.answer, "by": by.name, "state": self.state} | self.told(self.account)
                change.tell([self.asked_by.recipient], "data_request_answered", **said)
        return self

    def told(self, account):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "kind": self.kind,
            "words": self.words,
            "account": account.name,
            "asked_by": self.asked_name,
            "due_on": self.due_on.isoformat(),
        }


def _admins():
    rows = Employee.select(Employee, Login).join(Login).where(Employee.is_active & (Employee.role == "admin"))
    return [who.recipient for who in rows.order_by(Employee.id)]
