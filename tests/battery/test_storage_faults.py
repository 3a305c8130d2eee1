"""G3: the disk refuses, or the way to the database breaks: nothing is acknowledged that is not there."""

from urllib.parse import urlsplit

import pytest

from portal import store
from tests.battery.crash_trials import order_form
from tests.battery.cutting_proxy import CuttingProxy
from tests.battery.fault_trials import FILE_CALLS, FOR_EVER, FaultTrial
from tests.battery.filling import forms_of, verbs_of
from tests.battery.grounds import ground, has_calls  # noqa: F401
from tests.battery.storage import ERRORS

pytestmark = pytest.mark.row("G3")


@pytest.fixture
def order(ground, app, world, has_calls):  # noqa: F811
    """The trial of an order of Carol's."""
    client = app.test_client().sign_in(world.carol)
    with store.connection():
        form = order_form(client)
    return FaultTrial(ground, "an order", client, form, False)


@pytest.mark.one_database
def test_a_disk_that_refuses_takes_nothing_that_was_acknowledged(order, has_calls, figures, rng, sized):  # noqa: F811
    if not has_calls:
        pytest.skip("PostgreSQL asks its own disk")
    calls = order.storage_calls()
    points = [
        (n, what, error, times) for n, what in enumerate(calls, 1) for error in ERRORS for times in (1, FOR_EVER)
    ]
    points = rng.sample(points, min(len(points), sized(120, 10_000)))
    wrong = [fault for point in points for fault in order.refused_by_disk(*point)]
    figures(points=len(points), violations=len(wrong))
    assert wrong == []


@pytest.mark.one_database
def test_a_file_that_cannot_be_kept_is_refused_in_words(ground, app, world, figures):  # noqa: F811
    rule, needs = next((rule, needs) for rule, needs in verbs_of(app) if rule.rule == "/orders/<number>/files")
    with store.connection():
        client, form = forms_of(app, world, rule, needs)[0]
    trial = FaultTrial(ground, rule.rule, client, form, False)
    assert trial.has_effect
    points = [(call, error) for call in FILE_CALLS for error in ERRORS]
    wrong = [fault for point in points for fault in trial.refused_by_files(*point)]
    figures(points=len(points), violations=len(wrong))
    assert wrong == []


def test_a_connection_that_breaks_takes_nothing_that_was_acknowledged(order, database, figures, rng, sized):
    if database.kind != "postgres":
        pytest.skip("there is no connection to SQLite")
    parts = urlsplit(database.url)
    proxy = CuttingProxy(parts.hostname, parts.port)
    by_proxy = parts._replace(netloc=parts.netloc.rpartition(":")[0] + f":{proxy.port}").geturl()
    proxy.cut_at(None)
    assert order.by_way_of(by_proxy) == []
    points = [(number, lost) for number in range(1, proxy.words + 1) for lost in (False, True)]
    points, wrong = rng.sample(points, min(len(points), sized(30, 1000))), []
    for number, answer_is_lost in points:
        proxy.cut_at(number, answer_is_lost)
        wrong += order.by_way_of(by_proxy, f"cut at word {number}{', its answer lost' if answer_is_lost else ''}")
    proxy.close()
    figures(points=len(points), violations=len(wrong))
    assert wrong == []
