"""Figures of a very large shop, counted by the worker team by team: row by row they take longer than a page may."""

from typing import NamedTuple

import peewee

from portal import memory, store, values
from portal.customers.accounts import Account
from portal.values import Money

LARGE = 2_000  # rows of a figure in the whole shop; below it each page counts them itself and is never late
REMEMBERED_SECONDS = 30


class KeptFigure(store.Model):
    """How many rows of a figure the accounts of one team and owner had, and their worth, when last counted."""

    name = peewee.CharField(max_length=20)
    team = peewee.IntegerField(null=True)
    owner = peewee.IntegerField(null=True)
    currency = peewee.CharField(max_length=3, default="")
    count = peewee.IntegerField()
    worth_minor = peewee.BigIntegerField(default=0)
    counted_at = store.MomentField()


class Kept(NamedTuple):
    """A figure as it was counted: [(count, Money or None)], and when."""

    rows: list
    at: object


def keep(figures, now=None):
    """Count anew. `figures` is {name: (query that joins accounts, its amount or None, its currency or None)}."""
    now = now or values.now()
    found = []
    for name, (query, worth, currency) in figures.items():
        groups = [Account.team, Account.owner, *([currency] if currency else [])]
        total = peewee.fn.SUM(worth) if worth else peewee.Value(0)
        columns = (Account.team, Account.owner, currency or peewee.Value(""), peewee.fn.COUNT(peewee.SQL("1")), total)
        for team, owner, code, count, minor in store.db.execute(query.select(*columns).group_by(*groups)):
            row = {"name": name, "team": team, "owner": owner, "currency": code, "count": count}
            found.append(row | {"worth_minor": int(minor), "counted_at": now})
    with store.housekeeping("figures"):
        KeptFigure.delete().execute()
        if found:
            KeptFigure.insert_many(found).execute()
    memory.forget()


def of(actor, owner=None):
    """{name: Kept} of the figures that are large in this shop, as far as this person may see them.

    With an `owner` (an employee's id) those of his accounts alone.
    """
    if actor.sees_own and owner is None:  # of few people's accounts there are few, and each page counts them
        return {}
    rows = memory.remembered("kept figures", REMEMBERED_SECONDS, lambda: list(KeptFigure.select()))
    sums = {}
    for row in rows:
        sums[row.name] = sums.get(row.name, 0) + row.count
    seen = [row for row in rows if sums[row.name] > LARGE and _sees(actor, row) and owner in (None, row.owner)]
    at = rows[0].counted_at if rows else None
    kept = {name: Kept([], at) for name, count in sums.items() if count > LARGE}
    for (name, currency), part in _grouped(seen).items():
        worth = Money(sum(row.worth_minor for row in part), currency) if currency else None
        kept[name].rows.append((sum(row.count for row in part), worth))
    return kept


def summed(name, query, worth, currency):
    """A row per currency of a figure that is counted now: name, currency, how many, their worth."""
    if worth is None:
        return query.select(peewee.Value(name), peewee.Value(""), peewee.fn.COUNT(peewee.SQL("1")), peewee.Value(0))
    columns = (peewee.Value(name), currency, peewee.fn.COUNT(peewee.SQL("1")), peewee.fn.SUM(worth))
    return query.select(*columns).group_by(currency)


def _sees(actor, row):
    if actor.sees_own:
        return row.owner == actor.employee
    return actor.sees_all or row.team is None or row.team in actor.teams


def _grouped(rows):
    parts = {}
    for row in rows:
        parts.setdefault((row.name, row.currency), []).append(row)
    return parts
