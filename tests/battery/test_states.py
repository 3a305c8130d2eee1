"""Every verb in every state of its noun: what is not in the table of legal pairs is refused and changes nothing."""

import csv
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest

from portal import fields, store
from tests.battery.walked import footprint, sheets_of, shop, undone, walked  # noqa: F401

TABLE = Path(__file__).with_name("states.csv")
WHY = "Because of the rain"


def needs_of(app, endpoint):
    return app.view_functions[endpoint].needs["on"]


def stated(shop):  # noqa: F811
    """{noun: its states} of every record that a form can be about."""
    nouns, found = {needs_of(shop.app, sheet.verb) for sheet in shop.sheets}, {}
    for noun in (noun for noun in nouns if hasattr(noun, "_meta")):
        table = fields.TABLES.get(noun._meta.table_name)
        if "state" in noun._meta.fields and table and "state" in table.own:
            found[noun] = table.own["state"].choices
    return found


def put(record, state):
    """Bring a record into a state past all verbs, as no person can."""
    with store.writing():
        type(record).update(state=state).where(type(record).id == record.id).execute()


def offered(shop, noun, states, person):  # noqa: F811
    """{verb: Sheet} of what this person is offered about the record in any of its states."""
    record, found = shop.records[noun], {}
    alike = {other.number for other in shop.records.values() if type(other) is type(record)}
    addresses = [(a.replace(number, record.number), client) for a, client in shop.pages[person] for number in alike]
    about = [(a, client) for a, client in dict(addresses).items() if f"/{record.number}" in a]
    for state in states:
        with undone():
            put(record, state)
            for sheet in sheets_of(shop.app, about, person):
                if sheet.verb and needs_of(shop.app, sheet.verb) is noun:
                    found.setdefault(sheet.verb, sheet)
    return found


def filled(sheet):
    """What is blank of its texts, filled in."""
    return {name: WHY for name in sheet.texts() if not sheet.fields[name]}


def standing(record):
    return [type(record).select().where(type(record).id == record.id).tuples().first(), footprint()]


def tried(shop, noun, states):  # noqa: F811
    """[(verb, state, whether it was accepted, whether it left something)] for everybody who is offered it."""
    record = shop.records[noun]
    for person in ("carol", "ada"):
        for verb, sheet in offered(shop, noun, states, person).items():
            for state in states:
                with undone():
                    put(record, state)
                    before = standing(record)
                    answers = [sheet.send().status_code]
                    if answers[0] == 422:
                        answers.append(sheet.send(**filled(sheet)).status_code)
                    moved = standing(record) != before
                    accepted = moved and answers[-1] in (302, 303)
                    yield verb, state, accepted, moved and not accepted


@pytest.mark.row("F3")
@pytest.mark.one_database
def test_what_is_illegal_in_a_state_is_refused_and_changes_nothing(shop, figures):  # noqa: F811
    legal = defaultdict(set)
    for row in csv.DictReader(TABLE.open()):
        legal[row["verb"]] = set(row["states"].split())
    accepted, left, pairs, verbs = defaultdict(set), [], 0, set()
    for noun, states in sorted(stated(shop).items(), key=lambda pair: pair[0].__name__):
        for verb, state, is_accepted, is_left in tried(shop, noun, states):
            pairs += 1
            verbs.add(verb)
            left += [f"{verb} in {state}"] if is_left else []
            if is_accepted:
                accepted[verb].add(state)
    illegal = {verb: sorted(states - legal[verb]) for verb, states in accepted.items() if states - legal[verb]}
    figures(
        pairs=pairs,
        verbs=len(verbs),
        accepted=len([*chain(*accepted.values())]),
        illegal=len(illegal),
        left=len(left),
    )
    assert left == []
    assert illegal == {}
    assert pairs > 300
