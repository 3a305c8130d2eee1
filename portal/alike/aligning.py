"""Which words of two names belong to each other, and how sure that is."""

from functools import lru_cache
from typing import NamedTuple

from portal.alike.nicknames import GROUPS_OF, stand_for_each_other
from portal.alike.repairing import is_thai
from portal.alike.sounding import romanised, skeleton, sound
from portal.alike.spelling import distance, is_slip

# How much of a word's weight an agreement of this sort carries.
SHARES = {"same": 1.0, "sound": 0.9, "slip": 0.75, "short": 0.7, "script": 0.65, "cut": 0.6, "initial": 0.15}
_THAI_MARKS = str.maketrans(
    {**dict.fromkeys("็่้๊๋์ํ"), "ใ": "ไ", "ณ": "น", "ศ": "ส", "ษ": "ส", "ฎ": "ด", "ฏ": "ต", "ภ": "พ", "ญ": "ย"}
)


class Pair(NamedTuple):
    """Word `one` of the first name stands for `other` of the second, by a sort of SHARES."""

    how: str
    one: int
    other: int


class Alignment(NamedTuple):
    """The words of both names as they were compared, the pairs, and the places left over on either side."""

    ones: list
    others: list
    pairs: list
    rest: list
    rest_other: list


def align(ones, others):
    """Pair the words of two names, the surest first, whatever their order; words written apart are joined."""
    ones, others = _joined(list(ones), others), list(others)
    others = _joined(others, ones)
    found = []
    for i, one in enumerate(ones):
        for j, other in enumerate(others):
            how = alike(one, other)
            if how and (how != "initial" or (i == 0) == (j == 0)):  # "Jennifer M." is no Michael
                found.append((-SHARES[how], abs(i - j), i, j, how))
    pairs, used, used_other = [], set(), set()
    for _, _, i, j, how in sorted(found):
        if i not in used and j not in used_other:
            pairs.append(Pair(how, i, j))
            used.add(i)
            used_other.add(j)
    rest = [i for i in range(len(ones)) if i not in used]
    return Alignment(ones, others, pairs, rest, [j for j in range(len(others)) if j not in used_other])


def _joined(words, others):
    """Neighbours put into one word where the other name writes them so: "dela cruz" and "delacruz"."""
    place = 0
    while place < len(words) - 1:
        both = words[place] + words[place + 1]
        meets = len(both) >= 4 and any(_is_the_same_word(both, other) for other in others)
        if meets and words[place] not in others and words[place + 1] not in others:
            words[place : place + 2] = [both]
        else:
            place += 1
    return words


@lru_cache(50_000)
def _is_the_same_word(both, other):
    if both == other or stand_for_each_other(both, other):
        return True
    if is_thai(both) or is_thai(other):
        same_script = is_thai(both) and is_thai(other)
        return (
            bare_thai(both) == bare_thai(other)
            if same_script
            else len(skeleton(both)) > 3 and skeleton(both) == skeleton(other)
        )
    return len(both) > 5 and (sound(both) == sound(other) or distance(both, other) == 1)


@lru_cache(100_000)
def alike(one, other):
    """How two folded words may be the same one, as a key of SHARES; None when they are two."""
    if one == other:
        return "same"
    if one[:1].isdigit() or other[:1].isdigit():
        return None
    if is_thai(one) or is_thai(other):
        return _alike_in_thai(one, other)
    if len(one) == 1 or len(other) == 1:
        return "initial" if one[0] == other[0] else None
    is_short = stand_for_each_other(one, other)
    if sound(one) == sound(other) and min(len(one), len(other)) > 2 and (is_short or not _are_two_names(one, other)):
        return "sound"
    if is_short:
        return "short"
    if romanised(one) == romanised(other) and min(len(one), len(other)) > 3 and not _is_known(one, other):
        return "sound"
    if is_slip(one, other):
        return None if _are_two_names(one, other) else "slip"
    short, long = sorted((one, other), key=len)
    return "cut" if len(short) > 2 and long.startswith(short) and not _are_two_names(one, other) else None


def _is_known(one, other):
    return one in GROUPS_OF or other in GROUPS_OF


def _are_two_names(one, other):
    """Daniel and Daniela, Juan and Joan: names of their own, one letter apart."""
    if {one[-1], other[-1]} == {"a", "o"} and one[:-1] == other[:-1]:
        return True
    if one + "a" == other or other + "a" == one:
        return True
    return one in GROUPS_OF and other in GROUPS_OF and (sound(one) != sound(other) or _vowels(one) != _vowels(other))


def _vowels(word):
    return [letter for letter in word.replace("y", "i") if letter in "aeiou"]


def _alike_in_thai(one, other):
    if min(len(one), len(other)) == 1:
        return "initial" if _consonant(one) == _consonant(other) else None
    if is_thai(one) and is_thai(other):
        if bare_thai(one) == bare_thai(other):
            return "sound"
        if (
            len(one) > 4
            and len(other) > 4
            and distance(bare_thai(one), bare_thai(other)) <= (1 if len(one) < 8 else 2)
        ):
            return "slip"
        return None
    code, code_other = skeleton(one), skeleton(other)
    if code == code_other and len(code) > 1:
        return "script"
    return "script" if min(len(code), len(code_other)) > 3 and distance(code, code_other) == 1 else None


def _consonant(word):
    """The letter that a Thai name is shortened to: the first that is no vowel written before it."""
    return (word.lstrip("เแโใไ") or word)[0]


@lru_cache(20_000)
def bare_thai(word):
    """Thai without tones and with the letters of one sound as one: how a typist may have left it."""
    return word.translate(_THAI_MARKS)
