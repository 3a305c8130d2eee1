"""Names of people: read into their parts in whatever order and dress, and compared."""

import re
from functools import lru_cache
from typing import NamedTuple

from portal.alike import nicknames
from portal.alike.aligning import SHARES, align, alike, bare_thai
from portal.alike.repairing import is_thai, repaired, without_accents, without_notes
from portal.alike.sounding import skeleton
from portal.alike.spelling import distance, unscanned

USUAL_BITS = 10  # what agreeing on a name that few bear says
OTHER_GIVEN, OTHER_FAMILY, OTHER_MIDDLE, OTHER_INITIAL, OTHER_GENERATION, NO_GENERATION = -10, -6, -6, -3, -14, -3
_AND = re.compile(r"\s+(?:&|and|at|y|or|และ|กับ)\s+|\s*[&/+]\s*", re.I)
_QUOTED = re.compile(r"[\"“”„«»‘]([^\"“”„«»’]{2,20})[\"“”„«»’]")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ]{2})(?=[A-Z])")
_GENDERS = {
    **dict.fromkeys(("mr", "mister", "sir", "นาย", "ginoo", "ด.ช.", "เด็กชาย", "nai", "don"), "male"),
    **dict.fromkeys(
        ("mrs", "ms", "miss", "madam", "maam", "dra", "นาง", "นางสาว", "น.ส.", "ด.ญ.", "เด็กหญิง", "nang", "nangsao"),
        "female",
    ),
    "gng": "female",
    "bb": "female",
    "sra": "female",
}


class Person(NamedTuple):
    """A name in parts: `words` as they were written, given names first where that was to be seen."""

    words: tuple
    generation: str = ""
    gender: str = ""
    aside: tuple = ()  # nicknames in quotes

    @property
    def given(self):
        return self.words[0] if self.words else ""

    @property
    def family(self):
        return self.words[-1] if len(self.words) > 1 else ""


class Verdict(NamedTuple):
    """What two names say: bits for (or against) the same person, a reason, and whether the given names differ."""

    bits: float
    reason: str
    is_other_person: bool = False


@lru_cache(50_000)
def read(text):
    """The people of a name as typed, mostly one: "Juan & Maria Santos" are two."""
    text = without_notes(repaired(text))
    if "," not in text or not _is_turned(text):
        parts = [part for part in _AND.split(text) if part.strip()]
    else:
        parts = [text]
    people = [person for person in map(_one, parts) if person.words or person.generation]
    if len(people) > 1 and len(people[-1].words) > 1:
        family = people[-1].words[-1]
        people = [p if len(p.words) > 1 else p._replace(words=(*p.words, family)) for p in people]
    return tuple(people)


def _is_turned(text):
    """Whether a comma stands between family and given names, not before "Jr."."""
    after = [word.strip(". ").lower() for word in text.partition(",")[2].split()]
    return any(word not in nicknames.GENERATIONS and word not in nicknames.LETTERS_AFTER for word in after)


def _one(text):
    aside = tuple(without_accents(found.casefold()).strip() for found in _QUOTED.findall(text))
    text = _QUOTED.sub(" ", text)
    if "," in text:
        before, _, after = text.partition(",")
        text = f"{after} {before}" if _is_turned(text) else f"{before} {after}"
    text, gender = _untitled(text)
    text = text if " " in text.strip() or text.isupper() else _CAMEL.sub(" ", text)
    words, generation = [], ""
    for word in _words(text):
        bare = word.strip(".")
        if bare in nicknames.GENERATIONS and words:
            generation = nicknames.GENERATIONS[bare]
        elif bare in nicknames.TITLES and not words:
            gender = gender or _GENDERS.get(bare, "")
        elif bare not in nicknames.LETTERS_AFTER or not words:
            words.append(
                unscanned(nicknames.GIVEN_ABBREVIATED.get(word, bare) if not words or word == "ma" else bare)
            )
    return Person(_with_particles(words), generation, gender, aside)


def _words(text):
    text = without_accents(re.sub("['’‘ʼ`´]", "", text.replace("Ma.", "Ma. ").replace("MA.", "MA. ")).casefold())
    text = text.replace("ı", "i").replace("ø", "o").replace("đ", "d").replace("ł", "l").replace("ß", "ss")
    return [word for word in re.split(r"[\s.,;:_\-–—()\[\]|\"!?*#<>]+", text) if word]


def _untitled(text):
    """Thai titles are written together with the name; there may be two."""
    text, gender = text.strip(), ""
    for _ in range(2):
        for title in nicknames.THAI_TITLES:
            rest = text[len(title) :].strip()
            if text.startswith(title) and len(rest) > 2 and is_thai(rest[0]):
                text, gender = rest, gender or _GENDERS.get(title, "")
                break
    return text, gender


def _with_particles(words):
    """ "de la" "cruz" as one word: "delacruz"; a particle at the end stays for itself."""
    made, held = [], ""
    for place, word in enumerate(words):
        if word in nicknames.PARTICLES and place < len(words) - 1 and (place or len(word) > 1) and len(word) > 1:
            held += word
        else:
            made.append(held + word)
            held = ""
    return tuple(made)


def usual_bits(word):
    """What agreeing on a name says by itself, before anybody counted how many bear it."""
    return 2 if len(word) == 1 else nicknames.SHARED_BITS.get(word, USUAL_BITS if len(word) > 2 else 5)


def compare(ones, others, bits=usual_bits):
    """The best Verdict over the people of two names; of a couple and one of them a little less."""
    best = max((_compare(one, other, bits) for one in ones for other in others), key=lambda v: v.bits)
    return best._replace(bits=best.bits - 2) if len(ones) != len(others) else best


def _compare(one, other, bits):
    found = align(one.words, other.words)
    if not found.pairs:
        return _apart(one, other, found)
    total = sum(SHARES[p.how] * min(bits(found.ones[p.one]), bits(found.others[p.other])) for p in found.pairs)
    full = [p for p in found.pairs if p.how != "initial" and len(found.ones[p.one]) > 1]
    if not full:
        return Verdict(-8, "name-other", True)
    rest, rest_other = _settled(one, other, found)
    minus, is_other, reason = _conflict(found, rest, rest_other)
    minus += _generations(one, other)
    if one.gender and other.gender and one.gender != other.gender:
        minus -= 4
    reason = reason or _reason(one, other, found)
    is_clash = _generations(one, other) <= OTHER_GENERATION
    return Verdict(total + minus, "name-generation" if is_clash else reason, is_other or is_clash)


def _apart(one, other, found):
    """No word in common: another person, unless it is a word in two scripts or a nickname that anybody may bear."""
    mine, theirs = "".join(one.words), "".join(other.words)
    code, code_other = skeleton(mine), skeleton(theirs)
    if is_thai(mine) != is_thai(theirs) and len(code) > 3 and distance(code, code_other) <= len(code) // 6:
        return Verdict(11, "name-script")
    if (
        min(len(mine), len(theirs)) > 7
        and distance(bare_thai(mine), bare_thai(theirs)) <= max(len(mine), len(theirs)) // 6
    ):
        return Verdict(9, "name-spelling")
    if {*one.aside, one.given} & {*other.aside, other.given}:
        return Verdict(4, "name-nickname")
    single = min(len(one.words), len(other.words)) == 1
    if single and any(map(nicknames.says_nothing, (*one.words[:1], *other.words[:1]))):
        return Verdict(-1, "name-nickname")
    return Verdict(-14 if found.ones and found.others else 0, "name-other", True)


def _settled(one, other, found):
    """The words left over that speak against: not initials, not a nickname in quotes or one that anybody may bear."""
    rest = [i for i in found.rest if len(found.ones[i]) > 1]
    rest_other = [j for j in found.rest_other if len(found.others[j]) > 1]
    for mine, theirs, ours, others in (
        (rest, rest_other, found.ones, (found.others, other)),
        (rest_other, rest, found.others, (found.ones, one)),
    ):
        for place in list(mine):
            called = others[1].aside and any(alike(ours[place], nick) for nick in others[1].aside)
            free = nicknames.says_nothing(ours[place]) and theirs and _may_be_called(ours[place], others[0], theirs)
            if called or free:
                mine.remove(place)
                theirs[:1] = []
    return rest, rest_other


def _may_be_called(nick, words, places):
    """Filipino nicknames go with any name, Thai ones with names that are not English or Spanish."""
    formal = words[places[0]]
    return not nicknames.says_nothing(formal) and (
        nick in nicknames.ANYBODY_HERE or formal not in nicknames.GROUPS_OF
    )


def _conflict(found, rest, rest_other):
    """(bits against, whether it is another person, reason) of the words that found no partner on both sides."""
    minus = -0.7 * abs(len(rest) - len(rest_other))
    minus += _initials(found)
    if _has_other_initial(found):
        return minus + OTHER_GIVEN, True, "name-family"
    if not rest or not rest_other:
        return minus, False, ""
    if any(_is_near(found.ones[i], found.others[j]) for i in rest for j in rest_other):
        return minus - 1, False, ""
    last, last_other = len(found.ones) - 1, len(found.others) - 1
    families = any({p.one == last, p.other == last_other} == {True} for p in found.pairs)
    if 0 in rest or 0 in rest_other:
        return minus + OTHER_GIVEN, True, "name-family" if families else "name-other"
    if last in rest and last_other in rest_other:
        return minus + OTHER_FAMILY, False, "name-given"
    return minus + OTHER_MIDDLE, True, "name-middle"


def _has_other_initial(found):
    """Whether one given name is an initial that the other does not begin with: "R. Cruz" and "Juan Cruz"."""
    one, other = found.ones[0], found.others[0]
    is_initial = min(len(one), len(other)) == 1 and 0 in found.rest and 0 in found.rest_other
    return is_initial and one[0] != other[0]


def _initials(found):
    """Initials that fit nothing on the other side, which has a word or an initial to spare there."""
    mine = [found.ones[i] for i in found.rest if i]
    theirs = [found.others[j] for j in found.rest_other if j]
    clash = any(len(word) == 1 for word in mine + theirs) and mine and theirs
    return OTHER_INITIAL if clash else 0


def _is_near(one, other):
    """Far for a slip, but nearer than two names are."""
    if is_thai(one) != is_thai(other):
        return distance(skeleton(one), skeleton(other)) < 2
    longest = max(len(one), len(other))
    known = one in nicknames.GROUPS_OF and other in nicknames.GROUPS_OF
    return (
        longest > 4
        and not known
        and one[-1:] + other[-1:] not in ("oa", "ao")
        and distance(one, other) <= longest // 3
    )


def _generations(one, other):
    if one.generation == other.generation:
        return 2 if one.generation else 0
    if one.generation and other.generation:
        return OTHER_GENERATION
    junior = "jun" in (*one.words, *one.aside, *other.words, *other.aside) and "jr" in (
        one.generation,
        other.generation,
    )
    return 0 if junior else NO_GENERATION


def _reason(one, other, found):
    hows = {p.how for p in found.pairs}
    if one.words == other.words:
        return "name-same"
    if hows == {"same"} and sorted(one.words) == sorted(other.words):
        return "name-order"
    for how, reason in (
        ("script", "name-script"),
        ("short", "name-nickname"),
        ("slip", "name-spelling"),
        ("sound", "name-spelling"),
        ("cut", "name-shortened"),
        ("initial", "name-shortened"),
    ):
        if how in hows:
            return reason
    return "name-parts" if found.rest or found.rest_other else "name-same"
