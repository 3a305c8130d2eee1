"""Lists of returns, the same for both faces."""

from portal import search
from portal.service.returns import FIELDS, KIND_OF, OPEN, Return
from portal.web import lists
from portal.web.terms.marks import N_

# `state=open` is what is not settled yet.
STATE = lists.Choice("return", FIELDS["state"], Return.state, {"open": (N_("not settled yet"), OPEN)})


def return_list(**options):
    """The list of returns of a face, with options of its own besides the common ones."""
    return lists.List(
        "return",
        FIELDS,
        columns=[
            *map(lists.Column, ("number", "state")),
            lists.Column("order", lambda return_: return_.order.number),
            lists.Column("account", lambda return_: return_.account.number),
            *map(lists.Column, ("account_name", "reason", "wish", "settled_how")),
            lists.Column("replacement", _replacement),
            *map(lists.Column, ("asked_by", "asked_at", "decided_by", "decided_at", "received_at", "settled_at")),
        ],
        sorts={"number": lists.Sort(Return.id), "asked": lists.Sort(Return.asked_at)},
        default_sort="-number",
        filters={"state": STATE},
        search=lambda query, text: query.where(Return.id.in_(search.matches("return", text))),
        drawn={"state": KIND_OF},
        shown=("number", "state", "order", "account_name", "reason", "wish", "asked_by", "asked_at"),
        said=("state", "reason"),
        **options,
    )


def _replacement(return_):
    from_id = return_.replacement_id
    return Return.replacement.rel_model.NUMBER.format(from_id) if from_id else None
