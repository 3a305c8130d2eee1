"""Likely duplicates in the store: pairs that the worker finds, until somebody merges them or says they are two."""

import time

import peewee

from portal import audit, fields, store, values
from portal.alike import weighing
from portal.alike.keys import keys
from portal.audit import Entry
from portal.customers import likeness
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.people import policy
from portal.values import Ref

STATES = ("open", "apart", "merged")
BATCH = 100  # records that are looked at in one go
SECONDS = 3  # of looking at a time; other jobs wait meanwhile
MUCH = 10  # per cent by which a pair that was set apart must have become likelier to be asked about again
SYSTEM = values.system("duplicates")

FIELDS = fields.Table(
    "likely_pair",
    fields.Field("number", sort=True),
    fields.Field("kind", "choice", filter=True, choices=("account", "contact")),
    fields.Field("one", "link"),
    fields.Field("other", "link"),
    fields.Field("percent", "number", filter=True, sort=True),
    fields.Field("reasons"),
    fields.Field("state", "choice", filter=True, choices=STATES),
    fields.Field("found_at", "moment", filter=True, sort=True),
)
policy.allow("duplicates.see", policy.STAFF)
policy.allow("duplicates.decide", policy.STAFF)


class LikelyPair(store.Versioned):
    """Two records that may be one: ids in order, how likely in per cent, and why. The accounts say who sees it."""

    kind = peewee.CharField(max_length=10)
    one = peewee.IntegerField()
    other = peewee.IntegerField()
    account = peewee.IntegerField()  # of `one`, itself when it is an account
    other_account = peewee.IntegerField()
    percent = peewee.IntegerField()
    reasons = store.JSONText(default=list)  # message ids, the weightiest first
    state = peewee.CharField(max_length=10, default="open")
    found_at = store.MomentField(default=values.now)

    class Meta:
        indexes = ((("kind", "one", "other"), True), (("kind", "other"), False), (("state", "percent", "id"), False))

    @classmethod
    def visible_to(cls, actor):
        """Query of the pairs of which this person sees both sides."""
        if actor.is_customer or actor.is_anonymous:
            return cls.select().where(peewee.SQL("1 = 0"))
        seen = [
            peewee.fn.EXISTS(Account.visible_to(actor).where(Account.id == column))
            for column in (cls.account, cls.other_account)
        ]
        return cls.select().where(seen[0] & seen[1])

    @classmethod
    def waiting(cls, actor):
        """Query of those that somebody must look at."""
        return cls.visible_to(actor).where(cls.state == "open")

    @property
    def records(self):
        """Both records, as far as they are there."""
        model = likeness.MODELS[self.kind]
        return [model.get_or_none(model.id == number) for number in (self.one, self.other)]

    def set_apart(self, *, by, version=None, now=None):
        """They are two: nobody is asked again, unless they become much likelier one. Raises Invalid(pair=…)."""
        with audit.change(by, "likely_pair.set_apart", self, about=Ref("account", self.account), now=now) as change:
            where = (LikelyPair.id == self.id) & (LikelyPair.state == "open")
            change.guard(LikelyPair.update(state="apart").where(where), Invalid(pair="pair-decided"))
            change.record("state", "open", "apart")
        return self


class LikenessSweep(store.Model):
    """How far the worker has looked: the last record by id, and the last event, of a kind."""

    kind = peewee.CharField(max_length=10, unique=True)
    record = peewee.IntegerField(default=0)
    entry = peewee.BigIntegerField(default=-1)  # nobody looked yet


def run(seconds=SECONDS):
    """Look at records that are new or changed, and at those nobody looked at yet, for so many seconds."""
    until = time.monotonic() + seconds
    busy = True
    while busy and time.monotonic() < until:
        looked = [_look_further(kind) for kind in likeness.MODELS]
        busy = any(looked)


def _look_further(kind):
    """The next records of a kind; whether there may be more."""
    model = likeness.MODELS[kind]
    with store.housekeeping("likeness"):
        sweep, _ = LikenessSweep.get_or_create(kind=kind)
        changed, entry = _changed(kind, sweep.entry)
        new = model.select(model.id).where(model.id > sweep.record).order_by(model.id).limit(BATCH)
        new = [row.id for row in new]
        look(kind, {*changed, *new})
        reached = {"record": max(new, default=sweep.record), "entry": entry}
        LikenessSweep.update(reached).where(LikenessSweep.id == sweep.id).execute()
    return bool(changed) or len(new) == BATCH


def _changed(kind, after):
    """(ids of records that events after one were about, the last event looked at)."""
    rows = Entry.select(Entry.id, Entry.subject, Entry.about).where(Entry.id > after).order_by(Entry.id).limit(1000)
    if after < 0:  # everything is looked at by its id first
        return [], Entry.select(peewee.fn.MAX(Entry.id)).scalar() or 0
    rows = list(rows.tuples())
    subjects = {Ref.parse(text) for _, subject, about in rows for text in (subject, _of_address(subject, about))}
    return [ref.id for ref in subjects if ref and ref.kind == kind], max((id for id, *_ in rows), default=after)


def _of_address(subject, about):
    return about if subject.startswith("address:") else ""


def look(kind, ids):
    """Hold some records against all others and keep the likely pairs; inside a door. Pairs no longer likely go."""
    if not ids:
        return
    likeness.reindex(kind, ids)
    for record, known in likeness.known_facts(kind, sorted(ids), SYSTEM):
        if record.merged_into is None:
            _keep(kind, record, _likely(kind, record, known))


def _likely(kind, record, known):
    """[(other record, Weight)] of those who are likely the same as a record."""
    shared = likeness.sharing(kind, keys(known), but=record.id)
    best = shared.best()
    found = likeness.known_facts(kind, best, SYSTEM) if best else []
    weights = [(other, weighing.weigh(known, facts, shared.crowd)) for other, facts in found]
    return [(other, weight) for other, weight in weights if weight.is_likely and other.merged_into is None]


def _keep(kind, record, likely):
    mine = (LikelyPair.kind == kind) & ((LikelyPair.one == record.id) | (LikelyPair.other == record.id))
    there = {(pair.one, pair.other): pair for pair in LikelyPair.select().where(mine)}
    for other, weight in likely:
        one, two = sorted((record, other), key=lambda row: row.id)
        pair = there.pop((one.id, two.id), None)
        found = {"percent": round(weight.score * 100), "reasons": [reason.id for reason in weight.reasons]}
        if pair is None:
            accounts = {"account": _account(one), "other_account": _account(two)}
            LikelyPair.create(kind=kind, one=one.id, other=two.id, **accounts, **found)
        elif pair.state == "apart" and found["percent"] >= pair.percent + MUCH:
            LikelyPair.update(state="open", **found).where(LikelyPair.id == pair.id).execute()
        elif pair.state == "open":
            LikelyPair.update(found).where(LikelyPair.id == pair.id).execute()
    gone = [pair.id for pair in there.values() if pair.state == "open"]
    if gone:
        LikelyPair.delete().where(LikelyPair.id.in_(gone)).execute()


def _account(record):
    return record.id if isinstance(record, Account) else record.account_id


def decided(kind, merged):
    """The pairs of a record that was merged wait no longer."""
    model = (LikelyPair.kind == kind) & ((LikelyPair.one == merged) | (LikelyPair.other == merged))
    LikelyPair.delete().where(model & (LikelyPair.state == "open")).execute()
