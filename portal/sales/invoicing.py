"""Invoicing: from an order or a shipment to an invoice, piece by piece, so that all of them add up to the order."""

from datetime import timedelta
from typing import NamedTuple

import peewee
from peewee import fn

from portal import audit, store, values
from portal.customers.addresses import Address
from portal.errors import Invalid
from portal.fields import Field
from portal.people import policy
from portal.sales import portions, series
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.orders import NOT_PLACED, Order, OrderLine
from portal.sales.shipments import Shipment, ShipmentLine

NOT_OWED = (*NOT_PLACED, "cancelled")  # orders in these states are not invoiced
OLDEST_ISSUE = timedelta(days=366)
LONGEST_TERMS = timedelta(days=366)
BLANK_LINE = {"order_line": None, "credits": None, "code": "", "unit": "", "discount_bp": 0} | {
    "tax_name": "", "tax_bp": 0, "tax_minor": 0, "is_tax_included": True, "rounding_minor": 0
}  # fmt: skip
TOLD = {  # of a document, in the story of its account
    "invoice": ("number", "order_number", "total_minor", "due_on"),
    "credit_note": ("number", "total_minor", "reason"),
}
ISSUED_ON, DUE_ON = Field("issued_on", "date"), Field("due_on", "date")

policy.allow("invoices.issue", policy.STAFF)


def issue(order, *, by, lines=None, shipment=None, issued_on=None, due_on=None, now=None):
    """Invoice an order, or a part of it: what a `shipment` brought, `lines` {order line or its id: quantity},
    "shipped" for all that left the house, or, with None, all that was not invoiced yet.

    Freight goes onto the first invoice; the invoices of an order add up to it to the cent. Without `due_on` the terms
    of the account decide. Raises Invalid: order-not-owed or nothing-to-invoice on "order", shipment-invoiced or
    shipment-foreign on "shipment", line-foreign, quantity-too-small or more-than-left on "lines", date-not-between on
    "issued_on" and "due_on". Returns the Invoice.
    """
    account = order.account
    with audit.change(by, "invoice.issued", about=account, now=now) as change:
        days = _days(account, issued_on, due_on, values.shop_day(change.now))
        _hold(order)
        rows = list(OrderLine.select().where(OrderLine.order == order).order_by(OrderLine.position))
        wanted = _wanted(order, rows, lines, shipment)
        _take(order, rows, wanted)
        drafts = _lines(order, rows, wanted)
        fields = {"order": order, "shipment": shipment, "currency": order.currency} | snapshot(order, account) | days
        invoice = write(change, account, drafts, **fields)
        change.tell(account.people_for("invoices", by), "invoice_issued", **invoice.told())
    return invoice


def _hold(order):
    """Keep others from invoicing this order until we are done, and ask again that it is owed at all."""
    held = Order.update(version=Order.version).where((Order.id == order.id) & Order.state.not_in(NOT_OWED))
    if not held.execute():
        state = Order.select(Order.state).where(Order.id == order.id).scalar()
        raise Invalid(order=("order-not-owed", {"number": order.number, "state": state}))


def _days(account, issued_on, due_on, today):
    """When it is issued and due, and the terms that say so."""
    issued_on = ISSUED_ON.clean(issued_on) or today
    if not today - OLDEST_ISSUE <= issued_on <= today:
        raise Invalid(issued_on=("date-not-between", {"first": today - OLDEST_ISSUE, "last": today}))
    due_on = DUE_ON.clean(due_on) or issued_on + timedelta(days=account.terms_days)
    if not issued_on <= due_on <= issued_on + LONGEST_TERMS:
        raise Invalid(due_on=("date-not-between", {"first": issued_on, "last": issued_on + LONGEST_TERMS}))
    return {"issued_on": issued_on, "due_on": due_on, "terms_days": (due_on - issued_on).days}


class Standing(NamedTuple):
    """How far an order is invoiced: its documents, pieces left to invoice, and of those the ones shipped already."""

    papers: list
    left: int
    shipped: int


def standing(order):
    """The Standing of an order, in one query."""
    left = OrderLine.quantity - OrderLine.cancelled - OrderLine.invoiced
    sent = OrderLine.shipped - OrderLine.invoiced
    ready = peewee.Case(None, [(sent < left, sent)], left)
    ready = peewee.Case(None, [(ready > 0, ready)], 0)
    no_day = fn.MIN(peewee.Case(None, [(OrderLine.id < 0, OrderLine.promised_on)], None))
    of_lines = OrderLine.select(
        *map(peewee.Value, ("lines", "", "")), fn.COALESCE(fn.SUM(left), 0), fn.COALESCE(fn.SUM(ready), 0),
        peewee.Value(0), peewee.Value(0), no_day, no_day,
    ).where(OrderLine.order == order)  # fmt: skip
    columns = (Invoice.kind, Invoice.number, Invoice.currency, Invoice.total_minor, Invoice.open_minor)
    papers = Invoice.select(*columns, Invoice.credited_minor, Invoice.id, Invoice.due_on, Invoice.issued_on)
    papers = papers.where(Invoice.order == order)
    left, shipped, found = 0, 0, []
    for kind, number, currency, total, opened, credited, id, *days in store.db.execute(of_lines.union_all(papers)):
        if kind == "lines":
            left, shipped = int(total), int(opened)
            continue
        due_on, issued_on = map(Invoice.due_on.python_value, days)
        amounts_ = {"total_minor": int(total), "open_minor": int(opened), "credited_minor": int(credited)}
        days = {"due_on": due_on, "issued_on": issued_on}
        found.append(Invoice(id=id, number=number, kind=kind, currency=currency, **days, **amounts_))
    return Standing(sorted(found, key=lambda paper: paper.id), left, shipped)


def left_of(line):
    """Pieces of an order line that were not invoiced yet and will come."""
    return max(0, line.quantity - line.cancelled - line.invoiced)


def shipped_of(line):
    """Pieces of an order line that have left the house and were not invoiced yet."""
    return max(0, min(left_of(line), line.shipped - line.invoiced))


def _wanted(order, rows, lines, shipment):
    """{order line id: pieces} to invoice now."""
    if shipment is not None:
        lines = _shipped_with(order, shipment)
        wanted = {line.id: min(lines.get(line.id, 0), left_of(line)) for line in rows}
    elif lines is None or lines == "shipped":
        of = left_of if lines is None else shipped_of
        wanted = {line.id: of(line) for line in rows}
    else:
        wanted = {getattr(line, "id", line): quantity for line, quantity in lines.items()}
        if not wanted.keys() <= {line.id for line in rows}:
            raise Invalid(lines="line-foreign")
        if any(quantity < 0 for quantity in wanted.values()):
            raise Invalid(lines="quantity-too-small")
    wanted = {line: quantity for line, quantity in wanted.items() if quantity}
    if not wanted:
        raise Invalid(order=("nothing-to-invoice", {"number": order.number}))
    return wanted


def _shipped_with(order, shipment):
    if shipment.order_id != order.id:
        raise Invalid(shipment="shipment-foreign")
    earlier = Invoice.select(Invoice.number).where((Invoice.shipment == shipment) & ~_taken_back())
    number = earlier.limit(1).scalar()
    if number:
        raise Invalid(shipment=("shipment-invoiced", {"number": shipment.number, "invoice": number}))
    rows = ShipmentLine.select(ShipmentLine.line, fn.SUM(ShipmentLine.quantity)).join(Shipment)
    still = (ShipmentLine.shipment == shipment) & (Shipment.state != "undone")  # as it is under the order's lock
    found = {line: int(quantity) for line, quantity in rows.where(still).group_by(ShipmentLine.line).tuples()}
    if not found:
        raise Invalid(shipment="shipment-foreign")
    return found


def _taken_back():
    """Whether a credit note took the invoice back so that it is invoiced again."""
    note = Invoice.alias()
    return fn.EXISTS(note.select(note.id).where((note.credits == Invoice.id) & note.reopens))


def _take(order, rows, wanted):
    """Mark the pieces as invoiced, guarded: never more than were ordered and will come."""
    more = peewee.Case(OrderLine.id, sorted(wanted.items()), 0)
    fits = OrderLine.invoiced + more <= OrderLine.quantity - OrderLine.cancelled
    taken = OrderLine.update(invoiced=OrderLine.invoiced + more).where(OrderLine.id.in_(list(wanted)) & fits)
    if taken.execute() == len(wanted):
        return
    for line in rows:
        if wanted.get(line.id, 0) > left_of(line):
            raise Invalid(lines=("more-than-left", {"name": line.name, "left": left_of(line), "id": line.id}))
    raise Invalid(order=("nothing-to-invoice", {"number": order.number}))


def _lines(order, rows, wanted):
    """The lines of the invoice: the goods of `wanted`, and what is left of the freight."""
    whole = portions.of_order(order, rows)
    before, freight = _invoiced_before(order)
    found = []
    for line in rows:
        quantity = wanted.get(line.id)
        if quantity:
            reached = line.invoiced + quantity
            part = portions.part_of(whole[line.id], reached, line.quantity, before.get(line.id, (0, 0, 0)))
            copied = {name: getattr(line, name) for name in ("code", "name", "unit", "price_minor", "discount_bp")}
            found.append({"order_line": line, "quantity": quantity, "kind": "goods"} | copied | amounts(part))
    if order.freight_minor != freight:
        left = order.freight_minor - freight
        found.append({"kind": "freight", "name": "", "quantity": 1, "price_minor": left, "net_minor": left})
    return found


def amounts(part):
    """The columns of a line from its Amounts."""
    return {
        "net_minor": part.net,
        "tax_minor": part.tax,
        "rounding_minor": part.rounding,
        "is_tax_included": part.is_included,
        "tax_bp": part.tax_bp,
        "tax_name": part.tax_name,
    }


def _invoiced_before(order):
    """({order line id: (net, tax, rounding)}, freight) of what stands on earlier invoices, in one query."""
    sign = peewee.Case(None, [(Invoice.kind == "invoice", 1)], -1)
    names = (InvoiceLine.net_minor, InvoiceLine.tax_minor, InvoiceLine.rounding_minor)
    sums = [fn.SUM(name * sign) for name in names]
    counts = (Invoice.kind == "invoice") | Invoice.reopens
    rows = InvoiceLine.select(InvoiceLine.order_line, *sums).join(Invoice)
    rows = rows.where((Invoice.order == order) & counts & InvoiceLine.kind.in_(("goods", "freight")))
    found = {line: tuple(map(int, parts)) for line, *parts in rows.group_by(InvoiceLine.order_line).tuples()}
    return found, found.pop(None, (0,))[0]


def snapshot(order, account):
    """What the document copies of the order and the account."""
    bill_to = order.bill_to or order.ship_to
    if not bill_to:
        address = Address.active(account).where(Address.is_default_billing).first()
        bill_to = address.snapshot if address else {}
    return {
        "account_name": account.legal_name or order.account_name,
        "tax_number": account.tax_number,
        "order_number": order.number,
        "po_number": order.po_number,
        "bill_to": bill_to,
        "ship_to": order.ship_to,
    }


def write(change, account, lines, *, kind="invoice", **fields):
    """The document with its lines, its number drawn last; inside the caller's change.

    Raises Invalid(lines="invoice-below-zero").
    """
    summed = sums(lines)
    if summed["total_minor"] < 0:
        raise Invalid(lines="invoice-below-zero")
    fields = {"open_minor": summed["total_minor"]} | summed | fields
    if not fields["open_minor"]:
        fields["paid_at"] = change.now
    number = series.draw(kind, "INV" if kind == "invoice" else "CN", fields["issued_on"])
    about = {"kind": kind, "account": account, "issued_by": change.by.name, "created_at": change.now}
    document = Invoice.create(number=number, **about | fields)
    change.subject = change.result = document.ref
    for name in TOLD[kind]:  # the rest stands in the document, which nobody changes
        if getattr(document, name):
            change.record(name, None, getattr(document, name))
    rows = [BLANK_LINE | {"invoice": document, "position": n} | line for n, line in enumerate(lines, 1)]
    InvoiceLine.insert_many(rows).execute()
    document.index()
    return document


def sums(lines):
    """The amounts of a document from its lines, and its taxes by rate."""
    goods = [line for line in lines if line["kind"] != "freight"]
    taxes = {}
    for line in lines:
        rate, added = line.get("tax_bp", 0), line.get("tax_minor", 0)
        inside = line.get("is_tax_included", True) or not (rate or added)  # no tax is neither inside nor on top
        key = (line.get("tax_name", ""), rate, inside)
        net, tax = taxes.get(key, (0, 0))
        taxes[key] = (net + line["net_minor"] - (added if key[2] else 0), tax + added)
    named = ("name", "basis_points", "is_included", "net_minor", "tax_minor")
    found = {
        "subtotal_minor": sum(line["net_minor"] for line in goods),
        "discount_minor": sum(max(0, line["quantity"] * line["price_minor"] - line["net_minor"]) for line in goods),
        "tax_minor": sum(tax for (_, _, inside), (_, tax) in taxes.items() if not inside),
        "tax_included_minor": sum(tax for (_, _, inside), (_, tax) in taxes.items() if inside),
        "freight_minor": sum(line["net_minor"] for line in lines if line["kind"] == "freight"),
        "rounding_minor": sum(line.get("rounding_minor", 0) for line in lines),
        "taxes": [dict(zip(named, (*key, *both), strict=True)) for key, both in sorted(taxes.items())],
    }
    parts = ("subtotal_minor", "tax_minor", "freight_minor", "rounding_minor")
    return found | {"total_minor": sum(found[name] for name in parts)}
