"""Lists of orders, the same for both faces: filters by state, day and words, and feeds that hold the lines."""

from datetime import timedelta

from portal import values
from portal.errors import Invalid
from portal.sales import waiting
from portal.sales.orders import FIELDS, KIND_OF, OPEN, STATES, Order, lines_of
from portal.web import finding, list_filters, lists, speech
from portal.web.terms.marks import N_

MONEY = ("subtotal", "discount", "tax", "tax_included", "freight", "rounding", "total", "cancelled")


def _since(query, text, actor):
    return query.where(Order.placed_at >= values.shop_midnight(list_filters.day(text, "from")))


def _until(query, text, actor):
    return query.where(Order.placed_at < values.shop_midnight(list_filters.day(text, "to") + timedelta(days=1)))


def _amount(name):
    return lists.Column(f"{name}_minor", lambda order: order.money(name), name)


def _lines(orders):
    """{order id: {"lines": […]}}: what the .json of orders holds besides the columns; one query a batch."""
    return {order: {"lines": [_line(line) for line in lines]} for order, lines in lines_of(orders).items()}


def _line(line):
    return {
        "position": line.position,
        "code": line.code,
        "name": line.name,
        "unit": line.unit,
        "quantity": line.quantity,
        "price": str(line.money("price").decimal),
        "discount_percent": f"{line.discount_bp / 100:g}",
        "reserved": line.reserved,
        "shipped": line.shipped,
        "cancelled": line.cancelled,
        "promised_on": line.promised_on.isoformat() if line.promised_on else None,
        "net": str(line.money("net").decimal),
        "tax": str(line.money("tax").decimal),
    }


def _goods(query, text, actor):
    """`goods=ready` could leave now, `waiting` is not all on the shelf, `overdue` waits longer than was promised."""
    if text not in GOODS:
        raise Invalid(goods=("filter-choice-unknown", {"value": text}))
    return query.where(GOODS[text]())


GOODS = {
    "ready": waiting.ready,
    "waiting": waiting.waiting,
    "overdue": lambda: waiting.overdue(values.shop_day()),
}
# `state=open` is what is placed and not delivered yet.
STATE = lists.Choice("order", FIELDS["state"], Order.state, {"open": (N_("on their way"), OPEN)})
FILTERS = {"state": STATE, "from": _since, "to": _until, "goods": _goods}


def order_list(filters=None, **options):
    """The list of orders of a face, with filters and options of its own besides the common ones."""
    return lists.List(
        "order",
        FIELDS,
        columns=[
            *map(lists.Column, ("number", "state")),
            lists.Column("account", lambda order: order.account.number),
            lists.Column("account_name"),
            lists.Column("rep", lambda order: order.rep.name if order.rep_id else None),
            *map(lists.Column, ("placed_by", "source", "external_number", "po_number", "delivery", "branch_name")),
            lists.Column("currency"),
            *map(_amount, MONEY),
            *map(lists.Column, ("requested_on", "placed_at", "confirmed_at", "shipped_at", "delivered_at")),
            *map(lists.Column, ("cancelled_at", "cancel_reason")),
        ],
        sorts={
            "number": lists.Sort(Order.id),
            "placed": lists.Sort(Order.placed_at, nullable=True),
            "total": lists.Sort(Order.total_minor),
        },
        default_sort="-number",
        filters=FILTERS | (filters or {}),
        search=finding.found_in(Order),
        expand=_lines,
        drawn={"state": KIND_OF},
        shown=("number", "account_name", "state", "placed_at", "placed_by", "rep", "total"),
        said=("state", "rep", "goods", "from", "to"),
        **options,
    )


def states(everything, unfinished):
    """[(state, word)] for the filter sentence; the two words are those for all and for what is on its way."""
    named = [(state, speech.term("order", "state", state)) for state in STATES]
    return [("", everything), ("open", unfinished), *named]


def whole(text):
    """A number of the address; 0, which is no record's, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
