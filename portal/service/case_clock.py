"""The clock of a case: by when it is answered and solved; it stands still while the customer has the word."""

from portal.service import promises
from portal.service.cases import WITH_US


def begun(kind, priority, now):
    """The columns of a new case: what is promised for its kind and priority, and by when that is."""
    hours = promises.hours_for(kind, priority)
    columns = {"answer_hours": hours.answer, "solve_hours": hours.solve, "counts_from": now, "paused_minutes": 0}
    return columns | _due(
        columns | {"asked_at": now, "answered_at": None, "state": "open"}, promises.ServiceDesk.current()
    )


def promised_anew(case, desk):
    """The columns of a case that became another kind or priority: as if that had been said from the beginning."""
    hours = promises.hours_for(case.kind, case.priority)
    columns = {"answer_hours": hours.answer, "solve_hours": hours.solve}
    return columns | _due(case.__data__ | columns, desk)


def turned(case, desk, now, **changes):
    """`changes` of a case (state, answered_at, …) with what they mean for its clock."""
    runs = changes.get("state", case.state) in WITH_US
    if runs and case.paused_at:
        stood = promises.between(case.paused_at, now, desk.week_hours)
        changes = {"paused_at": None, "paused_minutes": case.paused_minutes + stood} | changes
    elif not runs and not case.paused_at:
        changes = {"paused_at": now} | changes
    return changes | _due(case.__data__ | changes, desk)


def opened_again(case, desk, now, **changes):
    """`changes` of a case that is not solved after all: a new solution is promised from now on."""
    fresh = {"counts_from": now, "paused_at": None, "paused_minutes": 0, "solved_at": None, "closed_at": None}
    changes = fresh | {"state": "for_us"} | changes
    return changes | _due(case.__data__ | changes, desk)


def _due(data, desk):
    """By when, from the columns of a case: for the first answer, for the solution, and of what runs the sooner."""
    answer = solve = None
    if data["answer_hours"]:
        answer = promises.later(data["asked_at"], data["answer_hours"] * 60, desk.week_hours)
    if data["solve_hours"]:
        minutes = data["solve_hours"] * 60 + data["paused_minutes"]
        solve = promises.later(data["counts_from"], minutes, desk.week_hours)
    run = [moment for moment in (None if data["answered_at"] else answer, solve) if moment]
    due = min(run) if run and data["state"] in WITH_US else None
    return {"answer_due_at": answer, "solve_due_at": solve, "due_at": due}
