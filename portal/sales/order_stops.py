"""Stopped ordering: while it is open who used a customer's sign-in, nothing is ordered and doubtful orders wait."""

from dataclasses import replace

import peewee

from portal import audit, memory, store, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import Field
from portal.people import attempts, policy
from portal.people.logins import Login
from portal.sales.invoices import Invoice
from portal.sales.orders import TO_SHIP, Order

REMEMBERED_SECONDS = 15
MOST_TRIES = 10  # wrong invoices in all; then only staff let ordering go on
REASON = Field("reason", "words", longest=500, is_required=True)

policy.allow("order_stops.see", policy.SIGNED_IN)
policy.allow("order_stops.prove", policy.CUSTOMERS)
policy.allow("order_stops.lift", policy.STAFF)


class OrderStop(store.Model):
    """Nobody of this account orders here until the person of `login` proved himself, or staff lift it."""

    account = peewee.ForeignKeyField(Account)
    login = peewee.ForeignKeyField(Login)
    doubted_from = store.MomentField()  # the first change that was disowned: invoices of before it are a proof
    created_at = store.MomentField()
    tries = peewee.IntegerField(default=0)
    lifted_at = store.MomentField(null=True)
    lifted_by = peewee.CharField(max_length=200, default="")
    reason = peewee.CharField(max_length=500, default="")  # of staff; "" when it was proved

    @classmethod
    def visible_to(cls, actor):
        """Query of the stops in the accounts this person may see, each with account and login."""
        rows = cls.select(cls, Account, Login).join(Account).switch(cls).join(Login)
        return rows.where(Account.scope(actor))

    @classmethod
    def standing(cls):
        """Where-expression of the stops that hold."""
        return cls.lifted_at.is_null()

    @classmethod
    def of(cls, account):
        """The stop that holds for an account, with account and login, or None."""
        rows = cls.select(cls, Account, Login).join(Account).switch(cls).join(Login)
        return rows.where((cls.account == account) & cls.standing()).first()

    @classmethod
    def accounts(cls):
        """Ids of the accounts that may not order now; for pages of staff, who may see it some seconds late."""
        ask = lambda: {stop.account_id for stop in cls.select(cls.account).where(cls.standing())}  # noqa: E731
        return memory.remembered("stopped accounts", REMEMBERED_SECONDS, lambda: store.uncounted(ask))

    @property
    def can_be_proved(self):
        return self.lifted_at is None and self.tries < MOST_TRIES

    def prove(self, *, by, number, amount, now=None):
        """Let ordering go on: whoever signs in at the restored address names an old invoice and what it came to.

        Whether the invoice or only the amount was wrong is not said. Raises Invalid(number="proof-wrong" or
        "proof-over"), Invalid(amount) for what is no amount, TooMany.
        """
        if by.ref != self.login.ref or not self.can_be_proved:
            raise Invalid(number="proof-over")
        currency = self.account.currency
        values.Money.of(amount, currency)
        attempts.count(proof=str(self.ref), now=now)
        if not self._knows(number, amount):
            self._count_wrong(by, now)
            raise Invalid(number="proof-wrong")
        self._lift(by, "account.ordering_proved", "", now)

    def _knows(self, number, amount):
        found = Invoice.select().where(
            (Invoice.account == self.account)
            & (Invoice.kind == "invoice")
            & (Invoice.number == (values.one_line(number, 30) or "").upper())
            & (Invoice.created_at < self.doubted_from)
        )
        return any(invoice.total == values.Money.of(amount, invoice.currency) for invoice in found)

    def _count_wrong(self, by, now):
        """Each wrong answer is an event that staff read; it is kept although the form is refused."""
        by = replace(by, form=None)
        with audit.change(by, "account.proof_failed", self.account, about=self.account, now=now) as change:
            more = OrderStop.update(tries=OrderStop.tries + 1).where(OrderStop.id == self.id, OrderStop.standing())
            change.guard(more, Invalid(number="proof-over"))

    def lift(self, *, by, reason, now=None):
        """Staff know by other means who it is. Raises Invalid on "reason", and proof-over on "state"."""
        self._lift(by, "account.ordering_resumed", REASON.clean(reason or ""), now)

    def _lift(self, by, event, reason, now):
        account = self.account
        with audit.change(by, event, account, about=account, now=now) as change:
            given = {"lifted_at": change.now, "lifted_by": by.name, "reason": reason}
            mine = (OrderStop.id == self.id) & OrderStop.standing()
            change.guard(OrderStop.update(given).where(mine), Invalid(state="proof-over"))
            if reason:
                change.record("reason", None, reason)
            people = account.customers_for("orders", by)
            change.tell([*people, *account.staff_for(by)], "ordering_resumed", account_name=account.name, by=by.name)


# One stop holds per account, however many of its people were robbed.
OrderStop.add_index(
    OrderStop.index(OrderStop.account, unique=True, where=OrderStop.standing(), name="orderstop_standing")
)


def hold_account(account):
    """Let orders of an account and the stopping of them wait for each other; SQLite has one writer anyway."""
    if not store.is_sqlite():
        rows = Account.select(Account.id).where(Account.id == account)
        list(rows.for_update("FOR NO KEY UPDATE").tuples())


def refuse_stopped(account, by):
    """Raise Invalid(account="ordering-stopped") where the customer may not order now; staff may for him.

    Inside the change that orders: so an order comes before the stop, which then holds it, or not at all.
    """
    if not by.is_customer:
        return
    hold_account(account)
    if OrderStop.select().where((OrderStop.account == account) & OrderStop.standing()).exists():
        raise Invalid(account="ordering-stopped")


def stop(change, account, login, doubted_from):
    """Stop the ordering of an account, inside the change that disowns; one that is stopped stays so."""
    row = OrderStop.insert(account=account, login=login, doubted_from=doubted_from, created_at=change.now)
    store.db.execute(row.on_conflict_ignore())


def hold(change, ids):
    """Put the orders with these ids on hold that have not wholly left: they wait for staff. Returns them."""
    still = Order.id.in_(ids) & Order.state.in_(TO_SHIP) & Order.held_at.is_null()
    Order.update(held_at=change.now, version=Order.version + 1).where(still).execute()
    return list(Order.select().where(Order.id.in_(ids) & (Order.held_at == change.now)).order_by(Order.id))


def release(order, *, by, reason, now=None):
    """Staff know that the order is the customer's own: it goes on. Raises Invalid(reason), Invalid(state)."""
    reason = REASON.clean(reason or "")
    with audit.change(by, "order.released", order, about=order.account, now=now) as change:
        held = (Order.id == order.id) & Order.held_at.is_null(False)
        freed = Order.update(held_at=None, version=Order.version + 1).where(held)
        change.guard(freed, Invalid(state=("order-not-held", {"number": order.number})))
        change.record("reason", None, reason)
