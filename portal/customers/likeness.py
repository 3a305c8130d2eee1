"""Who is known that is like somebody: found by shared match keys, weighed, and told with the reasons."""

import json
from collections import defaultdict
from functools import reduce
from math import log2
from typing import NamedTuple

import peewee

from portal import store
from portal.alike import weighing
from portal.alike.facts import facts
from portal.alike.keys import keys, way_key, word_key
from portal.alike.pairing import ENOUGH
from portal.alike.weighing import FEWEST, Crowd
from portal.customers import match_keys
from portal.customers.accounts import Account
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.customers.match_keys import MatchKey
from portal.customers.points import AccountPoint, ContactPoint
from portal.errors import Invalid

MODELS = {"account": Account, "contact": Contact}
COMMON = 60  # a key that more records share brings nobody together
MOST_WEIGHED = 40
MOST_OF_MANY = 6  # of each, where a thousand are looked up at once
WORTH_SHOWING = 0.2  # of a score: whoever types somebody anew is asked a little sooner than pairs are listed
PLACE = ("line1", "line2", "district", "city", "region", "postal_code")


# What the first word of a reason tells of: not said to whoever may not see it.
TELLS_OF = {"phone": "phone", "email": "email", "born": "born_on", "tax": "tax_number", "gender": "gender"}


def may_tell(kind, reason, actor):
    """Whether a reason (its message id) tells this person nothing that his role hides."""
    return f"{kind}.{TELLS_OF.get(reason.partition('-')[0])}" not in actor.limits.hidden


class Likely(NamedTuple):
    """Who may be the same: the record (None: one that this person does not see), the score from 0 to 1, and why."""

    record: object
    score: float
    reasons: tuple


def facts_of(kind, details):
    """The Facts of what was typed or brought in, by the names of the fields; addresses by those of an address."""
    text = lambda name: str(details.get(name) or "")  # noqa: E731
    title = f"{text('title')} " if kind == "contact" else ""
    return facts(
        title + text("name"),
        is_firm=details.get("kind", "company") == "company" if kind == "account" else False,
        legal_name=text("legal_name"),
        emails=[text("email"), text("billing_email")],
        phones=[text("phone")],
        addresses=[", ".join(filter(None, map(text, PLACE))), text("address")],
        born_on=details.get("born_on") or None,
        tax=text("tax_number"),
        gender=text("gender"),
        employer=text("employer"),
    )


def like(kind, details, actor, most=5, but=None):
    """The known accounts or contacts that may be who `details` describe: [Likely], the likeliest first.

    `details` are fields by name ("name", "email", "phone", "born_on", "line1" …), typed or clean. What `actor` may
    not see stands as one Likely without a record. `but` is the id of the record itself. Five queries at most.
    """
    one = facts_of(kind, details)
    shared = sharing(kind, keys(one), but)
    weighed = [_told(kind, likely, actor) for likely in _weighed(kind, one, shared, actor)]
    shown = [likely for likely in weighed if likely.record is not None][:most]
    hidden = [likely for likely in weighed if likely.record is None and likely.score >= weighing.LIKELY]
    return shown + hidden[:1]


def _told(kind, likely, actor):
    return likely._replace(reasons=tuple(one for one in likely.reasons if may_tell(kind, one.id, actor)))


def refuse_known(kind, details, by):
    """Raise Invalid(is_another="account-like" or "contact-like") where this person sees somebody likely the same."""
    if any(likely.record is not None for likely in like(kind, details, by, most=1)):
        raise Invalid(is_another=f"{kind}-like")


class Shared(NamedTuple):
    """Who shares which keys: {key: [record]}, as far as COMMON, and the size of the crowd."""

    keys: dict
    size: int

    def best(self):
        """The records whose shared keys are rare enough, those that share most first."""
        bits = defaultdict(float)
        size = max(self.size, FEWEST)
        for records in self.keys.values():
            if len(records) <= COMMON:
                for record in records:
                    bits[record] += log2(size / len(records))
        enough = ENOUGH * log2(size)
        found = [record for record, sum_ in bits.items() if sum_ >= enough]
        return sorted(found, key=lambda record: (-bits[record], record))[:MOST_WEIGHED]

    @property
    def crowd(self):
        count = lambda key: len(self.keys.get(key, ()))  # noqa: E731
        return Crowd(self.size, lambda word: count(word_key(word)), lambda way: count(way_key(way)))


def sharing(kind, wanted, but=None):
    """Shared of some keys: two statements, whatever the size of the shop."""
    if not wanted:
        return Shared({}, 0)
    found = defaultdict(list)
    branches = [_bearers(kind, key) for key in wanted]
    for key, record in store.db.execute(reduce(peewee.Select.union_all, branches)):
        if record != but:
            found[key].append(record)
    size = MODELS[kind].select(peewee.fn.MAX(MODELS[kind].id)).scalar() or 0
    return Shared(found, size)


def like_many(kind, many, actor):
    """[[Likely]] for the details of each of many, as `like` finds them; five queries for all of them.

    The keys of a whole batch are asked for in one statement, and the records that come into question read in three.
    """
    facts_of_each = [facts_of(kind, details) for details in many]
    keys_of_each = [keys(one) for one in facts_of_each]
    found, size = _sharing_many(kind, {key for own in keys_of_each for key in own})
    shared = [Shared({key: found[key] for key in own if key in found}, size) for own in keys_of_each]
    best = [one.best()[:MOST_OF_MANY] for one in shared]
    wanted = sorted({record for ids in best for record in ids})
    known = {record.id: (record, facts) for record, facts in known_facts(kind, wanted, actor)} if wanted else {}
    return [
        _likely(one, [known[record] for record in ids if record in known], mine.crowd)
        for one, ids, mine in zip(facts_of_each, best, shared, strict=True)
    ]


def _sharing_many(kind, wanted):
    """({key: [record]} as far as COMMON, the size of the crowd) of many keys: two statements."""
    size = MODELS[kind].select(peewee.fn.MAX(MODELS[kind].id)).scalar() or 0
    found = defaultdict(list)
    if store.is_sqlite():
        asked = (kind, COMMON + 1, json.dumps(list(wanted)))
        for key, records in store.db.execute_sql(_BEARERS_SQLITE, asked).fetchall():
            found[key] = json.loads(records)
    else:
        for key, record in store.db.execute_sql(_BEARERS_POSTGRES, (list(wanted), kind, COMMON + 1)).fetchall():
            found[key].append(record)
    return found, size


# Each key by itself, so that a common one costs no more than COMMON rows.
_BEARERS_SQLITE = """
SELECT wanted.value, (SELECT json_group_array(record) FROM (
    SELECT record FROM match_key WHERE key = wanted.value AND kind = ? LIMIT ?)) FROM json_each(?) wanted
"""
_BEARERS_POSTGRES = """
SELECT wanted.key, bearer.record FROM unnest(%s::bigint[]) wanted(key)
CROSS JOIN LATERAL (SELECT record FROM match_key WHERE key = wanted.key AND kind = %s LIMIT %s) bearer
"""


def _bearers(kind, key):
    here = MatchKey.select(MatchKey.key, MatchKey.record).where((MatchKey.key == key) & (MatchKey.kind == kind))
    inner = here.limit(COMMON + 1).alias("bearers")
    return peewee.Select([inner], [inner.c.key, inner.c.record]).bind(store.db)


def _weighed(kind, one, shared, actor):
    best = shared.best()
    if not best:
        return []
    return _likely(one, known_facts(kind, best, actor), shared.crowd)


def _likely(one, candidates, crowd):
    """Of [(record, Facts)] those who may be the same, the likeliest first."""
    found = []
    for record, known in candidates:
        weight = weighing.weigh(one, known, crowd)
        if weight.score >= WORTH_SHOWING or _same_name(one, known, weight):
            found.append(Likely(record if record.is_seen else None, weight.score, weight.reasons))
    return sorted(found, key=lambda likely: -likely.score)


def _same_name(one, known, weight):
    """Whoever types a company that stands there letter by letter is asked, however common its name."""
    return one.is_firm and known.is_firm and one.firm.letters == known.firm.letters and weight.bits > -8


def known_facts(kind, ids, actor):
    """[(record with `is_seen`, Facts)] of some records; three queries."""
    return _accounts(ids, actor) if kind == "account" else _contacts(ids, actor)


def _accounts(ids, actor):
    seen = Account.scope(actor).alias("is_seen")
    rows = list(Account.select(Account, seen).where(store.among(Account.id, ids)))
    places, points = _by(Address, "account", ids), _by(AccountPoint, "account", ids)
    return [(row, match_keys.facts_of_account(row, places[row.id], points[row.id])) for row in rows]


def _contacts(ids, actor):
    seen = Account.scope(actor).alias("is_seen")
    rows = list(Contact.select(Contact, Account, seen).join(Account).where(store.among(Contact.id, ids)))
    return _with_facts(rows, ids)


def _with_facts(rows, ids):
    accounts = {row.account_id for row in rows}
    places, points = _by(Address, "account", accounts), _by(ContactPoint, "contact", ids)
    return [
        (row, match_keys.facts_of_contact(row, points[row.id], places[row.account_id], _employer(row)))
        for row in rows
    ]


def _employer(contact):
    return contact.account.name if contact.account.kind == "company" else ""


def _by(model, column, ids):
    found = defaultdict(list)
    for row in model.select().where(store.among(getattr(model, column), ids)):
        found[row.__data__[column]].append(row)
    return found


def reindex(kind, ids):
    """Keep the keys of many records anew, inside the change that brought them in (imports, the worker)."""
    ids = list(ids)
    if kind == "account":
        rows = Account.select().where(store.among(Account.id, ids))
        places, points = _by(Address, "account", ids), _by(AccountPoint, "account", ids)
        known = {row.id: match_keys.facts_of_account(row, places[row.id], points[row.id]) for row in rows}
    else:
        rows = Contact.select().where(store.among(Contact.id, ids))
        points = _by(ContactPoint, "contact", ids)
        known = {row.id: match_keys.facts_of_contact(row, points[row.id]) for row in rows}
    match_keys.put_many(kind, known)
