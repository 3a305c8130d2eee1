"""Many records against each other, in memory: the pairs worth comparing, their weights, and how good that was."""

from collections import Counter, defaultdict
from functools import lru_cache
from itertools import combinations
from math import log2
from typing import NamedTuple

from portal.alike.keys import keys, way_key, word_key
from portal.alike.weighing import FEWEST, Crowd, Weight, weigh

MOST_SHARING = 60  # a key that more records share brings nobody together
ENOUGH = 0.7  # of the bits that make one record out of all, so many must lie in the shared keys


class Found(NamedTuple):
    """Two records by their places in the list, and what they came to."""

    one: int
    other: int
    weight: Weight


class Figures(NamedTuple):
    """How many pairs were rightly found, wrongly found and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self):
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self):
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self):
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def crowd_of(many):
    """The Crowd that some Facts make: who bears which name, who shares which address."""
    return _crowd(len(many), Counter(key for facts in many for key in keys(facts)))


def _crowd(size, bearing):
    return Crowd(
        size,
        lru_cache(50_000)(lambda word: bearing[word_key(word)]),
        lru_cache(50_000)(lambda way: bearing[way_key(way)]),
    )


def worth_comparing(shared, size):
    """The pairs of places whose shared keys ({key: places}) are rare enough together to mean anything."""
    rarity = Counter()
    for places in shared.values():
        if 1 < len(places) <= MOST_SHARING:
            bits = log2(max(size, FEWEST) / len(places))
            rarity.update(dict.fromkeys(combinations(places, 2), bits))
    enough = ENOUGH * log2(max(size, FEWEST))
    return [pair for pair, bits in rarity.items() if bits >= enough]


def pairs(many):
    """[Found] of all pairs of Facts that share a telling key and are likely one, the surest first."""
    shared = defaultdict(list)
    for place, facts in enumerate(many):
        for key in keys(facts):
            shared[key].append(place)
    worth = worth_comparing(shared, len(many))
    crowd = _crowd(len(many), Counter({key: len(places) for key, places in shared.items()}))
    found = [Found(one, other, weigh(many[one], many[other], crowd)) for one, other in worth]
    return sorted(
        (pair for pair in found if pair.weight.is_likely), key=lambda pair: (-pair.weight.bits, pair.one, pair.other)
    )


def figures(found, true):
    """Figures of found pairs against the true ones: both sets of (one, other)."""
    return Figures(len(found & true), len(found - true), len(true - found))
