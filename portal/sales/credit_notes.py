"""Credit notes: what takes an invoice back, in whole or in part, and never more than is left of it."""

import peewee

from portal import audit, store, values
from portal.errors import Invalid
from portal.fields import Field
from portal.people import policy
from portal.sales import invoicing, portions
from portal.sales.invoices import Invoice, InvoiceLine
from portal.sales.orders import REASON, Order, OrderLine
from portal.sales.payments import Allocation, less_open

WORDS = Field("words", longest=200)

policy.allow("invoices.credit", policy.MANAGERS)


def credit(invoice, *, by, reason, lines=None, amount_minor=None, words="", reopens=False, cause=None, now=None):
    """Take an invoice back: `lines` {invoice line or its id: quantity}, an amount of money for `words`, both, or,
    with neither, all that is left of it.

    The credit note settles what is still open of the invoice, its rest stays as credit of the account. With `reopens`
    the invoice was wrong: what the lines took back can be invoiced again. `cause` is the record that led to it (a
    return). Raises Invalid: not-an-invoice or nothing-to-credit on "invoice", reason-needed on "reason",
    line-foreign, quantity-too-small or more-than-invoiced on "lines", amount-too-small on "amount_minor",
    credit-above-invoice on "amount_minor" or "lines". Returns the credit note.
    """
    reason, words = REASON.clean(reason), WORDS.clean(words or "")
    if amount_minor is not None and amount_minor <= 0:
        raise Invalid(amount_minor="amount-too-small")
    with audit.change(by, "invoice.credited", about=invoice.account, now=now) as change:
        opened = _hold(invoice, reopens)
        rows = invoice.lines
        drafts = _drafts(invoice, rows, lines, amount_minor, words or reason, reopens)
        total = invoicing.sums(drafts)["total_minor"]
        settled = min(opened, total)
        _take_money(invoice, total, settled, change.now, "lines" if amount_minor is None else "amount_minor")
        fields = _copied(invoice) | {"issued_on": (day := values.shop_day(change.now)), "due_on": day}
        fields |= {"reason": reason, "reopens": reopens, "cause": str(getattr(cause, "ref", cause) or "")}
        fields |= {"open_minor": total - settled, "currency": invoice.currency}
        note = invoicing.write(change, invoice.account, drafts, kind="credit_note", credits=invoice, **fields)
        if settled:
            Allocation.create(invoice=invoice, credit_note=note, amount_minor=settled, at=change.now)
        change.record("credits", None, invoice.number)
        people = invoice.account.people_for("invoices", by)
        change.tell(people, "credit_note_issued", invoice=invoice.number, reason=reason, **note.told())
    return note


def hold(invoices):
    """Hold several invoices, lowest id first, before the first of their credit notes draws its number.

    Whoever holds one of them and waits for the number would otherwise wait for us for ever.
    """
    if not store.is_sqlite():
        rows = Invoice.select(Invoice.id).where(Invoice.id.in_([invoice.id for invoice in invoices]))
        list(rows.order_by(Invoice.id).for_update("FOR NO KEY UPDATE").tuples())


def _hold(invoice, reopens):
    """Keep others from crediting this invoice, or invoicing what it frees, until we are done; what is open of it."""
    if invoice.order_id and reopens:
        Order.update(version=Order.version).where(Order.id == invoice.order_id).execute()
    held = Invoice.update(version=Invoice.version).where((Invoice.id == invoice.id) & (Invoice.kind == "invoice"))
    now = list(held.returning(Invoice.open_minor, Invoice.credited_minor).execute())
    if not now:
        raise Invalid(invoice=("not-an-invoice", {"number": invoice.number}))
    invoice.open_minor, invoice.credited_minor = now[0].open_minor, now[0].credited_minor
    return invoice.open_minor


def _drafts(invoice, rows, lines, amount_minor, words, reopens):
    """The lines of the credit note, with the pieces marked as taken back."""
    everything = lines is None and amount_minor is None
    wanted = {line.id: line.left for line in rows} if everything else _wanted(rows, lines or {})
    wanted = {line: quantity for line, quantity in wanted.items() if quantity}
    if not wanted and amount_minor is None:
        raise Invalid(invoice=("nothing-to-credit", {"number": invoice.number}))
    before, spoken = _credited_before(invoice)
    drafts = [_taken(line, wanted[line.id], before) for line in rows if line.id in wanted]
    _take_pieces(rows, wanted, reopens)
    if everything:
        drafts += [_earlier(line) for line in spoken]
    if amount_minor is not None:
        drafts += _spoken(rows, amount_minor, words)
    return drafts


def _wanted(rows, lines):
    wanted = {getattr(line, "id", line): quantity for line, quantity in lines.items()}
    if not wanted.keys() <= {line.id for line in rows}:
        raise Invalid(lines="line-foreign")
    if any(quantity < 0 for quantity in wanted.values()):
        raise Invalid(lines="quantity-too-small")
    return wanted


def _credited_before(invoice):
    """({invoice line id: (net, tax, rounding)}, lines of free words) of earlier credit notes, in one query."""
    found, spoken = {}, []
    rows = InvoiceLine.select(InvoiceLine, Invoice.number).join(Invoice).where(Invoice.credits == invoice)
    for line in rows.order_by(InvoiceLine.id):
        if line.kind in ("words", "earlier"):
            spoken.append(line)
            continue
        net, tax, rounding = found.get(line.credits_id, (0, 0, 0))
        found[line.credits_id] = (net + line.net_minor, tax + line.tax_minor, rounding + line.rounding_minor)
    return found, spoken


def _taken(line, quantity, before):
    """The line of the credit note that takes so many pieces of a line of the invoice back."""
    whole = portions.Amounts(
        line.net_minor, line.tax_minor, line.rounding_minor, line.is_tax_included, line.tax_bp, line.tax_name
    )
    part = portions.part_of(whole, line.credited + quantity, line.quantity, before.get(line.id, (0, 0, 0)))
    names = ("kind", "code", "name", "unit", "price_minor", "discount_bp")
    copied = {name: getattr(line, name) for name in names}
    about = {"credits": line, "order_line": line.order_line_id, "quantity": quantity}
    return copied | about | invoicing.amounts(part)


def _earlier(line):
    """What an earlier credit note gave for words, taken off when all the rest is credited."""
    less = {name: -getattr(line, name) for name in ("price_minor", "net_minor", "tax_minor", "rounding_minor")}
    same = {name: getattr(line, name) for name in ("tax_name", "tax_bp", "is_tax_included")}
    return {"kind": "earlier", "name": line.invoice.number, "quantity": 1} | less | same


def _spoken(rows, amount_minor, words):
    """An amount for words, spread over the tax rates of the invoice by what each comes to."""
    groups = {}
    for line in rows:
        key = (line.tax_name, line.tax_bp, line.is_tax_included)
        gross, tax = groups.get(key, (0, 0))
        groups[key] = (gross + line.gross_minor, tax + line.tax_minor)
    drafts = []
    shares = portions.spread(amount_minor, [gross for gross, _ in groups.values()])
    for share, ((name, bp, inside), (gross, tax)) in zip(shares, groups.items(), strict=True):
        if share:
            part = portions.portion(tax, share, gross) if gross else 0
            net = share if inside else share - part
            drafts.append(
                {"kind": "words", "name": words, "quantity": 1, "price_minor": net}
                | invoicing.amounts(portions.Amounts(net, part, 0, inside, bp, name))
            )
    return drafts


def _take_pieces(rows, wanted, reopens):
    """Mark pieces as taken back, guarded; when it `reopens`, they are no longer invoiced either."""
    if not wanted:
        return
    more = peewee.Case(InvoiceLine.id, sorted(wanted.items()), 0)
    fits = InvoiceLine.credited + more <= InvoiceLine.quantity
    taken = InvoiceLine.update(credited=InvoiceLine.credited + more).where(InvoiceLine.id.in_(list(wanted)) & fits)
    if taken.execute() != len(wanted):
        short = next(line for line in rows if wanted.get(line.id, 0) > line.left)
        raise Invalid(lines=("more-than-invoiced", {"name": short.name, "left": short.left, "id": short.id}))
    back = {line.order_line_id: wanted[line.id] for line in rows if line.order_line_id and line.id in wanted}
    if reopens and back:
        less = peewee.Case(OrderLine.id, sorted(back.items()), 0)
        OrderLine.update(invoiced=OrderLine.invoiced - less).where(OrderLine.id.in_(list(back))).execute()


def _take_money(invoice, total, settled, now, field):
    """Book the credit on the invoice, and what of it settles what was open, guarded: never more than it came to."""
    fits = (Invoice.credited_minor + total <= Invoice.total_minor) & (Invoice.open_minor >= settled)
    fields = {"credited_minor": Invoice.credited_minor + total, "version": Invoice.version + 1}
    more = Invoice.update(fields | (less_open(settled, now) if settled else {}))
    if not more.where((Invoice.id == invoice.id) & fits).execute():
        left = values.Money(invoice.total_minor - invoice.credited_minor, invoice.currency)
        params = {"number": invoice.number, "left": left}
        raise Invalid(**{field: ("credit-above-invoice", params)})
    invoice.credited_minor += total
    invoice.open_minor -= settled
    invoice.version += 1


def _copied(invoice):
    """What a credit note copies of its invoice."""
    names = ("account_name", "tax_number", "order_number", "po_number", "bill_to", "ship_to")
    return {"order": invoice.order_id} | {name: getattr(invoice, name) for name in names}
