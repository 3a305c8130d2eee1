"""Tags: short words that people put on accounts and contacts, so that those who have one are found together."""

from functools import reduce
from operator import and_

import peewee

from portal import audit, memory, search, store
from portal.errors import Invalid, NotFound
from portal.fields import MANAGERS, STAFF, TABLES, Field, Table
from portal.folding import words_of
from portal.people import policy
from portal.values import Ref

KINDS = ("tag", "topic")  # a topic is something people are interested in, which they may choose themselves
MOST_TAGS = 30  # on one record
OFFERED = 200  # suggested while somebody types
REMEMBERED_SECONDS = 30
BATCH = 500  # records labelled anew at once
FEW = 1000  # records of a tag that are looked up sooner than they are met

FIELDS = Table(
    "tag",
    Field("number", read=STAFF),
    Field("name", "text", STAFF, STAFF, sort=True, longest=40, is_required=True),
    Field("kind", "choice", STAFF, MANAGERS, filter=True, choices=KINDS, is_required=True),
)

EVENTS = tuple(f"{noun}.{verb}" for noun in ("account", "contact") for verb in ("tagged", "untagged"))  # among us

policy.allow("tags.see", policy.STAFF)
policy.allow("tags.arrange", policy.MANAGERS)


class Tag(store.Versioned):
    """One word, known under its folded spelling, so that “VIP” and “vip” are the same."""

    name = peewee.CharField(max_length=40)
    folded = peewee.CharField(max_length=80, unique=True)
    kind = peewee.CharField(max_length=10, default="tag")

    @classmethod
    def visible_to(cls, actor):
        """Query of the tags: all of them for staff, topics for customers, none for others."""
        if actor.is_staff or actor.is_system:
            return cls.select()
        if actor.is_customer:
            return cls.select().where(cls.kind == "topic")
        raise NotFound()

    @classmethod
    def add(cls, *, by, name, kind="tag", now=None):
        """A new tag. Raises Invalid(name="field-needed", "tag-malformed" or "name-taken"), Invalid(kind=…)."""
        fields = _named(name) | {"kind": FIELDS["kind"].clean(kind)}
        with store.taken(name="name-taken"), audit.change(by, "tag.added", now=now) as change:
            tag = change.create(cls, **fields)
            tag.index()
        return tag

    def edit(self, *, by, name, kind=None, version=None, now=None):
        """Another name or kind; every record that has it is found by the new one. Raises as `add`, Stale."""
        fields = _named(name) | {"kind": FIELDS["kind"].clean(kind or self.kind)}
        with store.taken(name="name-taken"), audit.change(by, "tag.edited", self, now=now) as change:
            if "name" in change.update(self, version=version, **fields):
                self.index()
                _refresh(_tagged(self))
        return self

    def merge(self, *, by, into, now=None):
        """Everything that has this tag has the tag `into` (its name) from now on, and this one is gone.

        Raises Invalid(into="tag-unknown" or "tag-itself").
        """
        other = Tag.get_or_none(Tag.folded == search.fold(into or ""))
        if other is None or other.id == self.id:
            raise Invalid(into="tag-itself" if other else "tag-unknown")
        with audit.change(by, "tag.merged", self, now=now) as change:
            has_both = Tagged.alias()
            there = has_both.select().where(
                (has_both.tag == other) & (has_both.kind == Tagged.kind) & (has_both.record == Tagged.record)
            )
            touched = _tagged(self)
            Tagged.update(tag=other).where((Tagged.tag == self) & ~peewee.fn.EXISTS(there)).execute()
            change.record("into", None, other.name)
            self._forget(change, touched)
        return other

    def remove(self, *, by, now=None):
        """Take the tag away from everything, and then itself."""
        with audit.change(by, "tag.removed", self, now=now) as change:
            self._forget(change, _tagged(self))

    def _forget(self, change, touched):
        Tagged.delete().where(Tagged.tag == self).execute()
        change.delete(self)
        search.drop(self.ref)
        _refresh(touched)

    def index(self):
        """Put the tag into the search, inside the change that touched it."""
        search.put(self.ref, [self.name])

    @classmethod
    def search_entries(cls, after, most):
        """The next tags as the search index holds them, for its rebuilding."""
        rows = cls.select().where(cls.id > after).order_by(cls.id).limit(most)
        return [search.Entry(tag.id, [tag.name]) for tag in rows]


class Tagged(store.Model):
    """A tag on a record of any noun."""

    tag = peewee.ForeignKeyField(Tag)
    kind = peewee.CharField(max_length=30)
    record = peewee.IntegerField()

    class Meta:
        indexes = ((("kind", "record", "tag"), True), (("tag", "kind", "record"), False))


class Labelled:
    """A noun that has tags: its column `labels` holds their names, so that lists and pages read them for nothing.

    Its table names the field "tag", which says who reads and puts them.
    """

    @property
    def tag(self):
        """Its tags in words, as lists and files show them."""
        return self.labels

    @property
    def tags(self):
        """The names of its tags."""
        return _split(self.labels)


def _split(labels):
    return labels.split(", ") if labels else []


def put(record, *, by, tag, kind="tag", now=None):
    """Put a tag (its name) on a record; a name that nobody used yet becomes a new tag. Twice changes nothing.

    Raises Invalid(tag="field-needed", "tag-malformed", "tag-too-many" or "field-not-yours").
    """
    _check(by, record)
    fields = _named(tag, "tag")
    with _change(record, by, "tagged", now) as change:
        found = Tag.get_or_none(Tag.folded == fields["folded"]) or _new(by, fields, kind, now)
        row = Tagged.insert(tag=found, kind=record.ref.kind, record=record.id).on_conflict_ignore()
        if store.db.execute(row).rowcount:
            change.record("tag", None, found.name)
            _relabel(record)
            if len(record.tags) > MOST_TAGS:
                raise Invalid(tag=("tag-too-many", {"most": MOST_TAGS}))
    return record


def _new(by, fields, kind, now):
    with audit.change(by, "tag.added", now=now) as change:
        tag = change.create(Tag, **fields, kind=kind)
        tag.index()
    return tag


def take(record, *, by, tag, now=None):
    """Take a tag (its name) from a record; one that it does not have changes nothing. Raises as `put`."""
    _check(by, record)
    name = _named(tag, "tag")
    with _change(record, by, "untagged", now) as change:
        this = Tag.select(Tag.id).where(Tag.folded == name["folded"])
        if Tagged.delete().where(_on(record) & Tagged.tag.in_(this)).execute():
            change.record("tag", name["name"], None)
            _relabel(record)
    return record


def choose_topics(record, *, by, names, now=None):
    """Of the topics a record has these and no others; its tags stay. Raises Invalid(topics="tag-unknown")."""
    wanted = list(Tag.select().where((Tag.kind == "topic") & Tag.folded.in_([search.fold(name) for name in names])))
    if len(wanted) != len({search.fold(name) for name in names}):
        raise Invalid(topics="tag-unknown")
    with _change(record, by, "tagged", now) as change:
        had = list(Tag.select().join(Tagged).where(_on(record) & (Tag.kind == "topic")))
        for tag in (tag for tag in had if tag not in wanted):
            Tagged.delete().where(_on(record) & (Tagged.tag == tag)).execute()
            change.record("tag", tag.name, None)
        for tag in (tag for tag in wanted if tag not in had):
            Tagged.insert(tag=tag, kind=record.ref.kind, record=record.id).on_conflict_ignore().execute()
            change.record("tag", None, tag.name)
        if set(had) != set(wanted):
            _relabel(record)


def _change(record, by, verb, now):
    return audit.change(by, f"{record.ref.kind}.{verb}", record, about=_account(record), now=now)


def _on(record):
    return (Tagged.kind == record.ref.kind) & (Tagged.record == record.id)


def listed(text):
    """Tags typed or imported in one line, parted by commas or semicolons, as a record keeps them in words.

    Raises Invalid(tag=…) as `put`.
    """
    names = {}
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        name = _named(part, "tag")
        names.setdefault(name["folded"], name["name"])
    if len(names) > MOST_TAGS:
        raise Invalid(tag=("tag-too-many", {"most": MOST_TAGS}))
    return ", ".join(names[folded] for folded in sorted(names))


def settle(kind, records, by, now=None):
    """After an import wrote the words of these records: each has the tags that they say, and no others."""
    model = store.kinds()[kind]
    said = dict(model.select(model.id, model.labels).where(store.among(model.id, records)).tuples())
    had = _labels(kind, records)
    wanted = {record: _split(labels) for record, labels in said.items() if labels != had[record]}
    tags = _by_name([name for names in wanted.values() for name in names], by, now)
    for start in range(0, len(wanted), BATCH):
        some = list(wanted)[start : start + BATCH]
        Tagged.delete().where((Tagged.kind == kind) & store.among(Tagged.record, some)).execute()
        pairs = [(tags[search.fold(name)], record) for record in some for name in wanted[record]]
        store.insert_rows(Tagged, [{"tag": tag, "kind": kind, "record": record} for tag, record in pairs])
        for record, labels in _labels(kind, some).items():
            if labels != said[record]:  # a tag that was there is called as it was
                model.update(labels=labels).where(model.id == record).execute()


def _by_name(names, by, now):
    """{folded name: id} of these tags, made where there is none, as they were written first."""
    folded = {}
    for name in names:
        folded.setdefault(search.fold(name), name)
    found = dict(Tag.select(Tag.folded, Tag.id).where(store.among(Tag.folded, folded)).tuples())
    new = {key: name for key, name in folded.items() if key not in found}
    return found | {key: _new(by, {"name": name, "folded": key}, "tag", now).id for key, name in new.items()}


def _relabel(record):
    """Keep the names on the record, and find it by them."""
    follow(record)
    record.index()


def follow(record):
    """Let the record say which tags are on it, after something else moved them."""
    record.labels = _labels(record.ref.kind, [record.id])[record.id]
    type(record).update(labels=record.labels).where(type(record).id == record.id).execute()


def _labels(kind, records):
    """{id: "School, VIP"} of some records of a noun, in one query."""
    found = {record: [] for record in records}
    rows = Tagged.select(Tagged.record, Tag.name).join(Tag).where(Tagged.kind == kind)
    for record, name in rows.where(store.among(Tagged.record, records)).order_by(Tag.folded).tuples():
        found[record].append(name)
    return {record: ", ".join(names) for record, names in found.items()}


def _check(by, record):
    TABLES[record.ref.kind].check(by, ["tag"])


def _account(record):
    return record if record.ref.kind == "account" else getattr(record, "account", None)


def _named(text, field="name"):
    """{"name", "folded"} of a tag as it was typed; no comma, which parts tags in addresses and files."""
    try:
        name = FIELDS["name"].clean(text)
    except Invalid as fault:
        raise Invalid(**{field: fault.problems["name"]})
    folded = search.fold(name)
    if "," in name or ";" in name or not words_of(folded):
        raise Invalid(**{field: "tag-malformed"})
    return {"name": name, "folded": folded}


def offered(kind=None):
    """The tags to suggest, by name: [Tag], as they were within the last half minute."""
    rows = memory.remembered("tags", REMEMBERED_SECONDS, lambda: store.uncounted(_offered))
    return [tag for tag in rows if kind in (None, tag.kind)]


def _offered():
    return list(Tag.select().order_by(Tag.folded).limit(OFFERED))


def having(model, names, every=False):
    """Condition on records of `model`: they have one of the tags (their names), or `every` one of them.

    Few records are looked up; of many a list in its own order soon meets enough.
    """
    tags = [tag.id for tag in Tag.select(Tag.id).where(Tag.folded.in_([search.fold(name) for name in names]))]
    if not tags or (every and len(tags) < len(set(names))):
        return peewee.SQL("1 = 0")
    kind = model._meta.table_name
    if every:
        conditions = [_with(model, kind, [tag]) for tag in tags]
        return reduce(and_, conditions)
    return _with(model, kind, tags)


def _with(model, kind, tags):
    here = (Tagged.kind == kind) & Tagged.tag.in_(tags)
    few = [record for (record,) in Tagged.select(Tagged.record).where(here).limit(FEW + 1).tuples()]
    if len(few) <= FEW:
        return store.among(model.id, few)
    one = Tagged.select(peewee.SQL("1")).where(here & (Tagged.record == model.id))
    return peewee.fn.EXISTS(one)


def untagged(model):
    """Condition on records of `model`: they have no tag."""
    here = (Tagged.kind == model._meta.table_name) & (Tagged.record == model.id)
    return ~peewee.fn.EXISTS(Tagged.select(peewee.SQL("1")).where(here))


def _tagged(tag):
    """[(kind, record)] of all that has a tag."""
    return list(Tagged.select(Tagged.kind, Tagged.record).where(Tagged.tag == tag).tuples())


def _refresh(tagged):
    """Label and find these records anew, page by page."""
    models = store.kinds()
    for kind in sorted({kind for kind, _ in tagged}):
        records, model = [record for other, record in tagged if other == kind], models[kind]
        for start in range(0, len(records), BATCH):
            some = records[start : start + BATCH]
            for record, labels in _labels(kind, some).items():
                model.update(labels=labels).where(model.id == record).execute()
            for entry in model.search_entries_of(some):
                search.put(Ref(kind, entry.record), *entry[1:])


def faults():
    """Sentences about tags on records that are not there, or that do not say so themselves, for `verify`."""
    rows = Tagged.select(Tagged.kind, Tagged.record, Tag.name).join(Tag).order_by(Tagged.kind, Tagged.record)
    for kind, record, name in rows.tuples().iterator():
        row = store.kinds()[kind].get_or_none(store.kinds()[kind].id == record)
        if row is None:
            yield f"a tag stands on {kind}:{record}, which is not there"
        elif name not in row.tags:
            yield f"{kind}:{record} has the tag {name} and does not say so"
