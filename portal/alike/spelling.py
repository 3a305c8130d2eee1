"""How far two spellings are apart, and whether a typing or reading mistake explains it."""

from functools import lru_cache

# What a scanner or a hurried eye takes for a letter.
_READ_AS = str.maketrans("0134578", "oleastb")


def unscanned(word):
    """Figures within a word as the letters they were read for: "5ant0s" is "santos"."""
    if word.isalpha() or not any(c.isalpha() for c in word):
        return word
    letters = sum(c.isalpha() for c in word)
    return word.translate(_READ_AS) if letters * 2 >= len(word) else word


@lru_cache(50_000)
def distance(one, other):
    """Letters to change, drop, add or swap with their neighbour (optimal string alignment).

    Beyond a third of the longer one, and beyond two, nobody asks how far: then it is just its length.
    """
    if one == other:
        return 0
    far = max(len(one), len(other))
    most = max(2, far // 3)
    if abs(len(one) - len(other)) > most or _new_letters(one, other) > most:
        return far
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return _steps(one, other, most) or far


def _new_letters(one, other):
    """Letters of the one that the other has not at all: at least so many must be changed."""
    return max(len(set(one).difference(other)), len(set(other).difference(one)))


def _steps(one, other, most):
    """The steps from one to the other, None when there are more than `most`."""
    before, last = None, list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
        before, last = last, row
    return last[-1]


def is_slip(one, other):
    """Whether two words are one word typed twice: one mistake from four letters on, two from eight, three from 13."""
    longest = max(len(one), len(other))
    allowed = 0 if longest < 4 else 1 if longest < 8 else 2 if longest < 13 else 3
    if not allowed or abs(len(one) - len(other)) > allowed + 1:
        return False
    if len(set(one) ^ set(other)) <= 2 * allowed and distance(one, other) <= allowed:
        return True
    return unread(one) == unread(other)


@lru_cache(20_000)
def unread(word):
    """A word as a scanner may have read it: rn for m, cl for d, vv for w, l for i."""
    for wrong, right in (
        ("rn", "m"),
        ("cl", "d"),
        ("vv", "w"),
        ("ii", "u"),
        ("li", "h"),
        ("1", "l"),
        ("l", "i"),
        ("j", "i"),
    ):
        word = word.replace(wrong, right)
    return word
