"""Requisitions: orders above their buyer's own limit, put to colleagues of the company before they are placed."""

import peewee

from portal import audit, store, values
from portal.customers import order_limits
from portal.customers.accounts import Account
from portal.customers.memberships import Membership
from portal.errors import Invalid
from portal.fields import EVERYONE, Field, Table
from portal.people import policy, task_links
from portal.people.logins import Login
from portal.sales.orders import Order
from portal.values import Money

TASK = "orders.approve"
STATES = ("asked", "approved", "declined", "withdrawn")
KIND_OF = {"asked": "needs", "approved": "done", "declined": "refused", "withdrawn": "closed"}  # how each is drawn
ANSWER = Field("words", "words", longest=500)
FIELDS = Table(
    "requisition",
    Field("state", "choice", EVERYONE, choices=STATES),
    Field("asked_at", "moment", EVERYONE),
    Field("limit_minor", "money", EVERYONE),
    Field("decided_at", "moment", EVERYONE),
    Field("answer", "words", EVERYONE, longest=500),
)


def _asked(actor, question):
    return question.asked_by.login_id == actor.ref.id


policy.allow("requisitions.answer", policy.BUYERS)  # which of them, `approver` knows
policy.allow("requisitions.withdraw", policy.BUYERS, when=_asked)

Asker, Decider = Membership.alias(), Membership.alias()
AskerLogin, DeciderLogin = Login.alias(), Login.alias()


class Requisition(store.Versioned):
    """One question to the colleagues of a buyer: asked, then approved, declined or withdrawn.

    Its order stands in the state "to_approve" while it is open: no stock is kept for it, and prices may move.
    Approved it is placed; declined or withdrawn it is the buyer's draft again.
    """

    order = peewee.ForeignKeyField(Order, on_delete="CASCADE")
    state = peewee.CharField(max_length=10, default="asked")
    asked_by = peewee.ForeignKeyField(Membership)
    asked_at = store.MomentField(default=values.now)
    limit_minor = peewee.BigIntegerField()  # what the buyer orders alone, in the currency of the order
    decided_by = peewee.ForeignKeyField(Membership, null=True)
    decided_at = store.MomentField(null=True)
    answer = peewee.CharField(max_length=500, default="")

    class Meta:
        indexes = ((("state", "id"), False),)

    @classmethod
    def visible_to(cls, actor):
        """Query of the questions about orders within a person's reach, with order, account, asker and decider."""
        rows = cls.select(cls, Order, Account, Asker, AskerLogin, Decider, DeciderLogin)
        rows = rows.join(Order).join(Account).switch(cls)
        rows = rows.join(Asker, on=(cls.asked_by == Asker.id), attr="asked_by")
        rows = rows.join(AskerLogin, on=(Asker.login == AskerLogin.id), attr="login").switch(cls)
        rows = rows.join(Decider, peewee.JOIN.LEFT_OUTER, on=(cls.decided_by == Decider.id), attr="decided_by")
        rows = rows.join(DeciderLogin, peewee.JOIN.LEFT_OUTER, on=(Decider.login == DeciderLogin.id), attr="login")
        return rows.where(Account.scope(actor))

    @classmethod
    def by_number(cls, text):
        """Where-expression over `visible_to`: the newest question about the order of this number."""
        later = cls.alias()
        newest = later.select(peewee.fn.MAX(later.id)).where(later.order == Order.id)
        return Order.by_number(text) & (cls.id == newest)

    @property
    def number(self):
        return self.order.number

    @classmethod
    def waiting(cls, actor):
        """Query of the open ones, oldest first."""
        return cls.visible_to(actor).where(cls.state == "asked").order_by(cls.id)

    @classmethod
    def waiting_for(cls, actor):
        """Query of those that this person could approve as they stand."""
        mine = (Membership.login == actor.ref.id) & (Membership.account == Order.account)
        able = Membership.ended_at.is_null() & order_limits.able_to_approve(Order.total_minor)
        place = Membership.select(Membership.id).where(mine & able)
        return cls.waiting(actor).where(peewee.fn.EXISTS(place))

    @property
    def kind(self):
        return KIND_OF[self.state]

    @property
    def limit(self):
        return Money(self.limit_minor, self.order.currency)

    @property
    def buyer(self):
        """The login of whoever asked."""
        return self.asked_by.login

    @property
    def asker_told(self):
        """Whoever asked, as the receivers of the answer; nobody when he has left the company since."""
        return [] if self.asked_by.ended_at else [self.buyer.recipient]

    def decline(self, *, by, words, now=None):
        """Say no, with a word why, which the buyer reads; the order is a draft again.

        Raises Invalid: reason-needed on "words", and on "state" as `approver`, `settle` and Order.move.
        """
        answer, order = ANSWER.clean(words or ""), self.order
        if not answer:
            raise Invalid(words="reason-needed")
        with audit.change(by, "order.approval_declined", order, about=order.account, now=now) as change:
            self.settle(change, "declined", approver(by), answer)
            order.move(change, "decline", state="draft")
            change.tell(self.asker_told, "order_declined", answer=answer, by=by.name, **order.told())
        return self

    def withdraw(self, *, by, now=None):
        """Take the question back, by whoever asked; the order is a draft again. Raises Invalid on "state"."""
        order = self.order
        with audit.change(by, "order.approval_withdrawn", order, about=order.account, now=now) as change:
            self.settle(change, "withdrawn")
            order.move(change, "withdraw", state="draft")
        return self

    def settle(self, change, state, place=None, answer=""):
        """Within a change: answer it, if nobody did; raises Invalid on "state", naming who was first."""
        fields = {"state": state, "decided_by": place, "decided_at": change.now, "answer": answer}
        still = (Requisition.id == self.id) & (Requisition.state == "asked")
        if not Requisition.update(version=Requisition.version + 1, **fields).where(still).execute():
            raise self.refusal()
        change.record("approval", "asked", state)
        if answer:
            change.record("answer", None, answer)
        self.state, self.answer, self.decided_at = state, answer, change.now

    def check(self, actor):
        """Raise Invalid on "state" when it is answered, or this person may not answer it."""
        approver(actor)
        if self.state != "asked":
            raise self.refusal()

    def refusal(self):
        """What to say to whoever comes second: Invalid on "state"."""
        now = Requisition.visible_to(values.system("requisitions")).where(Requisition.id == self.id).first()
        if now is None or now.decided_by is None:
            return Invalid(state=("requisition-gone", {"number": self.number}))
        said = {"name": now.decided_by.login.name, "number": self.number}
        return Invalid(state=(f"requisition-{now.state}-by", said))


# What waits: asked for with every home page of those who approve.
Requisition.add_index(
    peewee.ModelIndex(Requisition, (Requisition.id,), where=Requisition.state == "asked", name="requisition_open")
)


def of_order(order):
    """The newest question about an order, or None."""
    rows = Requisition.visible_to(values.system("requisitions")).where(Requisition.order == order)
    return rows.order_by(Requisition.id.desc()).first()


def approver(by):
    """The membership of somebody who approves orders. Raises Invalid(state="requisition-not-yours")."""
    place = order_limits.place_of(by)
    if not order_limits.may_approve(place):
        raise Invalid(state="requisition-not-yours")
    return place


def put(change, order, limit, lines):
    """Within the change that kept an order: put it to those who may approve it; each is told with a link of his own.

    Raises Invalid(total="requisition-nobody") where nobody of the company may.
    """
    asked = order_limits.approvers(order.account, order.total)
    if not asked:
        raise Invalid(total=("requisition-nobody", {"limit": limit}))
    place = order_limits.place_of(change.by)
    change.event = "order.sent_for_approval"
    change.record("approval", None, "asked")
    question = Requisition.create(order=order, asked_by=place, asked_at=change.now, limit_minor=limit.minor)
    if change.by.is_quiet:
        return
    said = {"lines": lines, "by": change.by.name, "limit": {"minor": limit.minor, "currency": limit.currency}}
    for colleague in asked:
        link = task_links.issue(change, TASK, colleague.login, question, account=order.account_id)
        told = {"url": {"link": link.id}, "note": order.note} | said | order.told()
        change.tell([colleague.login.recipient], "order_to_approve", **told)
