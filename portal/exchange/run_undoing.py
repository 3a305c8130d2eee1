"""Taking an import back, at any size: new records go, changed fields are as before; what does not fit is said."""

from portal import audit, custom
from portal.activity.attachments import Attachment
from portal.activity.interactions import Interaction, InteractionPerson
from portal.activity.tasks import Task
from portal.customers import likeness
from portal.customers.addresses import Address, settle
from portal.customers.match_keys import MatchKey
from portal.customers.tags import Tagged
from portal.errors import Invalid, Stale
from portal.exchange import importing_index, run_rows
from portal.exchange.importing_kinds import KINDS
from portal.exchange.importing_rows import standing
from portal.exchange.importing_writing import correct_stock
from portal.exchange.run_comparing import told
from portal.exchange.run_rows import ImportRow
from portal.exchange.runs import Overtaken
from portal.externals import ExternalId
from portal.people import employees, policy
from portal.people.employees import Employee
from portal.sales.catalogue import Product
from portal.sales.stock import StockMovement
from portal.search import SearchEntry
from portal.store import among
from portal.values import Ref

BATCH_ROWS = 200
HISTORY = ("orders", "order-lines")  # with stock, sums and habits behind them: they are cancelled, not undone
WRITTEN = ("written", "waits")
PARTS = (InteractionPerson,)  # rows that came with the record itself, and go with it
# What refers to a record of any noun by its Ref.
BY_REF = (Attachment.subject, Interaction.about, Task.about)


def undo(run, *, by, now=None):
    """Let the worker take back all that an import wrote.

    Raises Invalid on "state": import-moved-on while it is under way or when nothing of it is left,
    import-undo-lines for orders.
    """
    if run.kind in HISTORY:
        raise Invalid(state="import-undo-lines")
    if not ImportRow.of(run).where(ImportRow.state.in_(WRITTEN)).exists():
        raise Invalid(state="import-moved-on")
    with audit.change(by, "import.undo_asked", run, now=now) as change:
        about = {"takes": run.takes | {"undone_by": by.employee}, "place": 0, "trouble": None}
        run.turn(change, ("done", "stopped"), "undoing", **about)
    return run


def take_back(run, teller):
    """Do the taking back of a claimed run; whoever asked for it is told when it is through."""
    person = Employee.get_or_none(Employee.id == run.takes.get("undone_by"))
    by = person and person.login and employees.actor_for(person.login)
    by = by if by and policy.may(by, "imports.run") else None
    try:
        while by and _next_batch(run, by):
            pass
    except Overtaken:
        return
    with audit.change(teller, "import.undone", run) as change:
        run.end("undone" if by else "stopped", share=100, trouble=None if by else ["import-not-allowed", {}])
        change.record("undone", None, run.undone)
        if person:
            change.tell([person.recipient], "import_undone", **told(run))


def _next_batch(run, by):
    """Take back the last rows that are still in; False when none is left."""
    rows = ImportRow.of(run).where(ImportRow.state.in_(WRITTEN)).order_by(ImportRow.line.desc()).limit(BATCH_ROWS)
    rows = list(rows)
    if not rows:
        return False
    with run.unless_refused(), audit.change(by, "import.undoing", run) as change:
        batch = Batch(run, rows, by, change)
        batch.go()
        back = sum(row.state == "undone" for row in rows)
        run.step(run.place + 1, undone=run.undone + back, kept=run.kept + len(rows) - back)
        change.record("rows", None, back)
        run_rows.replace(run, [row.kept() for row in rows])
    return True


class Batch:
    """Some written rows of an import on their way back."""

    def __init__(self, run, rows, by, change):
        self.run, self.rows, self.by, self.change = run, rows, by, change
        self.kind = KINDS[run.kind]
        self.model = self.kind.model
        ids = [row.record for row in rows if row.record]
        seen = self.model.visible_to(by) if hasattr(self.model, "visible_to") else self.model.select()
        self.records = {record.id: record for record in seen.where(among(self.model.id, ids))}
        custom.load(list(self.records.values()))

    def go(self):
        """Decide each row: "undone", or "kept" with the reason."""
        made, changed = [], []
        for row in self.rows:
            record = self.records.get(row.record)
            if record is None:
                self._keep(row, "import-kept-gone")
            elif not row.made:
                changed.append(row)
            elif record.version != row.seen:
                self._keep(row, "import-kept-changed")
            else:
                made.append(row)
        for row in changed:
            self._put_back(row, self.records[row.record])
        self._remove(self._unused(made))

    def _keep(self, row, problem, **params):
        row.state, row.reasons = "kept", [["", "", problem, params]]

    # What was changed

    def _put_back(self, row, record):
        """Each field that still has the value it was given is as before again."""
        fields = {name: pair for name, pair in row.fields.items() if _as_kept(record, name) == pair[1]}
        about = record if self.kind.noun == "account" else getattr(record, "account", None)
        back = {name: _value(self.model, name, old) for name, (old, _) in fields.items()}
        try:
            with audit.change(self.by, "import.put_back", record, about=about) as change:
                if self.model is Product and "stock" in back:
                    correct_stock(record, back.pop("stock"), self.by, self.change.now)
                change.update(record, **back)
                if self.model is Address:
                    settle(change, record)
        except (Stale, Invalid):
            self._keep(row, "import-kept-changed")
            return
        self._forget_marks(record.id)
        self._index([record.id])
        row.state = "undone" if len(fields) == len(row.fields) else "kept"
        row.reasons = [[name, "", "import-kept-changed", {}] for name in row.fields if name not in fields]

    def _forget_marks(self, record):
        """The same file again is compared as if it had never been in."""
        mine = (ExternalId.source == self.run.source) & (ExternalId.kind == self.kind.noun)
        ExternalId.update(line_hash="", marks="").where(mine & (ExternalId.record == record)).execute()

    def _index(self, ids):
        if hasattr(self.model, "search_entries_of"):
            importing_index.put(self.kind.noun, self.model.search_entries_of(ids))
        if self.kind.noun in likeness.MODELS:
            likeness.reindex(self.kind.noun, ids)

    # What was new

    def _unused(self, rows):
        """Those whose records nothing else refers to; the others stay, and it is said what does."""
        used = self._used({row.record for row in rows})
        for row in rows:
            if row.record in used:
                self._keep(row, "import-kept-used", what=used[row.record])
        return [row for row in rows if row.record not in used]

    def _used(self, ids):
        """{id: the kind of what refers to it}."""
        used = {}
        for key, model in self._referring():
            query = model.select(key).where(among(key, ids)).distinct()
            if model is StockMovement:
                query = query.where(StockMovement.note != "import")
            if model is self.model:  # colleagues of the same batch may refer to each other
                query = query.where(model.id.not_in(list(ids)))
            used |= {record: model._meta.table_name for (record,) in query.tuples()}
        refs = {str(Ref(self.kind.noun, record)): record for record in ids}
        for column in BY_REF:
            rows = column.model.select(column).where(among(column, list(refs))).distinct().tuples()
            used |= {refs[ref]: column.model._meta.table_name for (ref,) in rows}
        tagged = Tagged.select(Tagged.record).where((Tagged.kind == self.kind.noun) & among(Tagged.record, ids))
        return used | {record: "tag" for (record,) in tagged.tuples()}

    def _referring(self):
        """[(foreign key, model)] of what else may refer to such records."""
        return [(key, model) for key, model in self.model._meta.backrefs.items() if model not in PARTS]

    def _remove(self, rows):
        ids = [row.record for row in rows]
        if not ids:
            return
        accounts = {self.records[record].account_id for record in ids} if self.model is Address else set()
        for model in (ExternalId, SearchEntry, MatchKey):
            model.delete().where((model.kind == self.kind.noun) & among(model.record, ids)).execute()
        StockMovement.delete().where(among(StockMovement.product, ids if self.model is Product else [])).execute()
        self._drop_added(ids)
        for key, model in self.model._meta.backrefs.items():
            if model in PARTS:
                model.delete().where(among(key, ids)).execute()
            elif model is self.model:
                self.model.update({key: None}).where(among(key, ids)).execute()
        self.model.delete().where(among(self.model.id, ids)).execute()
        for address in _one_of_each(accounts):
            settle(self.change, address)
        for row in rows:
            self.change.record(self.kind.noun, row.name, None)
            row.state, row.reasons = "undone", []

    def _drop_added(self, ids):
        known = [field.id for field in custom.fields_of(self.kind.noun, ever=True).values()]
        if known:
            mine = custom.CustomValue.field.in_(known) & among(custom.CustomValue.record, ids)
            custom.CustomValue.delete().where(mine).execute()


def _one_of_each(accounts):
    """An address of each account that has one left, to settle which is its default."""
    found = {address.account_id: address for address in Address.select().where(among(Address.account, accounts))}
    return found.values()


def _as_kept(record, name):
    return run_rows.kept_value(standing(record, name))


def _value(model, name, kept):
    """A value out of JSON as its column takes it."""
    added = custom.fields_of(model._meta.table_name, ever=True).get(name)
    if added is not None:
        return added.nothing if kept is None else added.clean(kept)
    return kept if kept is None else model._meta.fields[name].python_value(kept)
