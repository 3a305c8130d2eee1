"""Steps at the end of a case: closing, opening again, the rating; solved ones close by themselves after some days."""

from datetime import timedelta

from portal import audit, values
from portal.customers.accounts import Account
from portal.errors import Invalid
from portal.service import case_clock, case_letters, case_messages
from portal.service.case_writing import is_closed_for_good
from portal.service.cases import FIELDS, Case
from portal.service.promises import ServiceDesk

RATING_DAYS = 30  # after it was closed; until then a rating may be changed
AT_ONCE = 200  # cases that one run of the worker closes


def close(case, *, by, rating=None, words="", now=None):
    """Nothing more is to be done. A customer may rate it with that; the other side is told.

    Raises Invalid: choice-unknown on "rating", case-moved-on and case-merged on "state".
    """
    words = FIELDS["rating_words"].clean(words or "")
    rating = values.rating(rating) if rating not in (None, "") and by.is_customer else None
    with audit.change(by, "case.closed", case, about=case.account, now=now) as change:
        case = case.lock()
        fields = {"state": "closed", "closed_at": change.now, "last_at": change.now}
        fields["solved_at"] = case.solved_at or change.now
        if rating:
            fields |= _rated(change, case, rating, words)
        case.move(change, "close", **case_clock.turned(case, ServiceDesk.current(), change.now, **fields))
        case_messages.write(change, case, words=words, step="case.closed", rating=rating)
        told = {"words": words, "rating": rating}
        if by.is_customer:
            case_letters.tell_staff(change, case, "case_closed", **told)
        else:
            case_letters.tell_customers(change, case, "case_closed", links=(case_letters.RATE,), **told)
    return case


def reopen(case, *, by, words="", now=None):
    """It is not solved after all: a new solution is promised, and the other side is told.

    Customers may within the days that the desk names. Raises Invalid on "state": case-moved-on, case-merged,
    case-closed-for-good.
    """
    words = FIELDS["words"].clean(words or "")
    desk = ServiceDesk.current()
    with audit.change(by, "case.reopened", case, about=case.account, now=now) as change:
        case = case.lock()
        if by.is_customer and is_closed_for_good(case, desk, change.now):
            raise Invalid(state=("case-closed-for-good", {"days": desk.reopen_days}))
        case.move(change, "reopen", **case_clock.opened_again(case, desk, change.now, last_at=change.now))
        case_messages.write(change, case, words=words, step="case.reopened")
        tell = case_letters.tell_staff if by.is_customer else case_letters.tell_customers
        tell(change, case, "case_reopened", words=case_letters.quoted(words))
    return case


def rate(case, *, by, rating, words="", now=None):
    """What the customer thinks of how it was solved, 1 to 5, and words; staff read both. It may be changed later.

    Raises Invalid: choice-unknown on "rating", case-moved-on on "state", rating-too-late on "state".
    """
    rating, words = values.rating(rating), FIELDS["rating_words"].clean(words or "")
    with audit.change(by, "case.rated", case, about=case.account, now=now) as change:
        case = case.lock()
        if not may_be_rated(case, change.now):
            raise Invalid(state="rating-too-late") if case.closed_at and not case.merged_into_id else case.refusal()
        case.move(change, "rate", **_rated(change, case, rating, words), last_at=change.now)
        case_messages.write(change, case, words=words, step="case.rated", rating=rating)
        case_letters.tell_staff(change, case, "case_rated", words=words, rating=rating)
    return case


def may_be_rated(case, now=None):
    """Whether a customer may rate it as it stands, or change what was said."""
    since = case.closed_at or case.solved_at
    too_late = since is not None and since < (now or values.now()) - timedelta(days=RATING_DAYS)
    return case.state in ("solved", "closed") and case.merged_into_id is None and not too_late


def close_solved(now=None):
    """Close what was solved some days ago and not written to since; returns how many.

    The letter that said it is solved named the days. Whoever does something to one meanwhile is faster.
    """
    now = now or values.now()
    before = now - timedelta(days=ServiceDesk.current().close_days)
    rows = Case.select(Case, Account).join(Account, on=(Case.account == Account.id))
    due = list(rows.where((Case.state == "solved") & (Case.solved_at < before)).order_by(Case.id).limit(AT_ONCE))
    closed, by = 0, values.clock("cases")
    for case in due:
        try:
            with audit.change(by, "case.closed", case, about=case.account, now=now) as change:
                case.move(change, "close", state="closed", closed_at=now)
                case_messages.write(change, case, step="case.closed")
            closed += 1
        except Invalid:
            continue
    return closed


def _rated(change, case, rating, words):
    change.record("rating", case.rating, rating)
    if words or case.rating_words:
        change.record("rating_words", case.rating_words or None, words)
    return {"rating": rating, "rating_words": words, "rated_by": change.by.name, "rated_at": change.now}
