"""Attachments: files that belong to a record of any noun, in revisions, and what of them the customer sees."""

from functools import reduce
from operator import or_
from typing import NamedTuple

import peewee

from portal import audit, files, search, store, values
from portal.activity import file_kinds, trail
from portal.activity.file_kinds import kinds, take
from portal.customers.accounts import Account
from portal.errors import Invalid, NotFound
from portal.fields import EVERYONE, STAFF, Field, Table
from portal.files import File
from portal.people import policy
from portal.values import Ref

MOST_AT_ONCE = 10
MOST_PER_RECORD = 200
CUSTOMER_BYTES = 500_000_000  # of what the people of one account brought and did not take back

FIELDS = Table(
    "attachment",
    Field("number", "number", EVERYONE, sort=True),
    Field("name", read=EVERYONE, sort=True),
    Field("subject", read=EVERYONE),
    Field("account", "link", EVERYONE, filter=True),
    Field("type", read=EVERYONE),
    Field("size", "number", EVERYONE),
    Field("revision", "number", EVERYONE),
    Field("is_shared", "yes", STAFF, filter=True),
    Field("added_name", read=EVERYONE),
    Field("added_at", "moment", EVERYONE, sort=True),
)


def _may_add(actor, subject):
    kind = kinds.get(subject.ref.kind)
    if kind is None:
        return False
    return policy.may(actor, kind.needs) if actor.is_staff else kind.customers_add


def _may_share(actor, attachment):
    return policy.may(actor, kinds[attachment.subject_ref.kind].needs)


def _is_own(actor, attachment):
    """Each side revises what it brought."""
    return attachment.is_theirs if actor.is_customer else not attachment.is_theirs and _may_share(actor, attachment)


def _may_remove(actor, attachment):
    return attachment.is_theirs if actor.is_customer else _may_share(actor, attachment)


policy.allow("files.see", policy.SIGNED_IN)
policy.allow("files.add", policy.STAFF, policy.BUYERS, when=_may_add)
policy.allow("files.revise", policy.STAFF, policy.BUYERS, when=_is_own)
policy.allow("files.share", policy.STAFF, when=_may_share)
policy.allow("files.remove", policy.STAFF, policy.BUYERS, when=_may_remove)


class Sent(NamedTuple):
    """A file on its way in: the name it came with, and its content as `files.receive` took it."""

    name: str
    received: files.Received


class Attachment(store.Model):
    """A file of a record, as its newest revision has it; earlier ones stand in EarlierRevision."""

    subject = peewee.CharField(max_length=40, index=True)  # Ref of the record: order:12
    account = peewee.ForeignKeyField(Account, null=True)  # whose people may see it; None: of no account, as products
    name = peewee.CharField(max_length=200)
    file = peewee.ForeignKeyField(File)
    revision = peewee.IntegerField(default=1)
    shared_from = peewee.IntegerField(null=True)  # customers read it from this revision on; None: not at all
    is_theirs = peewee.BooleanField(default=False)  # brought by the customer, who therefore sees it
    added_by = peewee.CharField(max_length=40)
    added_name = peewee.CharField(max_length=200, default="")
    added_at = store.MomentField(default=values.now)  # this revision
    removed_at = store.MomentField(null=True)

    @classmethod
    def visible_to(cls, actor):
        """Query of the files a person may see, with their contents' rows: staff by account, customers the shared."""
        rows = cls.select(cls, File, Account).join(File).switch(cls).join(Account, peewee.JOIN.LEFT_OUTER)
        rows = rows.where(cls.removed_at.is_null())
        if actor.is_customer:
            return rows.where(
                cls.shared_from.is_null(False) & file_kinds.of_customer(actor, cls.subject, cls.account)
            )
        if actor.is_staff or actor.is_system:
            return rows.where(cls.account.is_null() | Account.scope(actor))
        raise NotFound()

    @property
    def subject_ref(self):
        return Ref.parse(self.subject)

    @property
    def is_shared(self):
        return self.shared_from is not None

    @property
    def type(self):
        return self.file.type

    @property
    def size(self):
        return self.file.size

    @property
    def is_picture(self):
        return self.file.thumbnail is not None

    def content(self, actor, revision=None):
        """(name, File) of a revision, the newest without; NotFound for one that this person may not read."""
        if revision is None or revision == self.revision:
            return self.name, self.file
        if actor.is_customer and revision < self.shared_from:
            raise NotFound()
        wanted = (EarlierRevision.attachment == self) & (EarlierRevision.number == revision)
        earlier = EarlierRevision.select(EarlierRevision, File).join(File).where(wanted).first()
        if earlier is None:
            raise NotFound()
        return earlier.name, earlier.file

    def revise(self, *, by, file, now=None):
        """Put newer content in place of the present one, which is kept as an earlier revision.

        `file` is Sent. Raises Invalid on "file": file-needed, file-unchanged, file-revised-meanwhile,
        files-no-space.
        """
        if file is None:
            raise Invalid(file="file-needed")
        name = files.clean_name(file.name)
        with audit.change(by, "attachment.revised", self, about=self.account, now=now) as change:
            _refuse_too_much(by, self.account, "file", [file])
            kept = files.keep(file.received, now=change.now)
            if (kept.id, name) == (self.file_id, self.name):
                raise Invalid(file="file-unchanged")
            fields = {"name": name, "file": kept, "revision": self.revision + 1} | _signed(by, change.now)
            change.guard(self._still(fields), Invalid(file="file-revised-meanwhile"))
            _keep_earlier(self)
            change.record("name", self.name, name)
            change.record("revision", self.revision, self.revision + 1)
            self._now(fields)
            self.index()
            if self.is_shared:
                _tell(change, self.subject_ref, None, self.account, [self])
            change.result = self.subject_ref
        return self

    def share(self, *, by, now=None):
        """Let the customer read it, from the present revision on; the people of the account are told."""
        with audit.change(by, "attachment.shared", self, about=self.account, now=now) as change:
            fields = {"shared_from": self.revision}
            change.guard(self._still(fields, Attachment.shared_from.is_null()), Invalid(file="file-moved-on"))
            change.record("is_shared", False, True)
            self._now(fields)
            _tell(change, self.subject_ref, None, self.account, [self])
            change.result = self.subject_ref
        return self

    def unshare(self, *, by, now=None):
        """Take it back from the customer. Raises Invalid(file="file-theirs") for what they brought."""
        if self.is_theirs:
            raise Invalid(file="file-theirs")
        with audit.change(by, "attachment.unshared", self, about=self.account, now=now) as change:
            fields = {"shared_from": None}
            change.guard(self._still(fields, Attachment.shared_from.is_null(False)), Invalid(file="file-moved-on"))
            change.record("is_shared", True, False)
            self._now(fields)
            change.result = self.subject_ref
        return self

    def remove(self, *, by, now=None):
        """Take it off its record; the trail keeps that it was there."""
        with audit.change(by, "attachment.removed", self, about=self.account, now=now) as change:
            fields = {"removed_at": change.now}
            change.guard(self._still(fields), Invalid(file="file-moved-on"))
            change.record("name", self.name, None)
            self._now(fields)
            search.drop(self)
            change.result = self.subject_ref
        return self

    def _still(self, fields, *more):
        """The guarded UPDATE: as long as it stands there in the revision that was read."""
        here = (Attachment.id == self.id) & (Attachment.revision == self.revision) & Attachment.removed_at.is_null()
        return Attachment.update(fields).where(here, *more)

    def _now(self, fields):
        for name, value in fields.items():
            setattr(self, name, value)

    def index(self):
        """Put its name into the search, inside the change that touched it."""
        search.put(self.ref, [self.name], self.account_id, self.account.team_id if self.account else None)

    @classmethod
    def search_entries(cls, after, most):
        """The next files as the search index holds them, for its rebuilding."""
        rows = cls.select(cls.id, cls.name, cls.account, Account.team.alias("team"))
        rows = rows.join(Account, peewee.JOIN.LEFT_OUTER).where((cls.id > after) & cls.removed_at.is_null())
        rows = rows.order_by(cls.id).limit(most).objects()
        return [search.Entry(row.id, [row.name], row.account_id, row.team) for row in rows]


class EarlierRevision(store.Model):
    """What a file was before it was revised."""

    attachment = peewee.ForeignKeyField(Attachment, on_delete="CASCADE", index=False)
    number = peewee.IntegerField()
    name = peewee.CharField(max_length=200)
    file = peewee.ForeignKeyField(File)
    added_by = peewee.CharField(max_length=40)
    added_name = peewee.CharField(max_length=200, default="")
    added_at = store.MomentField()

    class Meta:
        indexes = ((("attachment", "number"), True),)


def attach(subject, *, by, files, is_shared=False, is_told=True, now=None):
    """Give a record these files ([Sent]); what customers bring they see. Returns the attachments.

    The other side is told in one notice: staff of what customers brought, customers of what is shared with them;
    unless the caller tells of more (`is_told`). Raises Invalid on "files": file-needed, files-too-many,
    files-no-room, files-no-space.
    """
    if not files:
        raise Invalid(files="file-needed")
    if len(files) > MOST_AT_ONCE:
        raise Invalid(files=("files-too-many", {"most": MOST_AT_ONCE}))
    account = account_of(subject)
    shared_from = 1 if by.is_customer or is_shared else None
    with audit.change(by, "attachment.brought", subject, about=account, now=now) as whole:
        whole.result = subject.ref
        here = (Attachment.subject == str(subject.ref)) & Attachment.removed_at.is_null()
        if Attachment.select().where(here).count() + len(files) > MOST_PER_RECORD:
            raise Invalid(files=("files-no-room", {"most": MOST_PER_RECORD}))
        _refuse_too_much(by, account, "files", files)
        made = []
        for sent in files:
            with audit.change(by, "attachment.added", about=account, now=whole.now) as change:
                made.append(_made(change, subject, account, sent, shared_from))
                if len(made) == len(files) and shared_from and is_told:
                    _tell(change, subject.ref, subject, account, made)
        whole.told += change.told
    return made


def _refuse_too_much(by, account, field, brought):
    """Raise Invalid(files-no-space) on `field` when the people of an account would keep more here than they may."""
    if not by.is_customer:
        return
    theirs = (Attachment.account == account) & Attachment.is_theirs & Attachment.removed_at.is_null()
    kept = Attachment.select(peewee.fn.SUM(File.size)).join(File).where(theirs).scalar() or 0
    if kept + sum(sent.received.size for sent in brought) > CUSTOMER_BYTES:
        raise Invalid(**{field: ("files-no-space", {"megabytes": CUSTOMER_BYTES // 1_000_000})})


def remove_all(subject, *, now):
    """Take all files off a record that is being removed itself, inside its change."""
    here = (Attachment.subject == str(subject.ref)) & Attachment.removed_at.is_null()
    for gone in Attachment.update(removed_at=now).where(here).returning(Attachment.id).execute():
        search.drop(gone)


def unshare_all(subject):
    """Keep its files for staff alone, inside the change by which it belongs to somebody else from now on."""
    here = (Attachment.subject == str(subject.ref)) & Attachment.removed_at.is_null()
    Attachment.update(shared_from=None).where(here).execute()


def move_all(subject, to):
    """Give all files of a record to another, inside the change that puts the one into the other."""
    Attachment.update(subject=str(to.ref)).where(Attachment.subject == str(subject.ref)).execute()


def account_of(subject):
    """The account a record belongs to, itself when it is one, None for what belongs to none."""
    if isinstance(subject, Account):
        return subject
    return subject.account if "account" in subject._meta.fields else None


def of(subject, actor):
    """[(attachment, [earlier revisions])] of a record for somebody who sees it, oldest first; one query.

    Those taken away are left out; `with_refs` also names them, for the story.
    """
    return [(a, earlier) for a, earlier in _read(subject, actor) if a.removed_at is None]


def with_refs(subject, actor):
    """(what `of` returns, {Ref: name} of all its files whose events this person may read); one query."""
    found = _read(subject, actor)
    return [(a, earlier) for a, earlier in found if a.removed_at is None], {a.ref: a.name for a, _ in found}


def _read(subject, actor):
    theirs, first = File.alias(), EarlierRevision.alias()
    rows = Attachment.select(Attachment, File, first, theirs).join(File).switch(Attachment)
    rows = rows.join(first, peewee.JOIN.LEFT_OUTER, on=(first.attachment == Attachment.id), attr="earlier")
    rows = rows.join(theirs, peewee.JOIN.LEFT_OUTER, on=(first.file == theirs.id), attr="file")
    rows = rows.where(Attachment.subject == str(subject.ref))
    if actor.is_customer:
        rows = rows.where(Attachment.shared_from.is_null(False))
    found = {}
    for row in rows.order_by(Attachment.id, first.number.desc()):
        attachment, earlier = found.setdefault(row.id, (row, []))
        old = getattr(row, "earlier", None)
        if old is not None and old.id and not (actor.is_customer and old.number < row.shared_from):
            earlier.append(old)
    account = account_of(subject)
    for attachment, _ in found.values():
        attachment.account = account
    return list(found.values())


def _kept_back(actor):
    """What the trail keeps from customers: what happened to files that are not, or no longer, theirs to read."""
    files_of = Attachment.select(Attachment.id).where(Attachment.account == actor.account)
    unread = Attachment.shared_from.is_null() | reduce(
        or_, (Attachment.subject.in_(refs) for refs in file_kinds.hidden_subjects(actor)), peewee.SQL("1 = 0")
    )
    return trail.Entry.subject.in_(file_kinds.refs_in("attachment", files_of.where(unread)))


def _signed(by, now):
    return {"added_by": str(by.ref), "added_name": by.name, "added_at": now}


def _made(change, subject, account, sent, shared_from):
    by = change.by
    row = Attachment.create(
        subject=str(subject.ref),
        account=account,
        name=files.clean_name(sent.name),
        file=files.keep(sent.received, now=change.now),
        shared_from=shared_from,
        is_theirs=by.is_customer,
        **_signed(by, change.now),
    )
    change.subject = row.ref
    change.record("name", None, row.name)
    change.record("is_shared", None, row.is_shared)
    row.index()
    return row


def _keep_earlier(attachment):
    EarlierRevision.create(
        attachment=attachment,
        number=attachment.revision,
        name=attachment.name,
        file=attachment.file_id,
        added_by=attachment.added_by,
        added_name=attachment.added_name,
        added_at=attachment.added_at,
    )


def _tell(change, ref, subject, account, attachments):
    """One notice to the other side; files of no account are told to nobody."""
    by = change.by
    if account is None or by.is_system or by.is_quiet:
        return
    number = subject.number if subject is not None else _number(ref)
    kind = kinds[ref.kind]
    customers = kind.told or (lambda ref: account.customers_for("orders"))
    change.tell(
        account.staff_for(by) if by.is_customer else customers(ref),
        "files_brought",
        by=by.name,
        names=[a.name for a in attachments],
        kind=ref.kind,
        number=number,
        account=account.name,
        path=kind.path.format(number),
        own_path=kind.own_path.format(number),
    )


def _number(ref):
    """The readable number of the record behind a Ref; those with a number of their own are asked."""
    return store.kinds()[ref.kind].get_by_id(ref.id).number


trail.keep_from_customers(_kept_back)
take("account", "/accounts/{}", own_path="/account")
