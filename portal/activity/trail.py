"""The trail: audit entries as people may read them: whose accounts, which records, which fields."""

import json
import operator
from functools import reduce
from typing import NamedTuple

import peewee

from portal import audit, custom, fields, store
from portal.audit import Entry
from portal.customers import affiliations, parents, reaching, tags
from portal.customers.accounts import Account
from portal.errors import NotFound
from portal.people import policy
from portal.values import Ref

policy.allow("audit.see", policy.STAFF)

TRAIL_FIELDS = fields.Table(
    "entry",
    fields.Field("number", "number", sort=True),
    fields.Field("at", "moment"),
    fields.Field("event"),
    fields.Field("actor"),
    fields.Field("actor_name"),
    fields.Field("actor_role"),
    fields.Field("subject"),
    fields.Field("about"),
    fields.Field("request"),
    fields.Field("changes"),
)
NEWEST = 50_000  # events a page looks through for whoever sees a part of the accounts
_kept_back = []  # function(actor) -> where-expression over Entry of what customers do not read
TECHNICAL = {"folded", "birthday", "version"}  # columns that only mirror others
# What all of us should hear of though no customer did it; the page of the day finds it by an index of its own.
MILESTONES = ("account.opened", "lead.won")
Entry.add_index(Entry.index(Entry.at, where=Entry.event.in_(MILESTONES), name="entry_milestones"))
_ABOUT_ACCOUNT = Entry.about.startswith("account:")
# The account's id out of "account:12"; a CASE, because PostgreSQL refuses to cast an empty text.
ACCOUNT_ID = peewee.Case(None, [(_ABOUT_ACCOUNT, peewee.fn.SUBSTR(Entry.about, len("account:") + 1).cast("bigint"))])


class Changed(NamedTuple):
    """One value of one event; both sides None when it is a secret that changed."""

    field: str
    old: object
    new: object

    @property
    def is_secret(self):
        return self.old is None and self.new is None


class Story(NamedTuple):
    """One entry as one person reads it."""

    entry: Entry
    subject: Ref | None
    subject_name: str
    about: Ref | None
    about_name: str
    changes: list

    @property
    def noun(self):
        return self.subject.kind if self.subject else ""


def keep_from_customers(condition):
    """Declare events of a noun that customers read nowhere: `condition(actor)` is a where-expression over Entry."""
    _kept_back.append(condition)


keep_from_customers(
    lambda actor: Entry.event.in_((*tags.EVENTS, *reaching.EVENTS, *affiliations.EVENTS, *parents.EVENTS))
)


def within(actor):
    """Where-expression over Entry: what happened in the accounts this person sees, to himself, and by himself.

    Admins see everything; a customer what concerns the account he works in.
    """
    if actor.role == "admin" or actor.is_system:
        return Entry.id.is_null(False)  # always: a number to compare with would be where SQLite begins
    if actor.is_customer:
        return Entry.about == str(Ref("account", actor.account))
    if not actor.is_staff:
        raise NotFound()
    # OFFSET 0: without it PostgreSQL gathers every account of the team before it reads the first event.
    seen = peewee.fn.EXISTS(Account.visible_to(actor).where(Account.id == ACCOUNT_ID).offset(0))
    own = (Entry.actor == str(actor.ref)) | (Entry.subject == str(actor.ref))
    kinds = peewee.fn.SUBSTR(Entry.subject, 1, len("product:")).in_(["product:", "price_li"])
    of_the_shop = (Entry.about == "") & kinds  # products, price lists for groups and everybody
    return (_ABOUT_ACCOUNT & seen) | own | of_the_shop


def visible_to(actor):
    """Query of the entries this person may see; of customers, but for what nouns keep from them."""
    kept = [condition(actor) for condition in _kept_back] if actor.is_customer else []
    return Entry.select().where(reduce(operator.and_, (~condition for condition in kept), within(actor)))


def recent(query, actor):
    """The query of a page that looks for a person's own part among all events: among the newest of them.

    Without it a rep of a small team would wait while a million entries of others are looked through. Admins see
    every entry, so theirs stop after one page by themselves; older events stand with their account.
    """
    if actor.sees_all:
        return query
    every = Entry.alias()
    return query.where(Entry.id > every.select(peewee.fn.MAX(every.id) - NEWEST))


def of(record):
    """Where-expression of what happened to one record; of an account, also what happened within it."""
    texts = [str(ref) for ref in getattr(record, "refs", [record.ref])]
    if record.ref.kind == "account":
        return Entry.subject.in_(texts) | Entry.about.in_(texts)
    return Entry.subject.in_(texts)


def record(kind, number, actor):
    """The record an audit page is about, among those this person sees; NotFound for foreign, missing, nonsense."""
    model = store.kinds().get(kind)
    if model is None or not hasattr(model, "visible_to"):
        raise NotFound(kind)
    found = model.visible_to(actor).where(model.by_number(number)).first()
    if found is None:
        raise NotFound(kind)
    return found


def number_of(ref):
    """The readable number of a record whose trail has a page, else None."""
    model = store.kinds().get(ref.kind)
    return model.NUMBER.format(ref.id) if model is not None and hasattr(model, "visible_to") else None


def stories(entries, actor):
    """Entries as this person may read them, with names for the records; few queries, however many entries."""
    entries = list(entries)
    changes = {e.id: [] for e in entries}
    for number, kept in audit.values_of(entries).items():
        changes[number] = [Changed(field, _value(old), _value(new)) for field, old, new in kept]
    linked = {}
    for e in entries:
        noun = (Ref.parse(e.subject) or Ref("", 0)).kind
        changes[e.id] = [c for c in changes[e.id] if _readable(noun, c.field, actor)]
        linked[e.id] = [links(noun, *c) for c in changes[e.id]]
    refs = {Ref.parse(text) for e in entries for text in (e.subject, e.about)}
    refs |= {ref for links in linked.values() for pair in links for ref in pair}
    names = names_of(refs - {None})
    named = {e.id: [_named(*pair, names) for pair in zip(changes[e.id], linked[e.id], strict=True)] for e in entries}
    return [_story(e, named[e.id], names) for e in entries]


def _story(entry, changes, names):
    subject, about = Ref.parse(entry.subject), Ref.parse(entry.about)
    return Story(entry, subject, names.get(subject, ""), about, names.get(about, ""), changes)


def _value(text):
    return None if text is None else json.loads(text)


def _readable(noun, field, actor):
    if field in TECHNICAL:
        return False
    table = fields.TABLES.get(noun)
    if actor.role == "admin" or actor.is_system:
        return True
    return table is not None and field in table.readable(actor, ever=True)


def links(noun, field, old, new):
    """(Ref, Ref) of the records that the ids of a change stand for; None where there is no id."""
    kind = _linked_kind(noun, field)
    return tuple(Ref(kind, value) if kind and isinstance(value, int) else None for value in (old, new))


def _linked_kind(noun, name):
    """The kind of the records that a field leads to, None when it holds no id."""
    model = store.kinds().get(noun)
    column = model._meta.fields.get(name) if model else None
    if isinstance(column, peewee.ForeignKeyField):
        return column.rel_model._meta.table_name
    added = custom.fields_of(noun, ever=True).get(name)
    return {"record": added.target, "file": "attachment"}.get(added.kind) if added else None


def _named(change, links, names):
    old, new = (names.get(ref, value) for ref, value in zip(links, (change.old, change.new), strict=True))
    return Changed(change.field, old, new)


def names_of(refs):
    """{Ref: what people call it}: its name where it has one, else its number; one query per kind with names."""
    names, tables = {}, store.kinds()
    for kind in {ref.kind for ref in refs}:
        model = tables.get(kind)
        mine = [ref for ref in refs if ref.kind == kind]
        if model is None:
            names |= {ref: str(ref) for ref in mine}
            continue
        names |= {ref: model.NUMBER.format(ref.id) for ref in mine}
        if "name" in model._meta.fields:
            rows = model.select(model.id, model.name).where(model.id.in_([ref.id for ref in mine]))
            names |= {Ref(kind, number): name for number, name in rows.tuples()}
    return names
