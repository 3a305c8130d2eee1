"""Canaries: words of 20 letters, another one in every text column of the rows that belong to somebody."""

import hashlib
from datetime import date

import peewee

from portal import audit, files, store, values
from portal.audit import Entry
from portal.custom import CustomField, CustomValue
from portal.customers.accounts import Account
from portal.customers.contacts import Contact
from portal.files import File
from portal.people.logins import Login
from portal.search import SearchEntry
from portal.service.mail_fetching import FetchedMail
from portal.values import Actor, Ref
from tests import make

# The shop's own tables, and those that others fill: the audit by changes, the search by its own index.
SHOP = """
    staff_role team employee account_group article article_text article_revision article_product acknowledgement
    branch category product announcement bank_account bank_statement company custom_field custom_stamp discount_limit
    form_ban freight_rule first_view saved_view import_map kept_figure last_number likeness_sweep mailbox_state
    mail_template order_form payment_method promise reminder_plan reminder_rule series service_desk tax_rate task_plan
    task_plan_step task_morning warranty_terms calendar_feed seal entry entry_value search_entry erased_key erasure
    attempt tag backup field_rule custom_value match_key file adjustment
"""
# What is no text but says who or what: {column: kind of the Ref}.
REFS = {
    "subject": "contact", "actor": "login", "recipient": "login", "author": "login", "asker": "login", "by": "login",
    "added_by": "login", "viewer": "login", "asked_ref": "login", "about": "account", "root": "contact",
}  # fmt: skip
WORDY = {"case.subject", "conversation.subject", "interaction.subject", "mail.subject", "mail_template.subject"}
CODES = """
    file.sha256 file.thumbnail session.token_hash sent_form.key sent_form.body_hash external_id.marks
    external_id.line_hash outbox.template outbox.message_id import_run.sha256 import_run.worker link.outcome
    stock_movement.cause payment.cause invoice.cause deed.event mail.identity merged_row.table merged_row.column
    binned.kind likely_pair.kind approval.fingerprint conversation.hint conversation.about interaction.about
    requested_field.field task.about view_log.about missed_search.key bank_line.print notice_plan.zone
    notice_off.topic order.source suggestion_switch.changed_by import_run.kind tagged.kind external_id.kind
    external_id.source entry.event link_request.request submission.client invoice.reason consent.purpose
    order_line.code order_line.name order_line.unit order_line.tax_name invoice_line.code invoice_line.name
    invoice_line.unit invoice_line.tax_name order_stop.lifted_by return.reason contact.labels contact.absorbed
    account.absorbed account.labels
"""  # texts that the code reads as something else
FIXED = {
    "import_run.kind": "contacts", "login.kind": "customer", "likely_pair.kind": "contact", "binned.kind": "contact",
    "membership.role": "buyer",
}  # fmt: skip
# Copies of what stands elsewhere: by these the rows are the person's.
SAME = {
    "bounced_address.address_key": "login.email", "link_request.email": "login.email",
    "login.email_key": "login.email", "warranty.offered_to": "login.email", "claim.email": "login.email",
    "stock_movement.by_name": "login.name", "order.placed_by": "login.name", "return.asked_by": "login.name",
    "claim.asked_by": "login.name", "wish.asked_by": "login.name", "address_move.planned_by": "login.name",
    "suggestion.settled_by": "login.name", "case.rated_by": "login.name", "move_decision.decided_by": "login.name",
    "address.recipient": "login.name", "task.title": "login.name",
}  # fmt: skip
TABLES = {"merge": "contact", "tagged": "contact", "external_id": "contact", "import_row": "contact"}


class Life:
    """All rows of one person: `canaries` is {"table.column": the word in it}."""

    def __init__(self, name, account=None, kind="household"):
        self.name, self.kind, self.canaries, self.number = name, kind, {}, sum(name.encode()) * 100
        self.rows = {"account": account} if account else {}
        self.nouns = ("contact",) if account else ("account", "contact")

    def canary(self, column):
        made = "c" + hashlib.sha256(f"{self.name} {column}".encode()).hexdigest()[:19]
        self.canaries[column] = made
        return made

    def fill(self, shared):
        """A row of every table that can hold something of a person, each with what it hangs on."""
        self.shared = shared
        first, last = [Login, Account, Contact], [FetchedMail]
        others = [model for model in store.tables() if model not in first + last]
        for model in first + others + last:
            name = model._meta.table_name
            if name not in SHOP.split() and name not in self.rows:
                self.rows[name] = self.row(model)
        self.added()
        self.told()
        return self

    def row(self, model):
        """A new row, unless the account has its only one already."""
        known, before = dict(self.canaries), model.select().count()
        with store.writing():
            model.insert_many([self.columns(model)]).on_conflict_ignore().execute()
            if model.select().count() == before:
                self.canaries = known
            return model.select().order_by(model.id.desc()).first() if "id" in model._meta.fields else None

    def columns(self, model):
        found = {}
        for field in model._meta.sorted_fields:
            if isinstance(field, peewee.AutoField) or (field.name == "id"):
                continue
            value = self.worth(model._meta.table_name, field)
            if value is not None:
                found[field.name] = value
        return found

    def worth(self, table, field):
        key = f"{table}.{field.name}"
        if isinstance(field, peewee.ForeignKeyField) and key != "fetched_mail.file":
            return self.link(field)
        if field.name in REFS and key not in WORDY:
            return str(self.rows[REFS[field.name]].ref)
        if key == "account.kind":
            return self.kind
        if key in FIXED:
            return FIXED[key]
        if key in SAME:
            return self.canaries[SAME[key]]
        if key == "stock_movement.cause":
            return str(self.rows["order_line"].ref)
        if key == "fetched_mail.file":
            return self.rows["mail"].original
        if isinstance(field, store.JSONText):
            return self.json(key, field)
        longest = getattr(field, "max_length", None) or 1000
        if isinstance(field, (peewee.TextField, peewee.CharField)) and key not in CODES.split() and longest >= 20:
            return self.canary(key)
        return self.plain(table, field, key)

    def link(self, field):
        name = field.rel_model._meta.table_name
        if field.rel_model is File:
            self.number += 1
            content = f"{self.canary(f'file.{self.number}')} {self.name}".encode()
            with store.writing():
                return files.keep(files.receive(content))
        if name in self.rows or field.null:
            return self.rows.get(name)
        return self.shared[name]

    def json(self, key, field):
        if key == "binned.data":
            return {"id": self.rows["contact"].id, "name": self.canary(key)}
        if key == "import_row.fields":
            return {"name": [None, self.canary(key)]}
        if key in ("import_run.map", "deed.tally", "bank_line.plan", "invoice.taxes"):
            return {}
        default = field.default() if callable(field.default) else field.default
        return [self.canary(key)] if isinstance(default, list) else {"name": self.canary(key)}

    def plain(self, table, field, key):
        if field.name == "kind" and table in TABLES:
            return TABLES[table]
        if field.name in ("record", "survivor", "one"):
            return self.rows["contact"].id
        if field.name in ("account", "other_account"):
            return self.rows["account"].id
        if field.null or field.default is not None:
            return None
        if isinstance(field, (peewee.TextField, peewee.CharField)):
            self.number += 1
            made = f"<{self.number}@suki>" if key == "outbox.message_id" else f"{self.number}"
            return made[-(field.max_length or 20) :] if isinstance(field, peewee.CharField) else made
        if isinstance(field, peewee.DateTimeField):
            return values.now()
        return date(2026, 1, 1) if isinstance(field, peewee.DateField) else 1 + self.number

    # What stands in tables of its own way

    def added(self):
        """Fields that the shop added, on the account and the person, and what is found by both."""
        for noun in self.nouns:
            field = CustomField.get_or_none(CustomField.noun == noun)
            if field is None:
                field = make.row(CustomField, noun=noun, key=f"own_{noun}", kind="text", labels={"en": "Own"})
            word = self.canary(f"custom_value.{noun}")
            make.row(CustomValue, field=field, record=self.rows[noun].id, text=word, folded=word)
        for name in (*self.nouns, "case", "interaction", "task", "lead", "payment", "return"):
            with store.writing():
                text = self.canary(f"search_entry.{name}")
                row = self.rows[name]
                where = (SearchEntry.kind == name) & (SearchEntry.record == row.id)
                SearchEntry.delete().where(where).execute()
                SearchEntry.create(kind=name, record=row.id, text=f"  {text}", account=self.rows["account"].id)

    def told(self):
        """What they did and what was done to them stands in the audit, by name and value."""
        login = self.rows["login"]
        actor = Actor(login.ref, self.canary("entry.actor_name"), "buyer", account=self.rows["account"].id)
        for name in ("contact", "account", "login"):
            with audit.change(actor, "contact.edited", self.rows[name], about=self.rows["account"]) as change:
                change.record("name", None, self.canary(f"entry_value.{name}"))
        clerk = Actor(Ref("employee", 1), "Rhea", "rep")
        with audit.change(clerk, "contact.edited", self.rows["contact"], about=self.rows["account"]) as change:
            change.record("phone", self.canary("entry_value.by_us"), None)

    def put_files(self, data):
        """Mails as a shop without a mail server keeps them, and lists of rows that an import refused."""
        row = self.rows["outbox"]
        for name in ("mail", "imports", "mailbox"):
            (data / name).mkdir(exist_ok=True)
        (data / "mail" / f"{row.message_id.strip('<>')}.eml").write_text(self.canary("mail.eml"))
        for name in ("imports/refused.csv", "mailbox/new.eml"):
            path = data / name.replace("/", f"/{self.name}-")
            path.write_text(f"{self.canaries['contact.email']},{self.canary(name)}")

    def before_there_were_marks(self):
        """One entry as older versions wrote it: the name itself is sealed."""
        with store.writing():
            Entry.create(
                at=values.now(), event="login.signed_in", actor=str(self.rows["login"].ref), actor_role="buyer",
                actor_name=self.canary("entry.old_name"), subject=str(self.rows["login"].ref), about="",
            )  # fmt: skip


def standing(words):
    """Which of the words stand somewhere in the tables: {word: [table.column]}."""
    found = {}
    for model in store.tables():
        names = [f.column_name for f in model._meta.sorted_fields]
        sql = ", ".join(f'"{name}"' for name in names)
        for row in store.db.execute_sql(f'SELECT {sql} FROM "{model._meta.table_name}"').fetchall():  # noqa: S608
            text = "\0".join(map(str, row))
            for word in words:
                if word in text:
                    column = next(n for n, cell in zip(names, row, strict=True) if word in str(cell))
                    found.setdefault(word, []).append(f"{model._meta.table_name}.{column}")
    return found
