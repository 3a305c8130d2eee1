"""Taking rows out for good: with all that hangs on them, what is found by them, what was seen and said of them."""

import peewee

from portal import erased, files, forgetting, search, store, values
from portal.activity.attachments import Attachment
from portal.activity.interactions import Interaction, InteractionPerson
from portal.activity.tasks import Task
from portal.activity.view_log import ViewLog
from portal.audit import Entry, EntryValue
from portal.custom import CustomField, CustomValue
from portal.customers.duplicates import LikelyPair
from portal.customers.match_keys import MatchKey
from portal.customers.tags import Tagged
from portal.deeds import Deed
from portal.exchange.run_rows import ImportRow
from portal.exchange.runs import ImportRun
from portal.externals import ExternalId
from portal.files import File
from portal.outbox import Outbox
from portal.people.links import Link
from portal.search import SearchEntry
from portal.service.conversations import Conversation
from portal.service.requests import ChangeRequest
from portal.values import ERASED, Ref
from portal.whole.erasing_person import spellings

AT_ONCE = 500
# An import whose file goes before it is carried out.
GIVEN_UP = dict.fromkeys(("mapping", "comparing", "compared"), "discarded") | {"carrying": "stopped"}
ALONG = {InteractionPerson.contact, Attachment.account}  # nullable links whose rows go along all the same
BY_REF = (Task.about, Interaction.about, Conversation.about, Conversation.hint)  # stay, and lead nowhere


class Eraser:
    """Takes rows out within the change that is open, and counts them by table; `hashes` are files to be removed.

    `gone` are the texts of the Refs of rows that are no more and that the audit names.
    """

    def __init__(self, person, now=None, data=None):
        self.person, self.now, self.data = person, now or values.now(), data
        self.tally, self.hashes, self.gone, self.heads = {}, set(), set(), None

    def count(self, model, number):
        if number:
            table = model._meta.table_name
            self.tally[table] = self.tally.get(table, 0) + number

    # Whole rows

    def drop(self, model, where):
        """Delete rows, and whatever needs them: what could do without is loosened."""
        if not model._meta.primary_key or isinstance(model._meta.primary_key, peewee.CompositeKey):
            self.count(model, model.delete().where(where).execute())
            return
        key, last = model._meta.primary_key, None
        while ids := [row for (row,) in model.select(key).where(where).order_by(key).limit(AT_ONCE).tuples()]:
            if ids == last:
                raise RuntimeError(f"{model._meta.table_name} is not erased: something holds its rows")
            last = ids
            self._loosen(model, ids)
            self.forget(model, ids, is_gone=True)
            kept = self._files_of(model, ids)
            self.count(model, model.delete().where(store.among(key, ids)).execute())
            self._let_go(kept)

    def _loosen(self, model, ids):
        for column, other in model._meta.backrefs.items():
            here = store.among(column, ids)
            if column.null and column not in ALONG:
                other.update({column: None}).where(here).execute()
            else:
                self.drop(other, here & other.id.not_in(ids) if other is model else here)

    def _files_of(self, model, ids):
        """Files that only these rows may hold."""
        found = set()
        for column in model._meta.sorted_fields:
            if isinstance(column, peewee.ForeignKeyField) and column.rel_model is File:
                rows = model.select(column).where(store.among(model._meta.primary_key, ids) & column.is_null(False))
                found |= {number for (number,) in rows.tuples()}
        return found

    def _let_go(self, numbers):
        for file in File.select().where(store.among(File.id, numbers)):
            files.let_go(file.id)
            self.hashes |= {file.sha256, file.thumbnail} - {None}

    # Rows that stay

    def blank(self, model, where, **fields):
        """Empty columns of rows that must be kept, and forget what was found and said by them."""
        ids = self.ids(model, where)
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            self.forget(model, some)
            if fields:
                model.update(fields).where(store.among(model.id, some)).execute()
        self.count(model, len(ids))
        return ids

    def say(self, model, where, **fields):
        """Empty columns and nothing else: a name beside what others did."""
        self.count(model, model.update(fields).where(where).execute())

    def wash(self, model, where, *columns):
        """Take the person's names and addresses out of words of others, which stay."""
        fields = [getattr(model, name) for name in columns]
        for word in self.person.words:
            for row in model.select().where(where & self.holds(fields, word)):
                moved = {field.name: _without(getattr(row, field.name), word) for field in fields}
                model.update(moved).where(model.id == row.id).execute()
                self.count(model, 1)
                if hasattr(model, "search_entries"):
                    self._find(model, row.id)

    @staticmethod
    def holds(columns, word):
        """Condition that a word stands in one of some columns, letter by letter."""
        find = peewee.fn.INSTR if store.is_sqlite() else peewee.fn.STRPOS
        found = peewee.SQL("1 = 0")
        for column in columns:
            for spelling in spellings(word):
                found |= find(column, peewee.Value(spelling, converter=False)) > 0
        return found

    # What refers to rows without a key

    def forget(self, model, ids, is_gone=False):
        """What is found by them, what changed of them, what they led to; of those that are gone their names too."""
        kind = model._meta.table_name
        refs = [str(Ref(kind, record)) for record in ids]
        fields = CustomField.select(CustomField.id).where(CustomField.noun == kind)
        CustomValue.delete().where(CustomValue.field.in_(fields) & store.among(CustomValue.record, ids)).execute()
        SearchEntry.delete().where((SearchEntry.kind == kind) & store.among(SearchEntry.record, ids)).execute()
        entries = store.among(Entry.subject, refs)
        if is_gone:
            self._note_gone(refs)
        self.drop_letters(Outbox.entry.in_(Entry.select(Entry.id).where(entries)))
        forgetting.drop_values(entries)
        ViewLog.delete().where(store.among(ViewLog.subject, refs)).execute()
        self.drop_deeds(store.among(Deed.subject, refs))
        if is_gone:
            self._forget_names(kind, ids, refs)

    def _note_gone(self, refs):
        for column in (Entry.subject, Entry.about, Entry.actor):
            named = Entry.select(column).where(store.among(column, refs)).distinct()
            self.gone |= {text for (text,) in named.tuples()}

    def _forget_names(self, kind, ids, refs):
        named = ExternalId.select().where((ExternalId.kind == kind) & store.among(ExternalId.record, ids))
        erased.remember([erased.fingerprint(row.source, row.kind, row.value) for row in named], self.now)
        for table in (ExternalId, Tagged, MatchKey):
            table.delete().where((table.kind == kind) & store.among(table.record, ids)).execute()
        pairs = store.among(LikelyPair.one, ids) | store.among(LikelyPair.other, ids)
        LikelyPair.delete().where((LikelyPair.kind == kind) & pairs).execute()
        links = CustomField.select(CustomField.id)
        links = links.where((CustomField.kind == "record") & (CustomField.target == kind))
        CustomValue.delete().where(CustomValue.field.in_(links) & store.among(CustomValue.number, ids)).execute()
        for column in (Attachment.subject, Link.subject, ChangeRequest.subject):
            if column.model._meta.table_name != kind:
                self.drop(column.model, store.among(column, refs))
        for column in BY_REF:
            column.model.update({column: ""}).where(store.among(column, refs)).execute()

    def drop_deeds(self, where):
        """Nothing of it can be taken back; the newest number stays, so that it is never given twice."""
        newest = Deed.select(peewee.fn.MAX(Deed.id)).scalar() or 0
        old = Deed.select(Deed.id).where(where & (Deed.id < newest))
        ids = [number for (number,) in old.tuples()]
        Deed.update(undoes=None).where(store.among(Deed.undoes, ids)).execute()
        Deed.delete().where(store.among(Deed.id, ids)).execute()
        Deed.update(note="", actor_name=ERASED, work=None).where(where).execute()

    def drop_letters(self, where):
        """Notices, sent or not."""
        self.count(Outbox, Outbox.delete().where(where).execute())

    def find_again(self, model, where):
        """What is kept is found by its own number and goods."""
        for number in self.ids(model, where):
            self._find(model, number)

    def _find(self, model, number):
        for entry in model.search_entries(number - 1, 1):
            ref = Ref(model._meta.table_name, entry.record)
            search.put(ref, entry.text, entry.account, entry.team, entry.right)

    @staticmethod
    def ids(model, where):
        return [number for (number,) in model.select(model.id).where(where).tuples()]

    def blank_import_rows(self, where):
        """Rows of brought files, and the files themselves; a file that is not carried out yet is given up."""
        runs = {number for (number,) in ImportRow.select(ImportRow.run).where(where).distinct().tuples()}
        self.say(ImportRow, where, name="", fields={}, reasons=[], likely=[])
        for run in ImportRun.select().where(store.among(ImportRun.id, runs)):
            content, state = run.content_id, GIVEN_UP.get(run.state, run.state)
            fields = {"content": None, "file": ERASED, "trouble": None, "state": state}
            ImportRun.update(fields).where(ImportRun.id == run.id).execute()
            self.forget(ImportRun, [run.id])
            self._let_go({content} - {None})

    def forget_in_audit(self):
        """What else changed in their accounts or by their hands, and their names as actors."""
        entries = forgetting.of([*self.person.refs], self.person.actors)
        self.drop_letters(Outbox.entry.in_(Entry.select(Entry.id).where(entries)))
        self.tally["entry_value"] = forgetting.drop_values(entries)
        self.heads = forgetting.drop_names(self.person.actors)

    # What the shop's other records say

    def forget_words(self):
        """Drop what the audit and notices of other accounts say in the person's own words."""
        places = [str(Ref("account", record)) for record in self.person.places]
        near = Entry.select(Entry.id).where(store.among(Entry.about, places))
        for word in self.person.words:
            values_of = EntryValue.entry.in_(near) & self.holds((EntryValue.old, EntryValue.new), word)
            EntryValue.delete().where(values_of).execute()
            self.drop_letters(Outbox.entry.in_(near) & self.holds((Outbox.params, Outbox.name), word))
            deeds = store.among(Deed.account, self.person.places)
            Deed.update(note="").where(deeds & self.holds((Deed.note,), word)).execute()


def _without(value, word):
    if isinstance(value, str):
        return value.replace(word, ERASED)
    if isinstance(value, dict):
        return {name: _without(part, word) for name, part in value.items()}
    return [_without(part, word) for part in value] if isinstance(value, list) else value
