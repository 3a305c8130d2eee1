"""Queues: what waits for staff, whichever noun it is of, counted in one query for the page the day begins with."""

from functools import reduce
from typing import NamedTuple

import peewee
from flask import url_for

from portal import store
from portal.insight import kept_figures
from portal.people import policy

MOST = 100  # counted; beyond it the page says so
_queues = {}


class Queue(NamedTuple):
    """How the open records of a noun stand on Today; see `offer`."""

    query: object
    may: str
    said: object
    endpoint: str
    arguments: dict
    is_urgent: bool


class Waiting(NamedTuple):
    """One queue that is not empty: what waits, in words, where it is worked, and whether it comes first."""

    said: str
    url: str
    is_urgent: bool


def offer(name, query, *, may, said, at, is_urgent=False, **arguments):
    """Let a queue stand on Today: `query(actor)` gives its records, `said(count)` the words, the list is `at`."""
    _queues[name] = Queue(query, may, said, at, arguments, is_urgent)


def waiting(actor):
    """The queues of this person in which something waits, the urgent ones first; one query."""
    offered = {name: queue for name, queue in _queues.items() if policy.may(actor, queue.may)}
    if not offered:
        return []
    kept = kept_figures.of(actor)  # what takes long to count in a very large shop
    found = {name: sum(number for number, _ in kept[name].rows) for name in offered if name in kept}
    counts = [_count(name, queue.query(actor)) for name, queue in offered.items() if name not in kept]
    found |= store.db.execute(reduce(peewee.Select.union_all, counts)) if counts else {}
    found = {name: found[name] for name in offered if found[name]}
    return sorted((_line(offered[name], count) for name, count in found.items()), key=lambda line: not line.is_urgent)


def _line(queue, count):
    return Waiting(queue.said(count), url_for(queue.endpoint, **queue.arguments), queue.is_urgent)


def _count(name, query):
    inner = query.select(peewee.Value(1)).order_by().limit(MOST).alias(name)
    return inner.select_from(peewee.Value(name), peewee.fn.COUNT(peewee.SQL("1")))
