"""How likely two records are one, as a sum of bits for and against that people can read.

Each bit doubles the odds. Before anything is compared the odds are against: in a shop of a thousand people one pair
in a few thousand is a duplicate. Agreeing on "Reyes" says little, on "Dimaculangan" much; what a family or a company
shares says nothing of which of them it is.
"""

import math
from typing import NamedTuple

from portal.alike import facts as facts_
from portal.alike import firm_names, person_names, places, reaching

LIKELY, SURE = 0.5, 0.98  # scores
FEWEST = 500  # a shop is taken to know so many, also on its first day
DOUBT_BITS = 2
COUPLE_BITS = 8  # asked of two records somebody compares: more than a common name and nothing else
SHARED_BITS = 5  # all that e-mail, phone and address together say of people whose given names differ
ONE_LIFE_BITS = 14  # the same where the birthday is one, too: rather a name that nobody knew for a short form
SAME_PLACE_OTHER_NAME = 14  # the same of a company whose name differs: it may have been renamed
RENAMED = 25  # where e-mail and phone are both the same
ALL_OTHER = -6  # e-mail, phone and address, all known and all other: a namesake
TAX_OF_OTHER_NAME = 18


class Reason(NamedTuple):
    """Why, as a message id, and the bits it brought (below zero: against)."""

    id: str
    bits: float


class Weight(NamedTuple):
    """What two records come to: bits, a score from 0 to 1, and the reasons, the weightiest first."""

    bits: float
    reasons: tuple

    @property
    def score(self):
        return 1 / (1 + 2 ** -max(-50.0, min(50.0, self.bits)))

    @property
    def is_likely(self):
        return self.score >= LIKELY


class Crowd(NamedTuple):
    """Among whom two records are compared: how many there are, and how many of them bear a word or share a key."""

    size: int = 2_000
    bearing: object = None  # function(word) -> how many, None when nobody counted
    sharing: object = None  # function(mail or digits) -> how many, likewise

    def bits(self, usual):
        """function(word) -> bits: the usual ones, fewer where many here bear it."""
        if self.bearing is None:
            return usual
        size = max(self.size, FEWEST)
        return lambda word: max(1.0, min(usual(word), math.log2(size / max(1, self.bearing(word)))))


def weigh(one, other, crowd=Crowd()):  # noqa: B008 an immutable value
    """The Weight of two Facts."""
    prior = -math.log2(max(crowd.size, FEWEST)) - DOUBT_BITS
    name = _name(one, other, crowd)
    reach = _reach(one, other, crowd)
    are_firms = one.is_firm or other.is_firm
    parts = (_of_firms if are_firms else _of_people)(one, other, name, reach)
    reasons = tuple(sorted((Reason(id, bits) for bits, id in parts if id), key=lambda r: -abs(r.bits)))
    return Weight(prior + sum(bits for bits, _ in parts), reasons)


def weigh_couple(one, other, crowd):
    """The Weight of two Facts that somebody put side by side: whether they are one is as open as a coin's fall."""
    found = weigh(one, other, crowd)
    return found._replace(bits=found.bits + math.log2(max(crowd.size, FEWEST)) + DOUBT_BITS - COUPLE_BITS)


def _name(one, other, crowd):
    """The verdict over the names, as those of companies when one of them is; nothing where one is missing."""
    if not one.name or not other.name:
        return person_names.Verdict(0, "")
    if one.is_firm or other.is_firm:
        bits = crowd.bits(firm_names.usual_bits)
        verdicts = [firm_names.compare(a, b, bits) for a in one.firms for b in other.firms]
        return max(verdicts, key=lambda verdict: verdict.bits)
    if not one.people or not other.people:
        return person_names.Verdict(0, "")
    return person_names.compare(one.people, other.people, crowd.bits(person_names.usual_bits))


def _reach(one, other, crowd):
    """{what: (bits, reason)} of e-mail, phone and place."""
    found = {"mail": (0, ""), "phone": (0, ""), "place": (0, "")}
    if one.mails and other.mails:
        found["mail"] = _of_few(reaching.compare_mails(one.mails, other.mails), one.mails, other.mails, crowd)
    if one.phones and other.phones:
        found["phone"] = _of_few(reaching.compare_phones(one.phones, other.phones), one.phones, other.phones, crowd)
    pairs = [places.compare(a, b) for a in one.places for b in other.places]
    found["place"] = max(pairs, default=(0, ""))
    return found


def _of_few(found, ones, others, crowd):
    """What half the company shares is a switchboard: fewer bits."""
    bits, reason = found
    if bits <= 0 or crowd.sharing is None:
        return found
    many = max((crowd.sharing(way) for way in set(ones) & set(others)), default=0)
    return (max(1, bits - 2 * math.log2(many / 2)), reason) if many > 2 else found


def _of_people(one, other, name, reach):
    if _is_junior_apart(one, other, reach):  # a father leaves his name and his house
        name = name._replace(bits=min(0, name.bits), reason="name-generation", is_other_person=True)
    parts = [(name.bits, name.reason)]
    shared = [found for found in reach.values() if found[0] > 0]
    against = [found for found in reach.values() if found[0] < 0]
    born = facts_.compare_days(one.born_on, other.born_on) if one.born_on and other.born_on else (0, "")
    tax = facts_.compare_tax(one.tax, other.tax) if one.tax and other.tax else (0, "")
    is_other = name.is_other_person or (born[1] == "born-other" and _generation(one) != _generation(other))
    if is_other:  # family, twins, a couple: the ways to reach them and the birthday are shared
        total = sum(bits for bits, _ in shared)
        is_one_life = born[1] == "born-same" and reach["mail"][0] > 0 and reach["phone"][0] > 0
        cap = ONE_LIFE_BITS if is_one_life else SHARED_BITS
        shared = [(bits * min(1, cap / total), reason) for bits, reason in shared]
        born = (min(born[0], 2), born[1])
    parts += [*shared, *_doubted(against, shared), born, tax]
    if one.gender and other.gender and one.gender != other.gender:
        parts.append((-3, "gender-other"))
    parts.append((ALL_OTHER, "") if len(against) == len(reach) else (0, ""))
    if one.employer and other.employer:
        same = firm_names.compare(one.employer, other.employer)
        parts.append((4, "employer-same") if same.bits > 6 else (-1, ""))
    return parts


def _generation(facts):
    return facts.people[0].generation if facts.people else ""


def _is_junior_apart(one, other, reach):
    """Whether only one is called a junior (or senior), and e-mail or phone are known to be other, none the same."""
    ways = [reach["mail"][0], reach["phone"][0]]
    is_one_day = one.born_on is not None and one.born_on == other.born_on
    return not is_one_day and bool(_generation(one)) != bool(_generation(other)) and min(ways) < 0 and max(ways) <= 0


def _doubted(against, shared):
    """Another e-mail beside the same phone is a second one; all of them other are rather another person."""
    return [(bits / 2, reason) for bits, reason in against] if shared else against


def _of_firms(one, other, name, reach):
    parts = [(name.bits, name.reason)]
    shared = [found for found in reach.values() if found[0] > 0]
    domains = {m.own_domain for m in one.mails if m.own_domain} & {m.own_domain for m in other.mails}
    if domains and reach["mail"][0] < reaching.TYPED_MAIL:
        shared = [found for found in shared if found != reach["mail"]] + [(6, "email-domain")]
    tax = facts_.compare_tax(one.tax, other.tax) if one.tax and other.tax else (0, "")
    if name.is_other_person:
        total = sum(bits for bits, _ in shared)
        branch = name.reason == "name-branch"
        cap = SHARED_BITS if branch else RENAMED if _is_reached_alike(one, other) else SAME_PLACE_OTHER_NAME
        shared = [(bits * min(1, cap / total), reason) for bits, reason in shared]
        tax = (min(tax[0], 3 if branch else TAX_OF_OTHER_NAME), tax[1])
    against = [found for found in reach.values() if found[0] < 0]
    parts.append((ALL_OTHER, "") if len(against) == len(reach) and not domains else (0, ""))
    return [*parts, *shared, *against, tax]


def _is_reached_alike(one, other):
    """Whether the same e-mail and the same phone lead to both."""
    return bool({*one.mails} & {*other.mails}) and bool({*one.phones} & {*other.phones})
