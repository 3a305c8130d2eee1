"""Lists of cases: the queue of staff, what is overdue first, and the customer's own."""

from datetime import timedelta

from flask_babel import gettext, lazy_gettext

from portal import search, values
from portal.service import case_sorting, case_steps
from portal.service.cases import FIELDS, INSIDE, IS_LIVE, KIND_FOR_CUSTOMERS, KIND_OF, LIVE, STATES, WITH_US, Case
from portal.web import finding, list_cells, lists, speech
from portal.web.list_deeds import Deed
from portal.web.terms.marks import N_

STATE = lists.Choice(
    "case",
    FIELDS["state"],
    Case.state,
    {"live": (N_("not solved yet"), LIVE, IS_LIVE), "ours": (N_("with us"), WITH_US), "all": (N_("all"), STATES)},
)
COLUMNS = (
    *map(lists.Column, ("number", "subject", "state", "kind")),
    lists.Column("topic_number", head="topic"),
    lists.Column("account", lambda case: case.account.number),
)
TIMES = tuple(map(lists.Column, ("asked_by", "asked_at", "last_at", "answered_at", "answer_due_at")))
ENDS = (
    *map(lists.Column, ("solved_at", "closed_at", "is_private")),
    lists.Column("rating"),
    lists.Column("merged_into", lambda case: case.merged_into_id and Case.NUMBER.format(case.merged_into_id)),
)
SORTS = {"number": lists.Sort(Case.id), "asked": lists.Sort(Case.asked_at), "last": lists.Sort(Case.last_at)}
STAFF_SORTS = {"due": lists.Sort(Case.due_at, nullable=True), "rating": lists.Sort(Case.rating, nullable=True)}


def _assign(row, by, **given):
    return case_sorting.assign(row, by=by, **{"owner": row.owner_id, "team": row.team_id} | given)


MANY = (
    Deed("owner", "cases.assign", lambda row, by, value: _assign(row, by, owner=value), "owner", asks="field"),
    Deed("team", "cases.assign", lambda row, by, value: _assign(row, by, team=value), "team", asks="field"),
    Deed("priority", "cases.describe", lambda row, by, value: case_sorting.describe(row, by=by, priority=value),
         "priority", asks="field"),
    Deed("close", "cases.close", lambda row, by, value: case_steps.close(row, by=by), "state",
         lazy_gettext("Close them")),
)  # fmt: skip


def _due(query, text, actor):
    """`due=overdue` is what breaks its promise now, `due=today` what would until midnight."""
    lists.one_of(("overdue", "today"), text, "due")
    if text == "overdue":
        return query.where(Case.overdue())
    return query.where(Case.due_at < values.shop_midnight(values.shop_day() + timedelta(days=1)))


def _about(query, text, actor):
    """`topic=SO-000012` is what was asked about an order, an invoice or a product, by its number."""
    return query.where(Case.topic_number == text)


def _drawn_due(case, beside):
    """When it is due: what is overdue with shape and word, not by colour alone."""
    if case.due_at is None:
        return None
    if case.is_overdue():
        return list_cells.state("needs", gettext("Overdue: %(day)s", day=speech.wording().day(case.due_at)))
    return speech.wording().moment(case.due_at)


def staff_list(**options):
    """The queue: what is due first stands first, what is solved stays away until it is asked for."""
    return lists.List(
        "case",
        FIELDS,
        columns=[
            *COLUMNS,
            lists.Column("account_name"),
            lists.Column("priority"),
            lists.Column("owner", lambda case: case.owner.name if case.owner_id else None),
            lists.Column("team", lambda case: case.team.name if case.team_id else None),
            lists.Column("due_at", show=_drawn_due),
            *TIMES,
            lists.Column("solve_due_at"),
            *ENDS,
        ],
        sorts=SORTS | STAFF_SORTS,
        default_sort="due",
        filters={"state": STATE, "due": _due, "topic": _about},
        defaults={"state": "live"},
        search=finding.found_in(Case, rights=(INSIDE,)),
        drawn={"state": KIND_OF},
        shown=("number", "subject", "state", "due_at", "owner", "account_name"),
        said=("state", "owner", "due", "priority"),
        rows=Case.visible_to,
        many=MANY,
        **options,
    )


def customer_list():
    """The cases of an account, as its people may read them: no column of ours."""
    return lists.List(
        "case",
        FIELDS,
        columns=[*COLUMNS, *TIMES, *ENDS],
        sorts=SORTS,
        default_sort="-last",
        filters={"state": STATE, "topic": _about},
        search=lambda query, text: query.where(Case.id.in_(search.matches("case", text))),
        drawn={"state": KIND_FOR_CUSTOMERS},
    )
