"""Lists of warranties and claims, the same for both faces."""

from portal import search, values
from portal.sales.orders import Order
from portal.service import claims, warranties
from portal.service.claims import Claim
from portal.service.warranties import Warranty
from portal.web import lists
from portal.web.terms.marks import N_

STATE = lists.Choice(
    "claim", claims.FIELDS["state"], Claim.state, {"open": (N_("not settled yet"), claims.OPEN, claims.IS_OPEN)}
)


def _found(query, text):
    """By serial number and number, and by all that finds its product."""
    products = Warranty.product.in_(search.matches("product", text))
    return query.where(products | Warranty.id.in_(search.matches("warranty", text)))


def _held(query, text, actor):
    """`?holds=ending`, `over` or `covered`: what the calendar says of it."""
    today = values.shop_day()
    covered = Warranty.state == "covered"
    by_name = {
        "ending": Warranty.ending(today),
        "over": covered & (Warranty.covered_until < today),
        "covered": covered & (Warranty.covered_until >= today),
    }
    return query.where(by_name[lists.one_of(by_name, text, "holds")])


def _brought(query, text, actor):
    """`?order=SO-000012`: what came with an order."""
    return query.where(Order.by_number(text))


def warranty_list(**options):
    """The list of what is owned, with options of a face besides the common ones."""
    return lists.List(
        "warranty",
        warranties.FIELDS,
        columns=[
            lists.Column("number"),
            lists.Column("state", lambda thing: thing.standing()),
            lists.Column("product", lambda thing: thing.product.code),
            *map(lists.Column, ("product_name", "serial", "quantity")),
            lists.Column("account", lambda thing: thing.account.number),
            lists.Column("account_name"),
            lists.Column("order", _order),
            *map(lists.Column, ("bought_on", "covered_until", "months", "is_registered", "is_elsewhere")),
            *map(lists.Column, ("decided_by", "decided_at")),
        ],
        sorts={"number": lists.Sort(Warranty.id), "until": lists.Sort(Warranty.covered_until, nullable=True)},
        default_sort="-number",
        filters={"holds": _held, "order": _brought},
        search=_found,
        drawn={"state": warranties.KIND_OF},
        shown=("number", "state", "product_name", "serial", "account_name", "covered_until", "bought_on"),
        **options,
    )


def _order(thing):
    """The number of the order it came with, for whoever placed that or serves here."""
    return Order.NUMBER.format(thing.order.id) if thing.bought_by(thing.account_id) else None


def claim_list(more=(), **options):
    """The list of claims, with options of a face besides the common ones; `more` are columns of its own."""
    return lists.List(
        "claim",
        claims.FIELDS,
        columns=[
            *map(lists.Column, ("number", "state", "settled_how", "answer_by")),
            lists.Column("warranty", _thing),
            lists.Column("product", lambda claim: claim.product.code if claim.product_id else None),
            *map(lists.Column, ("product_name", "serial", "quantity")),
            lists.Column("account", lambda claim: claim.account.number if claim.account_id else None),
            *map(lists.Column, ("account_name", "email", "since_on", "is_late", "asked_by", "asked_at")),
            *map(lists.Column, ("decided_by", "decided_at", "received_at", "settled_at", "closed_at")),
            lists.Column("replacement", _replacement),
            *(lists.Column(name, _cost(name), name.removesuffix("_minor")) for name in claims.COSTS),
            *more,
        ],
        sorts={
            "number": lists.Sort(Claim.id),
            "asked": lists.Sort(Claim.asked_at),
            "answer": lists.Sort(Claim.answer_by),
        },
        filters={"state": STATE},
        search=lambda query, text: query.where(Claim.id.in_(search.matches("claim", text))),
        drawn={"state": claims.KIND_OF},
        **options,
    )


def _cost(name):
    return lambda claim: claim.money(name.removesuffix("_minor"))


def _thing(claim):
    return Warranty.NUMBER.format(claim.warranty_id) if claim.warranty_id else None


def _replacement(claim):
    return Order.NUMBER.format(claim.replacement_id) if claim.replacement_id else None
