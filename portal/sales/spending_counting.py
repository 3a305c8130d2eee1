"""Counting what people spend: from the orders of the last twelve months, person by person, by the worker at night."""

from collections import Counter, defaultdict
from datetime import timedelta

from peewee import fn

from portal import store, values
from portal.customers.accounts import Account
from portal.customers.affiliations import Affiliation, not_over
from portal.customers.contacts import Contact
from portal.customers.spending import ContactSpending
from portal.sales.figures import NO_PURCHASE, YEAR_DAYS
from portal.sales.orders import Order

BATCH = 1000  # people counted in one go, so that nobody waits long to write


def keep(now=None):
    """Count everybody anew; returns how many have a figure.

    A person's share of an account is what it bought, divided by the people who belong to it now: 12,000 pesos of
    three people are 4,000 for each. Orders in another currency than that of his main account are left out.
    """
    now, last, counted = now or values.now(), 0, 0
    while True:
        query = Contact.select(Contact.id, Contact.account, Contact.is_active, Account.currency).join(Account)
        people = list(query.where(Contact.id > last).order_by(Contact.id).limit(BATCH).tuples())
        if not people:
            return counted
        rows = _counted(people, now)
        first, last = people[0][0], people[-1][0]
        with store.housekeeping("figures"):
            ContactSpending.delete().where(ContactSpending.contact.between(first, last)).execute()
            store.insert_rows(ContactSpending, rows)
        counted += len(rows)


def _counted(people, now):
    ids = [number for number, *_ in people]
    places = defaultdict(set, {number: {account} for number, account, is_active, _ in people if is_active})
    beside = Affiliation.select(Affiliation.contact, Affiliation.account)
    for number, account in beside.where(store.among(Affiliation.contact, ids) & not_over(now)).tuples():
        places[number].add(account)
    accounts = {account for mine in places.values() for account in mine}
    bought, own, heads = _bought(accounts, now), _own(ids, now), _heads(accounts, now)
    found = []
    for number, _, _, currency in people:
        shares = [bought[account, currency] // heads[account] for account in places[number] if heads[account]]
        minor, orders = own.get((number, currency), (0, 0))
        if any(shares) or orders:
            found.append({
                "contact": number, "currency": currency, "own_minor": minor, "own_orders": orders,
                "share_minor": sum(shares), "accounts": sum(map(bool, shares)), "counted_at": now,
            })  # fmt: skip
    return found


def _lately(now):
    return Order.state.not_in(NO_PURCHASE) & (Order.placed_at >= now - timedelta(days=YEAR_DAYS))


def _bought(accounts, now):
    """{(account, currency): minor units} of what they bought."""
    rows = Order.select(Order.account, Order.currency, fn.SUM(Order.total_minor - Order.cancelled_minor))
    rows = rows.where(store.among(Order.account, accounts) & _lately(now)).group_by(Order.account, Order.currency)
    return Counter({(account, currency): int(minor) for account, currency, minor in rows.tuples()})


def _own(people, now):
    """{(contact, currency): (minor units, orders)} of what they ordered themselves."""
    total = fn.SUM(Order.total_minor - Order.cancelled_minor)
    rows = Order.select(Order.contact, Order.currency, total, fn.COUNT(Order.id))
    rows = rows.where(store.among(Order.contact, people) & _lately(now)).group_by(Order.contact, Order.currency)
    return {(contact, currency): (int(minor), orders) for contact, currency, minor, orders in rows.tuples()}


def _heads(accounts, now):
    """{account: how many people belong to it now}."""
    main = Contact.select(Contact.account, fn.COUNT(Contact.id)).where(store.among(Contact.account, accounts))
    heads = Counter(dict(main.where(Contact.is_active).group_by(Contact.account).tuples()))
    beside = Affiliation.select(Affiliation.account, fn.COUNT(Affiliation.id))
    beside = beside.where(store.among(Affiliation.account, accounts) & not_over(now)).group_by(Affiliation.account)
    heads.update(dict(beside.tuples()))
    return heads
