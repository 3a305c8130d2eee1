"""Writing a decided batch in one change: new rows in bulk, changed rows one by one, and what follows from both."""

from peewee import fn

from portal import audit, bin, custom, store
from portal.activity.interactions import Interaction
from portal.customers import likeness, parents, tags
from portal.customers.accounts import Account
from portal.customers.addresses import Address, settle
from portal.customers.contacts import Contact
from portal.exchange import importing_index, importing_pieces, importing_talks
from portal.exchange.importing_rows import Named, blank_of
from portal.externals import ExternalId
from portal.sales import habits
from portal.sales.catalogue import Product
from portal.sales.orders import Order, OrderLine
from portal.sales.stock import StockMovement, correct
from portal.store import among


class Batch:
    """The rows of one batch that go in, on their way into the database."""

    def __init__(self, by, run, table_map, rows, now):
        self.by, self.run, self.now = by, run, now
        self.kind, self.source = table_map.kind, table_map.source
        self.rows = [row for row in rows if row.outcome in ("created", "changed", "touched")]
        self.created = [row for row in self.rows if row.outcome == "created"]
        self.changed = [row for row in self.rows if row.outcome == "changed"]

    def write(self, counts):
        """Everything of this batch, and how far the run is with it, in one transaction."""
        with audit.change(self.by, "import.rows", self.run.ref, now=self.now) as change:
            self.run.advance(counts)
            self.put(change)

    def put(self, change):
        """The rows and all that follows from them, inside `change`; returns {line: id} of what is new."""
        self._name_links(change)
        self._prepare()
        ids = self._insert()
        for row in self.changed:
            self._update(row)
        self._remember(ids)
        self._follow_up(ids)
        self._index(ids)
        if self.created or self.changed:
            self._record(change)
        return ids

    def _record(self, change):
        change.record("lines", None, f"{self.rows[0].line}–{self.rows[-1].line}")
        for name in ("created", "changed"):
            if getattr(self, name):
                change.record(name, None, len(getattr(self, name)))

    def _name_links(self, change):
        """Teams and categories by name, made where there are none."""
        waiting = [(values, column) for row in self.rows for values in (row.columns, row.differences)
                   for column, value in values.items() if isinstance(value, Named)]  # fmt: skip
        for model in {values[column].model for values, column in waiting}:
            names = sorted({values[column].name for values, column in waiting if values[column].model is model})
            there = dict(model.select(model.name, model.id).where(among(model.name, names)).tuples())
            for name in names:
                if name not in there:
                    there[name] = change.create(model, name=name).id
            for values, column in waiting:
                if isinstance(values[column], Named) and values[column].model is model:
                    values[column] = there[values[column].name]

    def _prepare(self):
        if self.kind.model is Address:
            _choose_defaults(self.created)
        if self.kind.model is OrderLine:
            _number_lines(self.created)
            importing_pieces.place(self.created)
        if self.kind.model is Interaction:
            self.contacts = importing_talks.take_contacts(self.created)

    def _insert(self):
        """Insert the new rows under ids taken beforehand; returns {line: id}."""
        if not self.created:
            return {}
        model = self.kind.model
        ids = dict(zip((row.line for row in self.created), _reserve(model, len(self.created)), strict=True))
        blank = {name: blank_of(model, name) for name in model._meta.fields}
        if "created_at" in blank:
            blank["created_at"] = self.now
        parts = {row.line: custom.split(model, custom.started(model, row.columns)) for row in self.created}
        store.insert_rows(model, [blank | own | {"id": ids[line]} for line, (own, _) in parts.items()])
        custom.write_new(model, {ids[line]: added for line, (_, added) in parts.items() if added})
        return ids

    def _update(self, row):
        about = row.record if self.kind.noun == "account" else getattr(row.record, "account", None)
        differences = dict(row.differences)
        with audit.change(self.by, "import.changed", row.record, about=about, now=self.now) as change:
            if self.kind.model is Product and "stock" in differences:
                correct_stock(row.record, differences.pop("stock"), self.by, self.now)
            if self.kind.model is Address and "account" in differences:
                differences |= dict.fromkeys(("is_default_shipping", "is_default_billing"), False)
            if self.kind.model is OrderLine and "quantity" in differences:
                importing_pieces.resize(change, row.record, differences)
            else:
                change.update(row.record, **differences)
            if self.kind.model is Address:
                settle(change, row.record)

    def _remember(self, ids):
        new, moved = [], []
        for row in self.rows:
            record = ids[row.line] if row.outcome == "created" else row.record.id
            line_hash, marks = ("", row.marks) if row.waits else (row.line_hash, row.marks)
            marks = "" if self.kind.unmarked else marks
            for number, key in enumerate(row.keys):
                if key not in row.known:
                    own = (line_hash, marks) if number == 0 else ("", "")
                    new.append((self.source, self.kind.noun, key, record, *own))
                elif number == 0:
                    moved.append((row.known[key].id, line_hash, marks))
        fields = ("source", "kind", "value", "record", "line_hash", "marks")
        store.insert_rows(ExternalId, [dict(zip(fields, row, strict=True)) for row in new])
        for number, line_hash, marks in moved:
            ExternalId.update(line_hash=line_hash, marks=marks).where(ExternalId.id == number).execute()

    def _follow_up(self, ids):
        """What the other tables make of it: tags, first counts of stock, sums of orders."""
        if self.kind.model in (Account, Contact):
            tags.settle(self.kind.noun, self._named_by(ids, "labels"), self.by, self.now)
        if self.kind.model is Account:
            parents.settle(self._named_by(ids, "parent"))
        if self.kind.model is Product:
            start = {name: blank_of(StockMovement, name) for name in StockMovement._meta.fields if name != "id"}
            start |= {"reason": "start", "note": "import", "by_name": self.by.name, "at": self.now}
            counted = [(ids[row.line], row.columns["stock"]) for row in self.created if row.columns.get("stock")]
            store.insert_rows(StockMovement, [start | {"product": id, "quantity": count} for id, count in counted])
        if self.kind.model is Order:
            own = dict(zip(self._records(ids), self.rows, strict=True))
            _total(own.keys(), {id for id, row in own.items() if "total_minor" in row.columns})
            moved = [row.record.id for row in self.changed if "state" in row.differences]
            importing_pieces.settle(moved, by=self.by, now=self.now)
            habits.overtaken_by(own)
        if self.kind.model is Interaction:
            importing_talks.put_people(ids, self.created, self.contacts)
            importing_talks.take_people_along(self.changed)
        if self.kind.model is OrderLine:
            orders = self._owners("order")
            _total(orders, _with_printed_total(orders))
            habits.overtaken_by(orders)

    def _named_by(self, ids, column):
        """The records of this batch in which a column was filled or changed."""
        own = zip(self._records(ids), self.rows, strict=True)
        return [record for record, row in own if row.columns.get(column) or column in (row.differences or ())]

    def _records(self, ids):
        return [ids[row.line] if row.outcome == "created" else row.record.id for row in self.rows]

    def _owners(self, column):
        """The orders of the lines (or accounts of the addresses) of this batch, earlier ones too."""
        return {row.columns[column] for row in self.rows} | {row.record.__data__[column] for row in self.changed}

    def _index(self, ids):
        """Put into the search what is found by these rows."""
        found_by = {Address: (Account, "account"), OrderLine: (Order, "order")}
        model, column = found_by.get(self.kind.model, (self.kind.model, None))
        if hasattr(model, "search_entries_of"):
            records = self._owners(column) if column else self._records(ids)
            importing_index.put(model._meta.table_name, model.search_entries_of(sorted(records)))
        if model in (Account, Contact):
            likeness.reindex(model._meta.table_name, records)


def _reserve(model, count):
    """Ids for new rows, so that what points to them can be written in the same breath."""
    table = model._meta.table_name
    if store.is_sqlite():  # one writer at a time: nobody else takes them
        last = bin.last_number(model)
        return range(last + 1, last + 1 + count)
    sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return sorted(number for (number,) in store.db.execute_sql(sequence, (f'"{table}"', count)).fetchall())


def _choose_defaults(rows):
    """The first address of an account that can be one is where it ships and bills to."""
    accounts = {row.columns["account"] for row in rows}
    for use in ("shipping", "billing"):
        flag, able = f"is_default_{use}", f"for_{use}"
        query = Address.select(Address.account).where(among(Address.account, accounts) & getattr(Address, flag))
        has = {account for (account,) in query.tuples()}
        for row in rows:
            account = row.columns["account"]
            if account not in has and row.columns.get(able, True):
                row.columns[flag] = True
                has.add(account)


def _number_lines(rows):
    """Lines without a position follow those that their order has."""
    rows = [row for row in rows if "position" not in row.columns]
    query = OrderLine.select(OrderLine.order, fn.MAX(OrderLine.position)).group_by(OrderLine.order)
    last = dict(query.where(among(OrderLine.order, {row.columns["order"] for row in rows})).tuples())
    for row in rows:
        order = row.columns["order"]
        row.columns["position"] = last[order] = last.get(order, 0) + 1


def correct_stock(product, stock, by, now):
    """The count of the other system takes the place of ours, down to what is kept for orders here."""
    kept = Product.select(Product.reserved).where(Product.id == product.id).scalar()
    how = {"unlimited": True} if stock is None else {"counted": max(stock, kept)}
    correct(product, by=by, reason="import", now=now, **how)


def _with_printed_total(orders):
    """The orders whose own row named a total."""
    query = ExternalId.select(ExternalId.record, ExternalId.marks)
    query = query.where((ExternalId.kind == "order") & among(ExternalId.record, orders))
    return {record for record, marks in query.tuples() if any(m.startswith("total=") for m in marks.split())}


def _total(orders, printed):
    """Sum up orders from their lines.

    A printed total stays and the difference to its parts is kept as rounding, all of it while there are no lines;
    without a printed one the parts make the total.
    Lines 10.00 + 5.01, tax 1.20, freight 0, printed 16.20: rounding -0.01.
    """
    lines = OrderLine.select(fn.SUM(OrderLine.net_minor)).where(OrderLine.order == Order.id)
    off = OrderLine.select(fn.SUM(OrderLine.quantity * OrderLine.price_minor - OrderLine.net_minor)).where(
        (OrderLine.order == Order.id) & (OrderLine.discount_bp > 0)
    )
    sums = {"subtotal_minor": fn.COALESCE(lines, 0), "discount_minor": fn.COALESCE(off, 0)}
    parts = Order.subtotal_minor + Order.tax_minor + Order.freight_minor
    summed = set(orders) - printed
    Order.update(sums).where(among(Order.id, orders)).execute()
    if printed:
        Order.update(rounding_minor=Order.total_minor - parts).where(among(Order.id, printed)).execute()
    if summed:
        Order.update(total_minor=parts).where(among(Order.id, summed)).execute()
    changed = (Order.state == "cancelled") & (Order.cancelled_minor != Order.total_minor)
    Order.update(cancelled_minor=Order.total_minor).where(among(Order.id, orders) & changed).execute()
