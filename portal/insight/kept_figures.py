"""Figures of a very large shop, counted team by team by the worker: row by row they take longer than a page may."""

from typing import NamedTuple

import peewee

from portal import memory, store, values
from portal.customers.accounts import Account
from portal.values import Money

LARGE = 2_000  # rows of a figure in the whole shop; below it each page counts them itself and is never late
REMEMBERED_SECONDS = 30


class KeptFigure(store.Model):
    """How many rows of a figure the accounts of one team had, and their worth, when the worker last counted."""

    name = peewee.CharField(max_length=20)
    team = peewee.IntegerField(null=True)
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
        groups = [Account.team, *([currency] if currency else [])]
        total = peewee.fn.SUM(worth) if worth else peewee.Value(0)
        columns = (Account.team, currency or peewee.Value(""), peewee.fn.COUNT(peewee.SQL("1")), total)
        for team, code, count, minor in store.db.execute(query.select(*columns).group_by(*groups)):
            row = {"name": name, "team": team, "currency": code, "count": count, "worth_minor": int(minor)}
            found.append(row | {"counted_at": now})
    with store.housekeeping("figures"):
        KeptFigure.delete().execute()
        if found:
            KeptFigure.insert_many(found).execute()
    memory.forget()


def of(actor):
    """{name: Kept} of the figures that are large in this shop, as far as this person may see them."""
    if actor.sees_own:  # counted team by team: of one person's accounts there are few, and each page counts them
        return {}
    rows = memory.remembered("kept figures", REMEMBERED_SECONDS, lambda: list(KeptFigure.select()))
    sums = {}
    for row in rows:
        sums[row.name] = sums.get(row.name, 0) + row.count
    seen = [row for row in rows if sums[row.name] > LARGE and _sees(actor, row.team)]
    kept = {name: Kept([], None) for name, count in sums.items() if count > LARGE}
    for (name, currency), part in _grouped(seen).items():
        worth = Money(sum(row.worth_minor for row in part), currency) if currency else None
        kept[name].rows.append((sum(row.count for row in part), worth))
    return {name: Kept(found.rows, rows[0].counted_at) for name, found in kept.items()}


def _sees(actor, team):
    return actor.sees_all or team is None or team in actor.teams


def _grouped(rows):
    parts = {}
    for row in rows:
        parts.setdefault((row.name, row.currency), []).append(row)
    return parts
