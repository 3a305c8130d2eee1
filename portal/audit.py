"""What happened: the one door through which business data is written, its entries, and the chain that seals them."""

import contextlib
import hmac
import secrets
import threading

import peewee

from portal import bin, commitments, custom, deeds, outbox, store, values
from portal.errors import NotFound, Repeated, Stale
from portal.values import Ref

MAIL_HOST = "suki.example"  # right-hand side of Message-IDs; wsgi.py sets it from the base address
SEAL_BATCH = 1000
_last = threading.local()


class Seal(store.Model):
    """A link of the chain over a batch of entries: hash = sha256(previous hash, the batch)."""

    previous = peewee.CharField(max_length=64, unique=True)  # a chain does not fork, whoever seals at the same time
    hash = peewee.CharField(max_length=64)
    count = peewee.IntegerField()
    at = store.MomentField()


class Entry(store.Model):
    """One event: who did what to which record, and commitments to the values that changed."""

    id = peewee.BigAutoField()
    at = store.MomentField()
    event = peewee.CharField(max_length=60)
    actor = peewee.CharField(max_length=40)
    actor_name = peewee.CharField(max_length=200)
    # See portal/commitments.py. The default in the database is for the version before, which goes on for a while.
    actor_mark = peewee.CharField(max_length=100, default="", constraints=[peewee.SQL("DEFAULT ''")])
    actor_role = peewee.CharField(max_length=20)
    subject = peewee.CharField(max_length=40)
    about = peewee.CharField(max_length=40, index=True)  # the account it concerns, "" when none
    fields = peewee.TextField(default="")
    commitments = peewee.TextField(default="")
    request = peewee.CharField(max_length=40, default="")
    seal = peewee.ForeignKeyField(Seal, null=True, index=False)
    deed = peewee.IntegerField(null=True)  # what it is part of, see portal/deeds.py; not sealed

    class Meta:
        indexes = ((("subject", "id"), False), (("actor", "id"), False))


Entry.add_index(Entry.index(Entry.id, where=Entry.seal.is_null(), name="entry_unsealed"))
Entry.add_index(Entry.index(Entry.deed, Entry.id, where=Entry.deed.is_null(False), name="entry_of_deed"))
# What customers did lately, for the page staff begin the day with; imports would bury it.
Entry.add_index(Entry.index(Entry.at, where=Entry.actor_role.in_(values.CUSTOMER_ROLES), name="entry_by_customers"))


class EntryValue(store.Model):
    """The values behind an entry's commitments, kept apart so that a person can be forgotten."""

    entry = peewee.ForeignKeyField(Entry)
    position = peewee.IntegerField()
    field = peewee.CharField(max_length=60)
    old = peewee.TextField(null=True)
    new = peewee.TextField(null=True)
    salt = peewee.CharField(max_length=32)


class SentForm(store.Model):
    """A form that was carried out: its key per person, a hash of its content, and what came of it."""

    actor = peewee.CharField(max_length=40)
    key = peewee.CharField(max_length=64)
    body_hash = peewee.CharField(max_length=64)
    result = peewee.CharField(max_length=40, default="")
    at = store.MomentField()

    class Meta:
        primary_key = peewee.CompositeKey("actor", "key")


class Change:
    """One event while it is being made; see `change()`."""

    def __init__(self, by, event, subject, about, now):
        self.by, self.event, self.now = by, event, now or values.now()
        self.subject, self.about = _ref(subject), _ref(about)
        self.result = None
        self.entry_id = None
        self.told = []
        self._changes = []
        self._messages = []
        self._then = []
        self._happened = False

    def create(self, model, **fields):
        """Insert a row and record its fields; it becomes the subject when none was named."""
        own, added = custom.split(model, custom.started(model, fields))
        row = model.create(**own, **bin.numbered(model))
        if added:
            custom.write(row, added, self.by)
        if self.subject is None:
            self.subject = row.ref
        for name, value in (own | added).items():
            if value not in (None, "", []) and not isinstance(value, store.Model):
                self.record(name, None, value, secret=name in model.SECRET)
        self._happened = True
        return row

    def update(self, row, *, version=None, **fields):
        """Set fields of a row, guarded by its version; returns {field: (old, new)} of what really changed.

        `version` is the one the form was opened with (None: the one just read). Raises Stale; NotFound when
        somebody removed the row meanwhile.
        """
        own, added = custom.split(type(row), fields)
        differences = {
            name: (row.__data__.get(_column(row, name)), _plain(value))
            for name, value in own.items()
            if row.__data__.get(_column(row, name)) != _plain(value)
        }
        if version is not None and version != row.version:
            raise Stale(row)
        model, changed = type(row), {name: own[name] for name in differences}
        differences |= custom.moved(row, added)
        if not differences:
            return {}
        where = model.id == row.id
        if isinstance(row, store.Versioned):
            where &= model.version == row.version
            changed["version"] = model.version + 1
        if changed and not model.update(changed).where(where).execute():
            raise overtaken(row)
        if differences.keys() & added.keys():
            custom.write(row, {name: added[name] for name in added if name in differences}, self.by)
        for name, (old, new) in differences.items():
            if name in own:
                setattr(row, name, own[name])
            self.record(name, old, new, secret=name in model.SECRET)
        if isinstance(row, store.Versioned):
            row.version += 1
        return differences

    def guard(self, query, error):
        """Run a conditional UPDATE or DELETE; raise `error` when it touched no row."""
        if not query.execute():
            raise error
        self._happened = True

    def delete(self, row):
        """Remove a row and record what stood in it. Raises NotFound when somebody else removed it first."""
        for name, value in (row.__data__ | custom.drop(row)).items():
            if name not in ("id", "version") and value not in (None, ""):
                self.record(name, value, None, secret=name in row.SECRET)
        if not row.delete_instance():
            raise NotFound(row.ref)
        self._happened = True

    def record(self, field, old, new, *, secret=False):
        """Write down one value that changed; of a secret only that it changed."""
        self._happened = True
        self._changes.append((field, None, None) if secret else (field, old, new))

    def happened(self):
        """Write an entry even though no field changed (a sign-in, a look at something)."""
        self._happened = True

    def tell(self, recipients, template, **params):
        """Send a notice to each recipient once this commits; the caller hands the recipients in."""
        if self.by.is_system or self.by.is_quiet:
            return  # imports and demo data tell nobody
        self._happened = True
        self._messages.append((list(recipients), template, params))

    def once_written(self, function):
        """Call `function(entry id)` in the same transaction, once the entry stands: for what refers to the event."""
        self._then.append(function)

    def _write(self):
        if not self._happened:
            return
        texts = [(f, _text(old), _text(new), secrets.token_hex(16)) for f, old, new in self._changes]
        self.entry_id = Entry.insert(
            at=self.now,
            event=self.event,
            actor=str(self.by.ref),
            actor_name=self.by.name,
            actor_mark=commitments.mark_of(self.by.name),
            actor_role=self.by.role,
            subject=str(self.subject or ""),
            about=str(self.about or ""),
            fields=",".join(f for f, *_ in texts),
            commitments=",".join(commitments.commitment(*text) for text in texts),
            request=self.by.request,
            deed=deeds.join(self),
        ).execute()
        if texts:
            EntryValue.insert_many(
                [
                    {"entry": self.entry_id, "position": n, "field": f, "old": old, "new": new, "salt": salt}
                    for n, (f, old, new, salt) in enumerate(texts)
                ]
            ).execute()
        for function in self._then:
            function(self.entry_id)
        self._post()

    def _post(self):
        rows = []
        for recipients, template, params in self._messages:
            rows += outbox.rows_for(self.entry_id, recipients, template, params, self.now, MAIL_HOST)
        unique = {(r["recipient"], r["channel"], r["address"]): r for r in reversed(rows)}
        wished = outbox.as_wished(list(reversed(unique.values())), self.now)
        self.told += [row["name"] for row in wished if row["name"]]
        if wished:
            outbox.Outbox.insert_many(wished).execute()


@contextlib.contextmanager
def change(by, event, subject=None, *, about=None, now=None, deed=None):
    """The door for business data: rows, audit entry, notices and form key in one transaction.

    Nested changes join the outermost one, which owns the form key. A block in which nothing changed leaves no
    entry. The commit has happened when the outermost block is left. Raises Repeated when this form was sent before.
    What can be taken back of it is one deed (portal/deeds.py), or belongs to `deed` (its id), begun before.
    """
    with store.writing() as outermost:
        if outermost and by.form:
            _claim_key(by, now)
        made = Change(by, event, subject, about, now)
        with deeds.gathered(made, deed) if outermost or deed else contextlib.nullcontext():
            yield made
            made._write()
        if outermost and by.form:
            SentForm.update(result=str(made.result or made.subject or "")).where(
                (SentForm.actor == str(by.ref)) & (SentForm.key == by.form.key)
            ).execute()
    if outermost:
        _last.told = made.told


@contextlib.contextmanager
def rehearsal():
    """Run changes to see what they would do, and take all of it back: nothing is kept, told or claimed."""
    with contextlib.suppress(_TakenBack), store.writing():
        yield
        raise _TakenBack


class _TakenBack(Exception):
    """The end of a rehearsal."""


def last_told():
    """Names of the people whom the last committed change of this thread told, for the next page to say."""
    return list(dict.fromkeys(getattr(_last, "told", ())))


def _claim_key(by, now):
    inserted = store.db.execute(
        SentForm.insert(
            actor=str(by.ref), key=by.form.key, body_hash=by.form.body_hash, at=now or values.now()
        ).on_conflict_ignore()
    )
    if inserted.rowcount:
        return
    refuse_repeated(by)


def refuse_repeated(by):
    """Raise Repeated when this form was sent before: for checks that would stumble over what that sending made."""
    if not by.form:
        return
    earlier = SentForm.get_or_none((SentForm.actor == str(by.ref)) & (SentForm.key == by.form.key))
    if earlier:
        raise Repeated(Ref.parse(earlier.result), hmac.compare_digest(earlier.body_hash, by.form.body_hash))


def overtaken(row):
    """What to raise when a row is no more as it was read: Stale with how it stands now, NotFound when it is gone."""
    current = type(row).get_or_none(type(row).id == row.id)
    return Stale(current) if current else NotFound(row.ref)


def _ref(subject):
    return subject.ref if isinstance(subject, store.Model) else subject


def _column(row, name):
    return getattr(type(row), name).name


def _plain(value):
    return value.id if isinstance(value, store.Model) else value


def _text(value):
    return None if value is None else store.canonical(_plain(value))


def seal(now=None):
    """Chain the entries that are not sealed yet, in batches; returns how many.

    Of two workers that seal at once one goes away empty-handed: what it read is in the other's seal.
    """
    total = 0
    while True:
        try:
            with store.housekeeping("sealing"):
                sealed = _seal_batch(now or values.now())
        except (peewee.IntegrityError, _Overtaken):
            return total
        if not sealed:
            return total
        total += sealed


def _seal_batch(now):
    entries = list(Entry.select().where(Entry.seal.is_null()).order_by(Entry.id).limit(SEAL_BATCH))
    if not entries:
        return 0
    hold_chain()
    last = Seal.select().order_by(Seal.id.desc()).first()
    previous = last.hash if last else ""
    link = Seal.create(previous=previous, hash=commitments.batch_hash(previous, entries), count=len(entries), at=now)
    still_open = Entry.id.in_([e.id for e in entries]) & Entry.seal.is_null()
    if Entry.update(seal=link).where(still_open).execute() != len(entries):
        raise _Overtaken
    return len(entries)


def hold_chain():
    """Let nobody else add to the chain while it is read and written; SQLite has one writer anyway."""
    if not store.is_sqlite():
        store.db.execute_sql("LOCK TABLE seal IN SHARE ROW EXCLUSIVE MODE")


class _Overtaken(Exception):
    """Another worker sealed these entries between our reading them and our writing."""


def broken_links():
    """Check the chain and the commitments; yields one sentence per fault (English, for the command line)."""
    previous = ""
    for link in Seal.select().order_by(Seal.id):
        entries = list(Entry.select().where(Entry.seal == link).order_by(Entry.id))
        if link.previous != previous:
            yield f"seal {link.id} does not follow the one before it"
        if len(entries) != link.count:
            yield f"seal {link.id} covers {link.count} entries, {len(entries)} are there"
        if commitments.batch_hash(link.previous, entries) != link.hash:
            yield f"seal {link.id}: an entry was altered"
        for entry in entries:
            if not commitments.is_named(entry):
                yield f"entry {entry.id}: the name of who did it was altered"
        previous = link.hash
    yield from _broken_commitments()


def _broken_commitments():
    rows = EntryValue.select(EntryValue, Entry.id, Entry.commitments).join(Entry).order_by(EntryValue.id)
    for row in rows.iterator():
        kept = row.entry.commitments.split(",")
        expected = commitments.commitment(row.field, row.old, row.new, row.salt)
        if row.position >= len(kept) or kept[row.position] != expected:
            yield f"entry {row.entry.id}: the value of {row.field} was altered"


def head():
    """Hash of the newest seal, "" while there is none: goes into backups and the daily mail."""
    last = Seal.select(Seal.hash).order_by(Seal.id.desc()).first()
    return last.hash if last else ""


def story(record, also=()):
    """What happened to a record and to those of the Refs `also` (its files, its invoices), oldest first: entries."""
    subjects = [str(ref) for ref in (record.ref, *also)]
    return list(Entry.select().where(Entry.subject.in_(subjects)).order_by(Entry.id))


def values_of(entries):
    """{entry id: [(field, old, new)]} for a page of entries, in one query."""
    found = {}
    ids = [e.id for e in entries]
    for v in EntryValue.select().where(EntryValue.entry.in_(ids)).order_by(EntryValue.entry, EntryValue.position):
        found.setdefault(v.entry_id, []).append((v.field, v.old, v.new))
    return found
