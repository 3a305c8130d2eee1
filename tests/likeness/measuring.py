"""The town and its second records, messed up; the pairs that are found in it, held against the true ones."""

from itertools import combinations

from portal.alike import pairing
from portal.alike.facts import facts
from tests.likeness.town import Town


def records(seed, kinds, size=220, most=4):
    """[dict] of a town in which a third has a second or third record, each with one to `most` kinds of mess."""
    town = Town(seed, size)
    chance, made = town.chance, list(town.everybody)
    for place, one in enumerate(made):
        one["who"] = place
    for one in list(made):
        for _ in range(chance.choices((0, 1, 2), (60, 30, 10))[0]):
            again = dict(one)
            for mess in chance.sample(kinds, chance.randint(1, most)):
                mess(again, chance)
            made.append(again)
    chance.shuffle(made)
    return made


def facts_of(record):
    """A record as it comes out of a form or a file."""
    return facts(
        record["name"],
        is_firm=record["kind"] == "company",
        emails=[record["email"]],
        phones=[record["phone"]],
        addresses=[record["address"]],
        born_on=record["born"] or None,
        tax=record["tax"],
        gender=record["gender"],
    )


def true_pairs(records):
    of = {}
    for place, record in enumerate(records):
        of.setdefault(record["who"], []).append(place)
    return {pair for places in of.values() for pair in combinations(places, 2)}


def measured(records):
    """(Figures, wrongly found pairs, missed pairs)."""
    found = {(pair.one, pair.other) for pair in pairing.pairs([facts_of(record) for record in records])}
    true = true_pairs(records)
    return pairing.figures(found, true), found - true, true - found
