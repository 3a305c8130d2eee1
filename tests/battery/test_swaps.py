"""Foreign ids in addresses are missing ids: by every key, by everybody whose they are not (BATTERY A2)."""

from collections import Counter
from urllib.parse import quote

import pytest

from tests import routes
from tests.battery.foreign import OF_THE_SHOP, STRANGERS, keys_of, seen, twin_of
from tests.battery.town import GONE
from tests.traces import Watch

PART = {True: 20_000, False: 1_000}
OUTSIDE = ("nobody", *GONE)  # the others are tried at their own face: at the other one they are nobody
ENOUGH = 10  # that were told apart: more are not waited for
DENIED = (404, 403, 401, 303)


def swaps_of(town):
    """(method, endpoint, address, address of a missing one, key, who) of every route × record × key × stranger."""
    for rule, needs, method in routes.all_routes(town.app):
        if needs.on is None or needs.on in OF_THE_SHOP:
            continue
        knocks = lambda who: who in OUTSIDE or not town.actor(who, rule).is_anonymous  # noqa: E731, B023
        for whose, strangers in STRANGERS.items():
            for record in town.records[whose].get(needs.on, ()):
                for key in keys_of(record):
                    address, twin = at(rule, quote(key)), at(rule, quote(twin_of(str(record.number))))
                    yield from ((method, rule.endpoint, address, twin, key, who) for who in strangers if knocks(who))


def at(rule, key):
    """The address of a rule with a key in it; what other arguments it has are right ones."""
    names = sorted((name for name in rule.arguments if name not in (rule.defaults or {})), key=rule.rule.index)
    path = rule.rule
    for name in names:
        path = path.replace(f"<{name}>", key if name == names[0] else RIGHT.get(name, "1"))
    for name, text in (rule.defaults or {}).items():
        path = path.replace(f"<{name}>", text)
    return path


RIGHT = {"section": "main", "purpose": "shipping", "which": "0", "order": "SO-000001", "noun": "account"}


@pytest.mark.row("A2", "A3")
def test_a_foreign_record_answers_as_a_missing_one(town, figures, rng, sized):
    watch = Watch()
    swaps = list(swaps_of(town))
    chosen = rng.sample(swaps, min(len(swaps), sized(gate=PART[watch.is_sqlite], night=10**6)))
    clients = {who: town.client(who) for who in {swap[-1] for swap in chosen}}
    missing, wrong, statuses = {}, [], Counter()
    for method, endpoint, address, twin, key, who in chosen:
        client = clients[who]
        if (endpoint, who) not in missing:
            missing[endpoint, who] = seen(client.open(twin, method=method, buffered=True))
        answer = client.open(address, method=method, buffered=True)
        statuses[answer.status_code] += 1
        if answer.status_code not in DENIED:
            wrong.append(f"{method} {address} as {who}: {answer.status_code}")
        elif seen(answer) != missing[endpoint, who]:
            wrong.append(f"{method} {address} as {who}: not as a missing one")
        if left := watch.changed():
            wrong.append(f"{method} {address} as {who}: changed {left}")
        if len(wrong) >= ENOUGH:
            break
    figures(swaps=len(chosen), of=len(swaps), statuses=dict(statuses), wrong=len(wrong))
    assert not (wrong := wrong + watch.changed_at_last()), "\n".join(wrong[:30])
    watch.close()
