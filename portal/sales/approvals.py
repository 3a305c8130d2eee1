"""Approvals: discounts above what a person may give, asked for with a draft and decided by a manager."""

import hashlib

import peewee

from portal import audit, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import MANAGERS, STAFF, Field, Table
from portal.people import policy
from portal.people.employees import Employee
from portal.people.logins import Login
from portal.sales import discounts
from portal.sales.orders import Order
from portal.values import Money

STATES = ("asked", "approved", "declined", "withdrawn")
KIND_OF = {"asked": "needs", "approved": "done", "declined": "refused", "withdrawn": "closed"}  # how each is drawn

policy.allow("approvals.see", policy.STAFF)
policy.allow("approvals.ask", policy.STAFF)
policy.allow("approvals.decide", policy.MANAGERS)

FIELDS = Table(
    "approval",
    Field("number", read=STAFF, sort=True),
    Field("state", "choice", STAFF, filter=True, choices=STATES),
    Field("order", "link", STAFF),
    Field("account", "link", STAFF),
    Field("asked_by", "link", STAFF, filter=True),
    Field("asked_at", "moment", STAFF, sort=True),
    Field("reason", "text", STAFF, longest=500),
    Field("highest_bp", "number", STAFF),
    Field("currency", "currency", STAFF),
    Field("net_minor", "money", STAFF),
    Field("off_minor", "money", STAFF, sort=True),
    Field("cost_minor", "money", MANAGERS),
    Field("decided_by", "link", STAFF),
    Field("decided_at", "moment", STAFF),
    Field("answer", "text", STAFF, longest=500),
)
INSIDE = tuple(f"order.discount_{step}" for step in STATES)  # events that customers do not read in an order's story
REASON, ANSWER = FIELDS["reason"], Field("words", longest=500)
Asker, Decider = Employee.alias(), Employee.alias()


class Approval(store.Versioned):
    """One question to a manager about the discounts of a draft: asked, then approved, declined or withdrawn.

    `fingerprint` stands for the lines as they were asked for: with other lines the answer says nothing.
    """

    NUMBER = "AP-{:06d}"

    order = peewee.ForeignKeyField(Order, on_delete="CASCADE")
    state = peewee.CharField(max_length=10, default="asked")
    asked_by = peewee.ForeignKeyField(Employee)
    asked_at = store.MomentField(default=values.now)
    reason = peewee.CharField(max_length=500, default="")
    fingerprint = peewee.CharField(max_length=64)
    highest_bp = peewee.IntegerField(default=0)
    currency = peewee.CharField(max_length=3)
    net_minor = peewee.BigIntegerField(default=0)  # what the goods bring with the discounts
    off_minor = peewee.BigIntegerField(default=0)  # what the discounts give away
    cost_minor = peewee.BigIntegerField(default=0)  # what the goods cost us
    decided_by = peewee.ForeignKeyField(Employee, null=True)
    decided_at = store.MomentField(null=True)
    answer = peewee.CharField(max_length=500, default="")

    class Meta:
        indexes = ((("state", "id"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the questions about orders within a person's reach, with order, account, asker and decider."""
        rows = cls.select(cls, Order, Account, Asker, Decider).join(Order).join(Account).switch(cls)
        rows = rows.join(Asker, on=(cls.asked_by == Asker.id), attr="asked_by").switch(cls)
        rows = rows.join(Decider, peewee.JOIN.LEFT_OUTER, on=(cls.decided_by == Decider.id), attr="decided_by")
        return rows.where(Account.scope(actor))

    @classmethod
    def waiting_for(cls, actor):
        """Query of the open questions that this person could decide, oldest first."""
        if not policy.may(actor, "approvals.decide"):
            return cls.visible_to(actor).where(cls.id.is_null())
        rows = cls.visible_to(actor).where((cls.state == "asked") & (cls.asked_by != (actor.employee or 0)))
        return rows.order_by(cls.id)

    @property
    def kind(self):
        return KIND_OF[self.state]

    @property
    def account(self):
        return self.order.account

    def money(self, name):
        """One of the amounts as Money: approval.money("off")."""
        return Money(getattr(self, f"{name}_minor"), self.currency)

    @property
    def margin(self):
        """What would be left of the goods' price after their cost."""
        return Money(self.net_minor - self.cost_minor, self.currency)

    def can_be_decided(self, actor):
        """Whether this person could answer now, for the buttons of a page."""
        is_own = self.asked_by_id == actor.employee
        return self.state == "asked" and not is_own and policy.may(actor, "approvals.decide")

    def approve(self, *, by, words="", now=None):
        """Let the draft be placed with exactly these lines; the asker is told.

        Nobody decides his own question: whoever may give any discount has none to ask. Raises Invalid on "state":
        approval-approved-by or approval-declined-by (who was first), approval-own, approval-above-yours.
        """
        most = discounts.most_of(by)
        if self.highest_bp > most:
            raise Invalid(state=("approval-above-yours", {"percent": most / 100 if most % 100 else most // 100}))
        return self._decide("approved", by, ANSWER.clean(words or ""), now)

    def decline(self, *, by, words, now=None):
        """Say no, with a word why; the asker is told. Raises Invalid on "words" (reason-needed) and as `approve`."""
        answer = ANSWER.clean(words or "")
        if not answer:
            raise Invalid(words="reason-needed")
        return self._decide("declined", by, answer, now)

    def _decide(self, state, by, answer, now):
        if self.asked_by_id == by.employee:
            raise Invalid(state="approval-own")
        order = self.order
        with audit.change(by, f"order.discount_{state}", order, about=order.account, now=now) as change:
            fields = {"state": state, "decided_by": by.employee, "decided_at": change.now, "answer": answer}
            still = (Approval.id == self.id) & (Approval.state == "asked")
            if not Approval.update(version=Approval.version + 1, **fields).where(still).execute():
                raise self._refusal()
            change.record("discount_approval", "asked", state)
            change.tell([self.asked_by.recipient], f"discount_{state}", **self.told(), answer=answer, by=by.name)
        self.state, self.answer, self.decided_at = state, answer, change.now
        return self

    def withdraw(self, *, by, now=None):
        """Take the question back; the draft stays. Raises Invalid on "state" once it is decided."""
        order = self.order
        with audit.change(by, "order.discount_withdrawn", order, about=order.account, now=now) as change:
            still = (Approval.id == self.id) & (Approval.state == "asked") & (Approval.asked_by == by.employee)
            withdrawn = Approval.update(version=Approval.version + 1, state="withdrawn").where(still)
            if not withdrawn.execute():
                raise self._refusal()
            change.record("discount_approval", "asked", "withdrawn")
        self.state = "withdrawn"
        return self

    def _refusal(self):
        """Who decided in the meantime, and what; for the one who came second."""
        now = Approval.visible_to(values.system("approvals")).where(Approval.id == self.id).first()
        if now is None or now.decided_by is None:
            return Invalid(state="approval-gone")
        return Invalid(state=(f"approval-{now.state}-by", {"name": now.decided_by.name}))

    def told(self):
        """What notices about it say, as JSON."""
        return {
            "number": self.number,
            "order": self.order.number,
            "account": self.order.account_name,
            "asked_by": self.asked_by.name,
            "reason": self.reason,
            "percent_bp": self.highest_bp,
            "net": {"minor": self.net_minor, "currency": self.currency},
            "off": {"minor": self.off_minor, "currency": self.currency},
        }


def deciders(account, by):
    """Employees who may decide about an account's orders: the managers who see it, else the admins; not the asker."""
    rows = Employee.select(Employee, Login).join(Login, peewee.JOIN.LEFT_OUTER)
    rows = rows.where(Employee.is_active, Employee.id != (by.employee or 0))
    near = Employee.role == "manager"
    if account.team_id:
        near &= Employee.team == account.team_id
    people = list(rows.where(near | (Employee.role == "admin")).order_by(Employee.id))
    return [who for who in people if who.role == "manager"] or people


def fingerprint(lines):
    """What stands for lines of a quote or an order: product, pieces, price and discount of each."""
    rows = sorted([line.product.id, line.quantity, _price_of(line), line.discount_bp] for line in lines)
    return hashlib.sha256(store.canonical(rows).encode()).hexdigest()


def _price_of(line):
    return line.price_minor if hasattr(line, "price_minor") else line.price.minor


def granted(draft, lines):
    """Whether a manager has approved exactly these lines for a draft: an Order, or its number as forms carry it."""
    if any(line.product is None or line.price is None or line.quantity is None for line in lines):
        return False
    here = Order.by_number(draft) if isinstance(draft, str) else Order.id == draft.id
    rows = Approval.select().join(Order).where(here, Approval.state == "approved")
    return rows.where(Approval.fingerprint == fingerprint(lines)).exists()


def overtake(order, lines=None):
    """Within a change: withdraw the open questions about an order, but not one about just these lines."""
    stale = (Approval.order == order) & (Approval.state == "asked")
    if lines is not None:
        stale &= Approval.fingerprint != fingerprint(lines)
    Approval.update(version=Approval.version + 1, state="withdrawn").where(stale).execute()
