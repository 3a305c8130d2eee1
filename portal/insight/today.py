"""Today: what is due and what happened since yesterday, for staff; what waits for a customer, for him."""

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

import peewee

from portal import rows, store, values
from portal.activity import inbox, task_days, trail
from portal.activity.interactions import Interaction
from portal.activity.tasks import Task
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.outbox import Outbox
from portal.people import policy
from portal.sales import shipments
from portal.sales.orders import BEGUN_OR_SENT, Order
from portal.values import CUSTOMER_ROLES

policy.allow("today.see", policy.STAFF)
policy.allow("home.see", policy.CUSTOMERS)

ROWS = 12
LOOKED_AT = 200  # events since yesterday that are grouped; a busier shop opens the list of all
# Comings and goings at the door, and steps that change nothing for us.
NOISE = (
    "login.signed_in", "login.signed_out", "login.signed_out_everywhere", "login.signed_out_elsewhere",
    "login.sign_in_asked", "login.recover_asked", "order.drafted", "order.draft_changed", "order.removed",
)  # fmt: skip


class News(NamedTuple):
    """What happened of one kind since yesterday: how often, in which accounts, and the newest of it."""

    event: str
    is_theirs: bool  # customers did it
    count: int
    accounts: list  # names, newest first
    newest: object  # of it: id, at, subject, actor_name


class Due(NamedTuple):
    """What this employee has to do by tonight: tasks, and what was planned with customers; `more` says: not all."""

    tasks: list
    planned: list
    more: bool


def yesterday(now=None):
    """The moment the shop's yesterday began: since then news is news."""
    return values.shop_midnight(values.shop_day(now) - timedelta(days=1))


def due(actor, now=None):
    """What is Due for this person; two queries."""
    today = values.shop_day(now)
    tasks = list(Task.mine(actor).where(Task.due_on <= today).order_by(Task.due_on, Task.id).limit(ROWS + 1))
    tonight = values.shop_midnight(today + timedelta(days=1))
    planned = Interaction.visible_to(actor).where(
        (Interaction.owner == (actor.employee or 0)) & (Interaction.state == "planned") & (Interaction.at < tonight)
    )
    planned = list(planned.order_by(Interaction.at).limit(ROWS))
    return Due(sorted(tasks[:ROWS], key=task_days.pressing), planned, len(tasks) > ROWS)


def by_customers(actor, since):
    """Query of what customers did since then in the accounts this person sees, each with its account."""
    done = rows.as_indexed(Entry.actor_role.in_(CUSTOMER_ROLES)) & (Entry.at >= since) & Entry.event.not_in(NOISE)
    joined = Entry.select(Entry).join(Account, on=(Account.id == trail.ACCOUNT_ID), attr="account")
    return joined.where(done & Account.scope(actor))


def changes(query):
    """Of a query of entries those that changed something but a new order: the filter of the audit page too."""
    return query.where(Entry.event.not_in((*NOISE, "order.placed")))


def milestones(actor, since):
    """Query of what we ourselves brought about since then that others should know: new accounts, leads won."""
    done = rows.as_indexed(Entry.event.in_(trail.MILESTONES)) & (Entry.at >= since)
    done &= Entry.actor_role.not_in(CUSTOMER_ROLES) & (Entry.actor != str(actor.ref))
    joined = Entry.select(Entry).join(Account, on=(Account.id == trail.ACCOUNT_ID), attr="account")
    return joined.where(done & Account.scope(actor))


def news(actor, now=None, most=LOOKED_AT):
    """[News] of the newest that happened, what is newest first, and how far it was looked: one query."""
    since = yesterday(now)
    parts = [query.order_by(Entry.at.desc()).limit(most) for query in _both(actor, since)]  # as their index goes
    ids = [part.select(Entry.id).alias(f"part{n}") for n, part in enumerate(parts)]
    # As one list: of an OR of two PostgreSQL reads every entry there is.
    wanted = Entry.id.in_(reduce(peewee.Select.union_all, (peewee.Select([part], [part.c.id]) for part in ids)))
    columns = (Entry.id, Entry.at, Entry.subject, Entry.actor_name, Entry.event, Entry.actor_role, Account.name)
    query = Entry.select(*columns).join(Account, on=(Account.id == trail.ACCOUNT_ID)).where(wanted)
    groups = {}
    for row in query.order_by(Entry.id.desc()).namedtuples():
        groups.setdefault((row.event, row.actor_role in CUSTOMER_ROLES), []).append(row)
    return [
        News(event, is_theirs, len(rows), list(dict.fromkeys(row.name for row in rows)), rows[0])
        for (event, is_theirs), rows in groups.items()
    ]


def _both(actor, since):
    return by_customers(actor, since), milestones(actor, since)


def has_news(actor, after, now=None):
    """Whether something happened since the entry `after`; the cheap question of a page that keeps asking."""
    since = yesterday(now)
    asked = [query.where(Entry.id > after).select(Entry.id).limit(1).alias("newer") for query in _both(actor, since)]
    found = reduce(or_, (peewee.fn.EXISTS(query) for query in asked))
    return bool(store.db.execute(peewee.Select(columns=[found])).fetchone()[0])


class Waiting(NamedTuple):
    """What waits for a customer: messages not read yet, orders begun and not placed, goods to be picked up.

    What is on its way to him, `sent`, and his `newest` orders stand there for him to see and need nothing.
    """

    notices: list
    drafts: list
    ready: list  # shipments
    sent: list  # shipments
    newest: list  # orders, whatever became of them

    def __bool__(self):
        return bool(self.notices or self.drafts or self.ready)

    def __len__(self):
        return bool(self.notices) + len(self.drafts) + len(self.ready)


def waiting_for(actor, rows=3, has_news=True):
    """What waits for this customer now, in two queries, one for whom nothing is new (`has_news`).

    Drafts and pick-ups stand there only for whoever may order.
    """
    notices = list(inbox.unread_by(actor).order_by(Outbox.id.desc()).limit(rows)) if has_news else []
    orders = _of_home(actor, rows)
    newest = list({order.id: order for order in orders if order.is_newest}.values())
    moving = [shipments.under_way_of(order) for order in orders if order.moving]
    sent = [shipment for shipment in moving if shipment.state == "sent"]
    if not policy.may(actor, "orders.place"):
        return Waiting(notices, [], [], sent, newest)
    drafts = [order for order in orders if order.state == "draft"]
    return Waiting(notices, drafts, [shipment for shipment in moving if shipment.state == "ready"], sent, newest)


def _of_home(actor, most):
    """The newest orders, then those that are drafts or under way, newest first; one query."""
    own = Order.select(Order.id).where(Order.account == actor.account)
    is_newest = Order.id.in_(own.where(Order.state != "draft").order_by(Order.id.desc()).limit(most))
    begun = Order.id.in_(own.where(rows.as_indexed(BEGUN_OR_SENT)))
    seen = Order.visible_to(actor).where(is_newest | begun)
    found = shipments.with_under_way(seen, (Order.state == "draft") | is_newest)
    found = found.select_extend(peewee.Case(None, [(is_newest, 1)], 0).alias("is_newest"))
    return list(found.order_by(peewee.SQL("is_newest").desc(), Order.id.desc()).limit(4 * most))
