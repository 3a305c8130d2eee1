"""Bank statements: the file a person brought, looked at before anything is written, and what became of it."""

import peewee

from portal import audit, files, store, values
from portal.errors import Invalid
from portal.exchange import bank_layouts, bank_reading
from portal.fields import MANAGERS, Field, Table
from portal.people import policy

STATES = ("draft", "reading", "read", "discarded")  # looked at; being taken in (or broken off); done; thrown away
MOST_LAYOUTS = 12  # remembered per bank account
MOST_BYTES = 8 * 1024 * 1024

policy.allow("bank.see", policy.MANAGERS)
policy.allow("bank.bring", policy.MANAGERS)
policy.allow("bank.book", policy.MANAGERS)

ACCOUNT_NAME = Field("bank_account", longest=80, is_required=True)
ACCOUNT_CURRENCY = Field("currency", "currency", is_required=True)
FIELDS = Table(
    "bank_statement",
    Field("number", read=MANAGERS, sort=True),
    Field("name", read=MANAGERS),
    Field("bank_account", "link", MANAGERS, filter=True),
    Field("state", "choice", MANAGERS, filter=True, choices=STATES),
    Field("first_on", "date", MANAGERS),
    Field("last_on", "date", MANAGERS),
    Field("lines", "number", MANAGERS),
    Field("known", "number", MANAGERS),
    Field("left_out", "number", MANAGERS),
    Field("by_name", read=MANAGERS),
    Field("created_at", "moment", MANAGERS, sort=True),
)


class BankAccount(store.Versioned):
    """An account of ours at a bank, and how its files were laid out: {signature of the columns: layout}."""

    name = peewee.CharField(max_length=80, unique=True)
    currency = peewee.CharField(max_length=3)
    layouts = store.JSONText(default=dict)
    created_at = store.MomentField(default=values.now)

    @classmethod
    def alphabetical(cls):
        return cls.select().order_by(cls.name)

    @classmethod
    def named(cls, name, currency, change):
        """The bank account of this name, opened when it is new. Invalid on "currency" when it has another one."""
        found = cls.get_or_none(cls.name == name)
        if found is None:
            with store.taken(bank_account="changed-meanwhile"):
                return change.create(cls, name=name, currency=currency)
        if found.currency != currency:
            raise Invalid(currency=("bank-account-other-currency", {"name": name, "currency": found.currency}))
        return found

    def remember(self, signature, layout):
        """Read the next file with these columns as this one was read."""
        kept = {name: known for name, known in self.layouts.items() if name != signature}
        kept = dict(list(kept.items())[-(MOST_LAYOUTS - 1) :]) | {signature: layout.kept()}
        if kept != self.layouts:
            type(self).update(layouts=kept).where(BankAccount.id == self.id).execute()
            self.layouts = kept


class BankStatement(store.Versioned):
    """One file of a bank. Until somebody confirms how it is read it has no lines."""

    NUMBER = "BS-{:06d}"

    file = peewee.ForeignKeyField(files.File)
    name = peewee.CharField(max_length=200)  # of the file
    bank_account = peewee.ForeignKeyField(BankAccount, null=True)
    state = peewee.CharField(max_length=10, default="draft")
    layout = store.JSONText(default=dict)
    lines = peewee.IntegerField(default=0)  # taken in
    known = peewee.IntegerField(default=0)  # here already, from an earlier statement
    left_out = peewee.IntegerField(default=0)  # rows that are no lines
    problems = store.JSONText(default=list)  # the first of them: [row, message id, {parameters}]
    first_on = peewee.DateField(null=True)
    last_on = peewee.DateField(null=True)
    by_name = peewee.CharField(max_length=200, default="")
    created_at = store.MomentField(default=values.now)
    read_at = store.MomentField(null=True)

    @classmethod
    def visible_to(cls, actor):
        """Query of all statements: whoever keeps the books keeps all of them, whosever accounts the payers are."""
        rows = cls.select(cls, BankAccount).join(BankAccount, peewee.JOIN.LEFT_OUTER)
        return rows if actor.is_system or actor.role in policy.MANAGERS else rows.where(peewee.SQL("1 = 0"))

    @classmethod
    def bring(cls, *, by, stream, name="", now=None):
        """Keep a bank's file to look at; nothing is booked. The same file again leads to the statement it became.

        `stream` is a binary file. Raises Invalid on "file": file-empty, file-too-large, bank-file-not-table,
        bank-file-pdf, bank-file-workbook, bank-file-known.
        """
        data = stream.read(MOST_BYTES + 1)
        bank_layouts.check_is_text(data[: bank_layouts.HEAD_BYTES])
        received = files.receive(data, most=MOST_BYTES, kind="text/csv")
        with audit.change(by, "bank.brought", now=now) as change:
            file = files.keep(received, now=change.now)
            known = cls.get_or_none((cls.file == file) & (cls.state == "read"))
            if known:
                raise Invalid(file=("bank-file-known", {"number": known.number}))
            layout = bank_layouts.guess(data[: bank_layouts.HEAD_BYTES])
            about = {"name": files.clean_name(name), "by_name": by.name, "created_at": change.now}
            statement = cls.create(file=file, layout=layout.kept(), **about)
            change.subject = statement.ref
            change.record("name", None, statement.name)
            statement._recall(layout)
        return statement

    def _recall(self, layout):
        """Take the layout that a person confirmed for such a file before, and its bank account."""
        marks = bank_layouts.signatures(layout, bank_layouts.head_rows(self.start(), layout))
        for account in BankAccount.alphabetical():
            for mark in account.layouts.keys() & marks.keys():
                kept = account.layouts[mark] | {"encoding": layout.encoding, "header": marks[mark]}
                BankStatement.update(bank_account=account, layout=kept).where(BankStatement.id == self.id).execute()
                self.bank_account, self.layout = account, kept
                return

    def discard(self, *, by, now=None):
        """Throw away a file of which nothing was taken in. Raises Invalid on "state": bank-statement-taken."""
        with audit.change(by, "bank.discarded", self, now=now) as change:
            mine = (BankStatement.id == self.id) & (BankStatement.state == "draft")
            change.guard(BankStatement.update(state="discarded").where(mine), Invalid(state="bank-statement-taken"))
            change.record("state", "draft", "discarded")

    # Its content

    def open(self):
        """The file as it was brought, open for reading bytes."""
        return files.open_bytes(self.file)

    def start(self):
        """Its first bytes."""
        with self.open() as stream:
            return stream.read(bank_layouts.HEAD_BYTES)

    @property
    def as_read(self):
        """The Layout it is, or was, read with."""
        return bank_layouts.Layout.of(self.layout)

    def look(self, layout, currency):
        """(rows at the top of the file, Summary or None): what a layout makes of it, before anything is written."""
        rows = bank_layouts.head_rows(self.start(), layout)
        if layout.problems():
            return rows, None
        with self.open() as stream:
            return rows, bank_reading.summary(stream, layout, currency)
