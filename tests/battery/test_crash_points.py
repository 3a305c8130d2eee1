"""G2: killed at each statement and storage call, a change is there whole or not at all, and its form counts once."""

import contextlib

import pytest

from portal import store
from tests.battery import filling
from tests.battery.crash_trials import Trial, order_form, phone_form
from tests.battery.grounds import ground, has_calls  # noqa: F401

pytestmark = pytest.mark.row("G2")


def tried(trial, points):
    """[what is wrong] after a kill at each of these points."""
    return [fault for point in points for fault in trial.killed_at(*point)]


MAIN = {"an order": order_form, "a phone number": phone_form}


@pytest.mark.parametrize("what", MAIN)
def test_an_order_and_a_change_killed_anywhere_happen_once(ground, app, world, has_calls, figures, rng, sized, what):  # noqa: F811
    client = app.test_client().sign_in(world.carol)
    with store.connection():
        form = MAIN[what](client)
    trial = Trial(ground, what, client, form, has_calls)
    assert trial.has_effect
    statements, calls = trial.statement_points(), trial.call_points()
    points = statements + calls
    if what != "an order" or not has_calls:  # PostgreSQL is put back row by row, which takes longer
        points = rng.sample(points, min(len(points), sized(20, 1000)))
    wrong = tried(trial, points)
    figures(points=len(points), of=len(statements + calls), violations=len(wrong))
    assert wrong == []


def test_whatever_may_be_sent_killed_anywhere_happens_once(ground, app, world, has_calls, figures, rng, sized):  # noqa: F811
    verbs = filling.verbs_of(app)
    rng.shuffle(verbs)
    most, each = sized(14 if has_calls else 4, len(verbs)), sized(6, 10_000)
    wrong, reached, points = [], [], 0
    for rule, needs in verbs:
        trial = trial_of(ground, app, world, rule, needs, has_calls)
        if trial is None:
            continue
        reached.append(rule.rule)
        chosen = trial.statement_points() + trial.call_points()
        chosen = chosen if each > len(chosen) else rng.sample(chosen, each)
        points += len(chosen)
        wrong += tried(trial, chosen)
        if len(reached) == most:
            break
    figures(verbs=len(reached), of=len(verbs), points=points, violations=len(wrong))
    assert not wrong, "\n".join(wrong[:30])
    assert len(reached) >= min(most, 150)


def trial_of(shelf, app, world, rule, needs, counts_calls):
    """A trial of the first way to fill in the form of a route that has an effect, or None."""
    found = []
    with contextlib.suppress(AssertionError), store.connection():  # a record that its maker makes only once
        found = filling.forms_of(app, world, rule, needs)
    for client, form in found:
        trial = Trial(shelf, rule.rule, client, form, counts_calls)
        if trial.has_effect:
            return trial
    return None
