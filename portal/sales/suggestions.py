"""Suggested orders: some days before a customer usually orders again, a letter with the lines and one button."""

import contextlib
from datetime import time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import peewee

from portal import audit, store, values
from portal.customers import memberships
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.fields import EVERYONE, Field, Table
from portal.people import policy, task_links
from portal.sales import habits, placing, quotes
from portal.sales.catalogue import Product
from portal.sales.order_stops import OrderStop
from portal.sales.orders import Order
from portal.sales.quotes import Quote, Wanted
from portal.values import Money

TASK = "suggestions.settle"
STATES = ("sent", "placed", "skipped", "stopped", "lapsed")
KIND_OF = {"sent": "needs", "placed": "done", "skipped": "closed", "stopped": "closed", "lapsed": "closed"}
AHEAD_DAYS = 3  # the letter comes so long before the usual day
TOGETHER_DAYS = 7  # what is due within a week of it goes along
IDLE_DAYS = 7  # an account without a rhythm is looked at again
FROM_HOUR, TO_HOUR = time(8), time(18)  # of the shop
CLOCK = values.clock("Suki")

policy.allow("suggestions.see", policy.CUSTOMERS)
policy.allow("suggestions.settle", policy.BUYERS)
policy.allow("suggestions.switch", policy.BUYERS)

FIELDS = Table(
    "suggestion",
    Field("number", read=EVERYONE),
    Field("state", "choice", EVERYONE, choices=STATES),
    Field("account", "link", EVERYONE),
    Field("sent_at", "moment", EVERYONE),
    Field("total_minor", "money", EVERYONE),
    Field("settled_by", read=EVERYONE),
)


class SuggestionSwitch(store.Model):
    """Whether an account wants orders suggested: nobody gets one without having asked for it."""

    account = peewee.ForeignKeyField(Account, unique=True)
    is_on = peewee.BooleanField(default=False)
    changed_by = peewee.CharField(max_length=200)
    changed_at = store.MomentField()
    look_on = peewee.DateField()  # the next day on which to look whether it is time

    class Meta:
        indexes = ((("is_on", "look_on"), False),)

    @classmethod
    def of(cls, account):
        """The switch of an account (or its id), or None while nobody has touched it."""
        return cls.get_or_none(cls.account == account)


def switch(account, *, by, is_on, now=None):
    """Have orders suggested to this account, or no longer."""
    with audit.change(by, "account.suggestions_switched", account, about=account, now=now) as change:
        before = SuggestionSwitch.of(account)
        fields = {"is_on": bool(is_on), "changed_by": by.name, "changed_at": change.now}
        fields["look_on"] = values.shop_day(change.now)
        row = SuggestionSwitch.insert(account=account, **fields)
        store.db.execute(row.on_conflict(conflict_target=[SuggestionSwitch.account], update=fields))
        if bool(is_on) != bool(before and before.is_on):
            change.record("suggests_orders", bool(before and before.is_on), bool(is_on))


class Suggestion(store.Model):
    """One order as it would be usual again, [{code, name, quantity}]; prices are those of the day it is placed."""

    NUMBER = "SG-{:06d}"

    account = peewee.ForeignKeyField(Account)
    state = peewee.CharField(max_length=10, default="sent")
    lines = store.JSONText(default=list)
    total_minor = peewee.BigIntegerField()  # as the letter said
    currency = peewee.CharField(max_length=3)
    every_days = peewee.IntegerField()  # the shortest rhythm in it: after a skip nothing comes for so long
    order = peewee.ForeignKeyField(Order, null=True, on_delete="SET NULL")
    sent_at = store.MomentField()
    settled_at = store.MomentField(null=True)
    settled_by = peewee.CharField(max_length=200, default="")

    @classmethod
    def visible_to(cls, actor):
        """Query of the suggestions to the accounts this person may see, each with its account."""
        return cls.select(cls, Account).join(Account).where(Account.scope(actor))

    @classmethod
    def open_for(cls, account):
        """The suggestion that waits for an answer, or None."""
        return cls.select(cls, Account).join(Account).where((cls.account == account) & (cls.state == "sent")).first()

    @property
    def total(self):
        return Money(self.total_minor, self.currency)

    @property
    def wanted(self):
        return [Wanted(line["code"], line["quantity"]) for line in self.lines]

    def refuse_settled(self, actor=None):
        """Raise Invalid on "state" when it was answered already."""
        if self.state != "sent":
            raise Invalid(state="suggestion-settled")

    def is_fresh(self, now):
        """Whether the links of its letters still hold."""
        return self.sent_at > now - task_links.LIFE

    def lapse(self, change):
        """Nobody answered: it counts as skipped. Returns the days for which nothing is suggested now."""
        still = (Suggestion.id == self.id) & (Suggestion.state == "sent")
        Suggestion.update(state="lapsed", settled_at=change.now).where(still).execute()
        return self.every_days

    def settle(self, *, by, decision, shown_total_minor=None, shown_currency="", now=None):
        """Answer it: "place" what can be had of it, "skip" it this time, or "stop" suggesting.

        What was shown is what it costs, as with any order. Raises Invalid as `placing.place`; on "decision"
        (choice-unknown) and "state" (suggestion-settled).
        """
        if decision not in DECISIONS:
            raise Invalid(decision="choice-unknown")
        account, state = self.account, DECISIONS[decision]
        with audit.change(by, f"suggestion.{state}", self, about=account, now=now) as change:
            fields = {"state": state, "settled_at": change.now, "settled_by": by.name}
            if decision == "place":
                kept, _ = quotes.what_comes(_quote(account, self.wanted, by, change.now))
                shown = {"shown_total_minor": shown_total_minor, "shown_currency": shown_currency}
                fields["order"] = placing.place(by=by, account=account, lines=kept, now=change.now, **shown)
                change.result = fields["order"].ref
            still = (Suggestion.id == self.id) & (Suggestion.state == "sent")
            change.guard(Suggestion.update(**fields).where(still), Invalid(state="suggestion-settled"))
            change.record("state", "sent", state)
            if decision == "stop":
                switch(account, by=by, is_on=False, now=change.now)
            _look_again(account, change.now, self.every_days if decision == "skip" else 1)


DECISIONS = {"place": "placed", "skip": "skipped", "stop": "stopped"}
# One suggestion at a time waits for its answer.
Suggestion.add_index(
    Suggestion.index(Suggestion.account, unique=True, where=Suggestion.state == "sent", name="suggestion_open")
)


class Offer(NamedTuple):
    """What of a suggestion can be had now: its Quote, and [(line, problem)] of what was left out or lowered."""

    quote: Quote
    left_out: list


def offer(suggestion, by, now=None):
    """What placing it would mean now, at today's prices and stock."""
    return _offer(suggestion.account, suggestion.wanted, by, now)


def _offer(account, wanted, by, now):
    quote = _quote(account, wanted, by, now)
    kept, left = quotes.what_comes(quote)
    return Offer(_quote(account, kept, by, now) if left else quote, left)


def _quote(account, wanted, by, now):
    return placing.prepare(by, account, wanted, now=now)[0]


# Falling due


def run(now=None, *, by=CLOCK):
    """Write the letters whose time has come; the worker calls it by the clock. Returns how many."""
    now = now or values.now()
    clock = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(values.SHOP_ZONE).time()
    if not FROM_HOUR <= clock < TO_HOUR:
        return 0
    today = values.shop_day(now)
    due = SuggestionSwitch.select(SuggestionSwitch, Account).join(Account)
    due = due.where(SuggestionSwitch.is_on & (SuggestionSwitch.look_on <= today) & Account.is_active)
    return sum(bool(suggest(row.account, by=by, now=now)) for row in list(due.order_by(SuggestionSwitch.id)))


def suggest(account, *, by, now=None):
    """Suggest the usual order to an account if it is time for it: the Suggestion, or None.

    Two workers that look at once write one letter: the second finds that it was looked at.
    """
    with (
        contextlib.suppress(peewee.IntegrityError, Invalid),
        audit.change(by, "suggestion.sent", about=account, now=now) as change,
    ):
        today, waiting = values.shop_day(change.now), Suggestion.open_for(account)
        if OrderStop.of(account) is not None:  # nobody there could place it now
            _look_again(account, change.now, 1)
            return None
        if waiting is not None:
            _look_again(account, change.now, 1 if waiting.is_fresh(change.now) else waiting.lapse(change))
            return None
        found, due_on = _usual(account, change.now)
        if due_on is None or due_on > today + timedelta(days=AHEAD_DAYS):
            wait = (due_on - today).days - AHEAD_DAYS if due_on else IDLE_DAYS
            _look_again(account, change.now, min(wait, IDLE_DAYS))
            return None
        return put(change, account, found)
    return None


def _usual(account, now):
    """([Habit] of what is due together, the day it is due), or ([], None) without a living rhythm."""
    today = values.shop_day(now)
    due = {habit: habit.next_on(today - timedelta(days=AHEAD_DAYS)) for habit in habits.habits(account, now).values()}
    due = {habit: day for habit, day in due.items() if day is not None}
    first = min(due.values(), default=None)
    return [habit for habit, day in due.items() if day <= first + timedelta(days=TOGETHER_DAYS)], first


def put(change, account, found):
    """Within a change: suggest what these Habits say, by a letter with a link of his own to each who may order.

    None when nothing of it can be had, or nobody may order.
    """
    pieces = {habit.product: habit.last_quantity for habit in found}
    products = Product.select().where(Product.id.in_(list(pieces))).order_by(Product.folded)
    wanted = [Wanted(product.code, pieces[product.id]) for product in products]
    quote = _offer(account, wanted, change.by, change.now).quote
    people = memberships.who_may(account, "suggestions.settle")
    _look_again(account, change.now, 1)
    if not quote.can_be_placed or not people:
        return None
    lines = [{"code": ln.code, "name": ln.product.name, "quantity": ln.quantity} for ln in quote.lines]
    every = min(habit.every_days for habit in found)
    made = Suggestion.create(
        account=account, lines=lines, total_minor=quote.total_minor, currency=quote.currency,
        every_days=every, sent_at=change.now,
    )  # fmt: skip
    change.subject = made.ref
    change.record("lines", None, lines)
    if change.by.is_system:  # the demo shop tells nobody
        return made
    said = {"lines": [line | {"net": _json(ln.net)} for line, ln in zip(lines, quote.lines, strict=True)]}
    said |= {"account": account.name, "total": _json(quote.total), "number": made.number}
    for login in people:
        link = task_links.issue(change, TASK, login, made, account=account.id)
        change.tell([login.recipient], "order_suggested", url={"link": link.id}, **said)
    return made


def _json(money):
    return {"minor": money.minor, "currency": money.currency}


def _look_again(account, now, days):
    look_on = values.shop_day(now) + timedelta(days=days)
    SuggestionSwitch.update(look_on=look_on).where(SuggestionSwitch.account == account).execute()
