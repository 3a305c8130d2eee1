"""What is under way for a customer, whichever noun it is of: lines of the first page that all cost one query."""

from datetime import datetime
from functools import reduce
from typing import NamedTuple

import peewee
from flask import url_for

from portal import store
from portal.people import policy
from portal.web import panels, speech

OF_EACH = 3
_nouns = {}


class Noun(NamedTuple):
    """How the open records of a noun stand on the first page; see `offer`."""

    query: object
    at: str
    may: str
    drawn: dict
    endpoint: str
    word: object
    needs: dict


class Line(NamedTuple):
    """One record: its number, where it leads, the word for it and its state; what it `needs` of the customer."""

    number: str
    url: str
    word: str
    state: str
    kind: str
    at: datetime
    needs: tuple


def offer(model, query, *, at, may, drawn, endpoint, word, needs=None):
    """Let the open records of a noun, `query(actor)`, stand on the customer's first page, the newest of each.

    `at` is the field of their moment, `drawn` {state: kind of state}, `endpoint` their page, `word` the noun in
    words. `needs` are the states that wait for the customer: {state: (heading with %(number)s, words of the button)}.
    """
    _nouns[model._meta.table_name] = (model, Noun(query, at, may, drawn, endpoint, word, needs or {}))


def lines(actor):
    """The lines for this person, those that need something first."""
    offered = {kind: pair for kind, pair in _nouns.items() if policy.may(actor, pair[1].may)}
    if not offered:
        return []
    parts = [_rows(kind, model, noun, actor) for kind, (model, noun) in offered.items()]
    found = store.db.execute(reduce(peewee.Select.union_all, parts)).fetchall()
    made = [_line(*offered[kind], *row) for kind, *row in found]
    return sorted(made, key=lambda line: (not line.needs, -line.at.timestamp()))


def _rows(kind, model, noun, actor):
    """(kind, id, state, moment) of the newest open records of a noun."""
    columns = (model.id, model.state, getattr(model, noun.at).alias("at"))
    newest = noun.query(actor).select(*columns).order_by(model.id.desc()).limit(OF_EACH).alias(kind)
    return newest.select_from(peewee.Value(kind), *(peewee.SQL(name) for name in ("id", "state", "at")))


def _line(model, noun, number, state, at):
    readable = model.NUMBER.format(number)
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    word = speech.term(model._meta.table_name, "state", state)
    url = url_for(noun.endpoint, number=readable)
    return Line(readable, url, noun.word, word, noun.drawn[state], at, noun.needs.get(state, ()))


def _load(account, actor):
    found = lines(actor)
    return {"lines": found, "waits": sum(bool(line.needs) for line in found)} if found else None


panels.show_on("portal", "home", "under_way", "selfservice/home/_lines.html", _load, may="home.see", rank=30)
