"""The access matrix, made from the URL map: every route by everybody with every method (BATTERY A1, A3)."""

from collections import Counter

import pytest

from portal.people import policy, roles
from tests import routes
from tests.battery.town import NARROWED, PEOPLE
from tests.traces import Watch

PART = {True: 10**6, False: 2_000}  # cells of the matrix that the gate tries on SQLite, and on PostgreSQL
ENOUGH = 10  # deviations or traces that are waited for
OTHERS = {True: 6_000, False: 300}
HEADS = ("nobody", "carol", "ada")  # whose HEAD the gate tries where there is a page
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")  # beside the one that a route declares


class Matrix:
    """What is expected of each cell, from the declarations alone."""

    def __init__(self, town):
        self.town, self.seen = town, {}
        self.clients = {name: town.client(name) for name in PEOPLE}
        self.routes = routes.all_routes(town.app)
        self.addresses = {}
        for rule, needs, method in self.routes:
            self.addresses[rule.endpoint] = routes.address(rule, self.record(needs))
        found = town.app.url_map.bind("localhost")  # one address may fit several rules: /inbox/read is also a number
        self.declared = {address: set(found.allowed_methods(address)) for address in self.addresses.values()}

    def record(self, needs):
        """The record that a route is tried with: the last one of Carol's."""
        return self.town.records["carol"][needs.on][-1] if needs.on else None

    def expectation(self, name, rule, needs):
        """What must come of it: denied, missing or allowed."""
        actor, record = self.town.actor(name, rule), self.record(needs)
        if not policy.may(actor, needs.may) or is_shut(name, needs.may):
            return "denied"
        if record is not None:
            key = name, actor.role, needs.on
            if key not in self.seen:
                self.seen[key] = {row.id for row in needs.on.visible_to(actor)}
            if record.id not in self.seen[key]:
                return "missing"
            if not policy.may(actor, needs.may, record):
                return "denied"
        return "allowed"


def is_shut(name, action):
    """Whether the role that Ada made in the browser keeps this person from it, by what she pressed."""
    area, _, verb = action.partition(".")
    levels = {p: level for of, level in NARROWED.get(name, ("", {}))[1].items() for p in roles.AREAS.get(of, ())}
    return levels.get(area) == "none" or (levels.get(area) == "look" and verb not in policy.LOOKING)


def fault(answer, expected, is_anonymous, is_feed):
    """None when the answer is what the declaration promises, else what is wrong with it."""
    status = answer.status_code
    if expected == "denied" and is_anonymous:
        signs_in = status == 303 and "/sign-in" in answer.headers["Location"]
        return None if signs_in or (is_feed and status == 401) else f"anonymous got {status}"
    if expected != "allowed":
        wanted = {"denied": 403, "missing": 404}[expected]
        return None if status == wanted else f"{expected}, but got {status}"
    return None if status < 500 and status not in (401, 403) else f"allowed, but got {status}"


@pytest.fixture(scope="module")
def matrix(town):
    return Matrix(town)


@pytest.fixture
def watch(town):
    made = Watch()
    yield made
    made.close()


@pytest.mark.row("A1", "A3", "E4")
def test_each_route_answers_each_person_as_declared_and_a_denial_leaves_no_trace(matrix, watch, figures, rng, sized):
    cells = [(*route, name) for route in matrix.routes for name in PEOPLE]
    kinds, wrong, traces = Counter(), [], []
    chosen = rng.sample(cells, min(len(cells), sized(gate=PART[watch.is_sqlite], night=10**6)))
    for rule, needs, method, name in chosen:
        expected = matrix.expectation(name, rule, needs)
        kinds[expected] += 1
        address, client = matrix.addresses[rule.endpoint], matrix.clients[name]
        what = f"{method} {address} as {name}"
        if expected == "allowed" and method == "POST":
            cookies = dict(client._cookies)  # signing out is no exception
            with watch.taken_back() as changed:
                answer = client.post(address, buffered=True)
                left = changed() if answer.status_code >= 400 else []
            client._cookies = cookies
        else:
            answer = client.open(address, method=method, buffered=True)
            left = watch.changed()
        if said := fault(answer, expected, matrix.town.actor(name, rule).is_anonymous, bool(rule.defaults)):
            wrong.append(f"{what}: {said}")
        if left:
            traces.append(f"{what}: {answer.status_code}, yet it changed {left}")
        if max(len(wrong), len(traces)) >= ENOUGH:
            break
    figures(cells=len(cells), tried=len(chosen), **kinds, deviations=len(wrong), traces=len(traces))
    assert not wrong, "\n".join(wrong[:30])
    assert not (traces := traces + watch.changed_at_last()), "\n".join(traces[:30])


@pytest.mark.row("A1", "E4")
def test_other_methods_do_nothing(matrix, watch, figures, rng, sized):
    cells = [(address, name, method) for address in matrix.declared for name in PEOPLE for method in METHODS]
    chosen = rng.sample(cells, min(len(cells), sized(gate=OTHERS[watch.is_sqlite], night=10**6)))
    wrong = []
    for address, name, method in chosen:
        declared = matrix.declared[address]
        if method == "HEAD" and "GET" in declared and sized(gate=name not in HEADS, night=False):
            continue
        answer = matrix.clients[name].open(address, method=method, buffered=True)
        said = odd(answer, method, declared)
        if left := watch.changed():
            said = f"changed {left}"
        if said:
            wrong.append(f"{method} {address} as {name}: {said}")
    figures(cells=len(cells), tried=len(chosen), deviations=len(wrong))
    assert not (wrong := wrong + watch.changed_at_last()), "\n".join(wrong[:30])


def odd(answer, method, declared):
    """What is wrong with the answer to a method that routes do not declare by themselves, None when nothing is."""
    if method == "OPTIONS":
        named = set(answer.headers.get("Allow", "").split(", "))
        fits = named == declared <= {"GET", "HEAD", "POST", "OPTIONS"} and not answer.data
        return None if fits or answer.status_code == 404 else f"allows {named}"
    if method == "HEAD" and "GET" in declared:
        return "has a body" if answer.data else None if answer.status_code < 500 else f"{answer.status_code}"
    return None if answer.status_code in (404, 405) else f"{answer.status_code}"
