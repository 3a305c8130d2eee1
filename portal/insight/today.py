"""Today: what waits for a person first: new orders, news and failed mail for staff, for a customer his own things."""

from datetime import timedelta
from functools import reduce
from typing import NamedTuple

import peewee

from portal import memory, rows, store, values
from portal.activity import inbox, outgoing, trail
from portal.audit import Entry
from portal.customers.accounts import Account
from portal.insight import kept_figures
from portal.outbox import Outbox
from portal.people import policy
from portal.sales import shipments, stock, waiting
from portal.sales.invoices import Invoice
from portal.sales.orders import BEGUN_OR_SENT, Order
from portal.service.cases import Case
from portal.service.claims import Claim
from portal.service.returns import Return
from portal.service.warranties import Warranty
from portal.values import CUSTOMER_ROLES, Money, Ref

policy.allow("today.see", policy.STAFF)
policy.allow("home.see", policy.CUSTOMERS)

ROWS = 12
# Comings and goings at the door, and steps that change nothing for us.
NOISE = (
    "login.signed_in", "login.signed_out", "login.signed_out_everywhere", "login.sign_in_asked",
    "login.recover_asked", "order.drafted", "order.draft_changed", "order.removed",
)  # fmt: skip


class News(NamedTuple):
    """Something a customer did: its entry, the account, and the order it was about."""

    entry: Entry
    account: Account
    order: Order | None


class Figures(NamedTuple):
    """The numbers a day begins with; each opens to the rows behind it."""

    orders: int
    orders_worth: list  # sums of the new orders by currency: two currencies are not added
    changes: int
    failed: int
    late: int
    unread: int
    returns: int  # that wait for us: to be answered, or settled
    claims: int  # to be answered, or with us to be settled
    proofs: int  # of things that customers registered, to be confirmed
    my_cases: int  # in which we have the word, and this employee works on them
    free_cases: int  # the same, and nobody does yet
    late_cases: int  # later than promised
    overdue: int  # invoices that should have been paid
    overdue_worth: list  # what is open of them, by currency
    ready: int  # orders of which something could leave now
    behind: int  # orders that wait longer than was promised
    low: int  # products of which little is free
    counted_at: object = None  # when the worker counted those of a very large shop, else now


COUNTED = [name for name in Figures._fields if not name.endswith("worth") and name != "counted_at"]


def yesterday(now=None):
    """The moment the shop's yesterday began: since then news is news."""
    return values.shop_midnight(values.shop_day(now) - timedelta(days=1))


def new_orders(actor):
    """Query of the orders that wait to be confirmed, oldest first.

    By number, for which there is an index: by the moment of placing, thousands were sorted to show ten.
    """
    waiting = rows.as_indexed(Order.state == "placed")
    return Order.visible_to(actor).where(waiting).order_by(Order.id)


def by_customers(actor, since, *only):
    """Query of what customers did since then in the accounts this person sees, each with its account."""
    done = rows.as_indexed(Entry.actor_role.in_(CUSTOMER_ROLES)) & (Entry.at >= since) & Entry.event.not_in(NOISE)
    joined = Entry.select(Entry, *only).join(Account, on=(Account.id == trail.ACCOUNT_ID), attr="account")
    return joined.where(done & Account.scope(actor))


def changes(query):
    """Of a query of entries those that changed something but a new order: the filter of the audit page too."""
    return query.where(Entry.event.not_in((*NOISE, "order.placed")))


def news(actor, now=None, rows=ROWS):
    """The newest of what customers did, in two queries."""
    query = by_customers(actor, yesterday(now), Account.id, Account.name).order_by(Entry.id.desc())
    entries = [(entry, Ref.parse(entry.subject)) for entry in query.limit(rows)]
    numbers = {ref.id for _, ref in entries if ref and ref.kind == "order"}
    orders = {order.id: order for order in Order.select().where(Order.id.in_(numbers))} if numbers else {}
    return [News(e, e.account, orders.get(ref.id) if ref and ref.kind == "order" else None) for e, ref in entries]


def has_news(actor, after, now=None):
    """Whether a customer did something since the entry `after`; the cheap question of a page that keeps asking."""
    return by_customers(actor, yesterday(now)).where(Entry.id > after).exists()


def figures(actor, now=None):
    """All figures in one statement; `failed` and `late` stay 0 for whoever may not see outgoing mail.

    Those of which a shop has very many stand as the worker counted them last, at `counted_at`.
    """
    if now is None:
        whose = (actor.ref, actor.role, actor.teams, actor.limits.reach)
        return memory.while_slow(("figures", *whose), lambda: _figures(actor, None))
    return _figures(actor, now)


def _figures(actor, now):
    kept = kept_figures.of(actor)
    parts = [_summed(name, *of) for name, of in _of_accounts(actor, now).items() if name not in kept]
    parts.append(_count("changes", changes(by_customers(actor, yesterday(now)))))
    parts.append(_count("unread", inbox.unread_by(actor)))
    parts.append(_count("returns", Return.waiting_for_us(actor)))
    parts.append(_count("claims", Claim.waiting_for_us(actor)))
    parts.append(_count("proofs", Warranty.waiting_for_us(actor)))
    parts += [_count(name, query) for name, query in _cases(actor, now).items()]
    parts.append(_count("low", stock.low(values.shop_day(now))))
    if policy.may(actor, "mail.see"):
        parts += [_count("failed", outgoing.failed(actor)), _count("late", outgoing.late(actor, now))]
    found = {name: list(figure.rows) for name, figure in kept.items()}
    for name, currency, number, amount in store.db.execute(reduce(peewee.Select.union_all, parts)):
        found.setdefault(name, []).append((number, Money(int(amount), currency) if currency else None))
    worth = {
        f"{name}_worth": [money for _, money in sorted(found.get(name, ()), key=lambda row: -row[0])]
        for name in ("orders", "overdue")
    }
    numbers = {name: sum(number for number, _ in found.get(name, ())) for name in COUNTED}
    return Figures(**numbers, **worth, counted_at=min((figure.at for figure in kept.values()), default=None))


def _cases(actor, now):
    """{name: query} of the figures of cases."""
    waiting = Case.waiting_for_us(actor)
    return {
        "my_cases": waiting.where(Case.owner == actor.employee),
        "free_cases": waiting.where(Case.owner.is_null()),
        "late_cases": waiting.where(Case.overdue(now)),
    }


def keep_figures(now=None):
    """What the worker counts by the clock, so that Today costs the same in a very large shop."""
    kept_figures.keep(_of_accounts(values.system("worker"), now), now)


def _of_accounts(actor, now):
    """{name: (query, worth, currency)} of the figures that grow with the shop; each query joins the accounts."""
    orders, today = Order.visible_to(actor), values.shop_day(now)
    late = Invoice.visible_to(actor).where(Invoice.overdue(today))
    return {
        "orders": (orders.where(Order.state == "placed"), Order.total_minor, Order.currency),
        "overdue": (late, Invoice.open_minor, Invoice.currency),
        "ready": (orders.where(waiting.ready()), None, None),
        "behind": (orders.where(waiting.overdue(today)), None, None),
    }


def _summed(name, query, worth, currency):
    """Rows of `figures`: how many rows a query has, and what they are worth, by currency."""
    if worth is None:
        return _count(name, query)
    columns = (peewee.Value(name), currency, peewee.fn.COUNT(peewee.SQL("1")), peewee.fn.SUM(worth))
    return query.select(*columns).group_by(currency)


def _count(name, query):
    """A row of `figures`: how many rows a query has."""
    inner = query.select(peewee.Value(1)).limit(inbox.COUNTED_UNREAD * 10).alias(name)
    return inner.select_from(peewee.Value(name), peewee.Value(""), peewee.fn.COUNT(peewee.SQL("1")), peewee.Value(0))


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
