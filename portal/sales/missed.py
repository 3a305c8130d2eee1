"""Missed searches: what customers looked for and did not find, counted by their words; no person stands in it."""

from datetime import timedelta

import peewee

from portal import search, store, values
from portal.customers.accounts import Account

SOURCES = ("catalogue", "pad", "list", "stock")  # searched for; pasted in a list; ordered, but out of stock
KEPT = timedelta(days=400)
MOST_A_DAY = 100  # different words of one account
LONGEST = 120
SHORTEST = 2  # letters that say anything
SMALL_WORDS = frozenset(("a", "an", "and", "for", "in", "of", "or", "the", "with", "ang", "at", "na", "ng", "sa"))


class MissedSearch(store.Model):
    """How often an account asked in vain for the same on one day, and for how many pieces where it said so."""

    account = peewee.ForeignKeyField(Account)
    key = peewee.CharField(max_length=LONGEST)
    words = peewee.CharField(max_length=LONGEST)  # as they were written first
    source = peewee.CharField(max_length=10)
    on = peewee.DateField()
    asks = peewee.IntegerField(default=1)
    quantity = peewee.IntegerField(default=0)

    class Meta:
        indexes = ((("account", "on", "key", "source"), True), (("key", "on"), False), (("on",), False))


def key_of(words):
    """The words as they are compared, without case, accents, order, plural and what says nothing.

    "Tins of brown Rice" and "rice, brown: TIN" are both "brown rice tin".
    """
    parted = "".join(c if c.isalnum() or not c.isascii() else " " for c in search.fold(words))
    said = {_singular(word) for word in parted.split() if word not in SMALL_WORDS}
    return " ".join(sorted(said))[:LONGEST]


def _singular(word):
    return word[:-1] if word.isascii() and len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def note(account, source, found, now=None):
    """Count what an account did not find: `found` are (words, pieces or 0). Three statements however many there are.

    What says nothing, and more than MOST_A_DAY of one day, is passed over.
    """
    rows = {}
    for words, quantity in found:
        key = key_of(words)
        if len(key) >= SHORTEST:
            asks, pieces, first = rows.get(key, (0, 0, values.one_line(words, LONGEST)))
            rows[key] = (asks + 1, min(pieces + quantity, 10**9), first)
    if not rows:
        return
    today = values.shop_day(now)
    known = MissedSearch.select().where((MissedSearch.account == account) & (MissedSearch.on == today))
    room = MOST_A_DAY - known.count()
    day = {"account": account, "source": source, "on": today}
    new = [
        day | {"key": key, "words": words, "asks": asks, "quantity": quantity}
        for key, (asks, quantity, words) in list(rows.items())[: max(0, room)]
    ]
    if new:
        with store.housekeeping("missed"):
            MissedSearch.insert_many(new).on_conflict(
                conflict_target=[MissedSearch.account, MissedSearch.on, MissedSearch.key, MissedSearch.source],
                update={
                    MissedSearch.asks: MissedSearch.asks + peewee.EXCLUDED.asks,
                    MissedSearch.quantity: MissedSearch.quantity + peewee.EXCLUDED.quantity,
                },
            ).execute()


def forget_old(now=None):
    """Drop what was looked for more than 400 days ago."""
    with store.housekeeping("missed"):
        MissedSearch.delete().where(MissedSearch.on < values.shop_day(now) - KEPT).execute()
