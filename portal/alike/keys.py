"""Match keys: marks that two records of one person very probably share, to find the pairs worth comparing.

A key that many share finds nothing by itself (see the caps of whoever looks); each record has several, of different
kinds, so that no single mistake hides it.
"""

import re
from hashlib import blake2b
from itertools import combinations

from portal.alike.firm_names import TRADE
from portal.alike.nicknames import groups_of, says_nothing
from portal.alike.repairing import is_thai
from portal.alike.sounding import skeleton, sound

MOST_WORDS = 5  # of a name
MOST_KEYS = 60
MOST_GROUPS = 3  # of a word


def keys(facts):
    """The keys of Facts as numbers that any database holds, the telling ones first."""
    return list(dict.fromkeys(map(_number, dict.fromkeys(_texts(facts)))))[:MOST_KEYS]


def _number(text):
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def word_key(word):
    """The key under which those who bear a word of a name are counted."""
    return _number("word:" + _code(word))


def way_key(way):
    """The key under which those who share a Mail or the digits of a phone are counted."""
    return _number(f"phone:{way[-7:]}" if isinstance(way, str) else f"mail:{way.local}@{way.domain}")


def _texts(facts):
    yield from (f"tax:{facts.tax[:9]}" for _ in range(len(facts.tax) > 5))
    for mail in facts.mails:
        yield f"mail:{mail.local}@{mail.domain}"
        if len(mail.local) > 4 and not mail.is_office:
            yield "local:" + re.sub(r"[._\-]", "", mail.local)
        if mail.own_domain and facts.is_firm:
            yield f"domain:{mail.own_domain}"
    yield from (f"phone:{phone[-7:]}" for phone in facts.phones)
    yield from _of_firm(facts) if facts.is_firm else _of_people(facts)
    if not facts.is_firm and facts.name and len(facts.name.split()) > 1:
        yield f"firm:{facts.firm.letters}"
    yield from _of_places(facts)


def _of_people(facts):
    for person in facts.people:
        words = person.words[:MOST_WORDS]
        yield from (f"name:{a}:{b}" for a, b in _pairs(words))
        whole = "".join(words)
        yield f"letters:{''.join(sorted(whole))}"
        yield f"bones:{skeleton(whole)}"
        if len(words) > 1:
            yield f"part:{_code(words[0])}:{_code(words[-1])[:3]}"
            yield f"part:{_code(words[-1])}:{_code(words[0])[:3]}"
        if facts.born_on:
            yield from (f"born:{facts.born_on}:{_code(word)[:1]}" for word in words)
        yield from (
            f"word:{_code(word)}" for word in (*words, *person.aside) if not says_nothing(word) and len(word) > 1
        )


def _pairs(words):
    """Each two words of a name, in whatever order: by the groups of their short forms, else by sound."""
    spelt = [
        sorted(f"#{group}" for group in groups_of(word))[:MOST_GROUPS] or [_code(word)]
        for word in words
        if len(word) > 1
    ]
    for ones, others in combinations(spelt, 2):
        yield from (tuple(sorted((one, other))) for one in ones for other in others)


def _of_firm(facts):
    yield from (key for firm in facts.firms for key in _of_one_firm(firm))


def _of_one_firm(firm):
    own = [word for word in firm.words if word not in TRADE] or list(firm.words)
    yield f"firm:{firm.letters}"
    yield f"firm:{''.join(own)}"
    yield f"bones:{skeleton(firm.letters)}"
    yield f"letters:{''.join(sorted(set(firm.letters)))}"
    if len(firm.initials) > 2:
        yield f"initials:{firm.initials}"
    if len(firm.words) == 1 and len(firm.letters) < 6:
        yield f"initials:{firm.letters}"
    yield from (f"word:{_code(word)}" for word in own[:MOST_WORDS])
    yield from (f"start:{_code(word)[:4]}" for word in own[:1] if len(word) > 4)


def _of_places(facts):
    for place in facts.places[:3]:
        words = sorted(map(_code, place.words), key=len, reverse=True)[:3]
        yield from (f"place:{place.house}:{word}" for word in words if place.house)


def _code(word):
    return skeleton(word) if is_thai(word) else sound(word) or word
