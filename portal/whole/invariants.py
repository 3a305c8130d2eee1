"""The invariants: what must hold for all records together, whatever was killed, retried or raced."""

import peewee
from peewee import fn

from portal import audit, files, store
from portal.activity.attachments import Attachment, EarlierRevision
from portal.activity.preferences import NoticePlan
from portal.customers import affiliations, parents, reaching, tags
from portal.customers.addresses import PURPOSES, Address
from portal.exchange import bank_lines
from portal.externals import ExternalId
from portal.outbox import Outbox
from portal.sales import cancelling, reminders
from portal.sales.adjustments import Adjustment
from portal.sales.catalogue import Product
from portal.sales.invoices import Invoice
from portal.sales.orders import NOT_PLACED, Order, OrderLine
from portal.sales.payments import Payment
from portal.sales.shipments import Shipment, ShipmentLine
from portal.sales.stock import StockMovement
from portal.values import Ref
from portal.whole import (
    cases_whole,
    custom_whole,
    interactions_whole,
    invoices_whole,
    leads_whole,
    mailbox_whole,
    merging,
    requests_whole,
    requisitions_whole,
    returns_whole,
    tasks_whole,
    warranties_whole,
)

NO_RECORD = ("", "anonymous:0", "system:0")
MOST_PER_CHECK = 20


def broken(*, with_files=True):
    """One English sentence per violation, at most MOST_PER_CHECK of a kind; nothing when all is well.

    `with_files` also compares the kept files with their rows.
    """
    checks = [sent_forms, stock, lines, totals, adjusted, defaults, audit.broken_links, messages, revisions]
    checks += [integrity, references, *invoices_whole.CHECKS, *requests_whole.CHECKS]
    checks += [
        requisitions_whole.faults,
        returns_whole.returned,
        custom_whole.faults,
        leads_whole.proved,
        leads_whole.joined,
        warranties_whole.covered,
        warranties_whole.claimed,
        cases_whole.faults,
        interactions_whole.faults,
        mailbox_whole.faults,
        tasks_whole.faults,
        bank_lines.faults,
        reminders.faults,
        affiliations.faults,
        parents.faults,
        reaching.faults,
        tags.faults,
        merging.faults,
    ]
    for check in [*checks, files.faults] if with_files else checks:
        yield from _at_most(check())


def _at_most(sentences):
    for count, sentence in enumerate(sentences):
        if count == MOST_PER_CHECK:
            yield "… and more of this kind"
            return
        yield sentence


def sent_forms():
    """A form key that was used has one result, and the result exists."""
    for form in audit.SentForm.select().where(audit.SentForm.result != "").iterator():
        if not _exists(Ref.parse(form.result)):
            yield f"form key {form.key} of {form.actor} points to {form.result}, which is not there"


def stock():
    """The shelf, and what of it is kept, are the sums of their movements; kept is what open lines keep."""
    sums = [fn.COALESCE(fn.SUM(column), 0) for column in (StockMovement.quantity, StockMovement.reserved)]
    counted = (
        Product.select(Product.code, Product.stock, Product.reserved, sums[0].alias("moved"), sums[1].alias("held"))
        .join(StockMovement, peewee.JOIN.LEFT_OUTER)
        .where(Product.stock.is_null(False))
        .group_by(Product.id, Product.code, Product.stock, Product.reserved)
        .having((sums[0] != Product.stock) | (sums[1] != Product.reserved) | (Product.reserved > Product.stock))
    )
    for row in counted.dicts().iterator():
        yield (
            f"product {row['code']}: {row['stock']} on the shelf and {row['reserved']} of them kept, "
            f"movements add up to {row['moved']} and {row['held']}"
        )
    yield from _kept_by_lines()


def _kept_by_lines():
    kept = fn.COALESCE(fn.SUM(OrderLine.reserved), 0)
    rows = (
        Product.select(Product.code, Product.reserved, kept.alias("kept"))
        .join(OrderLine, peewee.JOIN.LEFT_OUTER, on=(OrderLine.product == Product.id) & OrderLine.OPEN)
        .where(Product.stock.is_null(False))
        .group_by(Product.id, Product.code, Product.reserved)
        .having(kept != Product.reserved)
    )
    for row in rows.dicts().iterator():
        yield f"product {row['code']}: {row['reserved']} kept on the shelf, lines keep {row['kept']}"


def lines():
    """The pieces of each line stand where the state of its order says, and shipments hold what was shipped."""
    left = OrderLine.quantity - OrderLine.cancelled - OrderLine.shipped
    moved = OrderLine.reserved + OrderLine.shipped + OrderLine.cancelled
    wrong = (Order.state.in_(NOT_PLACED) & (moved != 0)) | (Order.state.in_(("shipped", "delivered")) & (left != 0))
    wrong |= (Order.state == "cancelled") & (OrderLine.cancelled != OrderLine.quantity)
    rows = OrderLine.select(OrderLine, Order.id, Order.state).join(Order).where(wrong)
    for line in rows.iterator():
        yield f"order {line.order.number} is {line.order.state}, but its line {line.id} is not"
    sent = fn.SUM(ShipmentLine.quantity)
    rows = (
        OrderLine.select(OrderLine.id, OrderLine.order, OrderLine.shipped, sent.alias("sent"))
        .join(ShipmentLine)
        .join(Shipment)
        .where(Shipment.state != "undone")
        .group_by(OrderLine.id, OrderLine.order, OrderLine.shipped)
        .having(sent != OrderLine.shipped)
    )
    for row in rows.dicts().iterator():
        yield f"line {row['id']} of order {row['order']}: {row['shipped']} shipped, shipments hold {row['sent']}"


def totals():
    """Total = lines + tax + freight + recorded rounding difference, in minor units."""
    net = fn.COALESCE(fn.SUM(OrderLine.net_minor), 0)
    parts = net + Order.tax_minor + Order.freight_minor + Order.rounding_minor
    wrong = (
        Order.select(Order.id, Order.total_minor, parts.alias("parts"))
        .join(OrderLine, peewee.JOIN.LEFT_OUTER)
        .group_by(Order.id)
        .having(parts != Order.total_minor)
    )
    for order in wrong.iterator():
        yield f"order {order.number}: total {order.total_minor}, its parts make {order.parts}"
    yield from _cancelled_parts()


def _cancelled_parts():
    """What is cancelled of an order is what its cancelled pieces came to; all of it, when it is cancelled."""
    rows = Order.select().where((Order.cancelled_minor != 0) & (Order.state != "cancelled"))
    for order in rows.iterator():
        parts = cancelling.worth(order, list(OrderLine.select().where(OrderLine.order == order)))
        if parts != order.cancelled_minor:
            yield f"order {order.number}: {order.cancelled_minor} cancelled, its lines make {parts}"


def adjusted():
    """List price × quantity and the adjustments of a line make what it costs; imported lines have none."""
    moved = fn.COALESCE(fn.SUM(Adjustment.minor), 0)
    parts = OrderLine.quantity * OrderLine.list_minor + moved
    wrong = (
        OrderLine.select(OrderLine.id, OrderLine.net_minor, parts.alias("parts"))
        .join(Adjustment, peewee.JOIN.LEFT_OUTER)
        .where(OrderLine.list_minor.is_null(False))
        .group_by(OrderLine.id)
        .having(parts != OrderLine.net_minor)
    )
    for line in wrong.iterator():
        yield f"order line {line.id}: costs {line.net_minor}, its list price and adjustments make {line.parts}"


def defaults():
    """An account that has addresses for a purpose has exactly one default among them, and none elsewhere."""
    for purpose in PURPOSES:
        able, flag = getattr(Address, f"for_{purpose}"), getattr(Address, f"is_default_{purpose}")
        fit = fn.SUM(peewee.Case(None, [(able & Address.archived_at.is_null(), 1)], 0))
        chosen = fn.SUM(peewee.Case(None, [(flag & able & Address.archived_at.is_null(), 1)], 0))
        flagged = fn.SUM(peewee.Case(None, [(flag, 1)], 0))
        rows = Address.select(Address.account.alias("account"), chosen.alias("chosen")).group_by(Address.account)
        wrong = rows.having(((fit > 0) & (chosen != 1)) | (flagged != chosen))
        for row in wrong.dicts().iterator():
            yield f"account {row['account']} has {row['chosen']} default addresses for {purpose}"


def messages():
    """Every message belongs to an event (its uniqueness is an index of the table)."""
    known = audit.Entry.select(audit.Entry.id).where(audit.Entry.id == Outbox.entry)
    for row in Outbox.select(Outbox.id, Outbox.entry).where(~fn.EXISTS(known)).iterator():
        yield f"message {row.id} is about entry {row.entry}, which is not there"


def revisions():
    """A file's earlier revisions are numbered from 1 without gap up to the present one."""
    count, last = fn.COUNT(EarlierRevision.id), fn.COALESCE(fn.MAX(EarlierRevision.number), 0)
    wrong = (
        Attachment.select(Attachment.id, Attachment.revision, count.alias("earlier"))
        .join(EarlierRevision, peewee.JOIN.LEFT_OUTER)
        .group_by(Attachment.id, Attachment.revision)
        .having((count != Attachment.revision - 1) | (last != Attachment.revision - 1))
    )
    for row in wrong.dicts().iterator():
        yield f"attachment {row['id']}: revision {row['revision']}, but {row['earlier']} earlier ones are kept"


def integrity():
    """The database's own check (SQLite; PostgreSQL has pg_amcheck for it)."""
    if not store.is_sqlite():
        return
    for (line,) in store.db.execute_sql("PRAGMA integrity_check").fetchall():
        if line != "ok":
            yield f"integrity_check: {line}"
    for row in store.db.execute_sql("PRAGMA foreign_key_check").fetchall():
        yield f"foreign_key_check: {row}"


def references():
    """No Ref names a record that is not there."""
    columns = [
        (audit.Entry, "subject"),
        (audit.Entry, "about"),
        (audit.Entry, "actor"),
        (Outbox, "recipient"),
        (NoticePlan, "recipient"),
        (StockMovement, "cause"),
        (Attachment, "subject"),
        (Attachment, "added_by"),
        (Invoice, "cause"),
        (Payment, "cause"),
    ]
    for model, name in columns:
        column = getattr(model, name)
        for (text,) in model.select(column).distinct().where(column.not_in(NO_RECORD)).tuples().iterator():
            if not _exists(Ref.parse(text)):
                yield f"{model._meta.table_name}.{name} names {text}, which is not there"
    yield from _lost_external_ids()


def _lost_external_ids():
    """One statement per noun: an import leaves as many of them as rows."""
    for (kind,) in ExternalId.select(ExternalId.kind).distinct().tuples():
        lost = ExternalId.select(ExternalId.record).where(ExternalId.kind == kind).distinct()
        model = store.kinds().get(kind)
        if model is not None:
            lost = lost.where(~fn.EXISTS(model.select(model.id).where(model.id == ExternalId.record)))
        for (record,) in lost.tuples().iterator():
            yield f"external id for {kind}:{record}, which is not there"


def _exists(ref):
    model = store.kinds().get(ref.kind) if ref else None
    if model is None:
        return False
    return model.select(model.id).where(model.id == ref.id).exists() or _was_removed(ref) or _was_erased(ref)


def _was_removed(ref):
    """Whether the last entry says that it was taken away on purpose: an event "noun.removed" or "noun.deleted"."""
    entries = audit.Entry.select(audit.Entry.event).where(audit.Entry.subject == str(ref))
    return (entries.order_by(audit.Entry.id.desc()).limit(1).scalar() or "").endswith((".removed", ".deleted"))


def _was_erased(ref):
    """Whether a step of an erasure says that the row went with a person."""
    steps = audit.Entry.select(audit.Entry.id).where(audit.Entry.event == "erasure.step")
    gone = (audit.EntryValue.field == "gone") & audit.EntryValue.entry.in_(steps)
    return audit.EntryValue.select().where(gone & audit.EntryValue.new.contains(f'"{ref}"')).exists()
