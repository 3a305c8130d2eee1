"""What is promised counts opening hours, whichever they are, and stands still while the customer has the word."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid, Stale
from portal.service import case_steps, case_writing, promises
from portal.service.promises import Promise, ServiceDesk, between, later

WEEK = {day: ["08:00", "17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
ODD = {"mon": ["08:00", "08:30"], "sat": ["22:00", "23:59"]}
FRIDAY = datetime(2026, 11, 20)  # UTC midnight is 8 in the morning in Manila


def at(day, hour, minute=0):
    """A moment by the clock of the shop."""
    return FRIDAY + timedelta(days=day, hours=hour - 8, minutes=minute)


def test_hours_are_counted_while_it_is_open():
    assert later(at(0, 16), 120, WEEK) == at(3, 9)
    assert later(at(0, 9), 60, WEEK) == at(0, 10)
    assert later(at(0, 6), 60, WEEK) == at(0, 9)  # asked before it opens
    assert later(at(1, 12), 60, WEEK) == at(3, 9)  # on a Saturday
    assert later(at(0, 16), 60, WEEK) == at(0, 17)  # until it closes, not when it opens again
    assert later(at(0, 16), 45 * 60, WEEK) == at(7, 16)
    assert later(at(0, 8), 45 * 60, WEEK) == at(6, 17)
    assert later(at(0, 23), 90) == at(1, 0, 30)  # round the clock


def test_what_passed_is_counted_the_same_way():
    assert between(at(0, 16), at(3, 9), WEEK) == 120
    assert between(at(1, 9), at(2, 20), WEEK) == 0
    assert between(at(0, 10), at(0, 9), WEEK) == 0
    assert between(at(0, 0), at(1, 0)) == 24 * 60


@given(st.integers(0, 10_000), st.integers(1, 60_000), st.sampled_from([WEEK, ODD, None]))
def test_as_much_passes_until_a_promise_falls_due_as_was_promised(start, minutes, week):
    start = FRIDAY + timedelta(minutes=start)
    assert between(start, later(start, minutes, week), week) == minutes


def test_a_promise_of_a_kind_goes_before_that_of_every_kind(world):
    assert promises.hours_for("order", "high") == promises.START["high"]
    promises.set_promise(by=world.mona, priority="high", answer_hours="3", solve_hours="9")
    own = promises.set_promise(by=world.mona, case_kind="order", priority="high", answer_hours=1, solve_hours=0)
    assert (promises.hours_for("order", "high"), promises.hours_for("other", "high")) == ((1, 0), (3, 9))
    promises.set_promise(by=world.mona, case_kind="order", priority="high", answer_hours=2, solve_hours=0)
    assert promises.hours_for("order", "high") == (2, 0) and Promise.select().count() == 2
    own.remove(by=world.mona)
    assert promises.hours_for("order", "high") == (3, 9)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"priority": "soon"}, {"priority": "choice-unknown"}),
        ({"answer_hours": "9", "solve_hours": "8"}, {"solve_hours": "promise-order"}),
        ({"answer_hours": "1001"}, {"answer_hours": "number-not-between"}),
        ({"answer_hours": "-1"}, {"answer_hours": "number-out-of-range"}),
        ({"solve_hours": "a day"}, {"solve_hours": "number-malformed"}),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused(world, typed, problem):
    start = {"priority": "high", "answer_hours": "1", "solve_hours": "9"}
    with pytest.raises(Invalid) as refused:
        promises.set_promise(by=world.mona, **start | typed)
    assert {name: one for name, (one, _) in refused.value.problems.items()} == problem
    assert Promise.select().count() == 0


def test_the_desk_is_arranged_by_one_after_the_other(world):
    given = {"is_in_hours": True, "hours": "mon-sun 00:00-23:59", "close_days": "3", "reopen_days": "0"}
    desk = ServiceDesk.arrange(by=world.mona, version=0, **given)
    assert desk.week_hours["sun"] == ["00:00", "23:59"]
    with pytest.raises(Stale):
        ServiceDesk.arrange(by=world.ada, version=desk.version - 1, **given | {"close_days": "4"})
    with pytest.raises(Invalid):
        ServiceDesk.arrange(by=world.mona, version=desk.version, **given | {"close_days": "0"})
    ServiceDesk.arrange(by=world.mona, version=desk.version, **given | {"is_in_hours": False})
    assert ServiceDesk.current().week_hours is None


def test_a_case_keeps_what_was_promised_and_its_clock_stands_still_meanwhile(world):
    case = case_writing.ask(world.account, by=world.carol, kind="other", words="Rice?", now=at(0, 9))
    assert (case.answer_due_at, case.solve_due_at, case.due_at) == (at(0, 17), at(6, 13), at(0, 17))
    promises.set_promise(by=world.mona, priority="normal", answer_hours=1, solve_hours=1)
    case = case_writing.answer(case, by=world.rhea, words="Which?", now=at(0, 10))
    assert (case.state, case.due_at, case.solve_due_at) == ("for_customer", None, at(6, 13))
    case = case_writing.reply(case, by=world.carol, words="This", now=at(3, 9))  # 7 hours and 1 later
    assert (case.paused_minutes, case.due_at) == (8 * 60, at(7, 12))
    case = case_writing.answer(case, by=world.rhea, words="Here", then="solved", now=at(3, 10))
    case = case_steps.reopen(case, by=world.carol, now=at(3, 11))
    assert (case.due_at, case.paused_minutes) == (later(at(3, 11), 40 * 60, WEEK), 0)
    assert not case.is_overdue(now=at(3, 12)) and case.is_overdue(now=at(30, 12))
