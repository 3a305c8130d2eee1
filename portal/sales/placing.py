"""Placing orders: drafts kept, totals compared with what was shown, stock reserved, snapshots, people told."""

from datetime import timedelta
from functools import partial
from typing import NamedTuple

from portal import audit, search, values
from portal.activity import attachments
from portal.customers import moves, order_limits
from portal.customers.addresses import Address
from portal.customers.contacts import Contact
from portal.errors import Invalid
from portal.fields import Field
from portal.sales import adjustments, approvals, habits, order_stops, quotes, requisitions, stock
from portal.sales.branches import Branch
from portal.sales.orders import NOT_PLACED, Order, OrderLine
from portal.sales.quotes import Wanted

LATEST_REQUEST = timedelta(days=366)
PO_NUMBER = Field("po_number", longest=60)
NOTE = Field("note", "words", longest=2000)
REQUESTED_ON = Field("requested_on", "date")
DRAFT_PLACED = []  # what higher nouns do when a draft is placed: function(change, order)


class Destinations(NamedTuple):
    """Where goods of an account can go: its addresses in use, and our branches."""

    addresses: list
    branches: list

    def address(self, id):
        return next((a for a in self.addresses if a.id == id and a.for_shipping), None)

    def branch(self, id):
        return next((b for b in self.branches if b.id == id), None)

    def default(self, purpose):
        return next((a for a in self.addresses if getattr(a, f"is_default_{purpose}")), None)


def place(*, by, account, lines, shown_total_minor, shown_currency, draft=None, now=None, **given):
    """Place an order: what was shown is what it costs, or nothing happens.

    `lines` are `Wanted`. `given`: delivery ("ship", "pickup"), address (id of an address of the account),
    new_address (fields of one to add with the order), branch (id), contact (id; a customer's own without), po_number,
    note, requested_on. `draft` is an order to place instead of a new one. Costs are computed anew: when they differ
    from the shown total, raises Invalid total=("prices-moved", {"shown", "now", "currency"}). Also raises Invalid by
    field as `quotes.compute` finds it, on "lines" when a line needs a change or stock ran out meanwhile, and
    state=("order-not-in-state", …) for a draft placed before. What is on the shelf is kept for it, what is not waits
    where the product allows that; the customer and the owner are told. Above the limit of a customer who orders, it
    is kept "to_approve" instead: it waits for a colleague, takes no stock, and those who may approve it are told.
    """
    with audit.change(by, "order.placed", draft, about=account, now=now) as change:
        order_stops.refuse_stopped(account, by)
        quote, fields = prepare(by, account, lines, now=change.now, store_address=True, draft=draft, **given)
        quote.check()
        _compare(quote, shown_total_minor, shown_currency)
        fields |= {"placed_by": by.name, "created_at": change.now}
        limit = order_limits.exceeded(by, quote.total)
        if limit is not None:
            return _put_to_colleagues(change, quote, fields, draft, limit)
        return take(change, quote, fields, draft, told=account.people_for("orders", by))


def take(change, quote, fields, draft=None, *, told, stood="draft"):
    """Within a change: the order as a placed one, with what is on the shelf kept for it; `told` hear of it.

    `draft` is the order that stood in the state `stood` until now.
    """
    order = _write(change, quote, fields | {"state": "placed", "placed_at": change.now}, draft, stood)
    there = stock.reserve([(line.product, line.quantity) for line in quote.lines])
    kept = _write_lines(order, quote, there, values.shop_day(change.now))
    if draft:
        approvals.overtake(order)
        for hear in DRAFT_PLACED:
            hear(change, order)
    stock.note(kept, "placed", change.now)
    _finish(change, order, kept)
    change.tell(told, "order_placed", lines=listed(order, kept), note=order.note, **order.told())
    habits.overtaken([order.account_id])
    return order


def _put_to_colleagues(change, quote, fields, draft, limit):
    order = _write(change, quote, fields | {"state": "to_approve"}, draft)
    kept = _write_lines(order, quote, [0] * len(quote.lines))
    _finish(change, order, kept)
    requisitions.put(change, order, limit, listed(order, kept))
    return order


def save_draft(*, by, account, lines, draft=None, now=None, shown_total_minor=None, shown_currency=None, **given):
    """Keep an unfinished order to go on later; takes no stock, tells nobody. Arguments as `place`.

    Lines must name products of this account's catalogue; what is short or missing is asked when it is placed. More
    lines or money than an order holds are refused on "lines": a draft loses nothing silently.
    """
    event = "order.draft_changed" if draft else "order.drafted"
    with audit.change(by, event, draft, about=account, now=now) as change:
        quote, fields = prepare(by, account, lines, now=change.now, store_address=True, draft=draft, **given)
        if any(_cannot_be_kept(line, by) for line in quote.lines) or not quote.lines:
            quote.check()
        for line in quote.lines:
            line.problem = None  # kept as it is, so its sum counts as well
        quote.check_size()
        order = _write(change, quote, fields | {"state": "draft", "created_at": change.now}, draft)
        kept = _write_lines(order, quote, [0] * len(quote.lines))
        if draft:
            approvals.overtake(order, kept)
        _finish(change, order, kept)
    return order


def _cannot_be_kept(line, by):
    """What a draft cannot hold: no known product, no number of pieces, a discount that a customer gives himself."""
    return line.price is None or line.quantity is None or (by.is_customer and line.discount_bp)


def discard(order, *, by, now=None):
    """Throw a draft away. Raises Invalid on "state" when it is none any more."""
    with audit.change(by, "order.removed", order, about=order.account, now=now) as change:
        change.record("lines", listed(order, order.lines), None)
        still = (Order.id == order.id) & (Order.state == "draft")
        change.guard(Order.delete().where(still), order.refusal("place"))
        attachments.remove_all(order, now=change.now)
        search.drop(order)


def destinations(account, delivery=None):
    """Where the goods of an account can go; two queries, one when only what concerns a way of `delivery` is asked."""
    addresses = moves.addresses_of(account)
    for address in addresses:
        address.account = account
    return Destinations(addresses, [] if delivery == "ship" else list(Branch.in_use(account.country)))


def prepare(by, account, lines, *, now, among=None, store_address=False, delivery="ship", address=None,
            new_address=None, branch=None, contact=None, po_number="", note="", requested_on=None,
            draft=None, granted=None):  # fmt: skip
    """(Quote, columns of the order) for what was typed; stores nothing, except a new address when asked to.

    `among` are the Destinations when the caller has read them already. `draft` (an Order, or its number) brings the
    discounts that a manager approved for it; `granted` decides about discounts instead.
    """
    among = among or destinations(account, delivery)
    requested = _requested(requested_on, values.shop_day(now))
    day = requested or values.shop_day(now)
    where = _destination(by, account, among, address, new_address, store_address, day) if delivery == "ship" else None
    branch = among.branch(branch) if delivery == "pickup" else None
    if granted is None and draft:
        granted = partial(approvals.granted, draft)
    quote = quotes.compute(
        account, lines, by=by, delivery=delivery, ship_to=where, branch=branch, now=now, granted=granted
    )
    bill_to = among.default("billing")
    fields = {
        "account_name": account.name,
        "contact": by.contact if by.is_customer else _contact(account, contact),
        "rep": account.owner_id,
        "po_number": PO_NUMBER.clean(po_number or ""),
        "note": NOTE.clean(note or ""),
        "requested_on": requested,
        "delivery": delivery,
        "branch": branch,
        "branch_name": branch.name if branch else "",
        "ship_to": where or {},
        "bill_to": bill_to.snapshot if bill_to else where or {},
    }
    return quote, fields


def again(order, by, positions=()):
    """The lines of an earlier order or a draft as Wanted, all or those at these `positions`; the quote says what
    cannot come.

    Staff go on with the discounts of a draft; those of an earlier order were for that order.
    """
    keeps = order.state == "draft" and not by.is_customer
    lines = [line for line in order.lines if not positions or line.position in positions]
    return [Wanted(line.product.code, line.quantity, line.discount_bp if keeps else 0) for line in lines]


def _destination(by, account, among, address, new_address, store_address, day):
    """The copied address to deliver to, or None: one of the account's, a new one, else its default on that day."""
    if new_address:
        if store_address:
            return Address.add(account, by=by, **new_address).snapshot
        return Address.unsaved(account, by=by, **new_address).snapshot
    if address is not None:
        found = among.address(address)
        if found is None:
            raise Invalid(address="address-unknown")
        return found.snapshot
    default = among.default("shipping")
    return moves.address_on(default, day).snapshot if default else None


def _contact(account, contact):
    if contact is None:
        return None
    if not Contact.select().where((Contact.id == contact) & (Contact.account == account)).exists():
        raise Invalid(contact="contact-unknown")
    return contact


def _requested(day, today):
    day = REQUESTED_ON.clean(day)
    if day is not None and not today <= day <= today + LATEST_REQUEST:
        raise Invalid(requested_on="date-not-ahead")
    return day


def _compare(quote, shown_minor, shown_currency):
    if (shown_minor, shown_currency) != (quote.total_minor, quote.currency):
        params = {"shown": shown_minor, "now": quote.total_minor, "currency": quote.currency}
        raise Invalid(total=("prices-moved", params))


def _write(change, quote, fields, draft, stood="draft"):
    """The order's row: a new one, or the one there is, guarded by the state it stood in."""
    amounts = ("subtotal", "discount", "tax", "tax_included", "total")
    fields = fields | {f"{name}_minor": getattr(quote, f"{name}_minor") for name in amounts}
    fields |= {"freight_minor": quote.freight.minor, "currency": quote.currency}
    if draft is None:
        fields["source"] = "portal" if change.by.is_customer else "staff"
        return change.create(Order, account=quote.account, **fields)
    fields.pop("created_at", None)
    still = (Order.id == draft.id) & (Order.state == stood) & (Order.account == quote.account)
    change.guard(Order.update(version=Order.version + 1, **fields).where(still), draft.refusal("place"))
    for name, new in fields.items():
        if draft.__data__.get(name) != getattr(new, "id", new):
            change.record(name, draft.__data__.get(name), new)
        setattr(draft, name, new)
    draft.version += 1
    OrderLine.delete().where(OrderLine.order == draft).execute()
    return draft


def _write_lines(order, quote, there, today=None):
    """The rows of the lines; `there` is how many pieces of each are kept on the shelf, without `today` of none."""
    rows = [
        {
            "order": order,
            "position": position,
            "product": line.product,
            "code": line.product.code,
            "name": line.product.name,
            "unit": line.product.unit,
            "quantity": line.quantity,
            "price_minor": line.price.minor,
            "discount_bp": line.discount_bp,
            "net_minor": line.net_minor,
            "tax_name": line.tax.name,
            "tax_bp": line.tax.basis_points,
            "tax_minor": line.tax.minor,
            "is_tax_included": line.tax.is_included,
            "cost_minor": line.product.cost_minor,
            "list_minor": line.price.list_minor,
            "reserved": pieces,
            "promised_on": quotes.promised_on(line.product, today) if today and pieces < line.quantity else None,
        }
        for position, (line, pieces) in enumerate(zip(quote.lines, there, strict=True), 1)
    ]
    lines = sorted(OrderLine.insert_many(rows).returning(OrderLine).execute(), key=lambda line: line.position)
    for line, asked in zip(lines, quote.lines, strict=True):
        line.product = asked.product
    adjustments.write(lines, quote.lines)
    return lines


def _finish(change, order, lines):
    change.result = order.ref
    change.record("lines", None, listed(order, lines))
    order.index(lines)


def listed(order, lines):
    """The lines as JSON, for the audit entry and the notice."""
    return [
        {
            "code": line.code,
            "name": line.name,
            "quantity": line.quantity,
            "unit": line.unit,
            "net": {"minor": line.net_minor, "currency": order.currency},
            **_promised(line, order),
        }
        for line in lines
    ]


def _promised(line, order):
    """What of a line waits for goods, and until when."""
    if order.state in NOT_PLACED or not line.waiting:
        return {}
    return {"waiting": line.waiting, "promised_on": line.promised_on.isoformat() if line.promised_on else None}
